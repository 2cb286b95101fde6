"""What a trained component depends on besides its configuration and the training data."""

from __future__ import annotations

import hashlib
from pathlib import Path

from signpost.nlu.lexicon import LEXICON


def fingerprint(*folders: Path) -> str:
    """Returns a hash of this package's code, of the lexicon and of further folders with code or data.

    Rasa's cache of trained components looks at a component's own class only; without this, a change in a module the
    class uses would bring back what was trained before it.
    """
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, LEXICON, *folders):
        for path in sorted(path for path in folder.iterdir() if path.suffix in (".py", ".yml")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
