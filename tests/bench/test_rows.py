"""The page of figures keeps what other rooms wrote."""

from pathlib import Path

import pytest

from bench import rows
from bench.rows import Row


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "benchmarks.md"
    path.write_text("# Benchmarks\n", encoding="utf-8")
    monkeypatch.setattr(rows, "PAGE", path)
    return path


def test_rows_take_the_place_of_what_was_measured_before(page: Path) -> None:
    rows.write("reading", [Row("stored page", "0.70", "0.65")])
    rows.write("pictures", [Row("photo", "5 s", "6 s")])

    rows.write("reading", [Row("stored page", "0.72", "0.65")])

    text = page.read_text(encoding="utf-8")
    assert "0.72" in text
    assert "0.70" not in text
    assert "| photo | 5 s | 6 s |  |" in text
    assert text.count("## Reading") == 1
