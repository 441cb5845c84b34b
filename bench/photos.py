"""A 24-megapixel photo to all its renditions on one core, and what real pictures keep and lose."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from PIL import Image

from articles.pictures.making import Made, Order, make
from articles.pictures.marking import Marks
from articles.pictures.reading import open_picture
from articles.pictures.refusals import RefusedError
from articles.pictures.words import said_by
from bench._house import ROOT
from bench.rows import Row

SIZE = (6000, 4000)  # Pixels.
RUNS = int(os.environ.get("PHOTO_RUNS", "5"))
REAL = Path(os.environ.get("TEST_DATA", ROOT.parent / "shared" / "data")) / "images"
GPS = 0x8825  # EXIF's directory of places.


def measure() -> Iterator[Row]:
    """Two rows; the second only where the real pictures are."""
    yield _one_photo()
    if REAL.is_dir():
        yield _real_pictures()


def _one_photo() -> Row:
    with TemporaryDirectory(prefix="newsroom-bench-") as name:
        original = Path(name) / "original.jpg"
        # Apart: a process counts as its own peak what its parent held when it was started.
        draw = "import sys; from bench.photos import noisy; noisy().save(sys.argv[1], quality=92)"
        subprocess.run([sys.executable, "-c", draw, original], cwd=ROOT, check=True)
        runs = [_make_pinned(original) for _ in range(RUNS)]
        weight = original.stat().st_size / 1e6
    seconds = statistics.median(seconds for seconds, _ in runs)
    return Row(
        "photo: 24-megapixel JPEG to all renditions",
        f"{seconds:.1f} s, {max(memory for _, memory in runs):.0f} MB",
        "6 s, 500 MB",
        f"noisy, {weight:.0f} MB; one core; CPU time, median of {RUNS}; peak of resident memory",
    )


def noisy() -> Image.Image:
    """As hard to compress as a photograph at night: soft shapes under fine grain."""
    soft = Image.effect_noise((SIZE[0] // 8, SIZE[1] // 8), 90).resize(SIZE)
    grain, light = Image.effect_noise(SIZE, 30), Image.linear_gradient("L").resize(SIZE)
    mirrored = soft.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    bands = [Image.blend(Image.blend(base, light, 0.5), grain, 0.3) for base in (soft, mirrored)]
    return Image.merge("RGB", (bands[0], Image.blend(soft, grain, 0.3), bands[1]))


def _make_pinned(original: Path) -> tuple[float, float]:
    """Seconds of work and megabytes at the peak of the process that the task starts."""
    asked = {"original": str(original), "marks": {"credit": "Bench"}, "focal": [0.5, 0.5]}
    with TemporaryDirectory(prefix="newsroom-bench-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "articles.pictures", folder],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
        if process.stdin is None:
            raise RuntimeError("The process takes no order.")
        process.stdin.write(json.dumps(asked | {"only_plain": False}).encode())
        process.stdin.close()
        _pid, status, used = os.wait4(process.pid, 0)
        if status:
            raise RuntimeError(f"The renditions were not made: {status}.")
        process.returncode = 0
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _real_pictures() -> Row:
    files, with_place, lost = 0, 0, 0
    for path in sorted(REAL.glob("*/*.*")):
        content = path.read_bytes()
        try:
            marks = _marks(content)
            made = list(make(content, Order(marks)))
        except RefusedError:
            continue
        files += len(made)
        with_place += sum(_has_place(file) for file in made)
        lost += sum(_marks(file.content) != marks for file in made)
    return Row(
        "pictures served from every real file",
        f"{files} files, {with_place} with GPS, {lost} without what the original said of its maker",
        "no GPS; credit and copyright kept",
        "every file that can be read, in every format and width, read back",
    )


def _marks(content: bytes) -> Marks:
    said = said_by(open_picture(content), ZoneInfo("UTC"))
    return Marks(said.creator, said.credit, said.copyright)


def _has_place(file: Made) -> bool:
    return bool(open_picture(file.content).getexif().get_ifd(GPS)) or b"exif:GPS" in file.content
