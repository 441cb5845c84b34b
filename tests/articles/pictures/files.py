"""Picture files of every kind, good and bad, made here."""

import hashlib
import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageFile


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = (64, 40), **options: Any) -> bytes:
    """A picture of one colour."""
    colour = {"RGB": "teal", "RGBA": (0, 0, 0, 0), "CMYK": (0, 255, 255, 0)}.get(mode, 100)
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)  # type: ignore[arg-type]  # A union.
    return out.getvalue()


def frames(kind: str) -> bytes:
    """Red, then blue."""
    first, second = (Image.new("RGB", (64, 40), colour) for colour in ("red", "blue"))
    out = io.BytesIO()
    first.save(out, kind, save_all=True, append_images=[second])
    return out.getvalue()


def noise(kind: str) -> bytes:
    """A picture that compresses badly, so that half the file lacks half the picture."""
    out = io.BytesIO()
    pixels = hashlib.shake_128(b"noise").digest(200 * 200 * 3)  # The same in every run.
    Image.frombytes("RGB", (200, 200), pixels).save(out, kind)
    return out.getvalue()


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def deep_png() -> bytes:
    """16 bits a colour, which Pillow reads and does not write (PNG, 11.2)."""
    row = b"\0" + struct.pack(">HHH", 0x1234, 0x8000, 0xFFFF) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 8)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def gif_bomb() -> bytes:
    """44 bytes that say they are 65,535 pixels wide and high."""
    return b"GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;"


def with_exif(tags: dict[int, Any], kind: str = "JPEG", size: tuple[int, int] = (64, 40)) -> bytes:
    exif = Image.Exif()
    exif.update(tags)
    return saved(kind, size=size, exif=exif)


def opened(content: bytes) -> ImageFile.ImageFile:
    return Image.open(io.BytesIO(content))


def is_near(pixel: object, colour: tuple[int, int, int]) -> bool:
    """Formats and colour profiles round a little."""
    assert isinstance(pixel, tuple)
    return all(abs(is_ - meant) <= 8 for is_, meant in zip(pixel, colour, strict=True))
