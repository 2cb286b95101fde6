"""The pattern language of the safety gate: sets of words in order, with gaps between them.

A pattern is written as elements with spaces between them:

    he|she       one of these words
    breath*      a word that begins so
    @person      a word of the class `person`; may stand beside others: `@person|baby`
    please?      may be missing
    ..           up to three words that do not matter; `..6` up to six
    ^  $         begin and end of a sentence
    !not         the next word is none of these

A gap never crosses the end of a sentence. spaCy's Matcher has the same shape and takes 18 ms a message for as many
patterns; here a pattern whose words are not all in the message costs a set comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

END = "."  # the token that ends a sentence
_GAP = re.compile(r"\.\.(\d*)")
_ELEMENT = re.compile(r"(!?)((?:@?[a-z0-9_]+\*?)(?:\|@?[a-z0-9_]+\*?)*)(\??)")
GAP = 3
RARE = 20_000  # the place of a word that is in no list

Named = TypeVar("Named")


class PatternError(ValueError):
    """A pattern is not written in the language above."""


@dataclass(frozen=True, slots=True)
class _Step:
    choice: int  # the number of its set of words
    gap: int  # how many tokens may lie before it
    optional: bool
    forbidden: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    steps: tuple[_Step, ...]
    needed: tuple[int, ...]
    rarest: int  # of what is needed
    at_start: bool
    at_end: bool


@dataclass(frozen=True)
class Match:
    """Where a pattern fits: the positions of the tokens it names, in order."""

    positions: tuple[int, ...]

    @property
    def start(self) -> int:
        return self.positions[0]

    @property
    def end(self) -> int:
        """One past the last token."""
        return self.positions[-1] + 1


class Compiler:
    """Compiles patterns over shared classes of words, and marks tokens for them.

    Args:
        classes: word classes by name; an entry may name another class (`@other`) or end in `*`.
        rank: the place of a word in a list of English words, the commonest first.
    """

    def __init__(self, classes: dict[str, list[str]], rank: dict[str, int]) -> None:
        self._classes = classes
        self._rank = rank
        self._choices: dict[frozenset[str], int] = {}
        self._commonness: list[float] = []
        self._by_word: dict[str, tuple[int, ...]] = {}
        self._by_prefix: dict[str, tuple[int, ...]] = {}
        self.words: set[str] = set()
        self._steps: dict[_Step, _Step] = {}
        self._marks = lru_cache(maxsize=2048)(self._mark)

    def compile(self, written: str) -> Pattern:
        """Returns the compiled pattern; raises `PatternError` with a sentence that says what is wrong."""
        elements = written.split()
        at_start, at_end = elements[:1] == ["^"], elements[-1:] == ["$"]
        steps: list[_Step] = []
        gap, ended = 0, False
        for element in elements[at_start : len(elements) - at_end]:
            if match := _GAP.fullmatch(element):
                gap = int(match[1] or GAP)
                ended = False
                continue
            match = _ELEMENT.fullmatch(element)
            if not match or (match[1] and match[3]):
                raise PatternError(f"'{element}' in '{written}' is no element of a pattern")
            choice = self._choice(frozenset(self._words_of(match[2], written)))
            step = _Step(choice, gap, optional=bool(match[3]), forbidden=bool(match[1]))
            steps.append(self._steps.setdefault(step, step))
            gap, ended = 0, True
        needed = tuple({step.choice for step in steps if not step.optional and not step.forbidden})
        if not needed or not ended:
            raise PatternError(f"'{written}' must name a word that cannot be missing, and end with a word")
        self._marks.cache_clear()
        rarest = min(needed, key=lambda choice: (self._commonness[choice], choice))
        return Pattern(tuple(steps), needed, rarest, at_start, at_end)

    def finish(self) -> None:
        """Gives back the memory of what only compiling needs."""
        self._classes, self._rank, self._choices, self._commonness, self._steps = {}, {}, {}, [], {}

    def mark(self, tokens: Iterable[str]) -> list[frozenset[int]]:
        """Returns, for each token, the numbers of the sets of words it belongs to."""
        return [self._marks(token) for token in tokens]

    def _mark(self, token: str) -> frozenset[int]:
        found = set(self._by_word.get(token, ()))
        for length in range(1, len(token) + 1):
            found.update(self._by_prefix.get(token[:length], ()))
        return frozenset(found)

    def _choice(self, words: frozenset[str]) -> int:
        if words not in self._choices:
            number = self._choices[words] = len(self._choices)
            self._commonness.append(sum(1 / (1 + self._rank.get(word.rstrip("*"), RARE)) for word in words))
            for word in words:
                prefix = word.endswith("*")
                of_kind, key = (self._by_prefix, word[:-1]) if prefix else (self._by_word, word)
                of_kind[key] = (*of_kind.get(key, ()), number)
                if not prefix:
                    self.words.add(word)
        return self._choices[words]

    def _words_of(self, alternatives: str, written: str, within: tuple[str, ...] = ()) -> Iterable[str]:
        for word in alternatives.split("|"):
            if not word.startswith("@"):
                yield word
            elif word[1:] not in self._classes:
                raise PatternError(f"'{written}' names the class {word}, which no file defines")
            elif word in within:
                raise PatternError(f"the class {word} of '{written}' names itself")
            else:
                for entry in self._classes[word[1:]]:
                    yield from self._words_of(entry, written, (*within, word))


class Index(Generic[Named]):
    """Many named patterns of one compiler, ready to be looked for together."""

    def __init__(self, compiler: Compiler, patterns: Iterable[tuple[Named, Pattern]]) -> None:
        self._compiler = compiler
        self._by_rarest: dict[int, list[tuple[Named, Pattern]]] = {}
        for name, pattern in patterns:
            self._by_rarest.setdefault(pattern.rarest, []).append((name, pattern))

    def find(self, tokens: list[str]) -> Iterator[tuple[Named, Match]]:
        """Yields every match of every pattern in tokens, with the pattern's name."""
        marks = self._compiler.mark(tokens)
        present: frozenset[int] = frozenset().union(*marks)
        for choice in sorted(present & self._by_rarest.keys()):
            for name, pattern in self._by_rarest[choice]:
                if present.issuperset(pattern.needed):
                    for match in matches(pattern, marks, tokens):
                        yield name, match


def matches(pattern: Pattern, marks: list[frozenset[int]], tokens: list[str]) -> Iterable[Match]:
    """Yields the matches of a pattern, at most one for each token it can begin with.

    Args:
        pattern: a compiled pattern.
        marks: of the tokens, by the compiler that made the pattern.
        tokens: the tokens themselves, with `END` between sentences.
    """
    for start in range(len(tokens)):
        if pattern.at_start and start and tokens[start - 1] != END:
            continue
        found = _follow(pattern, 0, start, 0, marks, tokens)
        if found:
            yield Match(found)


def _follow(
    pattern: Pattern, index: int, position: int, gap: int, marks: list[frozenset[int]], tokens: list[str]
) -> tuple[int, ...] | None:
    """Returns the positions of the steps from `index` on, none where they do not fit; `gap` is what is left over."""
    if index == len(pattern.steps):
        ended = not pattern.at_end or position == len(tokens) or tokens[position] == END
        return () if ended else None
    step = pattern.steps[index]
    gap = gap + step.gap
    for at in range(position, min(position + gap, len(tokens)) + 1):
        if at > position and tokens[at - 1] == END:
            break
        hit = at < len(tokens) and step.choice in marks[at]
        if step.forbidden:
            if not hit and (rest := _follow(pattern, index + 1, at, 0, marks, tokens)) is not None:
                return rest
            continue
        if hit and (rest := _follow(pattern, index + 1, at + 1, 0, marks, tokens)) is not None:
            return (at, *rest)
    if step.optional:
        return _follow(pattern, index + 1, position, gap, marks, tokens)
    return None
