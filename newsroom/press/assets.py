"""Style sheets and scripts as they are served: hashed names, each style sheet in one piece."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightningcss
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

ENTRIES = ("newsroom/css/site.css", "newsroom/css/desk.css")


class AssetStorage(ManifestStaticFilesStorage):
    """Django's hashed names, after our style sheets were joined and minified.

    An entry's imports are followed by lightningcss, layers kept, so that a page asks for
    one style sheet. The parts stay beside it, unused.
    """

    def post_process(
        self,
        paths: dict[str, Any],
        dry_run: bool = False,
        **options: Any,
    ) -> Iterator[Any]:
        if not dry_run:
            for entry in ENTRIES:
                if entry in paths:
                    self._join(Path(self.path(entry)), paths[entry])
        yield from super().post_process(paths, dry_run, **options)

    def _join(self, target: Path, source: tuple[Any, str]) -> None:
        storage, name = source
        target.write_text(lightningcss.bundle_css(storage.path(name), minify=True))
