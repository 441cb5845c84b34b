"""How many public stories have a stem: for weighing words, and for offering another spelling."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import batched

from django.db import connection, transaction

from articles.models import SearchStem, SearchText

BATCH = 1_000
COUNT = """
    INSERT INTO articles_searchstem (stem, start, form, stories) VALUES {rows}
    ON CONFLICT (stem) DO UPDATE SET
        stories = articles_searchstem.stories + excluded.stories,
        form = CASE
            WHEN length(excluded.form) BETWEEN 1 AND length(articles_searchstem.form) - 1
            THEN excluded.form ELSE articles_searchstem.form END
"""


def count(changes: Mapping[str, int], forms: Mapping[str, str]) -> None:
    """Add to the count of each stem; `forms` has the shortest word written for those that come.

    In the order of the stems: two that publish at once wait for each other, and never both.
    """
    with connection.cursor() as cursor:
        for batch in batched(sorted(changes), BATCH):
            rows = ", ".join(["(%s, %s, %s, %s)"] * len(batch))
            values = [
                value
                for stem in batch
                for value in (stem, stem[:2], forms.get(stem, ""), changes[stem])
            ]
            cursor.execute(COUNT.format(rows=rows), values)


def stories_with(stems: Iterable[str]) -> dict[str, int]:
    """How many public stories have each of these stems; those that none has are not named."""
    counted: dict[str, int] = {}
    for batch in batched(stems, BATCH):
        rows = SearchStem.objects.filter(stem__in=batch, stories__gt=0)
        counted.update(rows.values_list("stem", "stories"))
    return counted


def recount() -> None:
    """Set every count to what the texts say, whatever a killed process or a restore left."""
    counted: Counter[str] = Counter()
    for text in SearchText.objects.only(*SearchText.COLUMNS).iterator(chunk_size=BATCH):
        counted.update(text.stems())
    known = dict(SearchStem.objects.values_list("stem", "stories"))
    wrong = {
        stem: counted[stem] - known.get(stem, 0)
        for stem in counted.keys() | known.keys()
        if counted[stem] != known.get(stem, 0)
    }
    for batch in batched(sorted(wrong), BATCH):
        with transaction.atomic():
            unknown = {stem: stem for stem in batch if stem not in known}
            count({stem: wrong[stem] for stem in batch}, unknown)
    SearchStem.objects.filter(stories__lte=0).delete()
