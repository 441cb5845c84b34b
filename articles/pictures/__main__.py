"""`python -m articles.pictures FOLDER < order.json`: renditions, in a process with limits.

The order names the original; the files are written into FOLDER and listed on standard output,
or the reason why there are none.
"""

import json
import sys
from pathlib import Path
from typing import Any

from articles.pictures import limits
from articles.pictures.making import Order, make
from articles.pictures.marking import Marks
from articles.pictures.refusals import Refusal, RefusedError


def main() -> None:
    limits.hold()
    json.dump(_answer(json.load(sys.stdin), Path(sys.argv[1])), sys.stdout)


def _answer(asked: dict[str, Any], folder: Path) -> dict[str, object]:
    try:
        return {"files": _make(asked, folder)}
    except RefusedError as error:
        return {"refused": error.refusal.value}
    except MemoryError:
        return {"refused": Refusal.TOO_HUNGRY.value}


def _make(asked: dict[str, Any], folder: Path) -> list[list[object]]:
    """Each file under its number, and what it is."""
    order = Order(Marks(**asked["marks"]), tuple(asked["focal"]), only_plain=asked["only_plain"])
    content = Path(str(asked["original"])).read_bytes()
    files = []
    for number, made in enumerate(make(content, order)):
        (folder / str(number)).write_bytes(made.content)
        files.append([made.purpose, made.format, made.width, made.height])
    return files


main()
