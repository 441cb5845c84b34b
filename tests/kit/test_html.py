"""The allow-list for what editors write."""

import json
from pathlib import Path

import pytest

from newsroom.kit.html import clean_html, plain_text

ALIVE = (
    "<script",
    "javascript:",
    "onerror",
    "onload",
    "onclick",
    "<svg",
    "<iframe",
    "<object",
    "style=",
)


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<h1>a</h1>", "a"),
        ("<a href='javascript:x()'>a</a>", "<a>a</a>"),
        ("<script>x()</script><p>a</p>", "<p>a</p>"),
        ("<p style='color:red'><span>a</span></p>", "<p>a</p>"),
        (
            "<table><tr><td colspan='2' width='9'>a</td></tr></table>",
            '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
        ),
    ],
)
def test_only_what_a_story_may_hold_is_kept(html: str, clean: str) -> None:
    assert clean_html(html) == clean


def test_a_caption_is_kept_with_the_table_and_is_a_line_of_its_words() -> None:
    table = "<table><caption>Cost <em>in crowns</em></caption><tr><td>a</td></tr></table>"

    clean = clean_html(table.replace("<caption>", "<caption class='x'>"))

    assert clean == table.replace("<tr>", "<tbody><tr>").replace("</tr>", "</tr></tbody>")
    assert plain_text(clean) == "Cost in crowns\na"


def test_known_attacks_are_inert(real_material: Path) -> None:
    attacks = json.loads((real_material / "strings" / "owasp_xss_filter_evasion.json").read_text())

    for attack in map(str, attacks):
        tags = " ".join(part.split(">")[0] for part in clean_html(attack).lower().split("<")[1:])
        assert not any(sign.strip("<") in tags for sign in ALIVE), attack


def test_the_words_alone_keep_their_breaks() -> None:
    assert plain_text("<p>One&nbsp;&amp; two</p><p>Three</p>") == "One & two\nThree"


def test_the_cells_of_a_table_are_words_of_their_own() -> None:
    table = "<table><tr><th>Ship</th><th>Crew</th></tr><tr><td>1</td><td>23</td></tr></table>"

    assert plain_text(table) == "Ship Crew\n1 23"
