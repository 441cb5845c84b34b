"""A story's text as readers get it: the dateline before it, notes in it, its sources after it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from articles.models import Revision
from newsroom.kit.html import clean_html, plain_text
from newsroom.kit.templatetags.kit import as_story

TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)(?:[^>"]|"[^"]*")*>""")
VOID = {"br", "hr", "img"}
NOTE = re.compile(r"[ \u00a0]?\[([1-9][0-9]{0,2})\]")
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")
QUOTE = re.compile(r"<blockquote>(.*?)</blockquote>", re.DOTALL)
QUOTATION_MARKS = " .“”„\"‘’'«»"
OPENING = 3  # Paragraphs that stand before anything comes between.
WORDS_A_MINUTE = 230  # A grown person, silently, in English: Brysbaert 2019 found 238.


@dataclass(frozen=True)
class Source:
    """A line of the sources: its words and addresses in turn, and the ids of what cites it."""

    number: int
    line: str
    cited_at: list[str] = field(default_factory=list)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(words, address) pairs; words without an address are plain."""
        found, end = [], 0
        for match in ADDRESS.finditer(self.line):
            found += [(self.line[end : match.start()], ""), (shown(match[0]), match[0])]
            end = match.end()
        return [part for part in [*found, (self.line[end:], "")] if part[0]]

    @property
    def address(self) -> str:
        """The first address it names; empty if it names none."""
        match = ADDRESS.search(self.line)
        return match[0] if match else ""


@dataclass(frozen=True)
class StoryText:
    """The text in two, for what stands between, and the sources it refers to."""

    opening: SafeString
    rest: SafeString
    sources: list[Source]


def story_text(revision: Revision) -> StoryText:
    """The text of that version with everything in it that its page shows."""
    html = _with_pull_quotes(with_dateline(as_story(revision.body), revision.dateline))
    noted, cited = _with_notes(html, len(revision.sources.splitlines()))
    opening, rest = parted(noted)
    return StoryText(SafeString(opening), SafeString(rest), sources_of(revision, cited))


def full_text(revision: Revision, gallery: str = "") -> str:
    """The whole text as HTML that needs no style sheet, for feeds: the sources at its end, and
    before them the gallery, given as HTML."""
    text = with_dateline(clean_html(revision.body), revision.dateline)
    return f"{clean_html(text)}{gallery}{_source_list(sources_of(revision))}"


def with_dateline(html: str, dateline: str) -> str:
    """The clean HTML with the dateline before its first words, in that paragraph if it is one."""
    if not dateline:
        return html
    place = format_html('<span class="dateline">{}</span>', dateline)
    if html.startswith("<p>"):
        return f"<p>{place} — {html.removeprefix('<p>')}"
    return f"<p>{place}</p>{html}"


def sources_of(revision: Revision, cited: dict[int, list[str]] | None = None) -> list[Source]:
    """The sources, numbered from 1."""
    lines = enumerate(revision.sources.splitlines(), start=1)
    return [Source(number, line, (cited or {}).get(number, [])) for number, line in lines]


def numbers_in(body: str) -> set[int]:
    """The sources that the text refers to, [1] for the first."""
    return {int(number) for number in NOTE.findall(plain_text(body))}


def note_warnings(revision: Revision) -> list[str]:
    """What an editor may want to know of the numbers in a text and its sources."""
    numbers = numbers_in(revision.body)
    sources = set(range(1, len(revision.sources.splitlines()) + 1))
    warnings = []
    if sources and (loose := sorted(numbers - sources)):
        warnings.append(
            _("The text names %(numbers)s, and there is no such source; readers see it as text.")
            % {"numbers": _listed(loose)}
        )
    if unused := sorted(sources - numbers):
        warnings.append(
            _("No place in the text names %(numbers)s; readers find it in the list alone.")
            % {"numbers": _listed(unused)}
        )
    return warnings


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(f"[{number}]" for number in numbers)


def minutes_to_read(words: int) -> int:
    """Whole minutes, at least one."""
    return max(1, round(words / WORDS_A_MINUTE))


def shown(address: str) -> str:
    """An address as people write it."""
    return address.partition("://")[2].removeprefix("www.").rstrip("/")


def parted(body: str) -> tuple[str, str]:
    """The text in two, for what stands between: after the third paragraph that is in nothing
    else, if another paragraph or a heading follows it, or else at the next such place.

    A text without such a place is not parted.
    """
    depth, paragraphs = 0, 0
    for tag in TAG.finditer(body):
        closes, name = tag.groups()
        if name in VOID:
            continue
        depth += -1 if closes else 1
        if closes and depth == 0 and name == "p":
            paragraphs += 1
            rest = body[tag.end() :]
            if paragraphs >= OPENING and rest.lstrip().startswith(("<p", "<h")):
                return body[: tag.end()], rest
    return body, ""


def _with_pull_quotes(html: str) -> str:
    """A quotation that repeats words of the text is there for the eye alone, and says nothing
    to those who listen. One with a link or a note in it stays a quotation."""
    if "<blockquote>" not in html:
        return html
    text = " ".join(plain_text(QUOTE.sub("", html)).split()).casefold()

    def pull(quote: re.Match[str]) -> str:
        said = " ".join(plain_text(quote[1].partition("<footer>")[0]).split())
        repeats = bool(said) and said.strip(QUOTATION_MARKS).casefold() in text
        if not repeats or "<a" in quote[1] or NOTE.search(quote[1]):
            return quote[0]
        return f'<div class="pull-quote" aria-hidden="true">{quote[1]}</div>'

    return QUOTE.sub(pull, html)


def _with_notes(html: str, sources: int) -> tuple[str, dict[int, list[str]]]:
    """Each `[n]` that has a source as a link to it, and the ids of those links by number.

    What stands inside a link stays text, and so does a number without a source.
    """
    cited: dict[int, list[str]] = defaultdict(list)

    def link(note: re.Match[str]) -> str:
        number = int(note[1])
        if number > sources:
            return note[0]
        places = cited[number]
        places.append(f"cited-{number}-{len(places) + 1}" if places else f"cited-{number}")
        return format_html(
            '<sup class="note"><a id="{}" href="#source-{}" role="doc-noteref"'
            ' aria-label="{}">{}</a></sup>',
            places[-1], number, _("Source %(number)s") % {"number": number}, number,
        )  # fmt: skip

    out, end, links = [], 0, 0
    for tag in TAG.finditer(html):
        words = html[end : tag.start()]
        out += [words if links else NOTE.sub(link, words), tag[0]]
        end = tag.end()
        if tag[2] == "a":
            links += -1 if tag[1] else 1
    return "".join([*out, NOTE.sub(link, html[end:])]), cited


def _source_list(sources: list[Source]) -> str:
    if not sources:
        return ""
    items = format_html_join("", "<li>{}</li>", ([_linked(source)] for source in sources))
    return format_html("<h2>{}</h2><ol>{}</ol>", _("Sources"), items)


def _linked(source: Source) -> SafeString:
    return SafeString(
        "".join(
            format_html('<a href="{}">{}</a>', address, words)
            if address
            else format_html("{}", words)
            for words, address in source.parts
        )
    )
