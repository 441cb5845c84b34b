"""The process that makes renditions: what it may take, and what is known when it dies."""

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from articles.pictures import apart
from articles.pictures.apart import MakerDiedError, make_apart
from articles.pictures.making import Order, make
from articles.pictures.marking import Marks
from articles.pictures.refusals import Refusal, RefusedError
from tests.articles.pictures.files import saved

ORDER = Order(Marks("A. Berg"), (0.1, 0.9))


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original"
    path.write_bytes(saved("JPEG", size=(400, 300)))
    return path


def maker(tmp_path: Path, script: str) -> str:
    """A program that stands in the maker's place."""
    path = tmp_path / "maker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_it_makes_what_is_made_here_and_leaves_nothing_lying_about(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    files = make_apart(original, ORDER)

    assert files == list(make(original.read_bytes(), ORDER))
    assert list(tmp_path.iterdir()) == [original]


def test_a_refusal_comes_back_with_its_reason(original: Path, tmp_path: Path) -> None:
    original.write_bytes(saved("JPEG", size=(400, 300))[:2000])

    with pytest.raises(RefusedError) as refused:
        make_apart(original, ORDER)

    assert refused.value.refusal == Refusal.DAMAGED


def test_a_picture_of_nearly_60_million_pixels_is_made_within_the_limits(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(saved("PNG", "L", (7700, 7700)))

    assert make_apart(original, ORDER)[1].width == 1728


@pytest.mark.parametrize("script", ["kill -9 $$", "exit 1", "kill -SEGV $$"])
def test_a_process_that_dies_is_told_from_a_refusal(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(sys, "executable", maker(tmp_path, script))

    with pytest.raises(MakerDiedError):
        make_apart(original, ORDER)


def test_more_work_than_is_allowed_is_a_refusal(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", maker(tmp_path, "kill -XCPU $$"))

    with pytest.raises(RefusedError, match="too slow"):
        make_apart(original, ORDER)


def test_a_process_that_hangs_is_ended_and_may_be_tried_again(
    original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", maker(tmp_path, "exec sleep 60"))
    monkeypatch.setattr(apart, "PATIENCE", 0.2)

    with pytest.raises(MakerDiedError):
        make_apart(original, ORDER)


@pytest.mark.parametrize(
    ("work", "ended"),
    [("bytearray(2_000_000_000)", 1), ("while True: pass", -signal.SIGXCPU)],
)
def test_the_limits_hold_in_the_process(work: str, ended: int) -> None:
    script = f"from articles.pictures import limits\nlimits.CPU = 1\nlimits.hold()\n{work}"

    done = subprocess.run(  # noqa: S603 - Our own program.
        [sys.executable, "-c", script], cwd=apart.ROOT, capture_output=True, check=False
    )

    assert done.returncode == ended
