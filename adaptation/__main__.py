"""Collects what the adapter is fitted to, and fits it with torch in an environment of its own.

Training and server have no torch: what they need of this is the file in data/encoder, which is kept in the repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from adaptation.config import configured
from signpost.files import DATA, ROOT
from signpost.importer import TopicImporter
from signpost.nlu.classifier import IntentClassifier
from signpost.nlu.encoder import (
    SentenceEncoder,
    SentenceVectors,
    token_weights,
    tokenizer_of,
    weights_folder,
    write_encoder,
)
from signpost.nlu.encoder_graph import HEADS, INNER_LAYER, INNER_LENGTH, LAYERS
from signpost.nlu.perceptron import Perceptron, fit_perceptrons
from signpost.nlu.reader import NORMALIZED, SpacyReader
from signpost.nlu.selection import HELD_OUT, split
from signpost.nlu.weights import TOKENIZER_FILE
from signpost.topic_file import read_topic_files

CACHE = ROOT / ".cache" / "adaptation"
TORCH = "torch==2.13.0"
REQUIREMENTS = [TORCH, "numpy", "safetensors"]
# More than calibration holds out, so that a question which moves up when others go is still unseen.
UNSEEN = 2 * HELD_OUT
# Nothing here is about them, so that their vectors are to stay what the published weights make of them.
GENERAL = ("out_of_scope", "chitchat")


def questions() -> tuple[list[str], list[str], int]:
    """Returns the normalized questions and their intents, and how many of them, the first, every training learns."""
    data = TopicImporter(None, str(ROOT / "domain.yml"), [str(DATA)]).get_nlu_data()
    with tempfile.TemporaryDirectory() as scratch:
        storage = LocalModelStorage(Path(scratch))
        reader = SpacyReader(SpacyReader.get_default_config(), storage, Resource("reader"))
        reader.train(data)
    of_intents = [questions for file in read_topic_files().values() for questions in file.nlu]
    further = [Message.build(text, of.intent) for of in of_intents for text in of.further]
    count = len(data.intent_examples)
    examples = reader.process_training_data(TrainingData([*data.intent_examples, *further])).training_examples
    return [each.get(NORMALIZED) for each in examples], [each.get(INTENT) for each in examples], count


def perceptron(texts: list[str], labels: list[str], places: np.ndarray, config: dict[str, Any]) -> Perceptron:
    """Returns a perceptron over the adapted vectors of the questions at some places."""
    with tempfile.TemporaryDirectory() as scratch:
        write_encoder(Path(scratch), config, texts)
        encoder = SentenceVectors(Path(scratch), config["max_tokens"], threads=os.cpu_count() or 1)
        vectors = encoder.encode([texts[place] for place in places])
    return fit_perceptrons(vectors, [labels[place] for place in places], np.zeros(len(places), dtype=bool))[1]


def material(texts: list[str], labels: list[str], places: np.ndarray, config: dict[str, Any]) -> dict[str, Any]:
    """Returns what is fitted, as JSON takes it: tokens and label of the questions at some places."""
    path = weights_folder(config) / TOKENIZER_FILE
    tokenizer = tokenizer_of(path)
    tokenizer.enable_truncation(config["max_tokens"])
    names = sorted(set(labels))
    return {
        "tokens": [encoding.ids for encoding in tokenizer.encode_batch_fast([texts[place] for place in places])],
        "targets": [names.index(labels[place]) for place in places],
        "general": [row for row, place in enumerate(places) if labels[place] in GENERAL],
        "token_weights": token_weights(path, texts).tolist(),
        "base": config["sha256"],
        "layers": LAYERS,
        "heads": HEADS,
        "inner_layer": INNER_LAYER,
        "inner_length": INNER_LENGTH,
    }


def environment() -> Path:
    """Returns the interpreter that has torch, after installing it where it is absent."""
    folder = CACHE / "venv"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.is_file() or ready.read_text(encoding="utf-8") != TORCH:
        print(f"Installing {TORCH} into {folder} (some minutes the first time)...", flush=True)
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        ready.write_text(TORCH, encoding="utf-8")
    return python


def main() -> int:
    config = configured(SentenceEncoder)
    CACHE.mkdir(parents=True, exist_ok=True)
    texts, labels, count = questions()
    path = CACHE / "material.json"
    seen, _ = split(texts[:count], labels[:count], UNSEEN)
    # Calibration never asks for the further ones.
    seen = np.concatenate([seen, np.arange(count, len(texts))])
    path.write_text(json.dumps(material(texts, labels, seen, config)), encoding="utf-8")
    fit = Path(__file__).with_name("fit.py")
    command = [environment(), fit, path, weights_folder(config) / "model.safetensors", config["adapter"]]
    subprocess.run([str(part) for part in command], check=True)
    perceptron(texts, labels, seen, config).save(Path(configured(IntentClassifier)["start"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
