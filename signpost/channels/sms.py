"""What a text message (SMS) costs, and how a reply is written in few of its segments."""

from __future__ import annotations

import math
import unicodedata

# The characters of GSM 03.38, its second table apart: each of those takes the place of two.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_PLAIN = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "…": "...",
        "–": "-",
        "—": "-",
        "•": "-",
        "·": "-",
        "\u00a0": " ",
    }
)


def gsm7(text: str) -> str:
    """Returns the text with typographic characters and accents that GSM-7 lacks written in those it has."""
    return "".join(_nearest(character) for character in text.translate(_PLAIN))


def segments(text: str) -> int:
    """Returns how many segments a text takes: of 153 septets (160 where it is one), or of 67 UTF-16 units (70)."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        septets = sum(2 if character in _EXTENDED else 1 for character in text)
        return 1 if septets <= 160 else math.ceil(septets / 153)
    units = len(text.encode("utf-16-le")) // 2
    return 1 if units <= 70 else math.ceil(units / 67)


def _nearest(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    return base if base in _BASIC else character
