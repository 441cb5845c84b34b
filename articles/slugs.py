"""Addresses of stories: ASCII letters, digits and hyphens, whatever the headline's script."""

import re
import unicodedata

LONGEST = 80
# What Unicode's own decomposition leaves whole; Cyrillic and Greek as newspapers write them.
TABLE = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
        "ı": "i", "ħ": "h", "ŋ": "ng", "ŧ": "t", "ə": "e", "а": "a", "б": "b", "в": "v", "г": "g",
        "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i", "к": "k",
        "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
        "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y",
        "ь": "", "э": "e", "ю": "yu", "я": "ya", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj",
        "ћ": "c", "џ": "dz", "ѕ": "dz", "ә": "a", "ғ": "g", "қ": "q", "ң": "n", "ө": "o",
        "ұ": "u", "ү": "u", "һ": "h", "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z",
        "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o",
        "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch",
        "ψ": "ps", "ω": "o",
        "'": "", "’": "", "ʼ": "",  # Within a word: "the navy's" is one.
    }
)  # fmt: skip


def slug_of(text: str, *, longest: int = LONGEST) -> str:
    """The text as a slug of at most `longest` characters, cut between words.

    Empty if nothing is left of the text. The same for what it returns.
    """
    # Decomposed first: some signs, such as №, only become letters by it.
    decomposed = unicodedata.normalize("NFKD", text).lower()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", bare.translate(TABLE)).strip("-")
    if len(slug) <= longest:
        return slug
    return slug[: longest + 1].rpartition("-")[0] or slug[:longest]
