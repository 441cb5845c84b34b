"""A story's page as one writes it before anything is measured: the yardstick of `rendering`.

It shows what the site's own page shows, within the site's own frame. Rows are fetched where
the template asks for them.
"""

from django.http import HttpRequest, HttpResponse
from django.template import engines
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
  <p>By {% for row in article.live.byline_rows.all %}
    <a href="{{ row.author.get_absolute_url }}">{{ row.author.name }}</a>{% endfor %}
    {% include "articles/_moment.html" with moment=article.first_published_at %}</p>
  {% if article.live.lead_photo %}<figure>
    {% include "articles/_picture.html" with photo=article.live.lead_photo alt=article.live.photo_alt %}
    <figcaption>{{ article.live.photo_caption }}</figcaption></figure>{% endif %}
  {% for correction in article.corrections.all %}<p>{{ correction.wrong }}</p>{% endfor %}
  <div class="prose">{{ article.live.body|as_story }}</div>
  {% for topic in article.live.topics.all %}
    <a href="{{ topic.get_absolute_url }}">{{ topic.name }}</a>{% endfor %}
  {% for story in related %}
    {% include "articles/_card.html" with article=story picture=True section=True standfirst=True by=True %}
  {% endfor %}
  <h2>{{ comments.count }} comments</h2>
  {% for comment in comments.all %}
    <li id="comment-{{ comment.pk }}">
      <p><bdi>{{ comment.name }}</bdi> {% if comment.by_staff %}Staff{% endif %}
      <a href="{{ article.get_absolute_url }}comments/{{ comment.pk }}/">
      {% include "articles/_moment.html" with moment=comment.created_at %}</a></p>
      {% if comment.parent %}<p>In reply to {{ comment.parent.name }}</p>{% endif %}
      {{ comment.body|linebreaks }}
      <p><a href="{{ article.get_absolute_url }}comments/?parent={{ comment.pk }}">Reply</a></p>
    </li>
  {% endfor %}
  <form method="post" action="{{ article.get_absolute_url }}comments/">{{ form.as_p }}</form>
</article>
{% endblock %}
"""


def story(request: HttpRequest, path: str) -> HttpResponse:
    """The page at `/naive/` and the story's path."""
    from comments.forms import CommentForm  # noqa: PLC0415 - It needs the apps.

    article = Article.objects.get(path=path)
    context = {
        "article": article,
        "related": Article.objects.related_to(article)[:4],
        "comments": article.comments.filter(state="published").order_by("created_at"),
        "form": CommentForm(user=None),
    }
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render(context, request))


urlpatterns = [path("", include("newsroom.urls")), path("naive/<path:path>/", story)]
