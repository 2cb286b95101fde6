"""What a trained component depends on besides its configuration and the training data."""

from __future__ import annotations

import hashlib
from pathlib import Path

from signpost.nlu.lexicon import LEXICON


def fingerprint() -> str:
    """Returns a hash of this package's code and of the lexicon.

    Rasa's cache of trained components looks at a component's own class only; without this, a change in a module the
    class uses would bring back what was trained before it.
    """
    digest = hashlib.sha256()
    for path in sorted([*Path(__file__).parent.glob("*.py"), *LEXICON.glob("*.yml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
