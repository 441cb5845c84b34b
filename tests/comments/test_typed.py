"""What strangers type, before anything is kept."""

import json
import time
import unicodedata
from pathlib import Path

import pytest

from comments.typed import folded, shows_something, skeleton, tidy_line, tidy_lines


def test_bidirectional_overrides_are_taken_out_and_the_words_stay() -> None:
    typed = "Paid \u202e0001\u202c crowns \u2066here\u2069"

    tidied = tidy_lines(typed)

    assert tidied == "Paid 0001 crowns here"


def test_ten_thousand_marks_on_one_letter_become_four() -> None:
    tower = "z" + "\u0301\u0302" * 5000 + "ebra"

    tidied = tidy_lines(tower)

    assert len(tidied) == len("zebra") + 4  # After NFC made one letter of z and the first mark.
    assert folded(tidied) == "zebra"


@pytest.mark.parametrize("pair", ["\u0301\u0323", "\u0f72\u0f71", "\u0f73\u0f73"])
def test_a_tower_of_marks_out_of_order_is_tidied_at_once(pair: str) -> None:
    began = time.process_time()

    tidied = tidy_lines("a" + pair[0] * 20_000 + pair[1] * 20_000)

    assert time.process_time() - began < 1  # Sorted as they stand, they took three and more.
    assert len(tidied) <= 5


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\x9b", "\ufeff", "\u200b", "\ufff9"])
def test_what_cannot_be_seen_is_taken_out(control: str) -> None:
    assert tidy_line(f"Jo{control}hn") == "John"


def test_scripts_that_need_joiners_keep_them_one_at_a_time() -> None:
    persian, family = "می\u200cخواهم", "👨\u200d👩\u200d👧"

    assert tidy_line(persian) == persian
    assert tidy_line(family) == family
    assert tidy_line("a" + "\u200d" * 500 + "b") == "a\u200db"


def test_marks_of_living_scripts_stay() -> None:
    words = ["Việt", "שָׁלוֹם", "สวัสดี", "हिन्दी"]

    for word in words:
        assert tidy_line(word) == unicodedata.normalize("NFC", word)


def test_lines_stay_lines_and_gaps_stay_small() -> None:
    assert tidy_lines("One\r\n\r\n\r\n\r\nTwo\u2028Three  ") == "One\n\nTwo\nThree"
    assert tidy_line(" a\nb\t c ") == "a b c"


@pytest.mark.parametrize(
    "blank", ["", "\u3164", "\u200d", "\u2800\u2800", "\u0301", "\u200b \u00ad"]
)
def test_a_name_that_nobody_can_see_is_no_name(blank: str) -> None:
    assert not shows_something(tidy_line(blank))


@pytest.mark.parametrize(
    "name",
    ["Anna Lindqvist", "АΝΝА LINDQVIST", "Anna L1ndqvist", "A.n.n.a Líndqvist", "𝐀nna Iindqvist"],
)
def test_the_eye_takes_these_for_one_name(name: str) -> None:
    assert skeleton(name) == skeleton("anna lindqvist")


def test_other_names_are_other_names() -> None:
    names = ["Anna Lindqvist", "Anne Lindqvist", "Hanna Lind", "Ναταλία", "Пётр", "李雷", "王伟"]

    assert len({skeleton(name) for name in names}) == len(names)


def test_tidying_twice_is_tidying_once(real_material: Path) -> None:
    naughty = json.loads((real_material / "strings" / "blns.json").read_text())

    for string in naughty:
        once = tidy_lines(string)
        assert tidy_lines(once) == once
        assert "\x00" not in once
