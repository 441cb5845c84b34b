"""What a subscriber wants, and in which rhythm."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import BigIntegerField, Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Revision
from subscriptions.models.subscriber import Subscriber

KIND = 10**12  # More than there are sections, topics or authors.


class Cadence(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("daily")
    WEEKLY = "weekly", _("weekly")


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """How wishes are asked for."""

    def standing(self) -> Self:
        """Those that were not left."""
        return self.filter(left_at__isnull=True)


def word_of_wish(path: str) -> Case:
    """The word of a wish, inside the database; `path` leads to it, as `subscriptions__`."""
    chosen = Coalesce(f"{path}section", f"{path}topic", f"{path}author")
    one = Concat(f"{path}what", Value(":"), Cast(chosen, CharField()))
    return Case(
        When(**{f"{path}what": "all"}, then=Value("all")), default=one, output_field=CharField()
    )


def number_of_wish() -> Case:
    """A wish as a number, inside the database: by few and short columns it groups rows fast.

    Everything comes before sections, these before topics, these before authors.
    """
    kinds = [
        When(what=what, then=Value(rank * KIND) + (F(what) if rank else Value(0)))
        for rank, what in enumerate(Subscription.What.values)
    ]
    return Case(*kinds, output_field=BigIntegerField())


def word_of_number(number: int) -> str:
    """The word of the wish that has this number."""
    rank, pk = divmod(number, KIND)
    what = Subscription.What.values[rank]
    return f"{what}:{pk}" if rank else str(what)


def fits(story: Article | Revision, path: str = "", *, made_by: datetime | None = None) -> Q:
    """Which standing wishes the story answers: everything, its section, a topic, an author.

    Of a story not yet published its newest revision knows. `made_by`: only those made until then.
    """
    chosen = (
        Q(**{f"{path}what": "all"})
        | Q(**{f"{path}section": story.section_id})
        | Q(**{f"{path}topic__in": list(story.topics.values_list("pk", flat=True))})
        | Q(**{f"{path}author__in": list(story.bylines.values_list("pk", flat=True))})
    )
    standing = Q(**{f"{path}left_at__isnull": True})
    if made_by is not None:
        standing &= Q(**{f"{path}wished_at": None}) | Q(**{f"{path}wished_at__lte": made_by})
    return chosen & standing


class Subscription(models.Model):
    """One wish. One that was left stays as a record, and for whoever takes it back.

    `waited` holds the ids of the stories that waited for a digest for its sake when it was left.
    """

    class What(models.TextChoices):
        ALL = "all", _("Every story")
        SECTION = "section", _("A section")
        TOPIC = "topic", _("A topic")
        AUTHOR = "author", _("An author")

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    what = models.CharField(_("what"), max_length=60, choices=What, default=What.ALL)
    section = models.ForeignKey(
        "articles.Section", on_delete=models.PROTECT, null=True, blank=True, related_name="wishes"
    )
    topic = models.ForeignKey(
        "articles.Topic", on_delete=models.PROTECT, null=True, blank=True, related_name="wishes"
    )
    author = models.ForeignKey(
        "articles.Author", on_delete=models.PROTECT, null=True, blank=True, related_name="wishes"
    )
    cadence = models.CharField(
        _("rhythm"), max_length=10, choices=Cadence, default=Cadence.AT_ONCE
    )
    wished_at = models.DateTimeField(_("wished at"), null=True, blank=True, default=timezone.now)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    waited = models.JSONField(null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(what="all"),
                name="subscriptions_subscription_to_all_is_one",
            ),
            *(
                models.UniqueConstraint(
                    fields=["subscriber", name],
                    condition=Q(what=name),
                    name=f"subscriptions_subscription_to_{name}_is_one",
                )
                for name in ("section", "topic", "author")
            ),
            models.CheckConstraint(
                condition=Q(what="all", section=None, topic=None, author=None)
                | Q(what="section", section__isnull=False, topic=None, author=None)
                | Q(what="topic", section=None, topic__isnull=False, author=None)
                | Q(what="author", section=None, topic=None, author__isnull=False),
                name="subscriptions_subscription_names_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_cadence_display()}"

    @property
    def name(self) -> str:
        """The wish as readers know it: `Every story`, `Topic: Baltic Sea`."""
        thing = self.section or self.topic or self.author
        if thing is None:
            return str(self.What.ALL.label)
        kinds = {"section": _("Section"), "topic": _("Topic"), "author": _("Author")}
        return f"{kinds[self.what]}: {thing}"

    @property
    def word(self) -> str:
        """The wish in a word, as Due keeps it: `all`, `section:3`, `topic:8`, `author:5`."""
        chosen = self.section_id or self.topic_id or self.author_id
        return f"{self.what}:{chosen}" if chosen else str(self.what)
