"""Repairs misspelt words onto the assistant's own vocabulary, and leaves every other word alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

SHORTEST = 5  # letters; below it too many words lie one letter apart, unless the vocabulary is small
# A word that so many training questions use is one of the assistant's own; a word that no list of English has must be
# used more often, for people misspell some words alike.
SEEN = 4
SEEN_OFTEN = 15

_WORD = re.compile(r"[a-z]+")


class Spelling:
    """Knows the words that are right, and those that a misspelling may be repaired to.

    Args:
        vocabulary: words to repair to.
        known: further right words, which are left alone.
        shortest: shorter words are left alone.
    """

    def __init__(self, vocabulary: Iterable[str], known: Iterable[str], shortest: int = SHORTEST) -> None:
        self._shortest = shortest
        self.vocabulary = sorted(word for word in set(vocabulary) if len(word) >= shortest)
        # Every right word that is long enough to be asked about.
        self.known = frozenset(word for word in {*known, *self.vocabulary} if len(word) >= shortest)
        self._nearest = lru_cache(maxsize=4096)(self._find)

    @classmethod
    def learn(cls, texts: Iterable[str], names: Iterable[str], english: Iterable[str]) -> Spelling:
        """Makes a speller from training questions, the lexicon's names and a list of English words."""
        counts = Counter(word for text in texts for word in set(_WORD.findall(text)))
        named = {word for name in names for word in _WORD.findall(name)}
        known = {word for word in english if _WORD.fullmatch(word)}
        own = {word for word, count in counts.items() if count >= (SEEN if word in known else SEEN_OFTEN)}
        return cls(own | named, known)

    def repair(self, text: str) -> str:
        """Returns a lower-case text with its misspelt words repaired."""
        return _WORD.sub(lambda match: self._nearest(match[0]), text)

    def _find(self, word: str) -> str:
        if len(word) < self._shortest or word in self.known:
            return word
        # Two letters wrong are allowed where enough letters are right.
        most = 1 if len(word) < 8 else 2
        near = process.extract(word, self.vocabulary, scorer=OSA.distance, score_cutoff=most, limit=2)
        if not near or (len(near) == 2 and near[0][1] == near[1][1] and near[0][0][0] != word[0]):
            return word
        return near[0][0]
