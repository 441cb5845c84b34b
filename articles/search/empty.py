"""What an answer without stories says: why, and what there is instead."""

from dataclasses import dataclass, replace
from itertools import tee

from articles.models import Article
from articles.search.asking import Query, count
from articles.search.form import SearchForm
from articles.search.spelling import spellings

NEWEST = 5


@dataclass(frozen=True)
class Lifted:
    """A filter, how many stories there are without it, and the address that asks so."""

    name: str
    count: int
    more: bool
    address: str


@dataclass(frozen=True)
class Spelt:
    """A spelling that has hits, perhaps only without the filters, and the address that asks so."""

    words: str
    count: int
    more: bool
    address: str
    without: bool


@dataclass(frozen=True)
class Instead:
    """What an empty page offers. `all_lifted` is set where no single filter is to blame."""

    lifted: list[Lifted]
    all_lifted: Lifted | None
    spelling: Spelt | None
    newest: list[Article]


def instead_of(form: SearchForm, query: Query) -> Instead:
    """Look for what the reader may have meant. Only public stories are counted."""
    names = form.filter_names(query)
    lifted = [one for name in names if (one := _lift(form, query, names[name], (name,)))]
    together = None
    if not lifted and len(names) > 1:
        together = _lift(form, query, "", tuple(names))
    return Instead(lifted, together, _spelt(form, query), newest=_newest())


def _spelt(form: SearchForm, query: Query) -> Spelt | None:
    """The first that has hits: with the same filters, or else without them."""
    ways = [(), tuple(query.filters)] if query.filters else [()]
    for lifted, tried in zip(ways, tee(spellings(query.words), len(ways)), strict=True):
        for words in tried:
            found, more = count(replace(query.without(*lifted), words=words))
            if found:
                address = form.address(lifted=lifted, q=words)
                return Spelt(words, found, more, address, without=bool(lifted))
    return None


def _lift(form: SearchForm, query: Query, name: str, lifted: tuple[str, ...]) -> Lifted | None:
    found, more = count(query.without(*lifted))
    return Lifted(name, found, more, form.address(lifted=lifted)) if found else None


def _newest() -> list[Article]:
    stories = Article.objects.published().newest_first().for_cards()
    return list(stories.defer("live__body")[:NEWEST])
