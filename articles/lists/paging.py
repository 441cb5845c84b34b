"""Pages of a list: page 2 begins where the reader's page 1 ended, whatever came since."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest

from articles.models import Article
from articles.models.article import ArticleQuerySet

PAGE = 20
LAST_PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some stories of a list, and the query strings that lead on and back."""

    stories: list[Article]
    number: int
    newer: str
    older: str


def page_of(stories: ArticleQuerySet, request: HttpRequest) -> Page:
    """The page that `?page=2&from=ID` asks for; `from` is the newest story of page 1.

    Raises Http404 for a page that is none: not a number, out of range, without stories.
    """
    number = number_of(request.GET.get("page", "1"), LAST_PAGE)
    start = request.GET.get("from", "")
    anchored = stories.newest_first()
    if number > 1 and start:
        anchored = _from(anchored, number_of(start, 2**62))
    window = list(
        anchored.for_cards().defer("live__body")[(number - 1) * PAGE : number * PAGE + 1]
    )
    if number > 1 and not window:
        raise Http404
    first = start or (str(window[0].pk) if window else "")
    more = len(window) > PAGE and number < LAST_PAGE
    return Page(
        window[:PAGE],
        number,
        newer="" if number == 1 else _query(number - 1, first),
        older=_query(number + 1, first) if more else "",
    )


def number_of(text: str, largest: int) -> int:
    """The whole number that was asked for. Raises Http404 for anything but 1 to `largest`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= largest):
        raise Http404
    return int(text)


def _from(stories: ArticleQuerySet, pk: int) -> ArticleQuerySet:
    """Only what is as old as that story or older; equal times are parted by the key."""
    start = Article.objects.published().filter(pk=pk).first()
    if start is None:
        raise Http404
    moment = start.first_published_at
    return stories.filter(
        Q(first_published_at__lt=moment) | Q(first_published_at=moment, pk__lte=start.pk)
    )


def _query(number: int, start: str) -> str:
    return "?" if number == 1 else f"?page={number}&from={start}"
