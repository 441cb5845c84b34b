"""Stems, folds, marks and spellings: what needs no database but one check against SQLite's own."""

import gzip
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from articles.search.excerpts import LONGEST, Lines, Reading, excerpt, marked
from articles.search.question import read
from articles.search.spelling import distance
from articles.search.stems import stem_of
from articles.search.words import WORD, fold, stems_in, written

ALIKE = [
    ("deploy", "deploys", "deployed", "deploying"),
    ("frigate", "frigates"),
    ("army", "armies"),
    ("operate", "operation", "operations", "operational", "operator"),
    ("hop", "hopped", "hopping"),
    ("fail", "failed", "failing", "fails"),
    ("agree", "agreed"),
]


def marks(text: str, question: str) -> list[str]:
    return [piece.text for piece in marked(text, read(question).wanted) if piece.marked]


@pytest.mark.parametrize("forms", ALIKE)
def test_the_forms_of_a_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem_of(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("frigate", "frigid"), ("mine", "mint"), ("16", "160"), ("x", "y")]
)
def test_other_words_have_another(one: str, other: str) -> None:
    assert stem_of(one) != stem_of(other)


def test_stems_are_those_of_sqlites_own_porter(real_material: Path) -> None:
    words = _words_of(real_material / "articles" / "factbook_sections.jsonl.gz")
    assert len(words) > 10_000

    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE VIRTUAL TABLE t USING fts5(word, tokenize='porter ascii')")
        database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, 'instance')")
        database.executemany("INSERT INTO t (rowid, word) VALUES (?, ?)", enumerate(words))
        theirs = {words[row]: term for term, row in database.execute("SELECT term, doc FROM v")}

    differing = {word for word in words if stem_of(word) != theirs[word]}
    assert differing <= {"eed"}  # Porter's rules leave it; SQLite goes on to take the "ed" off.


def _words_of(file: Path) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = [written(json.loads(line)["body"]) for line in lines]
    words = {fold(word) for text in texts for word in WORD.findall(text)}
    return sorted(word for word in words if word.isascii() and word.isalpha() and len(word) > 2)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Łódź’s", "lodz"), ("Straße", "strasse"), ("Ærø", "aero"), ("O’Brien", "obrien"),
        ("KIEV", "kiev"), ("Киев", "киев"), ("F", "f"), ("16s", "16"), ("don't", "dont"), ("ﬁn", "fin"),
    ],
)  # fmt: skip
def test_words_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_every_sign_there_is_becomes_words_that_both_databases_take_whole() -> None:
    for number in filter(lambda number: not 0xD800 <= number <= 0xDFFF, range(sys.maxunicode + 1)):
        for stem in stems_in(written(f"{chr(number)} a{chr(number)}b")):
            assert stem.isalnum(), f"U+{number:04X}"


@given(st.text(max_size=200))
@example("ﹰ")
def test_any_text_becomes_words_that_both_databases_take_whole(text: str) -> None:
    for stem in stems_in(written(text)):
        assert stem
        assert not any(sign.isspace() or sign in "\"'\0*^:()-" for sign in stem)


@given(st.text(max_size=300))
def test_any_question_is_read(text: str) -> None:
    question = read(text)

    assert all(phrase for phrase in (*question.wanted, *question.unwanted))


@given(st.text(max_size=400), st.text(max_size=30))
def test_marking_loses_no_sign_of_a_text(text: str, question: str) -> None:
    pieces = marked(text, read(question).wanted)

    assert "".join(piece.text for piece in pieces) == written(text)


@pytest.mark.parametrize(
    ("text", "question", "found"),
    [
        ("The frigates of Łódź", "lodz frigate", ["frigates", "Łódź"]),
        ("An F-16, an F16 and 16 Fs", "f16", ["F-16", "F16"]),
        ("Late again, again late", '"late again"', ["Late again"]),
        ("O’Brien and Brien", "o'brien", ["O’Brien"]),
        ("don’t tell", "t", []),
        ("Frigate", "-frigate", []),
        ("ß Straße", "strasse", ["Straße"]),
        ("late frigate late", "late", ["late", "late"]),
    ],
)
def test_what_was_asked_for_is_marked(text: str, question: str, found: list[str]) -> None:
    assert marks(text, question) == found


def test_an_excerpt_is_the_standfirst_if_that_answers() -> None:
    pieces = excerpt("A frigate is late.", "The frigate frigate frigate.", read("frigate").wanted)

    assert "".join(piece.text for piece in pieces) == "A frigate is late."


def test_an_excerpt_is_the_place_of_the_body_that_has_most() -> None:
    filler = "Nothing much happened on that day either. " * 20
    text = f"A frigate. {filler}The frigate met the destroyer off the bank. {filler}"

    pieces = excerpt("Summary.", text, read("destroyer frigate").wanted)

    shown = "".join(piece.text for piece in pieces)
    assert "The frigate met the destroyer" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= LONGEST + 4


def test_an_excerpt_of_a_text_without_spaces_is_short_all_the_same() -> None:
    pieces = excerpt("", "x" * 5_000, read("frigate").wanted)

    assert sum(len(piece.text) for piece in pieces) <= LONGEST + 4


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("frigate", "frigate", 0), ("frigaet", "frigate", 1), ("frgate", "frigate", 1),
     ("frigatte", "frigate", 1), ("fregate", "frigate", 1), ("fergate", "frigate", 2),
     ("ab", "ba", 1), ("", "ab", 2), ("budget", "frigate", 3)],
)  # fmt: skip
def test_slips_are_counted_as_people_make_them(one: str, other: str, slips: int) -> None:
    assert distance(one, other, most=2) == slips
    assert distance(other, one, most=2) == slips


@given(
    words=st.lists(
        st.sampled_from(["ship", "ships,", "fleet", "port", "Fleet of", "a"]), max_size=200
    ),
    question=st.sampled_from(
        ["ship", "ship fleet", "ship fleet port", '"ship fleet" port', "quay"]
    ),
)
def test_the_best_lines_are_those_of_the_whole_text(words: list[str], question: str) -> None:
    text, wanted = " ".join(words), read(question).wanted
    lines, read_on = Lines(text, wanted), Lines(text, wanted)
    read_on.marks = Reading(text, wanted).marks

    assert lines.pieces() == read_on.pieces()
    assert lines.answers() == read_on.answers()
