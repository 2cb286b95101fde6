"""Makes the gate from the repository's files, and carries it in a trained model."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from signpost.nlu.fingerprint import fingerprint
from signpost.nlu.gate.gate import Gate
from signpost.nlu.gate.rules import GATE, GateFiles
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.weights import english_words

if TYPE_CHECKING:
    # What checks the files before a start must not wait for Rasa.
    from rasa.engine.storage.resource import Resource
    from rasa.engine.storage.storage import ModelStorage

_FILE = "gate.json"


def gate_fingerprint() -> str:
    """Returns a hash of what a trained gate depends on: its code and its files."""
    return fingerprint(Path(__file__).parent, GATE)


def from_files() -> Gate:
    """Makes the gate from `data/safety/gate/`.

    Raises:
        FileError: a file is missing or does not fit.
    """
    return _made(_stored())


def store(storage: ModelStorage, resource: Resource) -> Gate:
    """Writes what the gate is made of into a model; returns the gate. Raises `FileError` as `from_files` does."""
    stored = _stored()
    gate = _made(stored)
    with storage.write_to(resource) as directory:
        (directory / _FILE).write_text(stored, encoding="utf-8")
    return gate


def load(storage: ModelStorage, resource: Resource) -> Gate:
    """Makes the gate that `store` wrote."""
    with storage.read_from(resource) as directory:
        return _made((directory / _FILE).read_text(encoding="utf-8"))


def _stored() -> str:
    lexicon = Lexicon.from_files()
    files = GateFiles.from_files()
    return json.dumps(
        {"files": files.model_dump(mode="json"), "text_speak": lexicon.text_speak.words, "english": english_words()}
    )


@lru_cache(maxsize=1)
def _made(stored: str) -> Gate:
    """Pipeline and policy of one server share one gate."""
    content = json.loads(stored)
    return Gate(GateFiles.model_validate(content["files"]), content["text_speak"], content["english"])
