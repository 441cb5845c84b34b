"""A story's markup as plain text that reads well in a mail: 72 columns, links as footnotes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from textwrap import wrap

WIDTH = 72
UNDERLINES = {"h2": "=", "h3": "-"}
BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "blockquote", "table", "caption", "tr"}


def story_text(html: str, sources: Sequence[str] = ()) -> str:
    """The clean HTML of a story as text; its sources follow, numbered as the text names them,
    and the addresses of its links, numbered after those.

    Only the tags that `clean_html` leaves are known here, and links must be absolute.
    """
    reader = _Reader(sources)
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.page.text()


@dataclass
class _Page:
    """Blocks laid out one below the other, and the links they named."""

    sources: Sequence[str] = ()
    blocks: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    was_close: bool = False

    def add(self, block: str, *, close: bool) -> None:
        """Items of a list and rows of a table stand close; other blocks have a line between."""
        if close and self.was_close:
            self.blocks[-1] += f"\n{block}"
        else:
            self.blocks.append(block)
        self.was_close = close

    def note(self, address: str) -> str:
        """The mark that stands for this address in the text."""
        if address not in self.addresses:
            self.addresses.append(address)
        return f" [{len(self.sources) + self.addresses.index(address) + 1}]"

    def text(self) -> str:
        notes = [
            f"[{n}] {note}" for n, note in enumerate([*self.sources, *self.addresses], start=1)
        ]
        return "\n\n".join([*self.blocks, *(["\n".join(notes)] if notes else [])])


class _Reader(HTMLParser):
    """Collects words until a block ends, then lays the block out."""

    def __init__(self, sources: Sequence[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.page = _Page(sources)
        self.words = ""
        self.link = ""
        self.underline = ""
        self.quotes = 0
        self.numbers: list[int | None] = []  # The last number of each list we are in.
        self.mark = ""  # What the next block begins with, in a list.
        self.in_row = False

    def handle_data(self, data: str) -> None:
        self.words += data.replace("\xa0", " ").replace("\n", " ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and self.in_row:
            self.words += " "
        elif tag in BLOCKS:
            self.end_block()
        match tag:
            case "a":
                self.link = dict(attrs).get("href") or ""
            case "br":
                self.words += "\n"
            case "hr":
                self.end_block()
                self.page.add("* * *", close=False)
            case _:
                self._open(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.words += self.page.note(self.link) if self.link else ""
            self.link = ""
        elif tag in {"td", "th"}:
            self.words = f"{self.words.strip()} | "
        elif tag in BLOCKS and not (tag == "p" and self.in_row):
            self.end_block()
            self._close(tag)

    def _open(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self.numbers.append(0 if tag == "ol" else None)
            case "li":
                self.mark = self._next_mark()
            case "blockquote":
                self.quotes += 1
            case "tr":
                self.in_row = True
            case "h2" | "h3":
                self.underline = UNDERLINES[tag]

    def _close(self, tag: str) -> None:
        match tag:
            case "ul" | "ol":
                self.numbers.pop()
                self.page.was_close = bool(self.numbers)
            case "blockquote":
                self.quotes -= 1
            case "tr":
                self.in_row = False
            case "table":
                self.page.was_close = False

    def _next_mark(self) -> str:
        number = self.numbers[-1] if self.numbers else None
        if number is None:
            return "- "
        self.numbers[-1] = number + 1
        return f"{number + 1}. "

    def end_block(self) -> None:
        """Lay out what was read since the last block; nothing if that is only space."""
        lines = [" ".join(line.split()) for line in self.words.strip(" |\n").split("\n")]
        self.words = ""
        laid_out = [part for line in lines if line for part in self._laid_out(line)]
        if laid_out and self.underline:
            laid_out.append(self.underline * max(map(len, laid_out)))
        if laid_out:
            self.page.add("\n".join(laid_out), close=bool(self.numbers) or self.in_row)
            self.mark = self.underline = ""

    def _laid_out(self, line: str) -> list[str]:
        before = "> " * self.quotes + "  " * max(len(self.numbers) - 1, 0)
        hanging = " " * len(self.mark) if self.mark else "  " if self.numbers else ""
        first, self.mark = f"{before}{self.mark or hanging}", ""
        return wrap(
            line,
            WIDTH,
            initial_indent=first,
            subsequent_indent=f"{before}{hanging}",
            break_long_words=False,
            break_on_hyphens=False,
        )
