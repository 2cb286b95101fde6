"""What a trained component depends on besides its configuration and the training data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from signpost.nlu.lexicon import LEXICON


def fingerprint(*sources: Path) -> str:
    """Returns a hash of this package's code, of the lexicon, and of further files and folders with code or data.

    Rasa's cache of trained components looks at a component's own class only; without this, a change in a module the
    class uses would bring back what was trained before it.
    """
    digest = hashlib.sha256()
    for source in (Path(__file__).parent, LEXICON, *sources):
        for path in _files(source):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield from sorted(path for path in source.iterdir() if path.suffix in (".py", ".yml"))
    elif source.is_file():
        yield source
