"""What stands on the front page. A story stands there once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db.models import OuterRef, Subquery, prefetch_related_objects

from articles.models import Article, Author, BreakingLine, FrontSlot, Kind, Section
from articles.models.article import ArticleQuerySet
from articles.services.front import PLACES
from articles.story import voice_of

RECENT = 5
FEW_RECENT = 4  # While the title has too few stories for both these and the strips.
STRIPS = 6  # The first sections of the menu that have a story left.
STRIP = 3
ENOUGH = PLACES + RECENT + STRIP * STRIPS  # Stories that fill the page.


@dataclass(frozen=True)
class Strip:
    """A section and its newest stories that stand nowhere else on the page."""

    section: Section
    stories: list[Article]


@dataclass(frozen=True)
class Front:
    """What readers see, from the top down. `sections` is the whole menu, asked for once."""

    breaking: BreakingLine | None
    lead: Article | None
    seconds: list[Article]
    recent: list[Article]
    opinion: Article | None
    voice: Author | None  # Whose face stands beside the opinion.
    strips: list[Strip]
    sections: list[Section]

    @property
    def changes_at(self) -> datetime | None:
        """The moment at which the page changes by the clock alone, if it will: a line ends."""
        return self.breaking.ends_at if self.breaking else None


@dataclass
class Choice:
    """The ids of the stories, place by place, before they are fetched together."""

    top: list[int] = field(default_factory=list)
    recent: list[int] = field(default_factory=list)
    opinion: int | None = None
    strips: dict[int, list[int]] = field(default_factory=dict)

    @property
    def shown(self) -> list[int]:
        """All that are chosen so far, each once."""
        strips = [pk for stories in self.strips.values() for pk in stories]
        opinion = [self.opinion] if self.opinion else []
        return [*self.top, *self.recent, *opinion, *strips]


def front_page() -> Front:
    """Compose the page: the editor's order first, empty places by the newest.

    The number of queries is the same for any number of stories and sections.
    """
    choice, sections = _choose()
    stories = _fetch(choice.shown)

    def found(ids: Iterable[int]) -> list[Article]:
        return [stories[pk] for pk in ids if pk in stories]

    top = found(choice.top)
    opinion = next(iter(found([choice.opinion] if choice.opinion else [])), None)
    strips = [Strip(row, found(choice.strips.get(row.pk, []))) for row in sections]
    return Front(
        breaking=BreakingLine.objects.running().first(),
        lead=top[0] if top else None,
        seconds=top[1:],
        recent=found(choice.recent),
        opinion=opinion,
        voice=_voice(opinion),
        strips=[strip for strip in strips if strip.stories],
        sections=sections,
    )


def places() -> list[tuple[int, Article | None, bool]]:
    """The five places as readers see them: number, story, and whether an editor gave it."""
    newest = _newest()
    chosen = _given()
    top = _top(chosen, newest)
    stories = _fetch(top)
    given = set(chosen.values())
    filled = [(stories.get(pk), pk in given) for pk in top]
    filled += [(None, False)] * (PLACES - len(filled))
    return [(number, *place) for number, place in enumerate(filled, start=1)]


# Choosing ----------------------------------------------------------------------------------


def _choose() -> tuple[Choice, list[Section]]:
    newest = _newest()
    choice = Choice(top=_top(_given(), newest))
    count = RECENT if len(newest) >= ENOUGH else FEW_RECENT
    choice.recent = [pk for pk in newest if pk not in choice.top][:count]
    choice.opinion = _opinion(choice.shown)
    sections = list(_with_newest(choice.shown))
    left = {section.pk: _left(section) for section in sections}
    choice.strips = dict(islice(((pk, ids) for pk, ids in left.items() if ids), STRIPS))
    return choice, sections


def _left(section: Section) -> list[int]:
    """The stories of its strip, as `_with_newest` found them."""
    ids = [getattr(section, f"story_{place}") for place in range(STRIP)]
    return [pk for pk in ids if pk is not None]


def _newest() -> list[int]:
    newest = Article.objects.published().newest_first()
    return list(newest.values_list("pk", flat=True)[:ENOUGH])


def _given() -> dict[int, int]:
    """The places that editors gave to stories which readers see."""
    placed = Article.objects.published().filter(pk__in=FrontSlot.objects.values("article"))
    return dict(placed.values_list("front_slot__position", "pk"))


def _top(chosen: dict[int, int], newest: list[int]) -> list[int]:
    """Five stories: each at the place an editor gave it, the others by time."""
    rest = _without(newest, chosen.values())
    places = [chosen.get(place) or next(rest, None) for place in range(1, PLACES + 1)]
    return [pk for pk in places if pk is not None]


def _without(ids: Iterable[int], taken: Iterable[int]) -> Iterator[int]:
    gone = set(taken)
    return (pk for pk in ids if pk not in gone)


def _opinion(shown: list[int]) -> int | None:
    opinions = Article.objects.published().filter(kind=Kind.OPINION).exclude(pk__in=shown)
    return opinions.newest_first().values_list("pk", flat=True).first()


def _with_newest(shown: list[int]) -> Iterable[Section]:
    """All sections, each with the ids of its newest stories beside those already shown.

    One look at the index a story, so that a section that publishes seldom costs no more.
    """
    public: ArticleQuerySet = Article.objects.published().exclude(pk__in=shown)
    of_section = public.filter(section=OuterRef("pk")).newest_first().values("pk")
    ids = {f"story_{place}": Subquery(of_section[place : place + 1]) for place in range(STRIP)}
    return Section.objects.annotate(**ids)


# Fetching ----------------------------------------------------------------------------------


def _fetch(ids: list[int]) -> dict[int, Article]:
    """All stories of the page at once, with what their cards show."""
    return Article.objects.published().for_cards().defer("live__body").in_bulk(ids)


def _voice(opinion: Article | None) -> Author | None:
    """Whose face stands beside it, with the portrait."""
    if opinion is None:
        return None
    prefetch_related_objects([opinion], "bylines__portrait__renditions")
    return voice_of(opinion.bylines.all())
