"""Columns of figures in the tables of a text, so that they can stand under each other."""

import re
from html import unescape
from itertools import count

from django.utils.html import strip_tags

TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])>(.*?)</\1>", re.DOTALL)
SPANS = re.compile(r" (?:colspan|rowspan)=")
# A number with a sign, a currency before it or a unit of up to four letters after it.
FIGURE = re.compile(r"[−+–-]?\s?[$€£¥]?\s?\d[\d.,\s]*\s?(?:%|°|[^\W\d_]{1,4}[²³]?)?")
NOTHING = {"", "-", "–", "—"}


def with_figures_marked(html: str) -> str:
    """The clean HTML with `class="table__figure"` on each cell of a column of figures.

    A table whose cells span columns or rows stays as it is.
    """
    return TABLE.sub(lambda table: _marked(table[0]), html)


def _marked(table: str) -> str:
    if SPANS.search(table):
        return table
    figures = _columns_of_figures(table)
    return ROW.sub(lambda row: _marked_row(row[0], figures), table) if figures else table


def _columns_of_figures(table: str) -> set[int]:
    """Numbers of the columns, from 0, of whose cells with words two thirds are figures."""
    columns: dict[int, list[str]] = {}
    for row in ROW.findall(table):
        for place, (name, content) in enumerate(CELL.findall(row)):
            if name == "td":
                words = unescape(strip_tags(content)).replace("\xa0", " ").strip()
                columns.setdefault(place, []).append(words)
    return {place for place, cells in columns.items() if _are_figures(cells)}


def _are_figures(cells: list[str]) -> bool:
    said = [cell for cell in cells if cell not in NOTHING]
    figures = sum(bool(FIGURE.fullmatch(cell)) for cell in said)
    return bool(figures) and figures * 3 >= len(said) * 2


def _marked_row(row: str, figures: set[int]) -> str:
    place = count()

    def mark(cell: re.Match[str]) -> str:
        if next(place) not in figures:
            return cell[0]
        return f'<{cell[1]} class="table__figure">{cell[2]}</{cell[1]}>'

    return CELL.sub(mark, row)
