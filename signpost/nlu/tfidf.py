"""TF-IDF of words and letters: fitted by scikit-learn, computed for one message in a fraction of its time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer


class Tfidf:
    """Weights of words, pairs of words and runs of three letters, each kind scaled to length 1.

    scikit-learn builds several sparse matrices a call, which costs some milliseconds for a single message; `weigh`
    gives the same numbers as plain arrays.
    """

    def __init__(self) -> None:
        shared = {"sublinear_tf": True, "dtype": np.float32}
        self._vectorizers = (
            TfidfVectorizer(ngram_range=(1, 2), min_df=2, **shared),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=2, **shared),
        )
        self._known: list[tuple[Any, dict[str, int], np.ndarray, int]] = []

    def fit_transform(self, texts: list[str]) -> csr_matrix:
        """Fits the terms and their weights; returns shape (texts, terms)."""
        matrix = hstack([vectorizer.fit_transform(texts) for vectorizer in self._vectorizers], format="csr")
        self._know([(v.vocabulary_, v.idf_) for v in self._vectorizers])
        return matrix

    def weigh(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Returns the columns of a text's known terms and their weights, two arrays of one length."""
        columns, weights = [], []
        for analyze, vocabulary, idf, offset in self._known:
            counts = Counter(column for term in analyze(text) if (column := vocabulary.get(term)) is not None)
            if counts:
                found = np.fromiter(counts, dtype=np.int64, count=len(counts))
                weight = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * idf[found]
                columns.append(found + offset)
                weights.append(weight / np.linalg.norm(weight))
        if not columns:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return np.concatenate(columns), np.concatenate(weights)

    def state(self) -> tuple[list[list[str]], list[np.ndarray]]:
        """Returns the terms, in column order, and their weights, for `restore`."""
        terms = [sorted(vocabulary, key=vocabulary.__getitem__) for _, vocabulary, _, _ in self._known]
        return terms, [idf for _, _, idf, _ in self._known]

    def restore(self, terms: list[list[str]], idf: list[np.ndarray]) -> None:
        """Takes up the state of a fitted instance."""
        vocabularies = [{term: column for column, term in enumerate(kind)} for kind in terms]
        self._know(list(zip(vocabularies, idf, strict=True)))

    def _know(self, kinds: list[tuple[dict[str, int], np.ndarray]]) -> None:
        offset = 0
        self._known = []
        for vectorizer, (vocabulary, idf) in zip(self._vectorizers, kinds, strict=True):
            self._known.append((vectorizer.build_analyzer(), vocabulary, idf.astype(np.float32), offset))
            offset += len(vocabulary)
