"""The addresses of stories and lists, and what leads there from where they once were."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import shown
from articles.errors import ArticleError, ChangeError
from articles.models import Article, Author, Redirect, Section, Topic
from articles.services.drafts import locked
from articles.slugs import slug_of
from newsroom.accounts.models import User
from newsroom.press.services import purge


@transaction.atomic
def change_address(article_id: int, slug: str, *, editor: User | None) -> Article:
    """Give a story that was ever public another slug; its month and `feed_id` stay.

    The old address leads to the story from now on, in one step however often it moves: a
    redirect names the story, not another address. Going back to an old slug is possible, and
    the same slug again changes nothing. Raises ChangeError for "slug" if nothing is left of
    it or another story stands there, ArticleError for a story that never had an address.
    """
    article = locked(article_id)
    if article.path is None:
        raise ArticleError(_("This story was never public; its address is set on its form."))
    wished = slug_of(slug)
    if not wished:
        raise ChangeError("slug", _("Write at least one letter from a to z, or a digit."))
    old, new = article.path, f"{article.path.rpartition('/')[0]}/{wished}"
    if new == old:
        return article
    _move(article, new)
    Redirect.objects.filter(old_path=new, article=article).delete()
    Redirect.objects.update_or_create(old_path=old, defaults={"article": article, "new_path": ""})
    purge(shown.story_moved(article, old))
    return article


@transaction.atomic
def list_moved(row: Section | Topic | Author, old_slug: str) -> None:
    """Lead on from the address that a list had under its old slug; its feed follows.

    In one step: what led to the old address leads to the new one too. Whatever stands at an
    old address by now wins there.
    """
    new = row.get_absolute_url().strip("/")
    old = f"{new.rpartition('/')[0]}/{old_slug}"
    Redirect.objects.filter(new_path=old).update(new_path=new)
    Redirect.objects.update_or_create(old_path=old, defaults={"article": None, "new_path": new})
    Redirect.objects.filter(old_path=new, new_path=new).delete()  # It went back.


def _move(article: Article, path: str) -> None:
    """The unique index decides between two stories that want one address at once."""
    article.slug, article.path = path.rpartition("/")[2], path
    try:
        with transaction.atomic():
            article.save(update_fields=["slug", "path"])
    except IntegrityError as error:
        raise ChangeError("slug", _("Another story of that month has this address.")) from error
