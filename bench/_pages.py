"""Where the page types of a furnished title are, so that each can be measured."""

import json
import subprocess
import sys
from dataclasses import dataclass, field

from bench._house import ROOT, DemoHouse

BEGIN = "pages: "
SAY = "from bench._inside import say; say()"


@dataclass(frozen=True)
class PageType:
    """A page that answers 200. `indexed`: search engines may; `cookie`: of whoever sees it;
    `sends`: what its form says, if the page is the answer to that form sent there."""

    name: str
    path: str
    indexed: bool = True
    cookie: str = ""
    sends: dict[str, str] = field(default_factory=dict)


def page_types(house: DemoHouse) -> list[PageType]:
    """Every page type of the title, with the addresses that it has in this house."""
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", SAY],
        cwd=ROOT, env=house.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    line = next(line for line in told.stdout.splitlines() if line.startswith(BEGIN))
    return [PageType(**row) for row in json.loads(line.removeprefix(BEGIN))]
