"""How much a word tells, and how close two texts are by their words."""

from collections.abc import Iterable
from math import log, sqrt

from articles.models import SearchText
from articles.search.vocabulary import stories_with

COUNTS = {"headline": 3, "standfirst": 2, "topics": 2, "body": 1}  # A word there is worth so many.
SHARE = 0.3  # Of all stories: a word that more of them have leads to no story.
COMMON = 3_000  # Stories: nor does one that so many have, however large the title.


class Weights:
    """Inverse document frequencies, looked up once for a batch of stories."""

    def __init__(self) -> None:
        self.stories = SearchText.objects.count()
        self._counts: dict[str, int] = {}

    def learn(self, stems: Iterable[str]) -> None:
        """Fetch what is not known yet."""
        unknown = set(stems) - self._counts.keys()
        self._counts |= dict.fromkeys(unknown, 0) | stories_with(unknown)

    def of(self, stem: str) -> float:
        """Smoothed, as is usual: never nought, and 1 for a word that every story has."""
        return log((1 + self.stories) / (1 + self._counts[stem])) + 1

    def leads(self, stem: str) -> bool:
        """Whether the word parts some stories from the rest."""
        most = max(2, min(COMMON, SHARE * self.stories))
        return 2 <= self._counts[stem] <= most


def vector_of(row: SearchText, weights: Weights) -> dict[str, float]:
    """The weight of each of the story's words, together of length 1 (TF-IDF, logarithmic)."""
    counts: dict[str, int] = {}
    for name, worth in COUNTS.items():
        for stem in getattr(row, name).split():
            counts[stem] = counts.get(stem, 0) + worth
    weights.learn(counts)
    vector = {stem: (1 + log(count)) * weights.of(stem) for stem, count in counts.items()}
    length = sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {stem: weight / length for stem, weight in vector.items()}


def shared(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """What each word that both have adds to how close they are."""
    return {stem: weight * other[stem] for stem, weight in one.items() if stem in other}
