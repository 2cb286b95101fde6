"""Fits the model of the intent classifier; a module of its own, so that a server never loads what this needs."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from signpost.nlu.blend import Blend
from signpost.nlu.perceptron import Perceptron, columns, fit_perceptrons
from signpost.nlu.selection import split
from signpost.nlu.tfidf import Tfidf

# Found by experiment, see docs/decisions/intent-classifier.md.
MARGIN_REGULARIZATION = 0.3
MARGIN_TOLERANCE = 0.1
SEED = 1


def fit(
    texts: list[str],
    vectors: np.ndarray,
    labels: list[str],
    encoded: np.ndarray | None = None,
    start: Perceptron | None = None,
) -> Blend:
    """Fits two models and blends them into one.

    A support vector machine a label over TF-IDF knows the words; a perceptron over the sentence vector, the meaning.
    How much each counts is what makes held-out texts likeliest, which calibrates the probabilities as well.

    Args:
        texts: normalized texts.
        vectors: sentence vectors, shape (encoded, width).
        labels: the texts' labels, at least two different ones, each with at least two texts.
        encoded: the places of the texts that have a vector (`selection.worth_encoding`); without it, all have.
        start: a perceptron that knows some of the labels already.

    Raises:
        WeightsError: `start` is for vectors of another width.
    """
    vectors = vectors.astype(np.float32)
    names, targets = np.unique(labels, return_inverse=True)
    encoded = np.arange(len(texts)) if encoded is None else encoded
    most, _ = split(texts, labels)
    held_out = ~np.isin(encoded, most)
    rest = encoded[held_out]
    tfidf = Tfidf()
    # Threads, not processes: both run without the interpreter's lock, and a process would import Rasa again.
    with threadpool_limits(1), ThreadPoolExecutor(os.cpu_count()) as pool:
        perceptrons = pool.submit(fit_perceptrons, vectors, names[targets[encoded]].tolist(), held_out, start)
        terms = tfidf.fit_transform(texts)
        margins = pool.submit(_margin, terms, targets), pool.submit(_margin, terms[most], targets[most])
        margin, margin_of_most = (job.result() for job in margins)
        perceptron_of_most, perceptron = perceptrons.result()
    scores = [columns(margin_of_most.decision_function(terms[rest])), perceptron_of_most.scores(vectors[held_out])]
    of_margin, of_perceptron = _blend(np.stack(scores).astype(np.float32), targets[rest])

    bias = of_margin * columns(margin.intercept_[np.newaxis])[0] + of_perceptron * perceptron.bias
    return Blend(
        labels=names.tolist(),
        tfidf=tfidf,
        # Half precision: the weights of the terms are most of the model, and a message uses few of them.
        term_weights=np.ascontiguousarray(of_margin * columns(margin.coef_.T), dtype=np.float16),
        hidden_weights=perceptron.hidden_weights,
        hidden_bias=perceptron.hidden_bias,
        vector_weights=(of_perceptron * perceptron.weights).astype(np.float32),
        bias=bias.astype(np.float32),
    )


def _margin(terms: csr_matrix, targets: np.ndarray) -> LinearSVC:
    return LinearSVC(C=MARGIN_REGULARIZATION, tol=MARGIN_TOLERANCE, random_state=SEED).fit(terms, targets)


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
