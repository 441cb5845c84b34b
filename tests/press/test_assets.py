"""Style sheets as they are served, and as they may be written."""

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import call_command

CSS = Path(project.BASE_DIR) / "newsroom/static/newsroom/css"
OURS = sorted([*CSS.glob("base/*.css"), *CSS.glob("components/*.css")])


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.press.assets.AssetStorage"}
    }
    for _ in range(2):  # The second run finds what the first one wrote.
        call_command("collectstatic", interactive=False, stdout=StringIO())
    return tmp_path


def test_a_page_asks_for_one_style_sheet_with_everything_in_it(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    sheet = (collected / names["newsroom/css/site.css"]).read_text()

    assert re.fullmatch(r"newsroom/css/site\.[0-9a-f]{12}\.css", names["newsroom/css/site.css"])
    assert "@import" not in sheet
    assert sheet.startswith("@layer tokens")
    for part in ("--paper", ".masthead", ".story__body", ".visually-hidden", "@media print"):
        assert part in sheet, part
    assert len(sheet.splitlines()) < 5


def test_the_parts_are_not_served(collected: Path) -> None:
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]

    for part in OURS:
        name = f"newsroom/css/{part.parent.name}/{part.name}"
        assert name not in names
        assert not (collected / name).exists()


def test_only_hashed_names_are_served_and_packed(collected: Path) -> None:
    sheets = [path.name for path in (collected / "newsroom/css").glob("site*")]

    assert len(sheets) == 3
    assert all(re.fullmatch(r"site\.[0-9a-f]{12}\.css(\.gz|\.br)?", name) for name in sheets)


def test_the_assets_of_two_releases_before_stay(settings: Any, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "served", [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "newsroom.press.assets.AssetStorage"}
    }
    (source / "same.txt").write_text("The same in each release. " * 20)
    served: list[set[str]] = []
    for number in range(5):
        (source / "page.txt").write_text(f"Release {number}. " * 20)
        call_command("collectstatic", interactive=False, stdout=StringIO())
        call_command("collectstatic", interactive=False, stdout=StringIO())  # As a restart does.
        served.append({path.name for path in (tmp_path / "served").glob("*.txt")})

    assert [len(names) for names in served] == [2, 3, 4, 4, 4]
    assert [len(served[4] & served[number]) for number in range(5)] == [1, 1, 2, 3, 4]
    assert len(list((tmp_path / "served").glob("page.*.txt.gz"))) == 3


def test_every_part_is_in_the_sheet() -> None:
    imported = set(re.findall(r'url\("([^"]+)"\)', (CSS / "site.css").read_text()))

    assert imported == {f"{part.parent.name}/{part.name}" for part in OURS}


@pytest.mark.parametrize("part", OURS, ids=lambda part: part.name)
def test_a_part_keeps_the_rules_of_the_house(part: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", part.read_text(), flags=re.S)
    selectors = re.findall(r"(?:^|[{};])([^{};]+)\{", rules)

    assert "!important" not in rules
    assert not [selector for selector in selectors if re.search(r"#[a-z]", selector)]
    if part.name not in {"tokens.css", "print.css"}:
        assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(|hsl\(", rules), "A colour not from tokens"
    if part.parent.name == "components":
        block = rf"\.{part.stem}(?![a-z])"
        assert any(re.search(block, selector) for selector in selectors), "Named as its class"


def test_each_theme_has_six_colours_at_most() -> None:
    tokens = (CSS / "base/tokens.css").read_text()

    pairs = re.findall(r"--[a-z]+: light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);", tokens)

    assert len(pairs) == 6
    assert len(re.findall(r"#[0-9a-f]{3,8}\b", tokens)) == 12
