"""Before publishing: who would get the mail, how it looks, a test of it, and when it goes."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Correction
from articles.services import (
    MailPlan,
    PublicChange,
    create_article,
    publish,
    publish_changes,
    save_revision,
    withdraw,
)
from newsroom.accounts.models import Role, User
from newsroom.desk.roles import assign_roles
from newsroom.mail.deciding import call_off
from newsroom.mail.models import Delivery, Mailing
from subscriptions import services, tasks
from subscriptions.models import Due, Subscriber
from tests.conftest import Committing
from tests.makers import (
    make_article,
    make_draft,
    make_photo,
    make_section,
    make_staff,
    make_subscriber,
    make_user,
    make_words,
)
from tests.subscriptions.conftest import html_of, outbox, text_of  # noqa: F401 - A fixture.

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> User:
    assign_roles()
    user = make_user("editor@example.org", is_staff=True, name="Ed Itor")
    user.groups.add(Group.objects.get(name=Role.EDITOR))
    client.force_login(user)
    return user


def at(article: Article, name: str = "publish") -> str:
    return reverse(f"admin:articles_article_{name}", args=[article.pk])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def local(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


class TestWhoWouldGetIt:
    def test_the_screen_counts_by_reason_and_by_rhythm(self, client: Client, editor: User) -> None:
        sea = make_section("Sea")
        make_subscriber(wishes={f"section:{sea.pk}": "at_once"})
        make_subscriber(wishes={"all": "daily"})

        html = page(client, at(make_draft(section=sea)))

        assert "<strong>2 people</strong> asked for this story" in html
        assert "Section: Sea" in html
        assert "At once 1, in the next daily mail 1, in the weekly one 0." in html
        assert "At once 0, in the next daily mail 2, in the weekly one 0." in html

    def test_looking_at_it_changes_nothing(self, client: Client, editor: User) -> None:
        make_subscriber()
        draft = make_draft()

        page(client, at(draft))

        draft.refresh_from_db()
        assert draft.path is None
        assert not Mailing.objects.exists()
        assert not Due.objects.exists()

    def test_it_asks_as_often_for_many_as_for_one(
        self, client: Client, editor: User, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(20):
            make_subscriber()
        draft = make_draft()

        with django_assert_max_num_queries(45):
            page(client, at(draft))


class TestThePreview:
    def test_the_mail_is_shown_as_html_and_text(self, client: Client, editor: User) -> None:
        draft = make_draft(headline="Ships & more", body="<p>Only in the draft.</p>")

        screen = page(client, at(draft))
        frame = client.get(reverse("admin:story_mail_html", args=[draft.pk]))

        assert "Only in the draft." in screen
        assert f'src="/admin/articles/article/{draft.pk}/mail/html/"' in screen
        assert "Ships &amp; more" in frame.content.decode()

    def test_the_frame_can_do_nothing_and_only_our_pages_show_it(
        self, client: Client, editor: User
    ) -> None:
        frame = client.get(reverse("admin:story_mail_html", args=[make_draft().pk]))

        policy = frame["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "sandbox" in policy
        assert "script-src" not in policy
        assert frame["X-Frame-Options"] == "SAMEORIGIN"
        assert "no-store" in frame["Cache-Control"]

    def test_the_desks_own_page_may_show_the_frame(self, client: Client, editor: User) -> None:
        answer = client.get(at(make_draft()))

        assert "frame-src 'self'" in answer["Content-Security-Policy"]

    def test_a_picture_not_yet_public_is_seen_here_and_its_address_is_not(
        self, client: Client, editor: User
    ) -> None:
        draft = make_draft(lead_photo=make_photo())

        html = client.get(reverse("admin:story_mail_html", args=[draft.pk])).content.decode()

        assert 'src="data:image/jpeg;base64,' in html
        assert "/desk/renditions/" not in html

    def test_its_links_act_on_nobody(self, client: Client, editor: User) -> None:
        draft = make_draft()

        html = client.get(reverse("admin:story_mail_html", args=[draft.pk])).content.decode()

        assert "%%" not in html
        assert "/unsubscribe/" not in html

    @pytest.mark.parametrize("role", [Role.REPORTER, Role.MODERATOR])
    @pytest.mark.parametrize("name", ["story_mail_html", "story_mail_test"])
    def test_who_does_not_publish_gets_none(self, client: Client, role: str, name: str) -> None:
        assign_roles()
        person = make_user(is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client.force_login(person)
        path = reverse(f"admin:{name}", args=[make_draft().pk])

        answer = client.post(path) if name.endswith("test") else client.get(path)

        assert answer.status_code == 403
        assert not Delivery.objects.exists()

    def test_a_stranger_is_sent_to_the_door(self, client: Client) -> None:
        answer = client.get(reverse("admin:story_mail_html", args=[make_draft().pk]))

        assert answer.status_code == 302
        assert urlsplit(answer["Location"]).path == "/admin/login/"


class TestATest:
    def test_it_goes_to_who_asks_alone_marked_and_harmless(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        make_subscriber("reader@example.org")
        draft = make_draft(headline="Not yet public")

        with committing():
            client.post(reverse("admin:story_mail_test", args=[draft.pk]), {"email": "x@y.org"})

        (message,) = outbox()
        assert message["To"] == "editor@example.org"
        assert message["Subject"] == "Test: Not yet public"
        assert message["List-Unsubscribe"] is None
        assert "/unsubscribe/" not in text_of(message) + html_of(message)
        assert "%%" not in text_of(message) + html_of(message)
        draft.refresh_from_db()
        assert draft.path is None

    def test_nothing_is_sent_by_get(self, client: Client, editor: User) -> None:
        path = reverse("admin:story_mail_test", args=[make_draft().pk])

        assert client.get(path).status_code == 405
        assert not Delivery.objects.exists()

    def test_there_is_an_end_to_tests(self, client: Client, editor: User) -> None:
        path = reverse("admin:story_mail_test", args=[make_draft().pk])

        for _ in range(20):
            client.post(path)
        answer = client.post(path, follow=True)

        assert "You asked for many tests" in answer.content.decode()
        assert Delivery.objects.count() == 20


class TestWhenItGoes:
    def test_the_hold_is_said_with_its_moment(
        self, client: Client, editor: User, settings: Any
    ) -> None:
        settings.MAIL_HOLD_MINUTES = 5

        html = page(client, at(make_draft()))

        ends = timezone.localtime() + timedelta(minutes=5)
        assert "Mail is held for 5 minutes" in html
        assert (
            f"it begins at {ends:%H:%M}" in html or f"{ends - timedelta(minutes=1):%H:%M}" in html
        )

    def test_the_choice_made_here_is_the_storys(self, client: Client, editor: User) -> None:
        draft = make_draft()

        client.post(at(draft), {"mail_choice": "digest"})

        draft.refresh_from_db()
        assert draft.mail_choice == "digest"
        assert draft.is_public

    def test_published_now_it_is_mailed_in_the_morning(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        make_subscriber()
        draft = make_draft()
        morning = timezone.now() + timedelta(hours=10)

        with committing():
            client.post(at(draft), {"mail_choice": "at_once", "not_before": local(morning)})
        with committing():
            tasks.sweep()

        draft.refresh_from_db()
        mailing = Mailing.objects.get()
        assert draft.is_public
        assert mailing.not_before == morning.replace(second=0, microsecond=0)
        assert outbox() == []
        assert "Not yet: its mail begins on" in page(client, at(draft, "change"))

    def test_breaking_news_may_wait_as_well_and_an_earlier_moment_than_the_hold_is_none(
        self, settings: Any
    ) -> None:
        settings.MAIL_HOLD_MINUTES = 30
        soon = timezone.now() + timedelta(minutes=10)
        usual, breaking = make_draft(), make_draft()

        publish(usual.pk, editor=None, announce=MailPlan("at_once", soon))
        publish(breaking.pk, editor=None, announce=MailPlan("breaking", soon))

        begins = {mailing.key: mailing.not_before or soon for mailing in Mailing.objects.all()}
        assert begins[f"article:{usual.pk}"] > soon + timedelta(minutes=15)
        assert begins[f"article:{breaking.pk}"] == soon

    @pytest.mark.parametrize(
        ("ahead", "says"),
        [
            (-timedelta(minutes=2), "This moment is past."),
            (timedelta(days=7, minutes=2), "Mail can wait for a week at most."),
        ],
    )
    def test_a_moment_that_cannot_be_is_said_at_its_field_and_nothing_is_lost(
        self, client: Client, editor: User, ahead: timedelta, says: str
    ) -> None:
        draft = make_draft()
        typed = local(timezone.now() + ahead)

        answer = client.post(at(draft), {"mail_choice": "digest", "not_before": typed})

        html = answer.content.decode()
        assert answer.status_code == 422
        assert says in html
        assert f'value="{typed}"' in html
        draft.refresh_from_db()
        assert not draft.is_public

    @pytest.mark.parametrize("typed", ["tomorrow", "2026-13-45T99:00", "'; DROP TABLE"])
    def test_what_is_no_moment_is_said_too(self, client: Client, editor: User, typed: str) -> None:
        draft = make_draft()

        answer = client.post(at(draft), {"mail_choice": "at_once", "not_before": typed})

        assert answer.status_code == 422
        assert "Enter a valid date/time." in answer.content.decode()

    def test_an_hour_that_the_night_leaves_out_is_no_moment(
        self, client: Client, editor: User, settings: Any
    ) -> None:
        settings.TIME_ZONE = "Europe/Oslo"
        draft = make_draft()

        answer = client.post(at(draft), {"not_before": "2027-03-28T02:30"})

        assert answer.status_code == 422


class TestTheStorysOwnPage:
    def test_it_says_when_and_to_how_many_it_was_mailed(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        make_subscriber()
        make_subscriber()
        make_subscriber(wishes={"all": "daily"})
        with committing():
            article = make_article(announce=True)

        html = page(client, at(article, "change"))

        mailing = Mailing.objects.get(key=f"article:{article.pk}")
        assert "To 2 people on its own" in html
        assert f"{timezone.localtime():%Y}" in html
        assert "1 person gets it in the next digest." in html
        assert f"/admin/mail/mailing/{mailing.pk}/change/" in html

    def test_withdrawn_edited_published_again_and_moved_it_was_mailed_once_and_the_desk_says_so(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        make_subscriber()
        with committing():
            article = make_article(announce=True)
        with committing():
            withdraw(article.pk, editor=None, note="A slip.")
        words = make_words(section=article.section, headline="Other words")
        save_revision(article.pk, words, editor=None, began_from=1)
        with committing():
            client.post(at(article))
        with committing():
            client.post(at(article, "address"), {"slug": "elsewhere"})
            tasks.sweep()

        assert len(outbox()) == 1
        assert "To 1 person on its own" in page(client, at(article, "change"))

    def test_a_story_not_mailed_says_so(self, client: Client, editor: User) -> None:
        assert "Not on its own." in page(client, at(make_article(), "change"))

    def test_what_came_back_or_is_in_doubt_is_not_counted_as_mailed(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        for _ in range(3):
            make_subscriber()
        with committing():
            article = make_article(announce=True)
        rows = list(Delivery.objects.order_by("pk"))
        Delivery.objects.filter(pk=rows[0].pk).update(state="bounced")
        Delivery.objects.filter(pk=rows[1].pk).update(state="in_doubt")

        html = page(client, at(article, "change"))

        assert "To 1 person on its own" in html
        assert "1 more could not be delivered." in html
        assert "1 more is in doubt." in html

    def test_coming_back_is_announced_as_what_it_is(
        self, client: Client, editor: User, settings: Any
    ) -> None:
        settings.MAIL_HOLD_MINUTES = 5
        make_subscriber()
        held = make_article(announce=True)
        stopped = make_article(announce=True)
        call_off(Mailing.objects.get(key=f"article:{stopped.pk}").pk, by=make_staff())
        for article in (held, stopped):
            withdraw(article.pk, editor=None, note="A slip.")

        assert "so it is mailed now" in page(client, at(held))
        assert "is not mailed again" in page(client, at(stopped))


class TestACorrection:
    def told(self) -> dict[str, str]:
        return {"kind": "correction", "reason": "A figure", "wrong": "Five.", "right": "Six."}

    def edited(self, article: Article) -> Article:
        words = make_words(section=article.section, headline="Six ships")
        save_revision(article.pk, words, editor=None, began_from=1)
        return article

    def test_the_editor_sees_the_count_before_anything_is_sent(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        make_subscriber("reader@example.org")
        with committing():
            article = self.edited(make_article(announce=True))

        with committing():
            answer = client.post(at(article, "changes"), self.told(), follow=True)

        html = answer.content.decode()
        correction = Correction.objects.get()
        assert answer.redirect_chain[-1][0] == reverse(
            "admin:correction_mail", args=[correction.pk]
        )
        assert "<strong>1 person</strong> was mailed a version with this error" in html
        assert "Mail it to 1 person" in html
        assert len(outbox()) == 1

        with committing():
            client.post(reverse("admin:correction_mail", args=[correction.pk]))
            client.post(reverse("admin:correction_mail", args=[correction.pk]))

        assert [message["Subject"] for message in outbox()][1:] == ["Correction: Six ships"]
        shown = page(client, reverse("admin:correction_mail", args=[correction.pk]))
        assert "A correction is mailed once." in shown
        assert "Mail it to" not in shown

    def test_it_can_be_mailed_later_from_the_storys_page(
        self, client: Client, editor: User
    ) -> None:
        article = self.edited(make_article())
        client.post(at(article, "changes"), self.told())

        html = page(client, at(article, "change"))

        assert reverse("admin:correction_mail", args=[Correction.objects.get().pk]) in html

    def test_the_editor_names_the_first_wrong_version(self, client: Client, editor: User) -> None:
        article = make_article()
        save_revision(article.pk, make_words(section=article.section), editor=None, began_from=1)
        publish_changes(article.pk, PublicChange("update"), editor=None)
        second = article.revisions.get(number=2)
        save_revision(article.pk, make_words(section=article.section), editor=None, began_from=2)

        form = page(client, at(article, "changes"))
        client.post(at(article, "changes"), self.told() | {"first_wrong": second.pk})

        assert "Wrong from which version on?" in form
        assert Correction.objects.get().first_wrong == second

    def test_a_version_of_another_story_is_refused(self, client: Client, editor: User) -> None:
        article, other = self.edited(make_article()), make_article()

        answer = client.post(at(article, "changes"), self.told() | {"first_wrong": other.live_id})

        assert answer.status_code == 422
        assert not Correction.objects.exists()

    def test_a_typo_leads_back_to_the_story(self, client: Client, editor: User) -> None:
        article = self.edited(make_article())

        answer = client.post(at(article, "changes"), {"kind": "typo"})

        assert answer["Location"] == at(article, "change")

    def test_its_mail_is_shown_and_tested_like_a_storys(
        self,
        client: Client,
        editor: User,
        committing: Committing,
        outbox: Any,  # noqa: F811
    ) -> None:
        article = self.edited(make_article())
        client.post(at(article, "changes"), self.told())
        pk = Correction.objects.get().pk

        frame = client.get(reverse("admin:correction_mail_html", args=[pk]))
        with committing():
            client.post(reverse("admin:correction_mail_test", args=[pk]))

        assert "Six." in frame.content.decode()
        assert [(m["To"], m["Subject"]) for m in outbox()] == [
            ("editor@example.org", "Test: Correction: Six ships")
        ]

    def test_of_a_withdrawn_story_none_is_offered_or_sent(
        self, client: Client, editor: User
    ) -> None:
        article = self.edited(make_article())
        client.post(at(article, "changes"), self.told())
        withdraw(article.pk, editor=None, note="No.")
        path = reverse("admin:correction_mail", args=[Correction.objects.get().pk])

        html = page(client, path)
        client.post(path)

        assert "Readers cannot see this story" in html
        assert not Mailing.objects.exists()


def test_a_service_publishes_with_a_plan_or_as_the_story_says() -> None:
    draft = create_article(make_words(), editor=None, mail_choice="none")

    publish(draft.pk, editor=None, announce=MailPlan(""))

    draft.refresh_from_db()
    assert draft.mail_choice == "none"
    assert not Mailing.objects.exists()


def test_during_the_hold_a_change_goes_into_the_mail_and_withdrawing_calls_it_off(
    committing: Committing,
    outbox: Any,  # noqa: F811
    settings: Any,
) -> None:
    settings.MAIL_HOLD_MINUTES = 5
    make_subscriber()
    with committing():
        changed, gone = make_article(announce=True), make_article(announce=True)
    save_revision(
        changed.pk,
        make_words(section=changed.section, headline="The new words"),
        editor=None,
        began_from=1,
    )
    with committing():
        publish_changes(changed.pk, PublicChange("update"), editor=None)
        withdraw(gone.pk, editor=None, note="No.")
    Mailing.objects.update(not_before=timezone.now())

    with committing():
        tasks.sweep()

    assert [message["Subject"] for message in outbox()] == ["The new words"]
    assert Subscriber.objects.count() == 1
    assert services.unfinished_announcements() == {}
