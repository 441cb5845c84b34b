"""Real texts of defence, imported and read."""

import json
from itertools import islice
from pathlib import Path

import pytest
from django.test import Client

from articles.services import import_lines
from articles.shown import every_page
from bench._real_texts import real_texts

pytestmark = pytest.mark.django_db
ALL = 2253
EACH = 150  # The bench loads them all: `python -m bench texts`.


def test_every_text_has_what_an_import_needs(real_material: Path) -> None:
    rows = list(real_texts(real_material / "articles"))

    assert len({row["external_id"] for row in rows}) == ALL
    assert all(row["headline"] and row["body"] for row in rows)


def test_every_address_that_texts_make_answers(real_material: Path) -> None:
    rows = list(islice(real_texts(real_material / "articles"), None, None, EACH))

    reports = list(import_lines(map(json.dumps, rows), folder=real_material))

    assert (reports[-1].made, reports[-1].failed) == (len(rows), [])
    answers = {path: Client().get(path).status_code for path in every_page()}
    assert len(answers) > 3 * len(rows)
    assert {path for path, status in answers.items() if status != 200} == set()
