"""The front page as editors arrange it: five places, and a line while something happens."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http.request import validate_host
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import shown
from articles.errors import ArticleError, BreakingLineError
from articles.models import Article, Author, BreakingLine, FrontSlot, Section, Topic
from articles.models.breaking import LONGEST, LONGEST_TEXT
from newsroom.accounts.models import User
from newsroom.press.services import purge

PLACES = 5
LONGEST_LINK = 200  # Characters.
ATTEMPTS = 3  # Of two editors at once, the second sees on its next attempt what the first did.
LISTS: dict[str, type[Author | Section | Topic]] = {
    "section": Section,
    "topic": Topic,
    "author": Author,
}

Places = list[int | None]  # The story's id for each place, None where the newest comes by itself.


# Places ------------------------------------------------------------------------------------


def place_on_front(article_id: int, position: int) -> int | None:
    """Give a public story a place from 1 to 5, or another one than it has.

    Those between its old place and the new one close up. For a story without a place the others
    make room towards the next empty place; where there is none the last one leaves the page.
    Returns the id of that one. Raises ArticleError for a story that readers cannot see.
    """
    if not 1 <= position <= PLACES:
        raise ArticleError(_("The front page has places 1 to 5."))
    return _arrange(article_id, position=position)


def move_on_front(article_id: int, by: int) -> None:
    """Move a story by so many places: -1 is one up. One without a place stays without."""
    _arrange(article_id, by=by)


@transaction.atomic
def clear_place(article_id: int) -> None:
    """Take a story from its place, which the newest story takes. Harmless if it has none."""
    if FrontSlot.objects.filter(article_id=article_id).delete()[0]:
        purge(shown.front_changed())


def leave_front(article: Article) -> None:
    """A story that readers see no longer gives up its place and the line that leads to it.

    Called inside the transaction of its withdrawal, which purges the front page with the rest.
    """
    FrontSlot.objects.filter(article=article).delete()
    running = BreakingLine.objects.running()
    running.filter(link__in=_links_to(article)).update(current=False, ends_at=timezone.now())


def _links_to(article: Article) -> set[str]:
    """Every link that leads to the story or its record: its address, and those it once had that
    no other story has today."""
    old = set(article.redirects.values_list("old_path", flat=True))
    taken = set(Article.objects.filter(path__in=old).values_list("path", flat=True))
    paths = {article.path, *(old - taken)} - {None}
    return {f"/{path}/{page}" for path in paths for page in ("", "history/")}


def _arrange(article_id: int, *, position: int | None = None, by: int = 0) -> int | None:
    """One rearrangement; the unique columns decide between two editors at once."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _rearrange(article_id, position, by)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    return None


def _rearrange(article_id: int, position: int | None, by: int) -> int | None:
    _lock_public(article_id)
    slots = _slots()
    before: Places = [None] * PLACES
    for slot in slots:
        before[slot.position - 1] = slot.article_id
    if position is None:
        if article_id not in before:
            return None
        position = min(max(before.index(article_id) + 1 + by, 1), PLACES)
    after, fallen = _put(before, article_id, position)
    _write(slots, after)
    purge(shown.front_changed())
    return fallen


def _write(slots: list[FrontSlot], after: Places) -> None:
    """Write anew the rows that differ: only those seen go, so that another editor's row, written
    since, is met by the unique columns and not lost."""
    moved = [slot for slot in slots if after[slot.position - 1] != slot.article_id]
    kept = {slot.position for slot in slots if slot not in moved}
    FrontSlot.objects.filter(pk__in=[slot.pk for slot in moved]).delete()
    FrontSlot.objects.bulk_create(
        FrontSlot(position=place, article_id=story)
        for place, story in enumerate(after, start=1)
        if story is not None and place not in kept
    )


def _lock_public(article_id: int) -> None:
    """The story's row, so that it cannot be withdrawn while it is given a place."""
    Article.objects.select_for_update().filter(pk=article_id).first()
    if not Article.objects.published().filter(pk=article_id).exists():
        raise ArticleError(_("Only a published story can stand on the front page."))


def _slots() -> list[FrontSlot]:
    return list(FrontSlot.objects.select_for_update().order_by("position"))


def _put(places: Places, article_id: int, position: int) -> tuple[Places, int | None]:
    """The places with the story at that position, and the story that left the page for it."""
    after = places.copy()
    gives = _place_given_up(after, article_id, position)
    fallen = after.pop(gives)
    after.insert(position - 1, article_id)
    return after, None if fallen == article_id else fallen


def _place_given_up(places: Places, article_id: int, position: int) -> int:
    """The index of the place that goes: the story's own, the next empty one, or the last."""
    if article_id in places:
        return places.index(article_id)
    empty = [place for place, story in enumerate(places) if story is None]
    below = [place for place in empty if place >= position - 1]
    return min(below, default=max(empty, default=PLACES - 1))


# The breaking line -------------------------------------------------------------------------


def set_breaking_line(
    text: str, *, link: str = "", lasting: timedelta = timedelta(hours=2), editor: User | None
) -> BreakingLine:
    """Show a line of at most 120 characters above the lead; it takes the place of another one.

    `link` is a page of this site, as a path or a whole address; `lasting` at most 12 hours.
    Raises BreakingLineError, which names the field, for what cannot stand there.
    """
    now = timezone.now()
    line = BreakingLine(
        text=_checked_text(text),
        link=_checked_link(link),
        set_by=editor,
        set_at=now,
        ends_at=now + _checked_time(lasting),
    )
    try:
        with transaction.atomic():
            end_breaking_line(moment=now)
            line.save()
            purge(shown.front_changed())
    except IntegrityError as error:
        sentence = _("Another editor set a line at this moment. Look at it before you set yours.")
        raise BreakingLineError("text", sentence) from error
    return line


@transaction.atomic
def end_breaking_line(*, moment: datetime | None = None) -> None:
    """Take the line from the front page now. Harmless where none runs."""
    now = moment or timezone.now()
    BreakingLine.objects.running().update(ends_at=now)
    BreakingLine.objects.filter(current=True).update(current=False)
    purge(shown.front_changed())


def _checked_text(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise BreakingLineError("text", _("Say in a line what is happening."))
    if len(text) > LONGEST_TEXT:
        raise BreakingLineError("text", _("At most 120 characters."))
    return text


def _checked_time(lasting: timedelta) -> timedelta:
    if not timedelta(0) < lasting <= LONGEST:
        raise BreakingLineError("hours", _("A line ends after at most 12 hours."))
    return lasting


def _checked_link(link: str) -> str:
    """The path of a page that readers find, of whatever was pasted."""
    path = _without_origin(link.strip())
    if path and not _leads_to_readers(path):
        sentence = _(
            "Readers find no page at this address. Give one of this site, such as"
            " /2026/11/a-story/."
        )
        raise BreakingLineError("link", sentence)
    return path


def _without_origin(address: str) -> str:
    """Without scheme and host, if the host is one of this site's."""
    try:
        parts = urlsplit(address)
    except ValueError:  # Brackets that are no IPv6 address.
        return address
    ours = parts.scheme in {"http", "https"} and validate_host(
        parts.hostname or "", settings.ALLOWED_HOSTS
    )
    return address.partition("://")[2].removeprefix(parts.netloc) if ours else address


def _leads_to_readers(path: str) -> bool:
    """Whether it is a page of the newsroom's, there for readers at this moment."""
    try:
        found = resolve(path)
    except Resolver404:
        return False
    if found.namespace != "articles" or not path.endswith("/") or len(path) > LONGEST_LINK:
        return False
    if story := found.kwargs.get("path"):
        return Article.objects.published().filter(path=story).exists()
    if model := LISTS.get(found.url_name or ""):
        return model._default_manager.filter(slug=found.kwargs["slug"]).exists()
    return True
