"""Fits a reply into what a platform takes as one message."""

from __future__ import annotations

from collections.abc import Callable


def pieces(texts: list[str], longest: int, size: Callable[[str], int] = len) -> list[str]:
    """Returns the messages that a reply is sent as: one where it fits, else the disclosure apart from the answer.

    Args:
        texts: the texts of the reply, the longest first; the first that fits is taken.
        longest: how much one message holds.
        size: how much a text takes.
    """
    for text in texts:
        if size(text) <= longest:
            return [text]
        parts = text.split("\n\n")
        if all(size(part) <= longest for part in parts):
            return parts
    return _filled(texts[-1], longest, size)


def _filled(text: str, longest: int, size: Callable[[str], int]) -> list[str]:
    """Breaks between lines, or within a line where it is too long by itself. The end stays together with the most."""
    found: list[str] = []
    for line in reversed(text.split("\n")):
        if found and size(f"{line}\n{found[-1]}") <= longest:
            found[-1] = f"{line}\n{found[-1]}"
            continue
        while size(line) > longest:
            cut = _cut(line, longest, size)
            found.append(line[cut:].strip())
            line = line[:cut].strip()
        if line:
            found.append(line)
    return found[::-1]


def _cut(line: str, longest: int, size: Callable[[str], int]) -> int:
    """Returns where the last part of a line begins that fits, at a space if there is one."""
    start = len(line)
    while start > 0 and size(line[start - 1 :]) <= longest:
        start -= 1
    space = line.find(" ", start)
    return space if 0 < space < len(line) - 1 else max(start, 1)


def shortened(title: str, longest: int) -> str:
    """Returns a title that fits on a button, cut between words."""
    if len(title) <= longest:
        return title
    words = title[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,.?!-")
    return f"{words or title[: longest - 1]}…"
