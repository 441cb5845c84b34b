"""Tables of a text: their captions, and columns of figures that are to stand under each other.

The editor knows no captions. There one is a line above the table that begins with "Table:", as
the line that begins with a dash is who spoke a quotation.
"""

import re
from html import unescape
from itertools import count

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

CAPTION = re.compile(r"(<table>)<caption>(.*?)</caption>", re.DOTALL)
BLOCK = re.compile(r"</?p>")
LINE = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*<table>", re.DOTALL)
TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])>(.*?)</\1>", re.DOTALL)
SPANS = re.compile(r" (?:colspan|rowspan)=")
# A number with a sign, a currency before it or a unit of up to four letters after it.
FIGURE = re.compile(r"[−+–-]?\s?[$€£¥]?\s?\d[\d.,\s]*\s?(?:%|°|[^\W\d_]{1,4}[²³]?)?")
NOTHING = {"", "-", "–", "—"}


def captions_as_lines(html: str) -> str:
    """The clean HTML as the editor takes it: each caption as a line above its table."""

    def line(found: re.Match[str]) -> str:
        words = " ".join(BLOCK.sub(" ", found[2]).split())
        return f"<p>{_('Table:')} {words}</p>{found[1]}" if words else found[1]

    return CAPTION.sub(line, html)


def lines_as_captions(html: str) -> str:
    """What the editor gave, clean, with each such line as the caption of the table below it."""
    sign = _("Table:")

    def caption(found: re.Match[str]) -> str:
        words = found[1].strip()
        if not words.startswith(sign) or not words.removeprefix(sign).strip():
            return found[0]
        return f"<table><caption>{words.removeprefix(sign).strip()}</caption>"

    return LINE.sub(caption, html)


def words_of_caption(table: str) -> str:
    """The caption of a table as plain words; empty if it has none."""
    found = CAPTION.search(table)
    return " ".join(unescape(strip_tags(found[2])).split()) if found else ""


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
