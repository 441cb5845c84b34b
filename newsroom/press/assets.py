"""Style sheets and scripts as they are served: hashed names, each style sheet in one piece."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, override

import lightningcss
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEETS = PurePosixPath("newsroom/css")
PARTS = (SHEETS / "base", SHEETS / "components")  # Only ever imported.


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types.
    """Hashed names and gzip copies, after our style sheets were joined and minified.

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

    def _join(self, name: str, storage: Any, path: str) -> None:
        """From the source, not from the collected copy: that one was joined before."""
        joined = lightningcss.bundle_css(storage.path(path), minify=True)
        Path(self.path(name)).write_text(joined, encoding="utf-8")
