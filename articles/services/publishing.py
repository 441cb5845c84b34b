"""Publishing, changing what is public, and withdrawing."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import shown
from articles.chain import digest_of, last_link, link, part_digests_of, withdrawal_link
from articles.errors import (
    ArticleError,
    ArticleNotReadyError,
    ChangeError,
    RevisionConflictError,
)
from articles.models import Article, ArticleByline, Correction, Revision, RevisionPhoto
from articles.related.lists import begin_list, forget_lists
from articles.search.index import forget_story, index_stories
from articles.services.cards import refresh_card
from articles.services.drafts import locked, newest_of
from articles.services.front import leave_front
from articles.services.mailing import MailPlan
from articles.services.placing import photos_in, refresh_pictures
from articles.signals import article_changed, article_published, article_withdrawn
from articles.slugs import slug_of
from newsroom.accounts.models import User
from newsroom.kit.html import plain_text
from newsroom.press.services import purge

TOLD = (Revision.Change.CLARIFICATION, Revision.Change.CORRECTION)
PUBLISHING_COLUMNS = (
    "published_at", "change_kind", "reason", "public_caption", "public_alt", "salt",
    "part_digests", "text_digest", "chain_hash",
)  # fmt: skip


@dataclass(frozen=True)
class PublicChange:
    """What readers are told about a change: its kind and reason; what was wrong, what is right."""

    kind: str
    reason: str = ""
    wrong: str = ""
    right: str = ""
    first_wrong: Revision | None = None


@transaction.atomic
def publish(
    article_id: int,
    *,
    editor: User | None,
    moment: datetime | None = None,
    announce: MailPlan | bool = True,
    seen: int | None = None,
) -> Article:
    """Make the newest revision the one readers see; a second call changes nothing.

    `moment`, which cannot lie in the future, dates the publication back. `announce`: how the
    story is mailed, True as its form says. A withdrawn story comes back at its old address and
    is not announced again, but if its mail was called off before any left. Raises ArticleNotReadyError with all that is missing, ArticleError
    for a plan that cannot be kept, RevisionConflictError if revision `seen` is not the newest
    any more.
    """
    now, plan = _moment(moment), announce if isinstance(announce, MailPlan) else None
    article = locked(article_id)
    if article.state == Article.State.PUBLISHED:
        return article
    returns = article.first_published_at is not None
    revision = _as_seen(newest_of(article), seen)
    check_ready(revision)
    if plan is not None:
        plan.check()
        article.mail_choice = Article.MailChoice(plan.choice or article.mail_choice)
    if not returns:
        _give_address(article, revision, now)
    if revision.published_at is None:
        kind = Revision.Change.UPDATE if returns else Revision.Change.FIRST
        _make_public(article, revision, PublicChange(kind), now)
    _go_live(article, revision, Article.State.PUBLISHED)
    if returns:
        update = Revision.Change.UPDATE
        article_changed.send(sender=Article, article=article, kind=update, plan=plan)
        purge(shown.story_returned(article))
    else:
        article_published.send(
            sender=Article,
            article=article,
            announce=bool(announce),
            not_before=plan.not_before if plan else None,
        )
        purge(shown.story_published(article))
    return article


@transaction.atomic
def publish_changes(
    article_id: int,
    change: PublicChange,
    *,
    editor: User | None,
    moment: datetime | None = None,
    seen: int | None = None,
) -> Article:
    """Put the newest revision in the place of the live one, and tell readers what kind it is.

    A second call finds nothing unpublished and changes nothing. Raises ArticleError if the
    story is not public or the words are those that readers see, ChangeError if the change is
    not described, ArticleNotReadyError, RevisionConflictError as `publish` does.
    """
    now = _moment(moment)
    article = locked(article_id)
    if article.state != Article.State.PUBLISHED:
        raise ArticleError(_("Only a published story can have its changes published."))
    revision, before = newest_of(article), article.live
    if revision == before:
        return article
    _as_seen(revision, seen)
    _check_change(article, change)
    check_ready(revision)
    if before is not None:
        _check_news(revision, before, now)
    _make_public(article, revision, change, now)
    _go_live(article, revision, Article.State.PUBLISHED, before)
    article_changed.send(sender=Article, article=article, kind=change.kind)
    purge(shown.story_changed(article, before or revision, revision))
    return article


@transaction.atomic
def withdraw(article_id: int, *, editor: User | None, note: str) -> Article:
    """Take the story from readers, who find the note at its address (410, RFC 9110).

    A second call changes nothing. Raises ChangeError without a note, ArticleError if the
    story was never public.
    """
    article = locked(article_id)
    if article.state == Article.State.WITHDRAWN:
        return article
    if article.state != Article.State.PUBLISHED:
        raise ArticleError(_("Only a published story can be withdrawn."))
    if not note.strip():
        raise ChangeError("note", _("Tell readers in a sentence why the story is gone."))
    article.state = Article.State.WITHDRAWN
    article.withdrawn_at = timezone.now()
    article.withdrawal_note = note.strip()
    article.withdrawal_hash = withdrawal_link(article, last_link(article))
    article.save(update_fields=["state", "withdrawn_at", "withdrawal_note", "withdrawal_hash"])
    _photos_changed(article, article.live)
    leave_front(article)
    listing = forget_lists(article)
    forget_story(article)
    article_withdrawn.send(sender=Article, article=article)
    purge(shown.story_withdrawn(article) | shown.related_changed(listing))
    return article


def missing_in(revision: Revision) -> list[tuple[str, str]]:
    """What readers need and the revision lacks: (field, sentence) pairs."""
    needs = [
        ("headline", bool(revision.headline), _("The headline is empty.")),
        ("body", bool(plain_text(revision.body)), _("The text is empty.")),
        ("bylines", revision.byline_rows.exists(), _("Nobody stands in the byline.")),
        (
            "lead_alt",
            revision.lead_photo is None or bool(revision.photo_alt),
            _("The photo has no description for those who cannot see it."),
        ),
        (
            "gallery",
            all(row.shown_alt for row in revision.gallery_rows.select_related("photo")),
            _("A picture of the gallery has no description for those who cannot see it."),
        ),
    ]
    return [(field, sentence) for field, there, sentence in needs if not there]


def check_ready(revision: Revision) -> None:
    """Raises ArticleNotReadyError with everything that is missing."""
    missing = missing_in(revision)
    if missing:
        raise ArticleNotReadyError(missing)


def _check_change(article: Article, change: PublicChange) -> None:
    if change.kind not in set(Revision.Change) - {Revision.Change.FIRST}:
        raise ChangeError("kind", _("Say what kind of change this is."))
    if change.kind not in TOLD:
        return
    for field in ("reason", "wrong", "right"):
        if not getattr(change, field).strip():
            raise ChangeError(field, _("Readers are told this, so it must not be empty."))
    first_wrong = change.first_wrong
    if first_wrong and (first_wrong.article_id != article.pk or first_wrong.published_at is None):
        raise ChangeError("first_wrong", _("Choose a version of this story that was public."))


def _check_news(revision: Revision, before: Revision, now: datetime) -> None:
    if revision.reads_as(before):
        raise ArticleError(_("Readers see exactly this already; there is nothing to publish."))
    if before.published_at is not None and now < before.published_at:
        raise ArticleError(_("A change cannot be older than what it changes."))


def _moment(moment: datetime | None) -> datetime:
    now = timezone.now()
    if moment is not None and moment > now:
        raise ArticleError(_("The moment of publication lies in the future."))
    return moment or now


def _give_address(article: Article, revision: Revision, now: datetime) -> None:
    """Path (month in TIME_ZONE) and feed id (a tag: URI, RFC 4151), written once and for all."""
    local = timezone.localtime(now)
    host = urlsplit(settings.SITE_URL).hostname
    article.feed_id = f"tag:{host},{local:%Y-%m-%d}:story/{article.pk}"
    article.first_published_at = now
    slug = article.slug or slug_of(revision.headline) or f"story-{article.pk}"
    _take_path(article, f"{local:%Y/%m}", slug)


def _take_path(article: Article, month: str, slug: str) -> None:
    """The first free address; where two stories want one at once, the unique index decides."""
    stories = Article.objects.filter(path__startswith=f"{month}/{slug}")
    taken = set(stories.values_list("path", flat=True))
    for attempt in chain([slug], (f"{slug}-{number}" for number in count(2))):
        path = f"{month}/{attempt}"
        if path in taken:
            continue
        try:
            with transaction.atomic():
                Article.objects.filter(pk=article.pk).update(slug=attempt, path=path)
        except IntegrityError:
            continue
        article.slug, article.path = attempt, path
        return


def _as_seen(newest: Revision, seen: int | None) -> Revision:
    """Nobody publishes words that were saved after they looked."""
    if seen is None or newest.number == seen:
        return newest
    raise RevisionConflictError(
        _(
            "Revision %(number)s was saved after this page was shown, so nothing was published."
            " Look at it, then publish."
        )
        % {"number": newest.number},
        newest,
    )


def _make_public(
    article: Article, revision: Revision, change: PublicChange, now: datetime
) -> None:
    """Set the publishing columns, once: the condition refuses a revision that has them."""
    correction = _correction(article, revision, change, now)
    _keep_captions(revision)
    revision.published_at, revision.change_kind = now, change.kind
    revision.reason, revision.salt = change.reason.strip(), secrets.token_hex(16)
    revision.part_digests = part_digests_of(revision, correction, article)
    revision.text_digest = digest_of(revision)
    revision.chain_hash = link(revision, last_link(article))
    made = Revision.objects.filter(pk=revision.pk, published_at__isnull=True).update(
        **{name: getattr(revision, name) for name in PUBLISHING_COLUMNS}
    )
    if not made:
        raise ArticleError(_("This version of the story was public before."))
    article.public_versions += 1
    if correction is not None:
        correction.save()


def _keep_captions(revision: Revision) -> None:
    """What stands with the pictures now is what readers are shown, whatever photos say later."""
    revision.public_caption, revision.public_alt = revision.photo_caption, revision.photo_alt
    rows = list(revision.gallery_rows.select_related("photo"))
    for row in rows:
        row.public_caption, row.public_alt = row.shown_caption, row.shown_alt
    RevisionPhoto.objects.bulk_update(rows, ["public_caption", "public_alt"])


def _correction(
    article: Article, revision: Revision, change: PublicChange, now: datetime
) -> Correction | None:
    if change.kind not in TOLD:
        return None
    first = article.revisions.filter(change_kind=Revision.Change.FIRST).first()
    return Correction(
        article=article,
        revision=revision,
        first_wrong=change.first_wrong or first,
        kind=change.kind,
        wrong=change.wrong.strip(),
        right=change.right.strip(),
        at=now,
    )


def _go_live(
    article: Article, revision: Revision, state: Article.State, before: Revision | None = None
) -> None:
    """Move `live`, write the copies that lists use, show the photo, index the words."""
    article.live, article.state = revision, state
    article.section, article.kind = revision.section, revision.kind
    article.withdrawn_at, article.withdrawal_note, article.withdrawal_hash = None, "", ""
    article.save()
    moment = {"first_published_at": article.first_published_at}
    article.topics.set(revision.topics.all(), through_defaults=moment)
    article.byline_rows.all().delete()
    ArticleByline.objects.bulk_create(
        ArticleByline(article=article, author_id=row.author_id, position=row.position, **moment)
        for row in revision.byline_rows.all()
    )
    _photos_changed(article, revision, before)
    index_stories([article])
    begin_list(article)


def _photos_changed(article: Article, *revisions: Revision | None) -> None:
    """What these revisions bring before readers, or took away; and the card drawn for none."""
    refresh_pictures(photos_in(revision for revision in revisions if revision is not None))
    refresh_card(article)
