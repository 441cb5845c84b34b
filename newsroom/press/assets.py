"""Style sheets and scripts as they are served: hashed names, each style sheet in one piece."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, override

import lightningcss
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = PurePosixPath("newsroom/css")
RELEASES = ".releases.json"  # What each collectstatic made, the newest first.
KEPT = 2  # Releases before this one whose assets stay, for pages that somebody has open.
PARTS = (SHEETS / "base", SHEETS / "components")  # Only ever imported.


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types.
    """Hashed names and packed copies, after our style sheets were joined and minified.

    A sheet's imports are followed by lightningcss, layers kept, so that a page asks for one
    style sheet. Neither the parts nor unhashed names are served: no page asks for them.
    """

    keep_only_hashed_files = True

    @override
    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,
        **options: Any,
    ) -> Iterator[Any]:
        if dry_run:
            return
        parts = [name for name in paths if PurePosixPath(name).parent in PARTS]
        sheets = [name for name in paths if PurePosixPath(name).match(f"{SHEETS}/*.css")]
        served = {name: source for name, source in paths.items() if name not in parts}
        for name in sheets:
            self._join(name, *paths[name])
            served[name] = (self, name)
        for name in parts:
            Path(self.path(name)).unlink(missing_ok=True)
        yield from super().post_process(served, dry_run, **options)
        self._forget_old_releases()

    def _forget_old_releases(self) -> None:
        """Delete the assets that neither this release nor the two before it name."""
        record = Path(self.path(RELEASES))
        names = sorted(self.hashed_files.values())
        known: list[list[str]] = json.loads(record.read_text()) if record.exists() else []
        releases = [names, *(release for release in known if release != names)]
        for name in _only_in(releases[KEPT + 1 :], releases[: KEPT + 1]):
            for ending in ("", ".gz", ".br"):
                Path(self.path(name + ending)).unlink(missing_ok=True)
        record.write_text(json.dumps(releases[: KEPT + 1]))

    def _join(self, name: str, storage: Any, path: str) -> None:
        """From the source, not from the collected copy: that one was joined before."""
        joined = lightningcss.bundle_css(storage.path(path), minify=True)
        Path(self.path(name)).write_text(joined, encoding="utf-8")


def _only_in(old: list[list[str]], kept: list[list[str]]) -> set[str]:
    return {name for release in old for name in release}.difference(*kept)
