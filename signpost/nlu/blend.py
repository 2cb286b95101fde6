"""The model behind the intent classifier: words, letters and sentence vector in, probabilities out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signpost.nlu.tfidf import Tfidf

_ARRAYS = ("term_weights", "hidden_weights", "hidden_bias", "vector_weights", "bias")


@dataclass(frozen=True)
class Blend:
    """A linear model over terms and a perceptron over the sentence vector (`signpost.nlu.fitting.fit`).

    labels: the labels, in column order. Their scores are scaled so that the softmax over them is calibrated.
    term_weights: shape (terms, labels).
    hidden_weights, hidden_bias: from the sentence vector to the hidden layer, shapes (width, hidden) and (hidden,).
    vector_weights: from the hidden layer to the labels, shape (hidden, labels).
    bias: shape (labels,).
    """

    labels: list[str]
    tfidf: Tfidf
    term_weights: np.ndarray
    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    vector_weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        """Returns the probability of each label, shape (labels,); they sum to 1.

        Args:
            text: a normalized text.
            vector: its sentence vector, shape (width,).
        """
        columns, weights = self.tfidf.weigh(text)
        by_terms = weights @ self.term_weights[columns].astype(np.float32)
        hidden = np.maximum(vector @ self.hidden_weights + self.hidden_bias, 0)
        scores = by_terms + hidden @ self.vector_weights + self.bias
        likely = np.exp(scores - scores.max())
        return likely / likely.sum()

    def save(self, directory: Path) -> None:
        """Writes the model into a folder."""
        terms, idf = self.tfidf.state()
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez(directory / "weights.npz", **arrays, **{f"idf_{kind}": values for kind, values in enumerate(idf)})
        about = {"labels": self.labels, "terms": terms}
        (directory / "model.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Blend:
        """Reads a model that `save` wrote."""
        about = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        tfidf = Tfidf()
        with np.load(directory / "weights.npz") as arrays:
            tfidf.restore(about["terms"], [arrays[f"idf_{kind}"] for kind in range(len(about["terms"]))])
            return cls(about["labels"], tfidf, *(arrays[name] for name in _ARRAYS))
