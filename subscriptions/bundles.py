"""A message's stories and reasons as one line of text, which the database joins by.

`daily 17=all;19=topic:3,author:5`: the rhythm, then the revisions, each with the words of the
wishes it answers.
"""

from dataclasses import dataclass
from typing import Any, Self

from django.db import connection
from django.db.models import F, Max, QuerySet, StringAgg, TextField, Value
from django.db.models.functions import Cast, Concat

from articles.models import Article
from subscriptions.models import Due


@dataclass(frozen=True)
class Bundled:
    """What such a line says; `stories` are pairs of a revision's id and the words, sorted."""

    cadence: str
    stories: tuple[tuple[int, tuple[str, ...]], ...]

    @classmethod
    def read(cls, line: str) -> Self:
        """The database keeps no order within a line; two that say the same are equal here."""
        cadence, _space, rest = line.partition(" ")
        pairs = (story.split("=") for story in rest.split(";") if story)
        return cls(
            cadence, tuple(sorted((int(pk), tuple(sorted(why.split(",")))) for pk, why in pairs))
        )

    def __str__(self) -> str:
        stories = ";".join(f"{pk}={','.join(why)}" for pk, why in self.stories)
        return f"{self.cadence} {stories}"

    @property
    def is_general(self) -> bool:
        """Whether it came for the sake of every story alone, and of nobody's own wishes."""
        return all(why == ("all",) for _pk, why in self.stories)

    @property
    def carries(self) -> list[str]:
        return [f"revision:{pk}" for pk, _why in self.stories]

    def as_now(self) -> Self:
        """The same stories as readers see them now, without those that they do not."""
        of = Article.objects.published().filter(revisions__in=[pk for pk, _why in self.stories])
        live: dict[int, int] = dict(of.values_list("revisions__pk", "live"))
        stories = sorted((live[pk], why) for pk, why in self.stories if pk in live)
        return type(self)(self.cadence, tuple(stories))


def parcels(dues: QuerySet[Due]) -> QuerySet[Any, Any]:
    """For each reader of these dues the id of the address, and the line of what they get.

    In one order, for other statements look for the line; SQLite can do that from 3.44 on.
    """
    text = TextField()
    orders = connection.features.supports_aggregate_order_by_clause
    story = Concat(Cast("article__live", text), Value("="), F("why"), output_field=text)
    order = "article__live" if orders else None
    stories = StringAgg(story, Value(";"), output_field=text, order_by=order)
    line = Concat(Cast(Max("cadence"), text), Value(" "), stories, output_field=text)
    return dues.order_by().values("subscriber__address").annotate(stories=line)
