"""The linear model behind the intent classifier: words, letters and sentence vector in, probabilities out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from signpost.nlu.tfidf import Tfidf


@dataclass(frozen=True)
class LinearModel:
    """A fitted model (`signpost.nlu.fitting.fit`).

    labels: the labels, in column order. Their scores are scaled so that the softmax over them is calibrated.
    term_weights: shape (terms, labels). vector_weights: shape (width, labels). bias: shape (labels,).
    """

    labels: list[str]
    tfidf: Tfidf
    term_weights: np.ndarray
    vector_weights: np.ndarray
    bias: np.ndarray

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        """Returns the probability of each label, shape (labels,); they sum to 1.

        Args:
            text: a normalized text.
            vector: its sentence vector, shape (width,).
        """
        columns, weights = self.tfidf.weigh(text)
        scores = weights @ self.term_weights[columns].astype(np.float32) + vector @ self.vector_weights + self.bias
        likely = np.exp(scores - scores.max())
        return likely / likely.sum()

    def save(self, directory: Path) -> None:
        """Writes the model into a folder."""
        terms, idf = self.tfidf.state()
        np.savez(
            directory / "weights.npz",
            terms=self.term_weights,
            vector=self.vector_weights,
            bias=self.bias,
            **{f"idf_{kind}": values for kind, values in enumerate(idf)},
        )
        about = {"labels": self.labels, "terms": terms}
        (directory / "model.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> LinearModel:
        """Reads a model that `save` wrote."""
        about = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        tfidf = Tfidf()
        with np.load(directory / "weights.npz") as arrays:
            tfidf.restore(about["terms"], [arrays[f"idf_{kind}"] for kind in range(len(about["terms"]))])
            return cls(about["labels"], tfidf, arrays["terms"], arrays["vector"], arrays["bias"])
