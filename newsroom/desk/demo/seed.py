"""The demo desk: a believable title, made through the same services that editors use."""

from django.db import transaction
from django.utils import timezone

from articles.models import Article
from articles.services import make_first_pages
from newsroom.desk.demo import conversation, people, stories, texts
from newsroom.desk.demo.record import record
from newsroom.kit.models import Site
from newsroom.press.services import new_generation


class NotEmptyError(Exception):
    """There is a title already; the demo would stand in its way."""


def seed_demo() -> None:
    """Make the demo title in an empty house, all of it or nothing.

    Raises NotEmptyError if the house already holds a story or a title of its own.
    """
    if Article.objects.exists() or Site.objects.filter(demo=False).exists():
        raise NotEmptyError("There are stories here already; the demo is for an empty house.")
    with transaction.atomic():
        _make_everything()
        new_generation()


def _make_everything() -> None:
    world, talk = texts.read_world(), texts.read_conversation()
    site = Site.objects.create(pk=1, demo=True, **world["site"])
    cast = people.make_cast()
    addresses, subscribers = people.make_subscribers()
    desk = stories.make_desk(world, cast[0], timezone.now())
    made = [stories.make_story(story, desk) for story in texts.read_stories()]
    words = conversation.make_listed_words(talk)
    answers = conversation.make_conversation(talk, cast[0])
    waiting = conversation.make_queue(talk, desk.now)
    make_first_pages(site)
    photos = [photo for _, photo in made if photo]
    articles = [article for article, _ in made]
    # In the order of making: what comes later may point to what came before.
    record([site, *cast, *addresses, *subscribers])
    authors = desk.authors.values()
    record([author.portrait for author in authors if author.portrait])
    record([*desk.sections.values(), *desk.topics.values(), *authors])
    record([*photos, *articles, *words, *answers, *waiting])
