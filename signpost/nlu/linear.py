"""The linear model behind the intent classifier: words, letters and sentence vector in, calibrated probabilities out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax, softmax
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

# Found by experiment, see docs/decisions/intent-classifier.md.
TFIDF_WEIGHT = 1.0
DIRECTIONS = 192
REGULARIZATION = 0.3
FOLDS = 3
SEED = 1


class LinearModel:
    """One linear support vector machine a label over TF-IDF of words and letters and the sentence vector.

    Its scores become probabilities by a softmax whose temperature is fitted on held-out folds.
    """

    def __init__(self) -> None:
        self.labels: list[str] = []
        self._words, self._letters = _vectorizers()
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)
        self.temperature = 1.0

    def fit(self, texts: list[str], vectors: np.ndarray, labels: list[str]) -> None:
        """Fits the model.

        Args:
            texts: normalized texts.
            vectors: their sentence vectors, shape (texts, width).
            labels: their labels; every label must have at least as many texts as there are folds.
        """
        self._words.fit(texts)
        self._letters.fit(texts)
        # Fitting takes a third less time in the main directions of the vectors than in all; the accuracy is the same.
        directions = PCA(min(DIRECTIONS, *vectors.shape), random_state=SEED).fit(vectors)
        features = self._features(texts, directions.transform(vectors))
        self.labels = sorted(set(labels))
        targets = np.array([self.labels.index(label) for label in labels])
        splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(features, targets))
        everything = np.arange(len(targets))
        # Threads, not processes: liblinear runs without the interpreter's lock, and a process would import Rasa again.
        machines = Parallel(n_jobs=2, backend="threading")(
            delayed(_machine)(features[rows], targets[rows]) for rows in (everything, *(rows for rows, _ in splits))
        )
        held_out = np.empty((len(targets), len(self.labels)))
        for machine, (_, rows) in zip(machines[1:], splits, strict=True):
            held_out[rows] = _columns(machine.decision_function(features[rows]), len(self.labels))
        self.temperature = _temperature(held_out, targets)
        weights = _columns(machines[0].coef_.T, len(self.labels))
        bias = _columns(machines[0].intercept_[np.newaxis], len(self.labels))[0]
        tfidf, dense = np.split(weights, [features.shape[1] - directions.n_components_])
        dense = directions.components_.T @ dense
        self._weights = np.concatenate([tfidf, dense]).astype(np.float32)
        self._bias = (bias - directions.mean_ @ dense).astype(np.float32)

    def probabilities(self, texts: list[str], vectors: np.ndarray) -> np.ndarray:
        """Returns an array of shape (texts, labels); each row sums to 1."""
        scores = self._features(texts, vectors) @ self._weights + self._bias
        return softmax(scores / self.temperature, axis=1)

    def save(self, directory: Path) -> None:
        """Writes the model into a folder."""
        np.savez(
            directory / "weights.npz",
            weights=self._weights,
            bias=self._bias,
            words=self._words.idf_,
            letters=self._letters.idf_,
        )
        about = {
            "labels": self.labels,
            "temperature": self.temperature,
            "words": self._words.get_feature_names_out().tolist(),
            "letters": self._letters.get_feature_names_out().tolist(),
        }
        (directory / "model.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> LinearModel:
        """Reads a model that `save` wrote."""
        about = json.loads((directory / "model.json").read_text(encoding="utf-8"))
        model = cls()
        model.labels, model.temperature = about["labels"], about["temperature"]
        model._words, model._letters = _vectorizers(about["words"], about["letters"])
        with np.load(directory / "weights.npz") as arrays:
            model._weights, model._bias = arrays["weights"], arrays["bias"]
            model._words.idf_, model._letters.idf_ = arrays["words"], arrays["letters"]
        return model

    def _features(self, texts: list[str], vectors: np.ndarray) -> csr_matrix:
        words, letters = self._words.transform(texts), self._letters.transform(texts)
        return hstack([words * TFIDF_WEIGHT, letters * TFIDF_WEIGHT, csr_matrix(vectors)], format="csr")


def _vectorizers(
    words: list[str] | None = None, letters: list[str] | None = None
) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """Returns the vectorizers of words and of letters, with the terms they know where there are any."""
    shared = {"sublinear_tf": True, "dtype": np.float32}
    return (
        TfidfVectorizer(ngram_range=(1, 2), vocabulary=words, **shared),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, vocabulary=letters, **shared),
    )


def _machine(features: csr_matrix, targets: np.ndarray) -> LinearSVC:
    return LinearSVC(C=REGULARIZATION, random_state=SEED).fit(features, targets)


def _temperature(scores: np.ndarray, targets: np.ndarray) -> float:
    """Returns the temperature under which held-out scores give the true labels the highest likelihood."""

    def loss(log_temperature: float) -> float:
        likely = log_softmax(scores / np.exp(log_temperature), axis=1)
        return float(-likely[np.arange(len(targets)), targets].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-6, 3), method="bounded").x))


def _columns(scores: np.ndarray, labels: int) -> np.ndarray:
    """Gives two labels the two columns that sklearn folds into one."""
    return np.stack([-scores.ravel(), scores.ravel()], axis=-1) if labels == 2 else scores
