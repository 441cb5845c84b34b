"""Lists of people as other programs export them, read line by line; and cells made harmless.

Read are comma, semicolon, tab and bar as separators (RFC 4180 where it is kept), UTF-8 with and
without a mark, UTF-16 with one, and Windows-1252 for all else; quoted cells may hold line ends.
Columns are found by their names as Mailchimp, Ghost, Jetpack, listmonk, Substack and this site
write them. A list without a head is one address a line.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from django.utils.translation import gettext as _

from subscriptions.models import ImportLine

Standing = ImportLine.Standing
SEPARATORS = ",;\t|"
LONGEST_CELL = 131_072  # Characters; the default of the csv module. An unclosed quote reaches it.
LOOKED_AT = 65_536  # Bytes at a time, while the encoding is found out.
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# Names of columns and values without spaces, marks and capitals.
EMAIL = {"email", "emailaddress", "mail", "mailaddress", "subscriberemail", "useremail"}
STATUS = {"status", "state", "subscriptionstatus", "emailstatus", "subscriberstatus"}
LEFT = {
    "left", "unsubscribed", "unsubscribe", "cleaned", "bounced", "complained", "complaint",
    "blocklisted", "blacklisted", "disabled", "optedout", "suppressed", "deleted", "blocked",
}  # fmt: skip
UNCONFIRMED = {"pending", "unconfirmed", "notconfirmed", "notyetconfirmed", "nonsubscribed"}
YES, NO = {"true", "yes", "1", "t", "y"}, {"false", "no", "0", "f", "n"}
LEFT_IF_YES = {"unsubscribed", "emaildisabled", "optedout", "optout"}
LEFT_IF_NO = {"subscribed", "subscribedtoemails", "subscribedtoemail"}
LEFT_IF_FILLED = {
    "unsubscribedat",
    "deletedat",
    "unsubtime",
    "unsubscribedon",
    "leftat",
    "suppressed",
}
UNCONFIRMED_IF_NO = {"confirmed", "emailconfirmed", "doubleoptin"}

# What a spreadsheet takes for a formula, also in its wide form; see `harmless`.
FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


class SheetError(Exception):
    """Why a file is no list that can be read, for the person who chose it."""


@dataclass(frozen=True)
class Row:
    """A line: its number in the file, what it says, or why it could not be read."""

    number: int
    email: str
    given_on: str = ""
    standing: str = ""
    problem: str = ""


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula: an apostrophe goes before it.

    Reversible by `as_meant`, for `+bob@example.org` is an address. Source: OWASP, "CSV Injection".
    """
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    """What stood in the cell before it was made harmless."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def read_rows(file: BinaryIO, *, consent_column: str = "") -> Iterator[Row]:
    """The lines of the list, one at a time. Raises SheetError before the first.

    `file` can be read twice. `consent_column` names the column of each person's day of consent.
    """
    lines = _lines(file)
    first = next(lines, "")
    skipped = 0
    if first.casefold().startswith("sep="):  # Excel's own way to name the separator.
        first, skipped = next(lines, ""), 1
    reader = csv.reader(chain([first], lines), delimiter=_separator(first))
    records = _records(reader, skipped)
    number, cells, problem = next(records, (1, [], ""))
    columns = _columns(cells, consent_column)
    if problem or columns is None:
        raise SheetError(_no_email(cells))
    if columns.headless:
        records = chain([(number, cells, problem)], records)
    return _rows(records, columns)


@dataclass(frozen=True)
class _Columns:
    """Which cell says what, by its place in a line."""

    email: int
    names: Sequence[str] = ()
    given_on: int | None = None
    headless: bool = False


def _columns(cells: list[str], consent_column: str) -> _Columns | None:
    names = [_name(cell) for cell in cells]
    given_on = None
    if consent_column:
        if _name(consent_column) not in names:
            raise SheetError(
                _("The list has no column %(name)s; it has: %(columns)s.")
                % {"name": consent_column, "columns": ", ".join(cells)[:300] or "-"}
            )
        given_on = names.index(_name(consent_column))
    for place, name in enumerate(names):
        if name in EMAIL:
            return _Columns(place, names, given_on)
    if len(cells) == 1 and "@" in cells[0]:
        return _Columns(0, headless=True)
    return None


def _no_email(cells: list[str]) -> str:
    if not any(cell.strip() for cell in cells):
        return _("The file is empty.")
    told = ", ".join(cell.strip() for cell in cells if cell.strip())
    return _("No column is called email or Email Address. The columns are: %(columns)s.") % {
        "columns": told.replace("\0", "")[:300]
    }


def _name(cell: str) -> str:
    return "".join(sign for sign in cell.casefold() if sign.isalnum())


def _rows(records: Iterable[tuple[int, list[str], str]], columns: _Columns) -> Iterator[Row]:
    for number, cells, problem in records:
        if problem:
            yield Row(number, "", problem=problem)
        elif any(cell.strip() for cell in cells):
            yield _row(number, cells, columns)


def _row(number: int, cells: list[str], columns: _Columns) -> Row:
    email = as_meant(_cell(cells, columns.email).strip(" \t\r\n"))
    given_on = "" if columns.given_on is None else _cell(cells, columns.given_on).strip()
    return Row(number, email, given_on, _standing(cells, columns.names))


def _cell(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _standing(cells: list[str], names: Sequence[str]) -> str:
    """What the list itself says of the person: whoever left there must not come in here."""
    said = {_said(name, _name(cell)) for name, cell in zip(names, cells, strict=False)}
    return next((found for found in (Standing.LEFT, Standing.UNCONFIRMED) if found in said), "")


def _said(name: str, value: str) -> str:
    left = (
        (name in STATUS and value in LEFT)
        or (name in LEFT_IF_YES and value in YES)
        or (name in LEFT_IF_NO and value in NO)
        or (name in LEFT_IF_FILLED and bool(value) and value not in NO)
    )
    if left:
        return Standing.LEFT
    waits = (name in STATUS and value in UNCONFIRMED) or (
        name in UNCONFIRMED_IF_NO and value in NO
    )
    return Standing.UNCONFIRMED if waits else Standing.NOTHING


def _records(reader: "csv.Reader", skipped: int) -> Iterator[tuple[int, list[str], str]]:  # type: ignore[name-defined]  # Only the stubs know the type.
    """The number of the line on which each record begins, its cells, or what is wrong with it."""
    while True:
        number = reader.line_num + 1 + skipped
        try:
            yield number, next(reader), ""
        except StopIteration:
            return
        except csv.Error:
            yield number, [], _("cannot be read: perhaps a quotation mark is never closed")


def _separator(head: str) -> str:
    """The one that stands most often in the first line, outside quotation marks."""
    bare = re.sub(r'"[^"]*"', "", head)
    return max(SEPARATORS, key=bare.count)


def _lines(file: BinaryIO) -> Iterator[str]:
    """The lines with their ends, decoded; `newline=""`, as the csv module wants it."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        yield from text
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
