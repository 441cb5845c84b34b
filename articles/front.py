"""What stands on the front page. A story stands there once."""

from dataclasses import dataclass

from articles.models import Article, FrontSlot, Section

PLACES = 5
RECENT = 8
FEW_RECENT = 4  # While the title has too few stories for both these and the strips.
STRIP = 3
WINDOW = 60  # Newest stories looked at before a section is asked for its own.


@dataclass(frozen=True)
class Strip:
    """A section and its newest stories that stand nowhere else on the page."""

    section: Section
    stories: list[Article]


@dataclass(frozen=True)
class Front:
    """The lead, those beside it, the most recent, and a strip a section."""

    lead: Article | None
    seconds: list[Article]
    recent: list[Article]
    strips: list[Strip]


def front_page() -> Front:
    """Compose the page: the editor's order first, empty places by the newest."""
    public = Article.objects.published().newest_first().for_cards().defer("live__body")
    newest = list(public[:WINDOW])
    sections = list(Section.objects.all())
    top = _top(newest)
    shown = {story.pk for story in top}
    spare = len(newest) - PLACES - STRIP * len(sections)
    recent = _take(newest, shown, RECENT if spare >= RECENT else FEW_RECENT)
    strips = []
    for section in sections:
        stories = _take([s for s in newest if s.section_id == section.pk], shown, STRIP)
        if len(stories) < STRIP and len(newest) == WINDOW:
            older = public.filter(section=section).exclude(pk__in=shown)
            stories += _take(list(older[:STRIP]), shown, STRIP - len(stories))
        if stories:
            strips.append(Strip(section, stories))
    return Front(top[0] if top else None, top[1:], recent, strips)


def _top(newest: list[Article]) -> list[Article]:
    """Five stories: each at the place an editor gave it, the others by time."""
    slots = FrontSlot.objects.filter(article__in=Article.objects.published())
    chosen = {slot.position: slot.article_id for slot in slots}
    public = Article.objects.published().for_cards().defer("live__body")
    stories = public.in_bulk(list(chosen.values()))
    rest = (story for story in newest if story.pk not in stories)
    places = [
        stories[chosen[place]] if place in chosen else next(rest, None)
        for place in range(1, PLACES + 1)
    ]
    return [story for story in places if story is not None]


def _take(stories: list[Article], shown: set[int], count: int) -> list[Article]:
    """The first of these not yet shown; from now on they are."""
    taken = [story for story in stories if story.pk not in shown][:count]
    shown.update(story.pk for story in taken)
    return taken
