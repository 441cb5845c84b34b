"""Pages of a list: page 2 begins where the reader's page 1 ended, whatever came since."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest

PAGE = 20
LAST_PAGE = 50


@dataclass(frozen=True)
class Ordered[Row: Model]:
    """The rows of a list, the newest first; equal moments are parted by the key.

    `moment` and `key` are the columns of the order, so that an index of the list's own serves.
    `starts` gives the moment of the row that a reader's page 1 began with, even if that row has
    left the list since. `beyond` says where a row stands that no page reaches.
    """

    rows: QuerySet[Row]
    starts: QuerySet[Any, Any]
    beyond: Callable[[Row], str]
    moment: str = "first_published_at"
    key: str = "pk"
    size: int = PAGE
    last: int = LAST_PAGE

    def newest_first(self) -> QuerySet[Row]:
        return self.rows.order_by(f"-{self.moment}", f"-{self.key}")

    def from_row(self, pk: int) -> QuerySet[Row]:
        """Only what is as old as that row or older. Raises Http404 if it never was public."""
        moment = self.starts.filter(pk=pk).first()
        if moment is None:
            raise Http404
        older = Q(**{f"{self.moment}__lt": moment})
        equal = Q(**{f"{self.key}__lte": pk})
        # The first condition alone is one range of the index; the others part equal moments.
        return self.newest_first().filter(Q(**{f"{self.moment}__lte": moment}), older | equal)


@dataclass(frozen=True)
class Page[Row: Model]:
    """Some rows of a list, and the addresses that lead on and back; empty where none does."""

    rows: list[Row]
    number: int
    newer: str
    older: str

    @property
    def leads_to_archive(self) -> bool:
        """Whether what is older stands in the archive, not on a page of this list."""
        return bool(self.older) and "?" not in self.older


def page_of[Row: Model](ordered: Ordered[Row], request: HttpRequest) -> Page[Row]:
    """The page that `?page=2&from=ID` asks for; `from` is the key of the first row of page 1.

    Raises Http404 for a page that is none: not a number, out of range, without rows.
    """
    number = number_of(request.GET.get("page", "1"), ordered.last)
    start = request.GET.get("from", "")
    rows = ordered.newest_first()
    if number > 1 and start:
        rows = ordered.from_row(number_of(start, 2**62))
    size = ordered.size
    window = list(rows[(number - 1) * size : number * size + 1])
    if number > 1 and not window:
        raise Http404
    first = start or (str(window[0].pk) if window else "")
    newer = "" if number == 1 else _address(request.path, number - 1, first)
    older = ""
    if len(window) > size:
        over = number == ordered.last
        older = ordered.beyond(window[-1]) if over else _address(request.path, number + 1, first)
    return Page(window[:size], number, newer, older)


def number_of(text: str, largest: int) -> int:
    """The whole number that was asked for. Raises Http404 for anything but 1 to `largest`."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and 1 <= int(text) <= largest):
        raise Http404
    return int(text)


def _address(path: str, number: int, start: str) -> str:
    return path if number == 1 else f"{path}?page={number}&from={start}"
