"""What the mails ask of mail programs, against the data of caniemail, where it is installed."""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from articles.models import Correction
from newsroom.kit.models import Site
from subscriptions import emails
from subscriptions.bundles import Bundled
from tests.makers import make_article, make_author, make_photo, make_subscriber, make_topic

pytestmark = pytest.mark.django_db

USUAL = settings.BASE_DIR / "build" / "nu" / "node_modules" / "caniemail" / "data"
PROGRAMS = ("outlook", "gmail")
BODY = (
    "<p>Text <strong>and</strong> <em>more</em>, <a href='https://example.org/'>a link</a>.</p>"
    "<h2>Head</h2><h3>Head</h3><ul><li>One</li></ul><ol><li>Two</li></ol><hr>"
    "<blockquote><p>Said.</p></blockquote>"
    "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>"
)

# What some version of Outlook or Gmail does not know, and why nothing is lost there: each of
# these only refines what is readable and in its place without it.
EXCEPTIONS = {
    "css-border-radius": "A button with square corners is a button.",
    "css-border-spacing": "Borders collapse, so that no space is left to set.",
    "css-display-none": "The preview line is hidden by its size and colour as well.",
    "css-max-height": "As above.",
    "css-opacity": "As above.",
    "css-overflow": "As above.",
    "css-overflow-wrap": "A long address makes the mail wider and stays readable.",
    "css-word-break": "As above.",
    "html-body": "What it says of colours the table around everything says again.",
    "html-role": "Without it a screen reader says that there is a table.",
    "html-style": "The sheet only makes it dark or narrow; colours and sizes stand on elements.",
}
LONGHANDS = re.compile(r"^(margin|padding|border|background|text-decoration|list-style)-")
OF_THEIR_OWN = {"background-color", "border-radius", "border-collapse", "border-spacing"}
TAGS = {
    "table": "html-table", "img": "html-img", "h1": "html-h1-h6", "h2": "html-h1-h6",
    "h3": "html-h1-h6", "ul": "html-lists", "ol": "html-lists", "blockquote": "html-blockquote",
    "hr": "html-hr", "p": "html-p", "div": "html-div", "span": "html-span", "style": "html-style",
    "strong": "html-strong", "body": "html-body",
}  # fmt: skip


class Asked(HTMLParser):
    """The features that a mail uses, by the names that the data has for them."""

    def __init__(self) -> None:
        super().__init__()
        self.features: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.features |= {TAGS[tag]} if tag in TAGS else set()
        said = dict(attrs)
        self.features |= {f"html-{name}" for name in ("align", "width", "role") if name in said}
        for declaration in (said.get("style") or "").split(";"):
            name, _colon, value = declaration.partition(":")
            if name.strip():
                self.features |= features_of(name.strip().lower(), value.strip().lower())


def features_of(name: str, value: str) -> set[str]:
    whole = LONGHANDS.match(name)
    family = whole[1] if whole and name not in OF_THEIR_OWN else name
    found = {f"css-{family}"}
    if name == "display":
        found.add(f"css-display-{value}")
    return found


@pytest.fixture(scope="session")
def support() -> dict[str, Any]:
    """What each program supports; CANIEMAIL names another file of the data."""
    path = Path(os.environ.get("CANIEMAIL", USUAL / "caniemail.json"))
    if not path.exists():
        pytest.skip("No data of caniemail: `make checkers` fetches it.")
    return {row["slug"]: row["stats"] for row in json.loads(path.read_text())["data"]}


def letters() -> Iterator[tuple[str, str]]:
    """The HTML of every mail of this room."""
    Site.objects.create(pk=1, name="The Dispatch", tagline="News", postal_address="4 Harbour Row")
    topic, author = make_topic(), make_author()
    article = make_article(
        body=BODY,
        standfirst="In short.",
        lead_photo=make_photo(),
        topics=(topic,),
        bylines=(author,),
    )
    subscriber = make_subscriber()
    yield "article", emails.article_letter(article).html
    article.mail_choice = "breaking"
    yield "breaking", emails.article_letter(article).html
    correction = Correction(
        article=article,
        revision=article.live,
        kind="correction",
        wrong="It said five.",
        right="There are six.",
        at=timezone.now(),
    )
    yield "correction", emails.correction_letter(correction).html
    for cadence in ("daily", "weekly"):
        bundled = Bundled(cadence, ((article.live_id or 0, (f"topic:{topic.pk}",)),))
        yield cadence, emails.digest_letter(bundled).html
    for make in (
        emails.confirmation,
        emails.welcome,
        emails.already_subscribed,
        emails.key_to_data,
    ):
        yield make.__name__, make(subscriber).html
    yield "choices", emails.link_to_choices(subscriber.address).html


def unsupported(support: dict[str, Any], feature: str) -> list[str]:
    """The versions of Outlook and Gmail that, tested last, do not know the feature at all."""
    found = []
    for program in PROGRAMS:
        for platform, versions in support[feature].get(program, {}).items():
            latest = versions[sorted(versions)[-1]]
            if str(latest).startswith("n"):
                found.append(f"{program} {platform}")
    return found


def test_nothing_that_carries_layout_is_unknown_to_outlook_or_gmail(
    support: dict[str, Any],
) -> None:
    lacking: dict[str, set[str]] = defaultdict(set)
    used: set[str] = set()
    for _name, html in letters():
        asked = Asked()
        asked.feed(html)
        used |= asked.features & set(support)
    for feature in used:
        for program in unsupported(support, feature):
            lacking[feature].add(program)

    assert {what: sorted(where) for what, where in lacking.items() if what not in EXCEPTIONS} == {}
    assert set(EXCEPTIONS) - set(lacking) == set(), "These exceptions are no longer needed."
    assert len(used) > 30
