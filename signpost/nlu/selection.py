"""Chooses the training questions that get a sentence vector: encoding them takes longest of all that training does."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import StratifiedShuffleSplit

HELD_OUT = 0.25
SEED = 1
SMOOTHING = 0.1  # added to the count of every word


def split(labels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the places of the texts to fit on and of the quarter held out, which has every label in its share.

    Raises:
        ValueError: a label has one text only.
    """
    held_out = max(HELD_OUT, len(set(labels)) / len(labels))
    return next(StratifiedShuffleSplit(1, test_size=held_out, random_state=SEED).split(labels, labels))


def worth_encoding(texts: list[str], labels: list[str], share: float) -> np.ndarray:
    """Returns the places, in rising order, of the texts that the perceptron is to learn from.

    The held-out quarter is taken whole, for it must be like what people type; of the rest, those whose label the other
    texts' words give away least.

    Args:
        texts: normalized texts.
        labels: their labels, each with at least two texts.
        share: of the texts that are not held out, from 0 to 1.
    """
    most, rest = split(labels)
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
