"""What a worker did between two commits, in a file that outlives it.

The only moment of doubt in handing over a message is its final dot: before it the message
surely has not left, after the server's answer everybody knows. So a worker writes a line
before the dot and one after the answer, which costs a microsecond, and marks the ledger for
some hundred messages at once. One file is one lease, made before its rows are claimed and
deleted after they are marked. Whoever finds a file that no living process holds replays it.

Nothing is forced to the disk: what the system has outlives the death of the process. When the
machine itself goes down lines may be lost, so a file from before its start is believed in what
it says and not in what it leaves out.
"""

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # Another after each start (Linux).
ENDING = ".journal"
DOT = "dot"
LONGEST = 500  # Characters of the server's words: the column's.
UNBUILT = "The message could not be built."


class Fate(StrEnum):
    """What became of one message."""

    SENT = "sent"
    REFUSED = "refused"  # For good.
    PUT_OFF = "put_off"  # For later.
    UNSENT = "unsent"  # It surely did not leave, for no fault of its own.
    DOUBT = "doubt"  # Nobody can know.
    STOPPED = "stopped"  # It must not leave any more.
    EARLY = "early"  # It must not leave before the moment that stands for its end.
    UNBUILT = "unbuilt"  # There is no such message.


@dataclass(frozen=True, slots=True)
class Result:
    """The fate of the delivery of this id, in whose words, and when (seconds since 1970).

    Of what is early it is the moment from which on it may leave.
    """

    pk: int
    fate: Fate
    words: str
    at: float


class Journal:
    """The file of one lease, held by the process that wrote it."""

    def __init__(self, lease: str) -> None:
        """Raises OSError if it cannot be written; then nothing may be sent."""
        folder = _folder()
        folder.mkdir(exist_ok=True)
        self.path = folder / f"{lease}{ENDING}"
        draft = folder / f".{lease}"  # Nobody looks at it before it is held.
        self._file: int | None = os.open(
            draft, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_WRONLY, 0o600
        )
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._write(f"{_boot_id()}\n".encode())
        draft.rename(self.path)

    def _write(self, line: bytes) -> None:
        if self._file is None:
            raise RuntimeError("this journal is closed")
        while line:  # A disk that is nearly full takes the beginning of it.
            line = line[os.write(self._file, line) :]

    def begins(self, pk: int) -> None:
        """The final dot of this message is about to be written."""
        self._write(b"dot %d\n" % pk)

    def ends(self, result: Result) -> None:
        """What became of it."""
        words = result.words[:LONGEST].encode("unicode_escape")
        self._write(b"%b %d %.6f %b\n" % (result.fate.encode(), result.pk, result.at, words))

    def let_go(self) -> None:
        """Leave it to whoever replays it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def forget(self) -> None:
        """The ledger knows it all."""
        self.path.unlink(missing_ok=True)
        self.let_go()


@dataclass
class Told:
    """What a journal says: results, messages begun without one, and whether that is all.

    `is_kept`: it could not be written down, and its file stays.
    """

    lease: str
    results: list[Result]
    begun: set[int]
    whole: bool
    is_kept: bool = False


def left_behind() -> Iterator[Told]:
    """The journals that no living process holds, each deleted once it was dealt with, or kept."""
    for path in sorted(_folder().glob(f"[!.]*{ENDING}")):
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # Its worker has done with it.
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists():  # Or somebody else replayed it meanwhile.
                told = _read(path)
                yield told
                if not told.is_kept:
                    path.unlink()
        except BlockingIOError:
            continue  # Its worker lives.
        finally:
            os.close(file)


def _read(path: Path) -> Told:
    boot, *lines = path.read_text("ascii", "replace").split("\n")[:-1] or [""]  # One may be torn.
    results: dict[int, Result] = {}
    begun: set[int] = set()
    whole = bool(boot) and boot == _boot_id()
    for line in lines:
        try:
            _heed(line, results, begun)
        except (ValueError, IndexError):
            whole = False  # The machine went down while it was written.
    return Told(path.name.removesuffix(ENDING), [*results.values()], begun, whole)


def _heed(line: str, results: dict[int, Result], begun: set[int]) -> None:
    """A message may be begun again, over another connection: its last line counts."""
    kind, number, *rest = line.split(" ", 3)
    if kind == DOT:
        results.pop(int(number), None)
        begun.add(int(number))
        return
    words = rest[1].encode("ascii").decode("unicode_escape")
    results[int(number)] = Result(int(number), Fate(kind), words, float(rest[0]))
    begun.discard(int(number))


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "mail-journal"
    return folder


def _boot_id() -> str:
    return BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
