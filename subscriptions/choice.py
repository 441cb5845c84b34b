"""From the address of a topic's "Subscribe" link to what stands ticked in the form."""

from django.db.models import Model
from django.http import QueryDict

from articles.models import Article, Author, Section, Topic


def chosen_by_link(query: QueryDict) -> Section | Topic | Author | None:
    """What `?topic=slug` and its like name, if readers may know of it."""
    public = Article.objects.published()
    section = Section.objects.filter(slug=query.get("section", ""))
    topic = Topic.objects.filter(slug=query.get("topic", ""), articles__in=public)
    author = Author.objects.filter(slug=query.get("author", ""), articles__in=public)
    return section.first() or topic.first() or author.first()


def word_of(thing: Model) -> str:
    """The word of the wish for it, as in `Subscription.word`."""
    return f"{thing._meta.model_name}:{thing.pk}"
