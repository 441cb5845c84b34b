"""Real mail with what each message is known to be: TEST_DATA/mail."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Label = dict[str, Any]


def labelled_mail(folder: Path) -> Iterator[tuple[Label, bytes]]:
    """Each label (`cls`, `recipients_expected`, ...) with the bytes of its message.

    Raises FileNotFoundError where the material is absent.
    """
    with tarfile.open(folder / "mail.tar.xz") as archive:
        files = {
            member.name.removeprefix("./"): file.read()
            for member in archive.getmembers()
            if (file := archive.extractfile(member)) is not None
        }
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        yield label, files[label["file"]]
