"""How stored markup becomes a page's HTML."""

import re

import pytest

from newsroom.kit.tables import captions_as_lines, lines_as_captions
from newsroom.kit.templatetags.kit import as_story

FIGURE = ' class="table__figure"'


def table(*rows: tuple[str, ...]) -> str:
    head, *others = rows
    lines = [f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"]
    lines += [f"<tr>{''.join(f'<td><p>{cell}</p></td>' for cell in row)}</tr>" for row in others]
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


@pytest.mark.parametrize(
    "figures",
    [
        ("205", "1,480"),
        ("33%", "7 %"),
        ("−1.5", "+2"),
        ("€ 4", "$12.50"),
        ("4,200 t", "32 kn"),
        ("12", "–"),
        ("1&nbsp;480", ""),
    ],
)
def test_a_column_of_figures_is_marked_with_its_head(figures: tuple[str, str]) -> None:
    html = as_story(table(("Cause", "Crowns"), ("Yard", figures[0]), ("Navy", figures[1])))

    assert html.count(FIGURE) == 3
    assert f"<th{FIGURE}>Crowns</th>" in html


def test_a_word_among_many_figures_stands_under_them() -> None:
    rows = [("Yard", "205"), ("Navy", "168"), ("Pensions", "counted elsewhere")]

    html = as_story(table(("Cause", "Crowns"), *rows))

    assert html.count(FIGURE) == 4


@pytest.mark.parametrize(
    "words", [("205", "many"), ("Hull 7", "Hull 8"), ("", ""), ("3 March 2026", "1"), ("L9", "4")]
)
def test_a_column_of_words_is_not(words: tuple[str, str]) -> None:
    html = as_story(table(("Cause", "Crowns"), ("Yard", words[0]), ("Navy", words[1])))

    assert FIGURE not in html


def test_a_table_whose_cells_span_others_stays_as_it_is() -> None:
    html = as_story('<table><tr><td colspan="2">12</td></tr><tr><td>1</td><td>2</td></tr></table>')

    assert FIGURE not in html


CELLS = "<tbody><tr><td>a</td></tr></tbody>"
CAPTIONED = f"<table><caption>Cost &amp; <em>crowns</em></caption>{CELLS}</table>"


def test_a_frame_is_called_as_its_table_is() -> None:
    html = as_story(f"{CAPTIONED}<table>{CELLS}</table>")

    names = re.findall(r'<div class="table" role="group" aria-label="(.*?)" tabindex="0">', html)
    assert names == ["Cost &amp; crowns", "Table"]
    assert html.count("</table></div>") == 2
    assert "<caption>Cost &amp; <em>crowns</em></caption>" in html


def test_the_editor_has_a_caption_as_a_line_and_gives_it_back() -> None:
    body = f"<p>Before.</p>{CAPTIONED}<p>Between.</p><table>{CELLS}</table>"

    for_editor = captions_as_lines(body)

    assert for_editor == body.replace(
        "<table><caption>Cost &amp; <em>crowns</em></caption>",
        "<p>Table: Cost &amp; <em>crowns</em></p><table>",
    )
    assert lines_as_captions(for_editor) == body


@pytest.mark.parametrize("line", ["<p>Table:</p>", "<p>Tables: two</p>", "<p>See Table: one</p>"])
def test_another_line_above_a_table_stays_one(line: str) -> None:
    assert lines_as_captions(f"{line}<table>{CELLS}</table>") == f"{line}<table>{CELLS}</table>"


@pytest.mark.parametrize(
    ("caption", "line"),
    [("", ""), ("<p>In <b>two</b></p><p>lines</p>", "<p>Table: In <b>two</b> lines</p>")],
)
def test_a_caption_of_paragraphs_is_one_line_and_an_empty_one_is_none(
    caption: str, line: str
) -> None:
    html = captions_as_lines(f"<table><caption>{caption}</caption>{CELLS}</table>")

    assert html == f"{line}<table>{CELLS}</table>"


def test_who_spoke_stands_in_the_footer_of_a_quotation() -> None:
    html = as_story(
        "<blockquote><p>We stopped.</p><p>— Bodil Garrane, <em>chief</em></p></blockquote>"
    )

    assert html == (
        "<blockquote><p>We stopped.</p><footer>— Bodil Garrane, <em>chief</em></footer></blockquote>"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote><p>We stopped.</p></blockquote>",
        "<blockquote><p>— first</p><p>We stopped.</p></blockquote>",
        "<p>— Bodil Garrane</p>",
    ],
)
def test_a_dash_elsewhere_names_nobody(html: str) -> None:
    assert as_story(html) == html
