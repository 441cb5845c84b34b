"""`python -m articles.pictures FOLDER < order.json`: renditions, in a process with limits.

The order names the original; the files are written into FOLDER and listed on standard output,
or the reason why there are none. The limits are set before anything of the file is read.
"""

import json
import os
import resource
import sys
from pathlib import Path

CPU = 45  # Seconds: seven times what 24 megapixels need.
MEMORY = 1_500_000_000  # Bytes of address space, of which a 60-megapixel PNG needs about half.
PATIENT = 10  # Steps of niceness: readers and mail come first.


def main() -> None:
    resource.setrlimit(
        resource.RLIMIT_CPU, (CPU, CPU + 5)
    )  # The first is SIGXCPU, which says why.
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(PATIENT)
    # Only now: the limits hold for what these bring as well.
    from articles.pictures.making import Order, make  # noqa: PLC0415
    from articles.pictures.marking import Marks  # noqa: PLC0415
    from articles.pictures.refusals import Refusal, RefusedError  # noqa: PLC0415

    asked = json.load(sys.stdin)
    order = Order(Marks(**asked["marks"]), tuple(asked["focal"]), only_plain=asked["only_plain"])
    files = []
    try:
        for number, made in enumerate(make(Path(asked["original"]).read_bytes(), order)):
            (Path(sys.argv[1]) / str(number)).write_bytes(made.content)
            files.append([made.purpose, made.format, made.width, made.height])
    except RefusedError as error:
        answer: dict[str, object] = {"refused": error.refusal.value}
    except MemoryError:
        answer = {"refused": Refusal.TOO_HUNGRY.value}
    else:
        answer = {"files": files}
    json.dump(answer, sys.stdout)


main()
