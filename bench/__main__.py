"""The public yardstick of the intent classifier: BANKING77 with ten examples an intent.

Prints accuracy, seconds of training and milliseconds a sentence on one thread, with reader, encoder and model as
config.yml has them. The data lies outside the repository: in ../shared/benchmarks, or where SIGNPOST_BENCHMARKS says.
"""

from __future__ import annotations

import csv
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from adaptation.config import configured
from signpost.files import ROOT
from signpost.nlu.encoder import SentenceEncoder, SentenceVectors, write_encoder
from signpost.nlu.fitting import fit
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.reading import TextReader

EXAMPLES = 10
SEED = 1

Rows = list[tuple[str, str]]


def rows(path: Path) -> Rows:
    """Returns (text, label) of every row of a BANKING77 file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def few(every: Rows) -> Rows:
    """Returns the first ten rows of each label after shuffling with a fixed seed."""
    shuffled = every.copy()
    random.Random(SEED).shuffle(shuffled)
    taken: dict[str, Rows] = {}
    for row in shuffled:
        taken.setdefault(row[1], []).append(row)
    return [row for of_label in taken.values() for row in of_label[:EXAMPLES]]


def main() -> int:
    data = Path(os.environ.get("SIGNPOST_BENCHMARKS", ROOT.parent / "shared" / "benchmarks")) / "banking77"
    if not (data / "train.csv").is_file():
        print(
            f"{data}: no BANKING77 data. Put train.csv and test.csv there, or set SIGNPOST_BENCHMARKS.", file=sys.stderr
        )
        return 1
    train, test = few(rows(data / "train.csv")), rows(data / "test.csv")
    config = configured(SentenceEncoder)
    reader = TextReader(Lexicon.from_files())
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        began = time.perf_counter()
        texts = [reader.read(text).normalized for text, _ in train]
        write_encoder(directory, config, texts)
        vectors = SentenceVectors(directory, config["max_tokens"], threads=os.cpu_count() or 1)
        model = fit(texts, vectors.encode(texts), [label for _, label in train])
        trained = time.perf_counter() - began

        one_thread = SentenceVectors(directory, config["max_tokens"], threads=1)
        began = time.perf_counter()
        right = 0
        for text, label in test:
            normalized = reader.read(text).normalized
            probabilities = model.probabilities(normalized, one_thread.encode([normalized])[0])
            right += model.labels[int(np.argmax(probabilities))] == label
        each = (time.perf_counter() - began) / len(test)
    print(f"BANKING77, {EXAMPLES} examples an intent, {len(test)} test sentences")
    print(f"accuracy            {right / len(test):.1%}")
    print(f"training            {trained:.1f} s, writing the encoder included")
    print(f"a sentence          {each * 1000:.1f} ms on one thread")
    return 0


if __name__ == "__main__":
    sys.exit(main())
