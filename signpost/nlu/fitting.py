"""Fits the linear model of the intent classifier; a module of its own, so that a server never loads what this needs."""

from __future__ import annotations

import warnings

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from signpost.nlu.linear import LinearModel
from signpost.nlu.tfidf import Tfidf

# Found by experiment, see docs/decisions/intent-classifier.md.
MARGIN_REGULARIZATION = 0.3
MARGIN_TOLERANCE = 0.1
REGRESSION_REGULARIZATION = 30
REGRESSION_STEPS = 40
FOLDS = 2
SEED = 1


def fit(texts: list[str], vectors: np.ndarray, labels: list[str]) -> LinearModel:
    """Fits two linear models and blends them into one.

    A support vector machine a label over TF-IDF is the better with many examples a label; a logistic regression over
    the sentence vector, with few. How much each counts is what makes held-out folds likeliest, which calibrates the
    probabilities as well.

    Args:
        texts: normalized texts.
        vectors: their sentence vectors, shape (texts, width).
        labels: their labels, at least two different ones, each with at least as many texts as there are folds.
    """
    tfidf = Tfidf()
    terms = tfidf.fit_transform(texts)
    vectors = vectors.astype(np.float32)
    names = sorted(set(labels))
    targets = np.array([names.index(label) for label in labels])
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(terms, targets))
    fitted_on = [np.arange(len(targets)), *(rows for rows, _ in folds)]
    # Threads, not processes: liblinear runs without the interpreter's lock, and a process would import Rasa again.
    margins = Parallel(n_jobs=2, backend="threading")(
        delayed(_margin)(terms[rows], targets[rows]) for rows in fitted_on
    )
    regressions = [_regression(vectors[rows], targets[rows]) for rows in fitted_on]
    held_out = np.empty((2, len(targets), len(names)), dtype=np.float32)
    for margin, regression, (_, rows) in zip(margins[1:], regressions[1:], folds, strict=True):
        held_out[0, rows] = _columns(margin.decision_function(terms[rows]), len(names))
        held_out[1, rows] = _columns(regression.decision_function(vectors[rows]), len(names))
    of_margin, of_regression = _blend(held_out, targets)

    of_terms, bias_of_terms = (of_margin * part for part in _linear(margins[0], len(names)))
    of_vectors, bias_of_vectors = (of_regression * part for part in _linear(regressions[0], len(names)))
    return LinearModel(
        labels=names,
        tfidf=tfidf,
        # Half precision: the weights of the terms are most of the model, and a message uses few of them.
        term_weights=np.ascontiguousarray(of_terms, dtype=np.float16),
        vector_weights=of_vectors.astype(np.float32),
        bias=(bias_of_terms + bias_of_vectors).astype(np.float32),
    )


def _margin(terms: csr_matrix, targets: np.ndarray) -> LinearSVC:
    return LinearSVC(C=MARGIN_REGULARIZATION, tol=MARGIN_TOLERANCE, random_state=SEED).fit(terms, targets)


def _regression(vectors: np.ndarray, targets: np.ndarray) -> LogisticRegression:
    with warnings.catch_warnings():
        # Stopping early is meant: the last steps change no answer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=REGRESSION_REGULARIZATION, max_iter=REGRESSION_STEPS).fit(vectors, targets)


def _blend(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns the factors of the two models, under which held-out scores give the true labels the highest likelihood.

    Args:
        scores: of both models, shape (2, texts, labels).
        targets: the true columns, shape (texts,).
    """
    rows = np.arange(len(targets))

    def loss(log_factors: np.ndarray) -> float:
        blended = np.tensordot(np.exp(log_factors).astype(np.float32), scores, axes=1)
        return float(-log_softmax(blended, axis=1)[rows, targets].mean())

    found = minimize(
        loss, x0=[1, -1], method="Nelder-Mead", bounds=[(-8, 6)] * 2, options={"xatol": 0.02, "fatol": 1e-4}
    )
    return np.exp(found.x)


def _linear(model: LinearSVC | LogisticRegression, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns weights of shape (features, labels) and bias of shape (labels,)."""
    return _columns(model.coef_.T, labels), _columns(model.intercept_[np.newaxis], labels)[0]


def _columns(scores: np.ndarray, labels: int) -> np.ndarray:
    """Gives two labels the two columns that sklearn folds into one."""
    return np.stack([-scores.ravel(), scores.ravel()], axis=-1) if labels == 2 else scores
