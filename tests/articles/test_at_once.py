"""Two people at the same moment. SQLite lets one write at a time, so only PostgreSQL can tell."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from articles.chain import verify
from articles.errors import RevisionConflictError
from articles.models import Article, Photo, RelatedStory, SearchText
from articles.related import lists, picks, refresh, refresh_due, related_to
from articles.services import placing, publish, publishing, save_revision, withdraw
from articles.signals import article_published
from tests.articles.test_services import heard
from tests.makers import make_article, make_draft, make_photo, make_words

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "postgresql" not in str(settings.DATABASES["default"]["ENGINE"]),
        reason="needs a database with several writers: see make test-all",
    ),
]


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Each verb in a thread with a connection of its own; what they returned, or raised."""

    def run(verb: Callable[[], Any]) -> Any:
        try:
            return verb()
        except RevisionConflictError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def meet_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Hold whoever calls that function of publishing until the other one calls it too."""
    barrier = threading.Barrier(2, timeout=10)
    real = getattr(publishing, name)

    def meet(*args: Any, **options: Any) -> Any:
        barrier.wait()
        return real(*args, **options)

    monkeypatch.setattr(publishing, name, meet)


def linger_after_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the second look at who shows a photo before the first has said what it found, if it
    can: it must not, so the first waits in vain."""
    barrier = threading.Barrier(2)
    real = placing._shown

    def look(ids: list[int]) -> set[int]:
        shown = real(ids)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=0.5)
        return shown

    monkeypatch.setattr(placing, "_shown", look)


def test_a_story_published_twice_at_once_is_announced_once() -> None:
    draft = make_draft()

    with heard(article_published) as news:
        at_once(*[lambda: publish(draft.pk, editor=None, announce=False)] * 4)

    article = Article.objects.published().get()
    assert len(news) == 1
    assert verify(article) == []


def test_two_stories_of_one_headline_published_at_once_get_two_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drafts = [make_draft(headline="Same") for _ in range(2)]
    meet_at(monkeypatch, "slug_of")

    at_once(*(lambda pk=draft.pk: publish(pk, editor=None, announce=False) for draft in drafts))

    slugs = Article.objects.published().values_list("slug", flat=True)
    assert sorted(slugs) == ["same", "same-2"]


def test_a_photo_shown_by_one_story_and_withdrawn_with_another_at_once_is_public(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = make_photo(soon=False)
    old, new = make_article(lead_photo=photo), make_draft(lead_photo=photo)
    linger_after_looking(monkeypatch)

    at_once(
        lambda: withdraw(old.pk, editor=None, note="Gone."),
        lambda: publish(new.pk, editor=None, announce=False),
    )

    rendition = Photo.objects.get().renditions.get()
    assert (rendition.public, rendition.placed) == (True, True)
    assert (settings.MEDIA_DIR / rendition.name).exists()


@pytest.mark.parametrize("verb", ["choose", "pick"])
def test_a_story_withdrawn_while_it_comes_below_another_waits_and_leaves_it(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = make_article(), make_article()
    refresh_due()
    assert RelatedStory.objects.filter(article=one, other=two).exists()
    room, name = (lists, "_write") if verb == "choose" else (picks, "_changed")
    real, done = getattr(room, name), threading.Event()

    def withdraw_two() -> None:
        with suppress(OperationalError):  # A deadlock, on one side or the other.
            withdraw(two.pk, editor=None, note="Gone.")
            done.set()
        connection.close()

    def write(*args: Any) -> None:
        real(*args)
        thread.start()
        done.wait(0.5)

    thread = threading.Thread(target=withdraw_two)
    monkeypatch.setattr(room, name, write)
    if verb == "choose":
        refresh(SearchText.objects.filter(article=one))
    else:
        picks.pick(one.pk, two.pk)
    thread.join()

    assert done.is_set()
    assert related_to(one) == []


def test_of_two_editors_who_save_at_once_one_is_told() -> None:
    draft = make_draft()
    words = [make_words(headline=headline) for headline in ("Hers", "His")]

    outcomes = at_once(
        *(lambda w=w: save_revision(draft.pk, w, editor=None, began_from=1) for w in words)
    )

    assert [type(outcome).__name__ for outcome in outcomes].count("RevisionConflictError") == 1
    assert draft.revisions.count() == 2
