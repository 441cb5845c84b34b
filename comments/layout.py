"""The comments under a story as HTML: a page has hundreds, so this is written in Python.

Every value goes through `format_html`, which makes what strangers typed inert.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from comments.models import Comment
from comments.threads import Turn
from newsroom.kit.templatetags.kit import moment

LIST = '<ol class="comments__list">{}</ol>'
TURN = (
    '<li class="comment comment--level-{}{}" id="comment-{}"><p class="comment__head">{}{} '
    '<a class="comment__when" href="{}">{}</a></p>{}'
    '<div class="comment__words" dir="auto">{}</div>{}</li>'
)
REMOVED = (
    '<li class="comment comment--level-{}" id="comment-{}"><p class="comment__removed">{}</p></li>'
)
NAME = '<bdi class="comment__name">{}</bdi>'
LINKED_NAME = '<a class="comment__name" href="{}" rel="ugc nofollow noopener"><bdi>{}</bdi></a>'
BADGE = ' <span class="comment__badge">{}</span>'
ANSWERS = '<p class="{}">{}</p>'
ANSWERED = '{} <a href="{}"><bdi>{}</bdi></a>'
TOOLS = (
    '<p class="comment__tools"><a href="{}" rel="nofollow">{}<span class="visually-hidden"> {} '
    "<bdi>{}</bdi></span></a></p>"
)
NOTHING = SafeString("")


@dataclass(frozen=True)
class Sentences:
    """The words between the comments, looked up once for a page."""

    staff: str
    removed: str
    in_reply_to: str
    in_reply_to_removed: str
    reply: str
    to: str


def conversation_html(turns: Iterable[Turn], *, may_answer: bool) -> SafeString:
    """The list of these turns; nothing if there are none."""
    say = Sentences(
        staff=_("Staff"),
        removed=_("A comment was removed here."),
        in_reply_to=_("In reply to"),
        in_reply_to_removed=_("In reply to a comment that was removed"),
        reply=_("Reply"),
        to=_("to"),
    )
    written = [_turn(turn, say, may_answer=may_answer) for turn in turns]
    return format_html(LIST, SafeString("".join(written))) if written else NOTHING


def _turn(turn: Turn, say: Sentences, *, may_answer: bool) -> SafeString:
    comment = turn.comment
    if comment is None:
        return format_html(REMOVED, turn.level, turn.place.pk, say.removed)
    return format_html(
        TURN,
        turn.level,
        " comment--staff" if comment.by_staff else "",
        turn.place.pk,
        _name(comment),
        format_html(BADGE, say.staff) if comment.by_staff else NOTHING,
        turn.permalink,
        moment(comment.created_at),
        _whom(turn, say) if turn.place.parent else NOTHING,
        SafeString(linebreaks(comment.body, autoescape=True)),
        format_html(TOOLS, turn.reply_link, say.reply, say.to, comment.name)
        if may_answer
        else NOTHING,
    )


def _name(comment: Comment) -> SafeString:
    if comment.link:
        return format_html(LINKED_NAME, comment.link, comment.name)
    return format_html(NAME, comment.name)


def _whom(turn: Turn, say: Sentences) -> SafeString:
    """Whom it answers; for those who listen where the indent tells it to the eye."""
    answered = (
        format_html(ANSWERED, say.in_reply_to, turn.parent_link, turn.answers)
        if turn.answers
        else say.in_reply_to_removed
    )
    style = "comment__answers" if turn.shows_parent else "visually-hidden"
    return format_html(ANSWERS, style, answered)
