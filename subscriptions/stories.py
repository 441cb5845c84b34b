"""The beginning of a story too long for a mail."""

from html.parser import HTMLParser
from itertools import accumulate, pairwise


def first_part(html: str, most_bytes: int) -> str:
    """As many whole blocks from the start of a story's clean HTML as fit; perhaps none."""
    reader = _Blocks(html)
    reader.feed(html)
    reader.close()
    starts = [*reader.starts, len(html)]
    blocks = [html[start:end] for start, end in pairwise(starts)]
    sizes = accumulate(len(block.encode()) for block in blocks)
    return "".join(blocks[: sum(size <= most_bytes for size in sizes)])


class _Blocks(HTMLParser):
    """Notes where each outermost element begins."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.lines = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
        self.starts: list[int] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, column = self.getpos()
        if self.depth == 0:
            self.starts.append(self.lines[line - 1] + column)
        if tag not in {"br", "hr"}:
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1
