"""How many public stories have a stem, for weighing words, or a word, for offering a spelling."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import batched

from django.db import connection, transaction
from django.db.models import QuerySet

from articles.models import SearchStem, SearchText, SearchWord
from articles.search.words import WORD, fold
from newsroom.kit.prepared import prepared

BATCH = 1_000
SHORTEST = 2  # Letters of a word that is counted.
Table = type[SearchStem] | type[SearchWord]
COUNT = """
    INSERT INTO {table} ({key}, stories) VALUES {rows}
    ON CONFLICT ({key}) DO UPDATE SET stories = {table}.stories + excluded.stories
"""


def words_of(row: SearchText) -> set[str]:
    """Every word that the story has, folded; numbers are none. Empty for a row that an older
    version wrote, whose words were never counted."""
    if not row.above:
        return set()
    words = {fold(word) for word in set(WORD.findall(f"{row.above}\n{row.text}"))}
    return {word for word in words if len(word) >= SHORTEST and not word[0].isdecimal()}


def count(old: Iterable[SearchText], new: Iterable[SearchText]) -> None:
    """Count the new texts in the place of the old."""
    stems: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for row in new:
        stems.update(row.stems())
        words.update(words_of(row))
    for row in old:
        stems.subtract(row.stems())
        words.subtract(words_of(row))
    _add(SearchStem, stems)
    _add(SearchWord, words)


def stories_with(stems: Iterable[str]) -> dict[str, int]:
    """How many public stories have each of these stems; those that none has are not named."""
    counted: dict[str, int] = {}
    for batch in batched(stems, BATCH):
        rows = SearchStem.objects.filter(stem__in=batch, stories__gt=0)
        counted.update(rows.values_list("stem", "stories"))
    return counted


def common(stems: Iterable[str], more: int) -> set[str]:
    """Those of these stems that more public stories have than so many."""
    return set(_common(tuple(stems), more))


@prepared
def _common(stems: tuple[str, ...], more: int) -> QuerySet[SearchStem, str]:
    rows = SearchStem.objects.filter(stem__in=stems, stories__gt=more)
    return rows.values_list("stem", flat=True)


def recount() -> None:
    """Set every count to what the texts say, whatever a killed process or a restore left."""
    stems: Counter[str] = Counter()
    words: Counter[str] = Counter()
    texts = SearchText.objects.only("text", "above", *SearchText.COLUMNS)
    for text in texts.iterator(chunk_size=BATCH):
        stems.update(text.stems())
        words.update(words_of(text))
    _set(SearchStem, stems)
    _set(SearchWord, words)


def _set(table: Table, counted: Counter[str]) -> None:
    known = dict(table.objects.values_list("pk", "stories"))
    wrong = {
        key: counted[key] - known.get(key, 0)
        for key in counted.keys() | known.keys()
        if counted[key] != known.get(key, 0)
    }
    for batch in batched(sorted(wrong), BATCH):
        with transaction.atomic():
            _add(table, {key: wrong[key] for key in batch})
    table.objects.filter(stories__lte=0).delete()


def _add(table: Table, changes: Mapping[str, int]) -> None:
    """In alphabetical order: two that publish at once wait for each other, and never both."""
    names = {"table": table._meta.db_table, "key": table._meta.pk.column}
    changed = sorted((key, by) for key, by in changes.items() if by)
    with connection.cursor() as cursor:
        for batch in batched(changed, BATCH):
            rows = ", ".join(["(%s, %s)"] * len(batch))
            values = [value for row in batch for value in row]
            cursor.execute(COUNT.format(rows=rows, **names), values)
