"""Writing: drafts, revisions, and what is set about a story beside its words."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import shown
from articles.errors import ArticleError, RevisionConflictError
from articles.models import Article, Revision
from articles.services.words import Words, same_words, write_revision
from articles.slugs import slug_of
from newsroom.accounts.models import User
from newsroom.press.services import purge


@transaction.atomic
def create_article(
    words: Words,
    *,
    editor: User | None,
    slug: str = "",
    comment_policy: str = Article.CommentPolicy.OPEN,
    mail_choice: str = Article.MailChoice.AT_ONCE,
    external_id: str | None = None,
) -> Article:
    """A draft with revision 1."""
    article = Article.objects.create(
        slug=slug_of(slug),
        comment_policy=comment_policy,
        mail_choice=mail_choice,
        external_id=external_id,
    )
    article.newest = write_revision(article, 1, words, editor)
    article.save(update_fields=["newest"])
    return article


def create_article_once(
    form_key: UUID, words: Words, *, editor: User | None, **settings: str
) -> Article:
    """The story that this form made, made now if this is the first time it is sent.

    `settings` are those of `create_article`. A form sent twice makes one story.
    """
    known = Article.objects.filter(form_key=form_key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            article = create_article(words, editor=editor, **settings)
            article.form_key = form_key
            article.save(update_fields=["form_key"])
    except IntegrityError:  # The same form, sent at the same time, was first.
        return Article.objects.get(form_key=form_key)
    return article


@transaction.atomic
def save_revision(
    article_id: int, words: Words, *, editor: User | None, began_from: int
) -> Revision:
    """A new revision of the story, or the newest one if the words are its own.

    Raises RevisionConflictError if somebody saved after revision `began_from`, which the
    editor had before them when they began.
    """
    article = locked(article_id)
    newest = newest_of(article)
    if same_words(newest, words):
        return newest
    if newest.number != began_from:
        raise RevisionConflictError(
            _("Somebody else saved this story while you were writing."), newest
        )
    revision = write_revision(article, newest.number + 1, words, editor)
    Article.objects.filter(pk=article.pk).update(newest=revision)
    return revision


@transaction.atomic
def change_settings(
    article_id: int,
    *,
    slug: str | None = None,
    comment_policy: str | None = None,
    mail_choice: str | None = None,
) -> Article:
    """Set what is not None. The slug of a story that was ever public stays as it is."""
    article = locked(article_id)
    if slug is not None and article.path is None:
        article.slug = slug_of(slug)
    if comment_policy is not None:
        article.comment_policy = Article.CommentPolicy(comment_policy)
    if mail_choice is not None:
        article.mail_choice = Article.MailChoice(mail_choice)
    article.save(update_fields=["slug", "comment_policy", "mail_choice"])
    if comment_policy is not None and article.path is not None:
        purge(shown.conversation_changed(article))
    return article


def send_for_review(article_id: int, *, editor: User | None) -> Article:
    """A draft goes to those who publish. Raises ArticleError from any other state."""
    return _move(article_id, Article.State.DRAFT, Article.State.IN_REVIEW)


def back_to_draft(article_id: int, *, editor: User | None) -> Article:
    """From review back to its writer. Raises ArticleError from any other state."""
    return _move(article_id, Article.State.IN_REVIEW, Article.State.DRAFT)


def _move(article_id: int, old: Article.State, new: Article.State) -> Article:
    """Conditional, so that of two who press at once one wins; the second press is harmless."""
    moved = Article.objects.filter(pk=article_id, state=old).update(state=new)
    article = Article.objects.get(pk=article_id)
    if not moved and article.state != new:
        raise ArticleError(
            _("This story is %(state)s by now.") % {"state": article.get_state_display().lower()}
        )
    return article


def locked(article_id: int) -> Article:
    """The story's row, held until the transaction ends."""
    return Article.objects.select_for_update().get(pk=article_id)


def newest_of(article: Article) -> Revision:
    """The newest revision; every story has one from its making."""
    if article.newest is None:
        raise ArticleError(_("This story has no text."))
    return article.newest
