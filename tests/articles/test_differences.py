"""Two texts held side by side, line by line and word by word."""

import time

from articles.differences import LONGEST, Changed, Line, Piece, changed_lines

PORT = "The ministry said on Monday that the ship would return to port in May."
YARD = "The yard in Norrvik has built four ships of the class since 2011."
CREW = "A spokesman added on Tuesday that nobody of the crew was hurt."


def told(before: list[str], after: list[str]) -> list[str]:
    """Each changed line, what is gone in [-...-] and what was added in {+...+}."""
    marks = {"kept": "{}", "gone": "[-{}-]", "added": "{{+{}+}}"}
    return [
        " ".join(marks[piece.how].format(piece.words) for piece in line.pieces)
        for line in changed_lines(
            [Line(words) for words in before], [Line(words) for words in after]
        )
    ]


def test_a_line_put_before_others_leaves_each_with_its_own() -> None:
    after = [CREW, PORT.replace("ship", "frigate"), YARD.replace("four", "five")]

    assert told([PORT, YARD], after) == [
        f"{{+{CREW}+}}",
        "The ministry said on Monday that the [-ship-] {+frigate+} would return to port in May.",
        "The yard in Norrvik has built [-four-] {+five+} ships of the class since 2011.",
    ]


def test_a_line_taken_out_is_gone_as_a_whole() -> None:
    after = [PORT, YARD.replace("four", "five")]

    assert told([PORT, CREW, YARD], after) == [
        f"[-{CREW}-]",
        "The yard in Norrvik has built [-four-] {+five+} ships of the class since 2011.",
    ]


def test_lines_that_say_something_else_are_not_mixed() -> None:
    assert told([PORT], [CREW]) == [f"[-{PORT}-]", f"{{+{CREW}+}}"]


def test_a_sentence_that_goes_on_is_the_same_one() -> None:
    assert told(["Nobody was hurt."], ["Nobody was hurt, the navy says."]) == [
        "Nobody was [-hurt.-] {+hurt, the navy says.+}"
    ]


def test_the_same_words_in_another_order_are_not_mixed() -> None:
    backwards = " ".join(reversed(PORT.split()))

    assert told([PORT], [backwards]) == [f"[-{PORT}-]", f"{{+{backwards}+}}"]


def test_of_two_lines_that_resemble_one_the_nearer_is_it() -> None:
    nearer, further = YARD.replace("four", "five"), YARD.replace("built four", "sold two old")

    assert told([YARD], [further, nearer]) == [
        f"{{+{further}+}}",
        "The yard in Norrvik has built [-four-] {+five+} ships of the class since 2011.",
    ]


def test_a_line_longer_than_anybody_compares_stands_whole() -> None:
    line = "word " * LONGEST

    assert told([line + "one"], [line + "two"]) == [f"[-{line}one-]", f"{{+{line}two+}}"]


def test_a_line_that_only_moved_down_its_list_did_not_change() -> None:
    before = [Line("The ministry", 1), Line("The yard", 2)]
    after = [Line("The fleet", 1), Line("The ministry", 2), Line("The yard", 3)]

    assert list(changed_lines(before, after)) == [Changed([Piece("The fleet", "added")], 1)]


def test_a_line_has_the_number_readers_see_now_or_had_before_it_went() -> None:
    before = [Line("The yard", 1), Line("The ministry, a statement of Monday", 2)]
    after = [Line("The ministry, a statement of Friday", 1)]

    gone, changed = changed_lines(before, after)

    assert gone == Changed([Piece("The yard", "gone")], 1)
    assert changed.number == 1


def test_a_long_text_of_other_lines_is_told_in_bounded_time() -> None:
    before = [f"{PORT} {number}" for number in range(1000)]
    after = [f"{YARD} {number}" for number in range(1000)]
    began = time.process_time()

    lines = told(before, after)

    assert len(lines) == 2000
    assert time.process_time() - began < 2
