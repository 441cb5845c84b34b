"""Making renditions in a process of its own, which may not take more than it is given."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from articles.pictures.making import Made, Order
from articles.pictures.refusals import Refusal, RefusedError

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120  # Seconds of the clock; the process has its own limit of seconds of work.


class MakerDiedError(Exception):
    """The process ended without an answer: killed from outside, by a fault in a decoder, or for
    want of patience."""


def make_apart(original: Path, order: Order) -> list[Made]:
    """What `making.make` makes, with bounded time and memory.

    Raises RefusedError, also for a picture that needs too much; MakerDiedError.
    """
    asked = json.dumps(asdict(order) | {"original": str(original)})
    with TemporaryDirectory(prefix="newsroom-picture-") as name:
        try:
            done = subprocess.run(  # noqa: S603 - Our own program.
                [sys.executable, "-m", "articles.pictures", name],
                input=asked, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            # A busy machine, or a picture that waits for something: worth another try.
            raise MakerDiedError(f"did not end within {PATIENCE} s") from error
        return _answer_of(done, Path(name))


def _answer_of(done: subprocess.CompletedProcess[str], folder: Path) -> list[Made]:
    if done.returncode == -signal.SIGXCPU:
        raise RefusedError(Refusal.TOO_SLOW)
    if done.returncode:
        raise MakerDiedError(f"ended with {done.returncode}: {done.stderr[-500:]}")
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise RefusedError(Refusal(answer["refused"]))
    return [
        Made(purpose, form, width, height, (folder / str(number)).read_bytes())
        for number, (purpose, form, width, height) in enumerate(answer["files"])
    ]
