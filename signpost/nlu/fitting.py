"""Fits the linear model of the intent classifier; a module of its own, so that a server never loads what this needs."""

from __future__ import annotations

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from scipy.special import log_softmax
from sklearn.decomposition import PCA
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from signpost.nlu.linear import LinearModel
from signpost.nlu.tfidf import Tfidf

# Found by experiment, see docs/decisions/intent-classifier.md.
REGULARIZATION = 0.3
DIRECTIONS = 192
FOLDS = 2
SEED = 1


def fit(texts: list[str], vectors: np.ndarray, labels: list[str]) -> LinearModel:
    """Fits one linear support vector machine a label over TF-IDF and the sentence vector, and their temperature.

    Args:
        texts: normalized texts.
        vectors: their sentence vectors, shape (texts, width).
        labels: their labels, at least two different ones, each with at least as many texts as there are folds.

    Returns:
        The model. The temperature of its softmax is the likeliest one on held-out folds.
    """
    tfidf = Tfidf()
    terms = tfidf.fit_transform(texts)
    # Fitting takes a third less time in the main directions of the vectors than in all; the accuracy is the same.
    directions = PCA(min(DIRECTIONS, *vectors.shape), random_state=SEED).fit(vectors)
    features = hstack([terms, csr_matrix(directions.transform(vectors))], format="csr")
    names = sorted(set(labels))
    targets = np.array([names.index(label) for label in labels])
    splits = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(features, targets))
    everything = np.arange(len(targets))
    # Threads, not processes: liblinear runs without the interpreter's lock, and a process would import Rasa again.
    machines = Parallel(n_jobs=2, backend="threading")(
        delayed(_machine)(features[rows], targets[rows]) for rows in (everything, *(rows for rows, _ in splits))
    )
    held_out = np.empty((len(targets), len(names)))
    for machine, (_, rows) in zip(machines[1:], splits, strict=True):
        held_out[rows] = _columns(machine.decision_function(features[rows]), len(names))
    weights = _columns(machines[0].coef_.T, len(names))
    bias = _columns(machines[0].intercept_[np.newaxis], len(names))[0]
    vector_weights = directions.components_.T @ weights[terms.shape[1] :]
    return LinearModel(
        labels=names,
        temperature=_temperature(held_out, targets),
        tfidf=tfidf,
        # Half precision: the weights of the terms are most of the model, and a message uses few of them.
        term_weights=np.ascontiguousarray(weights[: terms.shape[1]], dtype=np.float16),
        vector_weights=vector_weights.astype(np.float32),
        bias=(bias - directions.mean_ @ vector_weights).astype(np.float32),
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
