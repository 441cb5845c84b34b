"""What other rooms' pages show of comments."""

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString

from articles.models import Article
from comments import threads
from comments.layout import conversation_html
from comments.models import Comment
from comments.respond import respond_context

register = template.Library()


@register.inclusion_tag("comments/_thread.html", takes_context=True)
def comment_thread(context: Context, article: Article) -> dict[str, object]:
    """The conversation under a story and its form; at most three queries, however long it is.

    Shows nothing for a story that is not public.
    """
    if not article.is_public:
        return {"conversation": None}
    request: HttpRequest = context["request"]
    shown = threads.conversation(article)
    return {"conversation": shown} | respond_context(request, article)


@register.simple_tag
def comment_turns(turns: list[threads.Turn], *, open: bool) -> SafeString:
    """The list of comments; links to answer them while the conversation is open."""
    return conversation_html(turns, may_answer=open)


@register.inclusion_tag("comments/_waiting.html")
def waiting_comments() -> dict[str, int]:
    """How many comments wait, in words; the link around it is the page's, for those who may."""
    return {"count": Comment.objects.waiting().count()}
