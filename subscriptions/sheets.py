"""Lists of people as other programs export them, read line by line; and cells made harmless.

Read are comma, semicolon, tab and bar as separators (RFC 4180 where it is kept), UTF-8 with and
without a mark, UTF-16 with one, and Windows-1252 for all else; quoted cells may hold line ends.
Columns are found by their names (`columns`). A list without a head is one address a line.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO, NamedTuple, Self

from django.utils.translation import gettext as _

from subscriptions.columns import EMAIL, bare, standing_of, unknown_status
from subscriptions.models import ImportLine

SEPARATORS = ",;\t|"
LOOKED_AT = 65_536  # Bytes at a time, while the encoding is found out.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

LINE_END = re.compile(r"[\r\n]")
# What a spreadsheet takes for a formula, also in its wide form; see `harmless`.
FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class SheetError(Exception):
    """Why a file is no list that can be read, for the person who chose it."""


class Place(NamedTuple):
    """Where a record ends: how many bytes of UTF-8, and how many lines, it and all before are."""

    bytes: int = 0
    lines: int = 0


@dataclass(frozen=True)
class Row:
    """A line: its number in the file, what it says, or why it cannot be taken.

    `end` is where the next one begins.
    """

    number: int
    email: str
    given_on: str = ""
    standing: str = ""
    problem: str = ""
    end: "Place | None" = None


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: an apostrophe goes before it.

    Reversible by `as_meant`, for `+bob@example.org` is an address. Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    """What stood in the cell before it was made harmless."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def read_rows(
    file: BinaryIO, *, consent_column: str = "", after: Place | None = None
) -> Iterator[Row]:
    """The lines of the list, one at a time. Raises SheetError before the first.

    `file` can be read twice. `consent_column` names the column of each person's day of consent.
    `after` is the `end` of a row of a file that `copy_list` wrote: what comes behind it.
    """
    encoding = "utf-8" if after else _encoding(file)
    lines = _Lines(file, encoding)
    if lines.peek().casefold().startswith("sep="):  # Excel's own way to name the separator.
        next(lines)
    separator = _separator(lines.peek())
    records = _records(lines, separator)
    head = next(records, _Record(1, Place(), []))
    columns = _columns(head.cells, consent_column)
    if head.problem or columns is None:
        raise SheetError(_no_email(head.cells))
    if not columns.headless and (problem := _runs_on(head, len(head.cells))):
        raise SheetError(problem)
    if after and after.bytes:
        lines.close()
        records = _records(_Lines(file, encoding, after), separator)
    elif columns.headless:
        records = chain([head], records)
    return _rows(records, columns)


def copy_list(file: BinaryIO, target: BinaryIO) -> None:
    """Write it in UTF-8, so that one can go on reading at a `Place`."""
    for line in _Lines(file, _encoding(file)):
        target.write(line.encode())


@dataclass(frozen=True)
class _Record:
    """The cells from one line, or from several that quotation marks join; or what is wrong."""

    number: int
    end: Place
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True)
class _Columns:
    """Which cell says what, by its place in a line."""

    email: int
    names: Sequence[str] = ()
    given_on: int | None = None
    headless: bool = False


def _columns(cells: Sequence[str], consent_column: str) -> _Columns | None:
    names = [bare(cell) for cell in cells]
    given_on = None
    if consent_column:
        if bare(consent_column) not in names:
            raise SheetError(
                _("The list has no column %(name)s; it has: %(columns)s.")
                % {"name": consent_column, "columns": ", ".join(cells)[:300] or "-"}
            )
        given_on = names.index(bare(consent_column))
    for place, name in enumerate(names):
        if name in EMAIL:
            return _Columns(place, names, given_on)
    if len(cells) == 1 and "@" in cells[0]:
        return _Columns(0, headless=True)
    return None


def _no_email(cells: Sequence[str]) -> str:
    if not any(cell.strip() for cell in cells):
        return _("The file is empty.")
    told = ", ".join(cell.strip() for cell in cells if cell.strip())
    return _("No column is called email or Email Address. The columns are: %(columns)s.") % {
        "columns": told.replace("\0", "")[:300]
    }


def _rows(records: Iterable[_Record], columns: _Columns) -> Iterator[Row]:
    for record in records:
        problem = record.problem or _runs_on(record, len(columns.names) or 1)
        if problem:
            yield Row(record.number, "", problem=problem, end=record.end)
        elif any(cell.strip() for cell in record.cells):
            yield _row(record, columns)


def _runs_on(record: _Record, width: int) -> str:
    """Whether a stray quotation mark made one of several people: what to say of it, or "".

    Their addresses then stand in a cell with a line end, or in cells beyond the head's.
    """
    if record.number == record.end.lines:
        return ""
    swallowed = any("@" in cell and LINE_END.search(cell.strip()) for cell in record.cells)
    if not swallowed and not any(cell.strip() for cell in record.cells[width:]):
        return ""
    return _(
        "lines %(first)s to %(last)s would be one person: a quotation mark is missing or too much"
    ) % {"first": record.number, "last": record.end.lines}


def _row(record: _Record, columns: _Columns) -> Row:
    cells = record.cells
    email = as_meant(_cell(cells, columns.email).strip(" \t\r\n"))
    given_on = "" if columns.given_on is None else _cell(cells, columns.given_on).strip()
    standing = standing_of(cells, columns.names)
    stays_out = standing == ImportLine.Standing.LEFT
    problem = "" if stays_out else _unknown_status(cells, columns.names)
    return Row(record.number, email, given_on, standing, problem, end=record.end)


def _unknown_status(cells: Sequence[str], names: Sequence[str]) -> str:
    status = unknown_status(cells, names)
    if not status:
        return ""
    told = "".join(sign for sign in status[:40] if sign.isprintable())
    return _("the status %(told)s does not say whether they want mail") % {"told": told}


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _records(lines: "_Lines", separator: str) -> Iterator[_Record]:
    """Each record with the number of its first line; the reader takes no line too early."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        number = lines.place.lines + 1
        try:
            cells = next(reader)
            yield _Record(number, lines.place, cells)
        except StopIteration:
            return
        except csv.Error:
            yield _unreadable(number, lines.place)


def _unreadable(number: int, end: Place) -> _Record:
    problem = _("cannot be read: perhaps a quotation mark is never closed")
    if end.lines > number:
        problem = _(
            "lines %(first)s to %(last)s cannot be read: perhaps a quotation mark is never closed"
        ) % {"first": number, "last": end.lines}
    return _Record(number, end, [], problem)


def _separator(head: str) -> str:
    """The one that stands most often in the first line, outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(SEPARATORS, key=bare.count)


class _Lines:
    """The lines with their ends, decoded, and the place behind the last that was taken."""

    def __init__(self, file: BinaryIO, encoding: str, place: Place | None = None) -> None:
        self.place = place or Place()
        file.seek(self.place.bytes)
        self._lines = _decoded(file, encoding)
        self._next: str | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = next(self._lines) if self._next is None else self._next
        self._next = None
        size, count = self.place
        self.place = Place(size + len(line.encode()), count + 1)
        return line

    def peek(self) -> str:
        """The next line, which is still to be taken; empty at the end."""
        self._next = self._next or next(self._lines, None)
        return self._next or ""

    def close(self) -> None:
        """Let go of the file."""
        self._lines.close()


def _decoded(file: BinaryIO, encoding: str) -> Generator[str]:
    """`newline=""`, as the csv module wants it."""
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        for line in text:  # noqa: UP028 - `yield from` would close the file with the generator.
            yield line
    finally:
        if not file.closed:
            text.detach()  # Else it would close the file, which is not ours.


def _encoding(file: BinaryIO) -> str:
    """By the mark at its beginning; else UTF-8 if all of it is, else Windows-1252."""
    file.seek(0)
    begin = file.read(3)
    for mark, encoding in MARKS.items():
        if begin.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(begin)
        while block := file.read(LOOKED_AT):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
