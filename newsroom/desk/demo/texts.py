"""The words of the demo title, read from the files beside this one."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Story:
    """A story of the demo as its file has it; `age_minutes` counts back from the first run."""

    slug: str
    headline: str
    standfirst: str
    section: str
    kind: str
    body: str
    age_minutes: int
    bylines: list[str]
    topics: list[str] = field(default_factory=list)
    see_also: list[str] = field(default_factory=list)
    picture: str = ""
    picture_caption: str = ""
    picture_credit: str = ""
    picture_alt: str = ""
    dateline: str = ""
    sources: list[str] = field(default_factory=list)
    gallery: list[dict[str, str]] = field(default_factory=list)  # Pictures of older stories.
    state: str = "published"
    comment_policy: str = "open"
    withdrawal_note: str = ""
    corrected: bool = False
    correction: dict[str, str] = field(default_factory=dict)

    @property
    def first_body(self) -> str:
        """The text as first published: with the mistake, where one was corrected later."""
        if not self.corrected:
            return self.body
        right, wrong = (self.correction[f"wrong_body_{part}"] for part in ("find", "replace"))
        if right not in self.body:
            raise ValueError(f"{self.slug}: the corrected words do not stand in the text.")
        return self.body.replace(right, wrong)


def read_world() -> dict[str, Any]:
    """Site, sections, topics and authors."""
    return _read(FOLDER / "world.toml")


def read_stories() -> list[Story]:
    """All stories, the oldest first, so that what a story points to exists before it."""
    stories = [Story(**_read(path)) for path in (FOLDER / "stories").glob("*.toml")]
    return sorted(stories, key=lambda story: (-story.age_minutes, story.slug))


def read_conversation() -> dict[str, Any]:
    """The comments under one story, and those that wait for a moderator."""
    return _read(FOLDER / "conversation.toml")


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
