"""What a search looks at: a row for each public story, and the words of them all."""

from datetime import datetime
from math import floor

from django.db import models

from articles.models.article import Article

KEY_BITS = 30  # Room for a thousand million stories below each second.
KEYS = (1 << KEY_BITS) - 1
FARTHEST = (1 << 32) - 1  # Seconds from 1970: from 1833 to 2106, each with its own place.


def place_at(moment: datetime, key: int = 0) -> int:
    """Where a story of that moment stands: later moments higher, in one second by key."""
    seconds = max(-FARTHEST, min(FARTHEST, floor(moment.timestamp())))
    return seconds << KEY_BITS | key


class SearchText(models.Model):
    """The live revision of a public story as the search index sees it: stems, parted by spaces.

    The index itself (FTS5 tables on SQLite, text search vectors on PostgreSQL) follows this
    table by itself; the migration that makes the table makes it too.
    """

    place = models.BigIntegerField(primary_key=True)  # From `place_at`: newest first, by one key.
    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="search_text")
    headline = models.TextField()
    standfirst = models.TextField()
    topics = models.TextField()
    bylines = models.TextField()
    body = models.TextField()
    text = models.TextField()  # The body as it is read, without its marks, for excerpts.
    above = models.TextField(default="", db_default="")  # The other columns as they are written.
    related_at = models.DateTimeField(null=True)  # When its related stories were last chosen.

    COLUMNS = ("headline", "standfirst", "topics", "bylines", "body")

    class Meta:
        indexes = [models.Index(fields=["related_at"], name="articles_searchtext_related")]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.headline}"

    def stems(self) -> set[str]:
        """Every stem that the story has."""
        return {stem for name in self.COLUMNS for stem in getattr(self, name).split()}


class SearchStem(models.Model):
    """A stem, and how many public stories have it."""

    stem = models.CharField(max_length=60, primary_key=True)
    stories = models.IntegerField()

    def __str__(self) -> str:
        return self.stem


class SearchWord(models.Model):
    """A word as it is written, but folded, and how many public stories have it."""

    word = models.CharField(max_length=60, primary_key=True)
    stories = models.IntegerField()

    def __str__(self) -> str:
        return self.word


class SearchDue(models.Model):
    """A promise to index a story anew. A story may have several: a name may change again."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.article_id)
