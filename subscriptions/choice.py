"""What a stranger may choose: by the "Subscribe" link of a topic, and by what a form sends."""

from collections.abc import Iterable

from django.core.validators import slug_re
from django.db.models import Model, QuerySet
from django.http import QueryDict

from articles.models import Article, Author, Section, Topic
from subscriptions.reasons import named_by


def chosen_by_link(query: QueryDict) -> Section | Topic | Author | None:
    """What `?topic=slug` and its like name, if readers may know of it."""
    for kind, rows in _known().items():
        if thing := rows.filter(slug=_slug(query, kind)).first():
            return thing
    return None


def known_words(words: Iterable[str]) -> list[str]:
    """Of the words of wishes those that name what readers may know of."""
    named = [pair for word in words if (pair := named_by(word))]
    known = []
    for kind, rows in _known().items():
        found = rows.filter(pk__in=[pk for of, pk in named if of == kind])
        known += [f"{kind}:{pk}" for pk in found.values_list("pk", flat=True).distinct()]
    return known


def _known() -> dict[str, QuerySet[Section] | QuerySet[Topic] | QuerySet[Author]]:
    """By kind; a topic or an author that only drafts have is not to be told."""
    public = Article.objects.published()
    return {
        "section": Section.objects.all(),
        "topic": Topic.objects.filter(articles__in=public),
        "author": Author.objects.filter(articles__in=public),
    }


def _slug(query: QueryDict, name: str) -> str:
    """Empty for what no slug can be; PostgreSQL refuses a NUL even to compare it."""
    text = query.get(name, "")
    return text if slug_re.fullmatch(text) else ""


def word_of(thing: Model) -> str:
    """The word of the wish for it, as in `Subscription.word`."""
    return f"{thing._meta.model_name}:{thing.pk}"
