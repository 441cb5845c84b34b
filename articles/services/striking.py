"""Striking out the words of a version that readers once saw; the record stays, and says so."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import shown
from articles.errors import ArticleError, ChangeError
from articles.models import Article, Revision
from articles.services.drafts import locked
from newsroom.accounts.models import User
from newsroom.press.services import purge

BLANK = {
    "headline": "", "standfirst": "", "dateline": "", "body": "", "sources": "", "lead_photo": None,
    "lead_caption": "", "lead_alt": "", "public_caption": None, "public_alt": None, "note": "",
    "salt": "",
}  # fmt: skip


@transaction.atomic
def strike_out(revision_id: int, *, reason: str, editor: User | None) -> Revision:
    """Blank all that readers saw of a public version that is not the live one, for good.

    Number, kind, moment and digests stay, so that the chain still verifies; `reason` stands in
    the public record. A second call changes nothing. What was mailed and later versions are not
    reached. Raises ChangeError for "reason" without one, ArticleError for the version that
    readers see and for one that was never public.
    """
    article = locked(Revision.objects.values_list("article_id", flat=True).get(pk=revision_id))
    revision = Revision.objects.get(pk=revision_id)
    if revision.struck_out_at is not None:
        return revision
    _check(article, revision)
    if not reason.strip():
        raise ChangeError("reason", _("Say why; the reason stands in the public record."))
    Revision.objects.filter(pk=revision.pk).update(
        **BLANK,
        struck_out_at=timezone.now(),
        struck_out_because=reason.strip(),
        struck_out_by=editor,
    )
    for rows in (
        revision.topic_rows, revision.byline_rows, revision.see_also_rows, revision.gallery_rows,
    ):  # fmt: skip
        rows.all().delete()
    revision.refresh_from_db()
    purge(shown.record_changed(article))
    return revision


def can_be_struck_out(article: Article) -> list[Revision]:
    """The versions whose words may be struck out, the newest first."""
    public = article.revisions.filter(published_at__isnull=False, struck_out_at__isnull=True)
    return [row for row in public.order_by("-number") if row.pk != article.live_id]


def _check(article: Article, revision: Revision) -> None:
    if revision.published_at is None:
        raise ArticleError(_("This version was never public; there is nothing to strike out."))
    if revision.pk == article.live_id:
        raise ArticleError(
            _("Readers see this version. Publish another in its place, then strike this one out.")
        )
