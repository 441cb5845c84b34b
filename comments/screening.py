"""What is looked at before a comment is shown: one list of small checks, in this order.

Each check gets the case and returns the reason to hold the comment, or None. A score or a
word list may hold a comment for a person, never reject it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models import Q

from articles.models import Article, Author
from comments import reasons
from comments.models import Comment, ListedWord, ModerationDecision
from comments.reasons import Reason
from comments.typed import folded, skeleton
from newsroom.accounts.models import User
from newsroom.kit.models import Site

LONG_FROM = 3000  # Characters.
LINKS_FROM = 3
LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"',]+", re.IGNORECASE)
REPEATED_WITHIN = timedelta(days=1)
SAME_FOR_ANYONE_FROM = 60  # Characters: two people may both write "Well said".
REFUSED_WITHIN = timedelta(days=30)
TITLES = ("editor", "the editor", "editors", "moderator", "moderators", "admin", "administrator")


@dataclass(frozen=True)
class Case:
    """A comment that is about to be kept, and what is known of who sent it."""

    comment: Comment
    article: Article
    user: User | None = None  # Signed in.
    trap: str = ""  # What stood in the field that people do not see.

    @property
    def by_staff(self) -> bool:
        return self.user is not None and self.user.is_active and self.user.is_staff

    @cached_property
    def verified(self) -> bool:
        """Whether the account's own address is known to be the writer's."""
        if self.user is None:
            return False
        known = EmailAddress.objects.filter(user=self.user, verified=True)
        return bool(known.filter(email__iexact=self.user.email).exists())

    @cached_property
    def published_before(self) -> bool:
        if not self.comment.writer:
            return False
        earlier = Comment.objects.filter(state=Comment.State.PUBLISHED)
        return earlier.filter(writer=self.comment.writer).exists()


def comments_open(article: Article) -> bool:
    """Whether a reader may comment on this story now."""
    return article.is_public and article.comment_policy == Article.CommentPolicy.OPEN


def closed_article(case: Case) -> Reason | None:
    return None if comments_open(case.article) else reasons.CLOSED


def too_long(case: Case) -> Reason | None:
    return reasons.LONG if len(case.comment.body) > LONG_FROM else None


def trap_filled(case: Case) -> Reason | None:
    return reasons.TRAP if case.trap else None


def listed_word(case: Case) -> Reason | None:
    text = folded(f"{case.comment.name}\n{case.comment.website}\n{case.comment.body}")
    for listed in ListedWord.objects.values_list("words", flat=True):
        words = folded(listed).strip()
        if words and words in text and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text):
            return reasons.LISTED_WORD
    return None


def many_links(case: Case) -> Reason | None:
    return reasons.LINKS if len(LINK.findall(case.comment.body)) >= LINKS_FROM else None


def repeated_text(case: Case) -> Reason | None:
    comment = case.comment
    same = Comment.objects.filter(
        text_digest=comment.text_digest, created_at__gte=comment.created_at - REPEATED_WITHIN
    )
    if len(comment.body) < SAME_FOR_ANYONE_FROM:
        hand = Q(writer=comment.writer) & ~Q(writer="")
        network = Q(fingerprint=comment.fingerprint) & ~Q(fingerprint="")
        same = same.filter(hand | network)
    return reasons.REPEATED if same.exists() else None


def impersonation(case: Case) -> Reason | None:
    taken = skeleton(case.comment.name)
    return reasons.IMPERSONATION if taken in _names_of_the_desk() else None


def _names_of_the_desk() -> set[str]:
    staff = get_user_model().objects.filter(is_staff=True).values_list("name", flat=True)
    authors = Author.objects.values_list("name", flat=True)
    names = [*staff, *authors, Site.current().name, *TITLES]
    return {skeleton(name) for name in names} - {""}


def borrowed_address(case: Case) -> Reason | None:
    if case.user is not None or not case.comment.email:
        return None
    owned = get_user_model().objects.filter(email__iexact=case.comment.email).exists()
    return reasons.BORROWED_ADDRESS if owned else None


def lately_refused(case: Case) -> Reason | None:
    if not case.comment.writer:
        return None
    refused = ModerationDecision.objects.filter(
        comment__writer=case.comment.writer,
        comment__state__in=[Comment.State.REJECTED, Comment.State.SPAM],
        what__in=[ModerationDecision.What.REJECT, ModerationDecision.What.SPAM],
        at__gte=case.comment.created_at - REFUSED_WITHIN,
    )
    return reasons.LATELY_REFUSED if refused.exists() else None


def first_comment(case: Case) -> Reason | None:
    return None if case.published_before else reasons.FIRST


def unconfirmed_guest(case: Case) -> Reason | None:
    known_guest = case.user is None and case.published_before
    return reasons.GUEST if known_guest else None


def unverified_account(case: Case) -> Reason | None:
    unverified = case.user is not None and not case.verified
    return reasons.UNVERIFIED if unverified else None


Check = Callable[[Case], Reason | None]
CHECKS: tuple[Check, ...] = (
    closed_article,
    too_long,
    trap_filled,
    listed_word,
    many_links,
    repeated_text,
    impersonation,
    borrowed_address,
    lately_refused,
    first_comment,
    unconfirmed_guest,
    unverified_account,
)


def screen(case: Case) -> list[Reason]:
    """Every reason to hold this comment, in the order of the list; none means: show it.

    The desk is held by nothing, but what refuses a reader refuses the desk too.
    """
    found = [reason for check in CHECKS if (reason := check(case)) is not None]
    return [reason for reason in found if reason.refuses or not case.by_staff]
