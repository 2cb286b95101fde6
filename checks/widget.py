"""Whether the chat widget is small, and carries the helplines as they are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from checks.content import Content, Problem
from signpost.files import read_text
from signpost.widget_data import FILE, render

# 14 KiB: what a server may send at once over a new connection.
MOST_BYTES = 14 * 1024


def helplines(content: Content) -> Iterator[Problem]:
    """`widget/helplines.js` says what `data/helplines.yml` says."""
    path = content.root / FILE
    made = render(content.registry).splitlines()
    written = read_text(path).splitlines()
    if made != written:
        differs = [one != other for one, other in zip(made, written, strict=False)]
        line = differs.index(True) + 1 if True in differs else min(len(made), len(written))
        yield Problem(path, line, "differs from data/helplines.yml. Run `.venv/bin/python -m signpost.widget_data`.")


def size(content: Content) -> Iterator[Problem]:
    """The widget's modules are small enough for a bad connection."""
    every = sizes(content)
    if sum(every.values()) > MOST_BYTES:
        largest = max(every, key=lambda path: every[path])
        message = f"the widget's modules have {sum(every.values())} bytes gzipped, at most {MOST_BYTES}. Shorten them."
        yield Problem(largest, 1, message)


def sizes(content: Content) -> dict[Path, int]:
    """Returns the size in bytes of every module of the widget, gzipped by itself."""
    return {
        path: len(gzip.compress(path.read_bytes(), 9, mtime=0))
        for path in sorted((content.root / "widget").glob("*.js"))
    }


CHECKS = (helplines, size)
