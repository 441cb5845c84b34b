"""A story's markup as text."""

import pytest

from subscriptions.plain import story_text
from subscriptions.stories import first_part


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("<p>One<br>two</p>", "One\ntwo"),
        ("<h2>Head</h2><p>Text</p>", "Head\n====\n\nText"),
        ("<h3>Head</h3>", "Head\n----"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", "- a\n- b\n\nc"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n  1. b\n- c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n- b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n\n> b"),
        ("<p>a</p><hr><p>b</p>", "a\n\n* * *\n\nb"),
        ("<table><tbody><tr><th>a</th><td><p>b</p></td></tr></tbody></table>", "a | b"),
        ("<p>x</p><table><caption>Cost</caption><tr><td>b</td></tr></table>", "x\n\nCost\n\nb"),
        (
            "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
            "a | b\nc | d",
        ),
        ("<p>5 &lt; 6 &amp; 7&nbsp;km</p>", "5 < 6 & 7 km"),
        ('<p><a href="https://x.org">a</a></p>', "a [1]\n\n[1] https://x.org"),
        (
            '<p><a href="https://x.org">a</a> <a href="https://x.org">b</a></p>',
            "a [1] b [1]\n\n[1] https://x.org",
        ),
        ("<p><a>no address</a></p>", "no address"),
        ("<p> </p><p>a</p>", "a"),
        ("loose words", "loose words"),
        ("<li>an item without a list</li>", "- an item without a list"),
    ],
)
def test_each_kind_of_block_reads_well(html: str, text: str) -> None:
    assert story_text(html) == text


def test_lines_are_at_most_72_wide_and_hang_under_their_mark() -> None:
    words = "word " * 40

    lines = story_text(f"<p>{words}</p><ol><li>{words}</li></ol>").splitlines()

    assert max(map(len, lines)) <= 72
    assert lines[4].startswith("1. word") or "1. word" in "\n".join(lines)
    assert any(line.startswith("   word") for line in lines)


@pytest.mark.parametrize(
    ("most", "kept"), [(0, ""), (8, "<p>a</p>"), (17, "<p>a</p>"), (1000, None)]
)
def test_the_first_part_is_whole_blocks(most: int, kept: str | None) -> None:
    html = "<p>a</p><p>é</p>\n<blockquote><p>c</p>\n<p>d<br>e</p></blockquote><hr><p>f</p>"

    assert first_part(html, most) == (html if kept is None else kept)
