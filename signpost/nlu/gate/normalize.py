"""Writes a message as the gate's patterns expect it: plain lower-case words, disguises and misspellings undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from signpost.nlu.gate.patterns import END
from signpost.nlu.spelling import Spelling
from signpost.nlu.text import clean, unstretch

_LEET = str.maketrans("013457@$!", "oieastasi")
_DISGUISED = re.compile(r"[a-z0-9@$!*]{3,30}")
_UNIT = re.compile(r"\d+[a-z]{1,3}")  # "50s", "1am", "5th"
_SPELT = re.compile(r"\b(?:[a-z][ .\-_]){2,}[a-z]\b")
_CONTRACTED = [
    # "isn;t", "don t": the apostrophe missed.
    (re.compile(r"\b(is|are|was|were|do|does|did|ca|wo|would|could|should|have|has|had)n[ ;:,]t\b"), r"\1n't"),
    (re.compile(r"\bod'?d\b"), "overdosed"),
    (re.compile(r"\b(?:can't|cannot)\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bain't\b"), "is not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'m\b"), " am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'s\b"), " is"),
    (re.compile(r"(?<=[a-z])'d\b"), " would"),
]
_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[.!?;:\n]+")
SHORTEST = 4
# Of a longer text the beginning and the end are read, so that no message holds up the others.
LONGEST = 4000


class Normalizer:
    """Turns text into tokens.

    Args:
        written_out: shortened words and slang, written out.
        emoji: words for emoji.
        words: the words of the patterns; disguised and misspelt words are repaired to them.
        known: right words of English, which are left alone.
    """

    def __init__(
        self, written_out: dict[str, str], emoji: dict[str, str], words: Iterable[str], known: Iterable[str]
    ) -> None:
        self._written_out = written_out
        self._emoji = {sign: f" {meaning} " for sign, meaning in emoji.items()}
        self._words = frozenset(words)
        self._known = frozenset(known) | self._words | frozenset(written_out)
        self._spelling = Spelling(self._words, self._known, shortest=SHORTEST)
        self._plain = lru_cache(maxsize=4096)(self._undisguised)

    def tokens(self, text: str) -> list[str]:
        """Returns the words of a text, with `END` between its sentences."""
        for sign, meaning in self._emoji.items():
            text = text.replace(sign, meaning)
        if len(text) > LONGEST:
            text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
        lines = [clean(line) for line in text.split("\n")]
        text = unstretch(_without_accents("\n".join(lines)).lower())
        text = _SPELT.sub(self._joined, text)
        text = _DISGUISED.sub(lambda match: self._plain(match[0]), text)
        for contraction, full in _CONTRACTED:
            text = contraction.sub(full, text)
        tokens: list[str] = []
        for token in _TOKEN.findall(text.replace("'", "")):
            if not token[0].isalnum():
                tokens.append(END)
            elif token in self._written_out:
                tokens += self._written_out[token].split()
            else:
                repaired = self._spelling.repair(self._single(token))
                tokens += self._written_out.get(repaired, repaired).split()
        return tokens

    def _joined(self, match: re.Match[str]) -> str:
        """Joins letters that are spelt apart ("k i l l") where they make one of the patterns' words."""
        word = re.sub(r"[^a-z]", "", match[0])
        return word if word in self._words or word in self._written_out else match[0]

    def _undisguised(self, word: str) -> str:
        # "*not*" is emphasis, "he is dying!!" is shouting.
        bare = word.strip("*").rstrip("!*")
        shout = "!" if word.rstrip("*").endswith("!") else ""
        if bare.isalpha() or _UNIT.fullmatch(bare) or not any(c.isalpha() for c in bare):
            return word.replace("*", " ")
        shown = bare.translate(_LEET)
        if "*" in shown:
            same = re.compile(re.escape(shown).replace(r"\*", "[a-z]"))
            found = [known for known in self._words if len(known) == len(shown) and same.fullmatch(known)]
            return (found[0] if len(found) == 1 else bare.replace("*", " ")) + shout
        return (shown if shown in self._words or shown in self._written_out else bare) + shout

    def _single(self, token: str) -> str:
        """Takes letters that are typed twice too often to be a word once ("helpp", "deead")."""
        if token in self._known:
            return token
        once = re.sub(r"([a-z])\1", r"\1", token)
        return once if once in self._words else token


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
