"""The one allow-list for what editors write: the editor, the paste and the importer all use it."""

from html import unescape

import nh3
from django.utils.html import strip_tags

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableCell": True,
    "TableHeader": True,
    "Subscript": True,
    "Superscript": True,
}

TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "br", "hr", "a", "strong", "em", "sub", "sup",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto"}
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    link_rel=None,
    clean_content_tags={"script", "style", "title", "head", "svg", "math"},
)


def allows_nothing_more(config: object, shared_config: object) -> None:
    """For editor extensions that bring no tags of their own."""


def clean_html(html: str) -> str:
    """The HTML with only what a story may hold; everything else is dropped, its text kept."""
    return _cleaner.clean(html).strip()


def plain_text(html: str) -> str:
    """The words alone, blocks parted by a line break and cells by a space: for counts, search
    and comparison."""
    parted = html.replace("</td>", "</td> ").replace("</th>", "</th> ")
    ends = ("</p>", "</h2>", "</h3>", "</li>", "</blockquote>", "</caption>", "</tr>", "<br>")
    for end in ends:
        parted = parted.replace(end, f"{end}\n")
    words = unescape(strip_tags(parted)).replace("\xa0", " ")
    return "\n".join(line.rstrip() for line in words.splitlines()).strip()
