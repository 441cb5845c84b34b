"""Why a file is not taken, in sentences for whoever uploads it."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """The reasons; a process hands them on by value."""

    TOO_HEAVY = "too heavy"
    TOO_MANY_PIXELS = "too many pixels"
    TOO_LARGE_A_SIGN = "too large a sign"
    TOO_MANY_SCANS = "too many scans"
    TOO_SLOW = "too slow"
    TOO_HUNGRY = "too hungry"
    HEIC = "heic"
    SVG = "svg"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


class RefusedError(Exception):
    """The file is not taken, for this reason."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


SENTENCES: dict[Refusal, Promise] = {
    Refusal.TOO_HEAVY: _("The file is larger than 40 MB. Export it smaller."),
    Refusal.TOO_MANY_PIXELS: _("The picture has more than 60 million pixels. Export it smaller."),
    Refusal.TOO_LARGE_A_SIGN: _(
        "The picture has more than 16 million pixels. It is shown at most 600 pixels wide: export"
        " it smaller."
    ),
    Refusal.TOO_MANY_SCANS: _(
        "The file holds its picture in more passes than any camera writes. Export it anew as a JPEG."
    ),
    Refusal.TOO_SLOW: _(
        "The picture takes too long to read. Export it anew as a JPEG and upload that."
    ),
    Refusal.TOO_HUNGRY: _(
        "The picture takes too much memory to read. Export it smaller, as a JPEG."
    ),
    Refusal.HEIC: _(
        "HEIC pictures cannot be read here. Export it as a JPEG; a telephone does so when it is"
        " set to the most compatible format."
    ),
    Refusal.SVG: _("SVG drawings cannot be shown here. Export it as a PNG, 1,600 pixels wide."),
    Refusal.DAMAGED: _(
        "The file is damaged or not whole: it cannot be read to its end. Open it on your own"
        " machine, export it anew and upload that."
    ),
    Refusal.UNKNOWN: _(
        "This file cannot be read as a picture. Use a JPEG, PNG, WebP, AVIF, GIF or TIFF"
        " that opens on your own machine."
    ),
}
