"""Chooses the training questions that get a sentence vector: encoding them takes longest of all that training does."""

from __future__ import annotations

import hashlib
import math

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

HELD_OUT = 0.125  # for calibration, which fits two numbers
SMOOTHING = 0.1  # added to the count of every word


def split(texts: list[str], labels: list[str], share: float = HELD_OUT) -> tuple[np.ndarray, np.ndarray]:
    """Returns the places of the texts to fit on and, of every label, of the share held out, both in rising order.

    A text's hash decides, so that it stays on its side when others come or go, and a smaller share is part of a larger
    one: the encoder's adapter is fitted without what is held out here, and much more seldom.

    Raises:
        ValueError: a label has one text only.
    """
    of_label: dict[str, list[int]] = {}
    hashes = [hashlib.sha256(text.encode()).digest() for text in texts]
    for place in sorted(range(len(texts)), key=hashes.__getitem__):
        of_label.setdefault(labels[place], []).append(place)
    single = [label for label, places in of_label.items() if len(places) == 1]
    if single:
        raise ValueError(f"{single[0]}: one text only; a label needs at least two.")
    held_out = np.zeros(len(texts), dtype=bool)
    for places in of_label.values():
        held_out[places[: max(1, int(len(places) * share))]] = True
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


def worth_encoding(texts: list[str], labels: list[str], share: float) -> np.ndarray:
    """Returns the places, in rising order, of the texts that the perceptron is to learn from.

    The held-out texts are taken whole, for they must be like what people type; of the rest, those whose label the other
    texts' words give away least.

    Args:
        texts: normalized texts.
        labels: their labels, each with at least two texts.
        share: of the texts that are not held out, from 0 to 1.
    """
    most, rest = split(texts, labels)
    told = _told_by_words(texts, np.unique(labels, return_inverse=True)[1])
    hardest = most[np.argsort(told[most], kind="stable")[: math.ceil(len(most) * share)]]
    return np.sort(np.concatenate([hardest, rest]))


def _told_by_words(texts: list[str], targets: np.ndarray) -> np.ndarray:
    """Returns the log probability of each text's own label by naive Bayes over the words of all other texts."""
    counter = CountVectorizer(ngram_range=(1, 2), min_df=2, token_pattern=r"(?u)\b\w+\b", binary=True, dtype=np.float32)
    words = counter.fit_transform(texts)
    rows, of_label = np.arange(len(targets)), np.bincount(targets)
    members = csr_matrix((np.ones(len(targets), dtype=np.float32), (rows, targets)))
    counts = (members.T @ words).toarray()
    totals = counts.sum(axis=1) + SMOOTHING * counts.shape[1]
    priors = np.log(of_label / len(targets))
    scores = words @ (np.log(counts + SMOOTHING) - np.log(totals)[:, np.newaxis]).T + priors
    # Its own words do not count for a text: they would tell the label of every text that is like no other.
    found = words.tocoo()
    own = np.log(counts[targets[found.row], found.col] - 1 + SMOOTHING) - np.log(totals)[targets[found.row]]
    scores[rows, targets] = np.bincount(found.row, weights=own, minlength=len(targets)) + priors[targets]
    return scores[rows, targets] - np.logaddexp.reduce(scores, axis=1)
