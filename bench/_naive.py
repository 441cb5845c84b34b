"""A story's page as one writes it before anything is measured: the yardstick of `rendering`.

It shows what the site's own page shows first, within the site's own frame: 8 queries and some
25 KB of HTML, all of it made anew for each reader.
"""

from functools import cache
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.template.backends.django import Template
from django.urls import include, path

from articles.models import Article

PAGE = """
{% extends "base.html" %}{% load kit tz %}
{% block title %}{{ article.live.headline }}{% endblock %}
{% block description %}{{ article.live.standfirst }}{% endblock %}
{% block content %}
<article class="page story">
  <p class="label"><a href="{{ article.section.get_absolute_url }}">{{ article.section }}</a>
    {{ article.live.get_kind_display }}</p>
  <h1>{{ article.live.headline }}</h1>
  <p>{{ article.live.standfirst }}</p>
  <p>By {% for author in authors %}
    <a href="{{ author.get_absolute_url }}">{{ author.name }}</a>{% endfor %}
    <time datetime="{{ article.first_published_at|date:'c' }}">{{ article.first_published_at|date:"j F Y, H:i T" }}</time></p>
  {% if article.live.lead_photo %}<figure>
    {% include "articles/_picture.html" with photo=article.live.lead_photo alt=article.live.photo_alt %}
    <figcaption>{{ article.live.photo_caption }}</figcaption></figure>{% endif %}
  <div class="prose">{{ article.live.body|as_story }}</div>
  {% for topic in article.live.topics.all %}
    <a href="{{ topic.get_absolute_url }}">{{ topic.name }}</a>{% endfor %}
  {% for story in related %}
    {% include "articles/_card.html" with article=story picture=True section=True standfirst=True %}
  {% endfor %}
  <h2>{{ comments|length }} comments</h2>
  {% for comment in comments %}
    <li id="comment-{{ comment.pk }}">
      <p><bdi>{{ comment.name }}</bdi> {% if comment.by_staff %}Staff{% endif %}
      <a href="{{ article.get_absolute_url }}comments/{{ comment.pk }}/">
      <time datetime="{{ comment.created_at|date:'c' }}">{{ comment.created_at|date:"j F Y, H:i T" }}</time></a></p>
      {% if comment.parent %}<p>In reply to {{ comment.parent.name }}</p>{% endif %}
      {{ comment.body|linebreaks }}
      <p><a href="{{ article.get_absolute_url }}comments/?parent={{ comment.pk }}">Reply</a></p>
    </li>
  {% endfor %}
  <form method="post" action="{{ article.get_absolute_url }}comments/">{{ form.as_p }}</form>
</article>
{% endblock %}
"""


@cache
def _template() -> Template:
    """Parsed once, as Django's loaders do."""
    return cast(Template, engines["django"].from_string(PAGE))


def story(request: HttpRequest, path: str) -> HttpResponse:
    """The page at `/naive/` and the story's path."""
    from comments.forms import CommentForm  # noqa: PLC0415 - It needs the apps.

    stories = Article.objects.select_related("live__lead_photo", "section")
    article = stories.get(path=path)
    said = article.comments.filter(state="published").order_by("created_at")
    context = {
        "article": article,
        "authors": article.bylines.all(),
        "related": Article.objects.related_to(article).select_related("live", "section")[:4],
        "comments": said.select_related("parent"),
        "form": CommentForm(user=None),
    }
    return HttpResponse(_template().render(context, request))


urlpatterns = [path("", include("newsroom.urls")), path("naive/<path:path>/", story)]
