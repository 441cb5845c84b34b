"""The demo desk as a stranger finds it, and how it goes away."""

import re
from collections import deque
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase

from articles.models import (
    Article,
    Author,
    Correction,
    Photo,
    Rendition,
    Section,
    SitePage,
    StoryCard,
    Topic,
)
from articles.services import save_revision, sweep_cards, sweep_pictures, sweep_title_pictures
from articles.services.placing import public_file
from comments.models import Comment
from newsroom.accounts.models import User
from newsroom.desk.demo.remove import remove_demo
from newsroom.desk.demo.seed import seed_demo
from newsroom.desk.models import DemoItem
from newsroom.kit.models import Site
from newsroom.mail.models import Address
from subscriptions.models import Subscriber
from tests.makers import make_words

LINK = re.compile(r'(?:href|src|action)="([^"#]*)')
PICTURE = re.compile(r"<img\b[^>]*>")
ODD = (">None<", "None,", ": None", "object at 0x", "object (", "{{", "{%", "&lt;p&gt;")


def _is_a_page(link: str) -> bool:
    private = ("/static/", "/media/", "/admin/", "//")
    return link.startswith("/") and not link.startswith(private)


class DemoTests(TestCase):
    """One seeding for all: each test gives back what it changed."""

    sign_ins: str
    mode: int

    @classmethod
    def setUpTestData(cls) -> None:
        seed_demo()
        path = Path(settings.DATA_DIR) / "demo-accounts.txt"
        cls.sign_ins, cls.mode = path.read_text(), path.stat().st_mode & 0o777

    def test_the_demo_is_the_title_that_it_promises(self) -> None:
        public = Article.objects.published()

        assert public.count() == 24
        assert {article.kind for article in public} == {
            "news", "analysis", "opinion", "explainer", "press_release",
        }  # fmt: skip
        assert all(
            public.filter(section=section).count() >= 3 for section in Section.objects.all()
        )
        states = ("draft", "in_review", "withdrawn")
        assert [Article.objects.filter(state=state).count() for state in states] == [1, 1, 1]
        assert Comment.objects.published().count() == 40
        assert Comment.objects.waiting().count() == 5
        assert Subscriber.objects.filter(state="confirmed").count() == 50
        assert Correction.objects.count() == 1
        assert SitePage.objects.count() == 6

    def test_a_stranger_finds_nothing_broken(self) -> None:
        waiting, seen = deque(["/"]), {"/"}
        faults = []
        while waiting:
            path = waiting.popleft()
            answer = self.client.get(path, follow=True)
            if answer.status_code != 200:
                faults.append(f"{path}: {answer.status_code}")
                continue
            if not answer["Content-Type"].startswith("text/html"):
                continue
            page = answer.content.decode()
            faults += [f"{path}: {odd}" for odd in ODD if odd in page]
            faults += [f"{path}: {img}" for img in PICTURE.findall(page) if "alt=" not in img]
            for link in LINK.findall(page):
                if _is_a_page(link) and link not in seen:
                    seen.add(link)
                    waiting.append(link)

        assert faults == []
        assert len(seen) > 100

    def test_authors_show_their_face_and_say_who_it_is(self) -> None:
        front = self.client.get("/").content.decode()
        authors = Author.objects.exclude(portrait=None)

        assert authors.count() == Author.objects.count() == 6
        assert 'class="opinion__portrait"' in front
        for author in authors:
            assert author.portrait is not None
            page = self.client.get(author.get_absolute_url()).content.decode()
            assert f'alt="Drawing of {author.name}: ' in page, author

    def test_no_list_of_the_demo_is_empty(self) -> None:
        rows: list[Section | Topic] = [*Section.objects.all(), *Topic.objects.all()]
        for row in rows:
            page = self.client.get(row.get_absolute_url()).content.decode()
            assert page.count('class="card') >= 1, row

    def test_the_sign_ins_are_written_down_for_their_owner_alone(self) -> None:
        lines = [line.split("\t") for line in self.sign_ins.splitlines()]

        assert [role for role, _email, _password in lines] == ["editor", "moderator", "reader"]
        assert self.mode == 0o600
        for _role, email, password in lines:
            assert User.objects.get(email=email).check_password(password)

    def test_the_demo_is_not_put_into_a_house_that_has_stories(self) -> None:
        with pytest.raises(CommandError, match="empty house"):
            call_command("seed_demo")

    def test_removing_the_demo_leaves_nothing_of_it(self) -> None:
        removal = remove_demo()

        assert removal.kept == []
        for model in (
            Article,
            Author,
            Photo,
            Section,
            Topic,
            Comment,
            Subscriber,
            Address,
            User,
            Site,
        ):
            assert not model.objects.exists(), model

    def test_removing_the_demo_takes_its_picture_files_along(self) -> None:
        for sweep in (sweep_pictures, sweep_cards, sweep_title_pictures):
            sweep()
        files = [public_file(name) for name in (*self._names(), Site.current().card)]
        assert all(file.exists() for file in files)

        with self.captureOnCommitCallbacks(execute=True):
            remove_demo()

        assert not any(file.exists() for file in files)

    def _names(self) -> list[str]:
        """Of the files that are public: renditions, and cards drawn for stories."""
        rows = (model.objects.filter(public=True) for model in (Rendition, StoryCard))
        return [row.name for found in rows for row in found]

    def test_removing_the_demo_keeps_what_a_person_has_edited(self) -> None:
        article = Article.objects.published().newest_first()[0]
        assert article.live is not None
        words = make_words(headline="My own words", section=article.live.section)
        save_revision(article.pk, words, editor=None, began_from=article.live.number)

        removal = remove_demo()

        assert Article.objects.filter(pk=article.pk).exists()
        assert any("My own words" in s and "edited" in s for s in removal.kept)
        assert Article.objects.count() < 10  # Beside it only what its text points to, and so on.
        assert DemoItem.objects.exists()
