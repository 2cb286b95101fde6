"""Fits the model of the intent classifier; a module of its own, so that a server never loads what this needs."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from signpost.nlu.blend import Blend
from signpost.nlu.selection import SEED, split
from signpost.nlu.tfidf import Tfidf

# Found by experiment, see docs/decisions/intent-classifier.md.
MARGIN_REGULARIZATION = 0.3
MARGIN_TOLERANCE = 0.1
HIDDEN = 512
HIDDEN_REGULARIZATION = 1e-3
RATE = 1.4e-3
BATCH = 128
STEPS = 700
STEPS_MORE = 300
AVERAGED = 3  # epochs
SPREAD = 0.25  # of the numbers that the perceptron gets, around 0


@dataclass(frozen=True)
class _Perceptron:
    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Returns the scores of the labels, shape (texts, labels)."""
        return np.maximum(vectors @ self.hidden_weights + self.hidden_bias, 0) @ self.weights + self.bias


def fit(texts: list[str], vectors: np.ndarray, labels: list[str], encoded: np.ndarray | None = None) -> Blend:
    """Fits two models and blends them into one.

    A support vector machine a label over TF-IDF knows the words; a perceptron over the sentence vector, the meaning.
    How much each counts is what makes held-out texts likeliest, which calibrates the probabilities as well.

    Args:
        texts: normalized texts.
        vectors: sentence vectors, shape (encoded, width).
        labels: the texts' labels, at least two different ones, each with at least two texts.
        encoded: the places of the texts that have a vector (`selection.worth_encoding`); without it, all have.
    """
    vectors = vectors.astype(np.float32)
    names, targets = np.unique(labels, return_inverse=True)
    encoded = np.arange(len(texts)) if encoded is None else encoded
    most, _ = split(labels)
    held_out = ~np.isin(encoded, most)
    rest = encoded[held_out]
    tfidf = Tfidf()
    # Threads, not processes: both run without the interpreter's lock, and a process would import Rasa again.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        perceptrons = pool.submit(_perceptrons, vectors, targets[encoded], held_out)
        terms = tfidf.fit_transform(texts)
        margins = pool.submit(_margin, terms, targets), pool.submit(_margin, terms[most], targets[most])
        margin, margin_of_most = (job.result() for job in margins)
        perceptron_of_most, perceptron = perceptrons.result()
    scores = [_columns(margin_of_most.decision_function(terms[rest])), perceptron_of_most.scores(vectors[held_out])]
    of_margin, of_perceptron = _blend(np.stack(scores).astype(np.float32), targets[rest])

    bias = of_margin * _columns(margin.intercept_[np.newaxis])[0] + of_perceptron * perceptron.bias
    return Blend(
        labels=names.tolist(),
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


def _perceptrons(vectors: np.ndarray, targets: np.ndarray, held_out: np.ndarray) -> tuple[_Perceptron, _Perceptron]:
    """Fits a perceptron without the held-out rows, and goes on with all of them: that takes half the steps of two."""
    mean = vectors.mean(axis=0)
    scale = np.float32(SPREAD / (float(np.sqrt(vectors.var(axis=0).mean())) or 1))
    scaled = (vectors - mean) * scale
    network = MLPClassifier(
        (HIDDEN,),
        alpha=HIDDEN_REGULARIZATION,
        batch_size=min(BATCH, len(targets)),
        learning_rate_init=RATE,
        random_state=SEED,
    )
    fitted = []
    for rows, steps in ((~held_out, STEPS), (slice(None), STEPS_MORE)):
        some, of_some = scaled[rows], targets[rows]
        ends: list[list[np.ndarray]] = []
        # Stopping early is meant: more steps learn the questions by heart.
        for _ in range(math.ceil(steps / math.ceil(len(of_some) / BATCH))):
            network.partial_fit(some, of_some, classes=np.unique(targets))
            ends = [*ends[-AVERAGED + 1 :], [array.copy() for array in (*network.coefs_, *network.intercepts_)]]
        hidden, weights, hidden_bias, bias = (np.mean(arrays, axis=0) for arrays in zip(*ends, strict=True))
        # The scaling becomes part of the weights, so that a message's vector goes in as it is.
        hidden = hidden * scale
        fitted.append(
            _Perceptron(hidden, hidden_bias - mean @ hidden, _columns(weights), _columns(bias[np.newaxis])[0])
        )
    return fitted[0], fitted[1]


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
