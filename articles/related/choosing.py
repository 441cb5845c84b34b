"""Choosing related stories: the index names those that share telling words, their texts decide."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.db.models import Exists, OuterRef

from articles.models import Article, SearchText
from articles.related.linked import linked_from
from articles.related.weights import Weights, shared, vector_of
from articles.search.backend import backend
from articles.search.stems import stem_of
from articles.search.words import fold, words_in

KEPT = 8  # Stories in a list: some to spare for those that are refused or withdrawn.
TERMS = 25  # Words that the index is asked for.
LOOKED_AT = 50  # Stories whose whole texts are compared.
NAMED = 4  # Words that are named as the reason.
SAY_NOTHING = frozenset(
    [
        "about",
        "after",
        "again",
        "also",
        "and",
        "any",
        "are",
        "but",
        "can",
        "did",
        "for",
        "from",
        "had",
        "has",
        "have",
        "her",
        "his",
        "how",
        "its",
        "less",
        "more",
        "most",
        "much",
        "not",
        "off",
        "one",
        "only",
        "other",
        "our",
        "out",
        "over",
        "said",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "two",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
    ]
)  # In a small title few stories may have them, yet they are no reason.
NEAREST = 24  # Stories of the same topics that a filler is taken from.


@dataclass(frozen=True)
class Choice:
    """A story to stand below another, how close it is (0 to 1), and the words that say so."""

    article_id: int
    score: float = 0.0
    because: tuple[str, ...] = ()


def choose(row: SearchText, weights: Weights) -> list[Choice]:
    """Up to eight public stories for the story of this row, the closest first.

    Never one that its editor refused or picked, that its text points to, or itself. Where too
    few are close, the newest of its topics, its section and the title fill the list.
    """
    article = row.article
    passed_over = {article.pk, *linked_from(article)}
    passed_over.update(article.refusal_rows.values_list("other_id", flat=True))
    passed_over.update(article.pick_rows.values_list("other_id", flat=True))
    close = _closest(row, weights, passed_over)
    passed_over.update(choice.article_id for choice in close)
    return [*close, *fillers(article, passed_over, KEPT - len(close))]


def fillers(article: Article, passed_over: Iterable[int], most: int) -> list[Choice]:
    """The newest of the same topics, of the section, then of all."""
    if most <= 0:
        return []
    public = Article.objects.published().exclude(pk__in=passed_over).newest_first()
    pool: set[int] = set()
    for near in (
        public.filter(topics__in=article.topics.values("pk")),
        public.filter(section=article.section_id),
        public,
    ):
        pool.update(near.values_list("pk", flat=True)[:NEAREST])
    stories = Article.objects.filter(pk__in=pool).related_to(article)
    return [Choice(pk) for pk in stories.values_list("pk", flat=True)[:most]]


def _closest(row: SearchText, weights: Weights, passed_over: set[int]) -> list[Choice]:
    vector = vector_of(row, weights)
    leading = {stem: weight * weights.of(stem) for stem, weight in vector.items()}
    best = sorted(filter(weights.leads, leading), key=lambda stem: (-leading[stem], stem))[:TERMS]
    places = backend().sharing({stem: leading[stem] for stem in best}, LOOKED_AT)
    public = Article.objects.published().exclude(pk__in=passed_over)
    near = SearchText.objects.filter(Exists(public.filter(pk=OuterRef("article"))))
    closest = []
    for other in near.filter(place__in=places).defer("text", "bylines"):
        added = shared(vector, vector_of(other, weights))
        closest.append((sum(added.values()), other.place, other.article_id, added))
    closest.sort(key=lambda found: found[:2], reverse=True)
    forms = _Forms(row)
    return [
        Choice(article_id, score, forms.named(added, weights))
        for score, _, article_id, added in closest[:KEPT]
    ]


class _Forms:
    """The words of a story as it writes them."""

    def __init__(self, row: SearchText) -> None:
        self.words: dict[str, Counter[str]] = {}
        live = row.article.live
        for word in words_in(f"{live.headline if live else ''} {row.text}"):
            self.words.setdefault(stem_of(fold(word[0])), Counter())[word[0]] += 1

    def named(self, added: dict[str, float], weights: Weights) -> tuple[str, ...]:
        """The words that brought the stories together most, as an editor reads them."""
        best = sorted(added, key=lambda stem: (-added[stem], stem))
        telling = (stem for stem in best if self._tells(stem, weights))
        return tuple(self.words[stem].most_common(1)[0][0] for stem in islice(telling, NAMED))

    def _tells(self, stem: str, weights: Weights) -> bool:
        """Whether the word is a reason that an editor would give: no number, no "with"."""
        if len(stem) < 3 or stem.isdecimal() or stem not in self.words or not weights.leads(stem):
            return False
        return SAY_NOTHING.isdisjoint(word.lower() for word in self.words[stem])
