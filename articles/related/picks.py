"""What an editor says about the stories below a story."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from articles.models import Article, RelatedPick, RelatedRefusal, RelatedStory, SearchText
from articles.related.linked import linked_from
from articles.related.lists import SHOWN
from articles.services.drafts import locked
from articles.signals import related_changed


@transaction.atomic
def pick(article_id: int, other_id: int) -> None:
    """Put a story below a story, after those picked before. A refusal of it is taken back.

    A second call changes nothing. Raises ArticleError if it is the same story, not public,
    already linked in the text, or one more than a page shows.
    """
    both = Article.objects.filter(pk__in=[article_id, other_id]).order_by("pk")
    list(both.select_for_update().values_list("pk"))  # None is withdrawn between look and commit.
    article = locked(article_id)
    if article.pick_rows.filter(other=other_id).exists():
        return
    _check_pick(article, other_id)
    RelatedRefusal.objects.filter(article=article, other=other_id).delete()
    RelatedStory.objects.filter(article=article, other=other_id).delete()
    last = article.pick_rows.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    RelatedPick.objects.create(article=article, other_id=other_id, position=position)
    _changed(article)


def _check_pick(article: Article, other_id: int) -> None:
    if other_id == article.pk:
        raise ArticleError(_("A story does not stand below itself."))
    if not Article.objects.published().filter(pk=other_id).exists():
        raise ArticleError(_("Readers cannot see that story, so it cannot stand here."))
    if other_id in linked_from(article):
        raise ArticleError(_("The text links to that story already."))
    if article.pick_rows.count() >= SHOWN:
        raise ArticleError(_("A page shows four related stories. Take one away first."))


@transaction.atomic
def drop_pick(article_id: int, other_id: int) -> None:
    """Take an editor's pick away; the site may choose the story by itself again."""
    article = locked(article_id)
    article.pick_rows.filter(other=other_id).delete()
    _changed(article)


@transaction.atomic
def move_pick(article_id: int, other_id: int, by: int) -> None:
    """Move a pick up (-1) or down (1) among the picks; at the end of them it stays."""
    article = locked(article_id)
    rows = list(article.pick_rows.all())
    at = next((number for number, row in enumerate(rows) if row.other_id == other_id), None)
    if at is None or not 0 <= at + by < len(rows):
        return
    rows.insert(at + by, rows.pop(at))
    for position, row in enumerate(rows):
        row.position = position
    RelatedPick.objects.bulk_update(rows, ["position"])
    _changed(article)


@transaction.atomic
def refuse(article_id: int, other_id: int) -> None:
    """Take a story from below this one, for good: the site never chooses it here again."""
    article = locked(article_id)
    if article.pk == other_id or not Article.objects.filter(pk=other_id).exists():
        raise ArticleError(_("There is no such story to take away."))
    RelatedRefusal.objects.get_or_create(article=article, other_id=other_id)
    article.pick_rows.filter(other=other_id).delete()
    article.related_rows.filter(other=other_id).delete()
    _changed(article)


@transaction.atomic
def allow(article_id: int, other_id: int) -> None:
    """Take a refusal back; the story may be chosen again."""
    article = locked(article_id)
    article.refusal_rows.filter(other=other_id).delete()
    _changed(article)


def _changed(article: Article) -> None:
    """The list is due, and the page shows another already."""
    SearchText.objects.filter(article=article).update(related_at=None)
    related_changed.send(sender=RelatedStory, article_ids=[article.pk])
