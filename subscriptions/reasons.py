"""Why a mail came, in words: what `Due.why` and a form keep as `topic:8` is told by its name."""

from collections.abc import Iterable, Mapping

from django.db.models import Model
from django.utils.translation import gettext as _

from articles.models import Author, Section, Topic
from subscriptions.models import Cadence

MODELS: dict[str, type[Model]] = {"section": Section, "topic": Topic, "author": Author}
ORDER = ("all", *MODELS)
LONGEST_KEY = 18  # Digits: more than any row has, and no more than a database can compare.


def named_by(word: str) -> tuple[str, int] | None:
    """The kind and the key of what the word of a wish names; None for `all`, and for no word."""
    kind, _colon, pk = word.partition(":")
    return (kind, int(pk)) if kind in MODELS and is_key(pk) else None


def is_key(text: str) -> bool:
    """Whether a row may have it for its key."""
    return text.isdecimal() and len(text) <= LONGEST_KEY


def thing_of(word: str) -> Section | Topic | Author | None:
    """What the word of a wish names; None for `all`, and for what is not or no longer there."""
    named = named_by(word)
    if named is None:
        return None
    kind, pk = named
    found = MODELS[kind]._default_manager.filter(pk=pk).first()
    return found if isinstance(found, Section | Topic | Author) else None


def reasons_of(words: Iterable[str]) -> list[str]:
    """What was asked for, each as it stands in a sentence after "you asked for"."""
    in_order = sorted(words, key=lambda word: (ORDER.index(word.partition(":")[0]), word))
    return [told for word in in_order if (told := phrase(word))]


def phrase(word: str) -> str:
    """One of them; empty for what is no longer there."""
    if word == "all":
        return _("each new story")
    match thing_of(word):
        case Section(name=name):
            return _("the section %(name)s") % {"name": name}
        case Topic(name=name):
            return _("the topic %(name)s") % {"name": name}
        case Author(name=name):
            return _("stories by %(name)s") % {"name": name}
    return ""


def with_rhythms(wishes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each wish as a phrase, and its rhythm; but for what is no longer there."""
    told = [(phrase(word), str(Cadence(cadence).label)) for word, cadence in wishes.items()]
    return [(what, rhythm) for what, rhythm in told if what]


def sentence(told: list[str]) -> str:
    """One, two and three of them as one phrase: `a, b and c`."""
    if len(told) < 2:
        return "".join(told)
    before = ", ".join(told[:-1])
    return _("%(before)s and %(last)s") % {"before": before, "last": told[-1]}
