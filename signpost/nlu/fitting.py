"""Fits the model of the intent classifier; a module of its own, so that a server never loads what this needs."""

from __future__ import annotations

import math
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from signpost.nlu.blend import Blend
from signpost.nlu.tfidf import Tfidf

# Found by experiment, see docs/decisions/intent-classifier.md.
MARGIN_REGULARIZATION = 0.3
MARGIN_TOLERANCE = 0.1
HIDDEN = 512
HIDDEN_REGULARIZATION = 1e-3
RATE = 1.4e-3
BATCH = 128
STEPS = 900
SPREAD = 0.25  # of the numbers that the perceptron gets, around 0
HELD_OUT = 0.25
SEED = 1


@dataclass(frozen=True)
class _Perceptron:
    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Returns the scores of the labels, shape (texts, labels)."""
        return np.maximum(vectors @ self.hidden_weights + self.hidden_bias, 0) @ self.weights + self.bias


def fit(texts: list[str], vectors: np.ndarray, labels: list[str]) -> Blend:
    """Fits two models and blends them into one.

    A support vector machine a label over TF-IDF knows the words; a perceptron over the sentence vector, the meaning.
    How much each counts is what makes held-out texts likeliest, which calibrates the probabilities as well.

    Args:
        texts: normalized texts.
        vectors: their sentence vectors, shape (texts, width).
        labels: their labels, at least two different ones, each with at least two texts.
    """
    tfidf = Tfidf()
    terms = tfidf.fit_transform(texts)
    vectors = vectors.astype(np.float32)
    names = sorted(set(labels))
    targets = np.array([names.index(label) for label in labels])
    held_out = max(HELD_OUT, len(names) / len(targets))
    most, rest = next(StratifiedShuffleSplit(1, test_size=held_out, random_state=SEED).split(terms, targets))
    # Threads, not processes: both run without the interpreter's lock, and a process would import Rasa again.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        rows = (np.arange(len(targets)), most)
        perceptrons = [pool.submit(_perceptron, vectors[some], targets[some]) for some in rows]
        margins = [pool.submit(_margin, terms[some], targets[some]) for some in rows]
        perceptron, perceptron_of_most = (job.result() for job in perceptrons)
        margin, margin_of_most = (job.result() for job in margins)
    scores = [_columns(margin_of_most.decision_function(terms[rest])), perceptron_of_most.scores(vectors[rest])]
    of_margin, of_perceptron = _blend(np.stack(scores).astype(np.float32), targets[rest])

    bias = of_margin * _columns(margin.intercept_[np.newaxis])[0] + of_perceptron * perceptron.bias
    return Blend(
        labels=names,
        tfidf=tfidf,
        # Half precision: the weights of the terms are most of the model, and a message uses few of them.
        term_weights=np.ascontiguousarray(of_margin * _columns(margin.coef_.T), dtype=np.float16),
        hidden_weights=perceptron.hidden_weights,
        hidden_bias=perceptron.hidden_bias,
        vector_weights=(of_perceptron * perceptron.weights).astype(np.float32),
        bias=bias.astype(np.float32),
    )


def _margin(terms: csr_matrix, targets: np.ndarray) -> LinearSVC:
    return LinearSVC(C=MARGIN_REGULARIZATION, tol=MARGIN_TOLERANCE, random_state=SEED).fit(terms, targets)


def _perceptron(vectors: np.ndarray, targets: np.ndarray) -> _Perceptron:
    mean = vectors.mean(axis=0)
    scale = SPREAD / (float(np.sqrt(vectors.var(axis=0).mean())) or 1)
    epochs = max(1, math.ceil(STEPS / math.ceil(len(targets) / BATCH)))
    fitted = MLPClassifier(
        (HIDDEN,),
        alpha=HIDDEN_REGULARIZATION,
        batch_size=min(BATCH, len(targets)),
        learning_rate_init=RATE,
        max_iter=epochs,
        random_state=SEED,
    )
    with warnings.catch_warnings():
        # Stopping early is meant: more steps learn the questions by heart.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit((vectors - mean) * np.float32(scale), targets)
    (hidden, weights), (hidden_bias, bias) = fitted.coefs_, fitted.intercepts_
    # The scaling becomes part of the weights, so that a message's vector goes in as it is.
    hidden = (hidden * scale).astype(np.float32)
    return _Perceptron(
        hidden,
        (hidden_bias - mean @ hidden).astype(np.float32),
        _columns(weights),
        _columns(bias[np.newaxis])[0],
    )


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


def _columns(scores: np.ndarray) -> np.ndarray:
    """Gives two labels the two columns that sklearn folds into one."""
    scores = scores.reshape(len(scores), -1)
    return np.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores
