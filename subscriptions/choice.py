"""From the address of a topic's "Subscribe" link to what stands ticked in the form."""

from django.core.validators import slug_re
from django.db.models import Model
from django.http import QueryDict

from articles.models import Article, Author, Section, Topic


def chosen_by_link(query: QueryDict) -> Section | Topic | Author | None:
    """What `?topic=slug` and its like name, if readers may know of it."""
    public = Article.objects.published()
    section = Section.objects.filter(slug=_slug(query, "section"))
    topic = Topic.objects.filter(slug=_slug(query, "topic"), articles__in=public)
    author = Author.objects.filter(slug=_slug(query, "author"), articles__in=public)
    return section.first() or topic.first() or author.first()


def _slug(query: QueryDict, name: str) -> str:
    """Empty for what no slug can be; PostgreSQL refuses a NUL even to compare it."""
    text = query.get(name, "")
    return text if slug_re.fullmatch(text) else ""


def word_of(thing: Model) -> str:
    """The word of the wish for it, as in `Subscription.word`."""
    return f"{thing._meta.model_name}:{thing.pk}"
