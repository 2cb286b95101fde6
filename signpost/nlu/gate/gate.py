"""The safety gate: reads a message for signs of an emergency, whatever else it asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from signpost.files import FileError, shown
from signpost.nlu.gate.normalize import Normalizer
from signpost.nlu.gate.patterns import END, Compiler, Index, Match, Pattern, PatternError
from signpost.nlu.gate.rules import GATE, Context, Family, GateFiles, Level

# A negation reaches this many words forward, as in NegEx.
REACH = 5
_SEVERITY = {"crisis": 4, "likely": 3, "soft": 2, "means": 1}
URGENCY = {"overdose": 5, "suicide": 4, "medical": 3, "danger": 2, "high_risk": 1}


@dataclass(frozen=True)
class Finding:
    """A sign that was found. context: what softened it, if anything did."""

    family: Family
    level: Level
    rule: str
    context: Context | None = None


@dataclass(frozen=True)
class Reading:
    """What a text holds. told_or_said: whether it has a saying in it or tells a story, so that words mean less."""

    findings: list[Finding]
    told_or_said: bool


@dataclass(frozen=True)
class _Sign:
    family: Family
    rule: str
    level: Level
    softened_by: frozenset[Context]


class Gate:
    """Finds the signs of the gate's files in texts.

    Args:
        files: the gate's files.
        text_speak: shortened words of the lexicon, written out.
        english: right words of English, which no repair touches.

    Raises:
        FileError: a pattern is not in the language of patterns.
    """

    def __init__(self, files: GateFiles, text_speak: dict[str, str], english: Iterable[str]) -> None:
        english = list(english)
        rank = {word: place for place, word in enumerate(english)}
        shared = files.words.words
        words: set[str] = set()
        self._signs = []
        for file in files.families:
            compiler = Compiler({**shared, **file.words}, rank)
            signs = [
                (_Sign(file.family, rule.id, rule.level or file.level, frozenset(rule.softened_by)), pattern)
                for rule in file.rules
                for pattern in _compiled(compiler, rule.patterns, f"{file.family}.yml", rule.id)
            ]
            self._signs.append(Index(compiler, signs))
            words |= compiler.words
            compiler.finish()
        compiler = Compiler(shared, rank)
        self._cues = Index(
            compiler,
            [
                (kind, pattern)
                for kind, written in files.context.model_dump().items()
                for pattern in _compiled(compiler, written, "context.yml", kind)
            ],
        )
        compiler.finish()
        written_out = {**text_speak, **files.words.written_out}
        self._normalizer = Normalizer(written_out, files.words.emoji, words | compiler.words, english)

    def read(self, text: str) -> Reading:
        """Returns the signs found in a text, the gravest first; of each family and level one."""
        tokens, cues = self._with_cues(text)
        found: dict[tuple[Family, Level], Finding] = {}
        for index in self._signs:
            for sign, match in index.find(tokens):
                context = _context(match, sign.softened_by, cues, tokens)
                if sign.level == "soft" and context in ("fiction", "hypothetical"):
                    continue  # a word about the subject, not about anybody
                level: Level = "soft" if context and sign.level in ("crisis", "likely") else sign.level
                found.setdefault((sign.family, level), Finding(sign.family, level, sign.rule, context))
        order = sorted(found.values(), key=lambda each: (_SEVERITY[each.level], URGENCY[each.family]), reverse=True)
        return Reading(order, told_or_said=bool(cues["idioms"] or cues["fiction"]))

    def _with_cues(self, text: str) -> tuple[list[str], dict[str, list[Match]]]:
        """Returns the tokens of a text, its sayings masked, and what gives its signs their context."""
        tokens = self._normalizer.tokens(text)
        cues: dict[str, list[Match]] = defaultdict(list)
        for kind, match in self._cues.find(tokens):
            cues[kind].append(match)
        said = {position for saying in cues["idioms"] for position in range(saying.start, saying.end)}
        for kind in cues.keys() - {"idioms"}:
            cues[kind] = [cue for cue in cues[kind] if not said & {*range(cue.start, cue.end)}]
        return ["_" if position in said else token for position, token in enumerate(tokens)], cues


def _context(
    match: Match, softened_by: frozenset[Context], cues: dict[str, list[Match]], tokens: list[str]
) -> Context | None:
    """Returns the context that softens a match, none if none does."""
    begin, end = _sentence(match, tokens)
    if "negated" in softened_by and _negated(match, begin, cues):
        return "negated"
    current = any(begin <= cue.start < end for cue in cues["current"])
    if "past" in softened_by and not current and any(begin <= cue.start < end for cue in cues["past"]):
        return "past"
    if "hypothetical" in softened_by and any(begin <= cue.start < match.end for cue in cues["hypothetical"]):
        return "hypothetical"
    # A film or a song is told of in the sentences around it, too.
    if "fiction" in softened_by and cues["fiction"]:
        return "fiction"
    return None


def _negated(match: Match, begin: int, cues: dict[str, list[Match]]) -> bool:
    """Says whether a negative word stands before the sign or in one of its gaps, and denies something."""
    sayings = {position for cue in cues["not_negated"] for position in range(cue.start, cue.end)}
    own = set(match.positions)
    for cue in cues["negated"]:
        positions = set(range(cue.start, cue.end))
        near = cue.end > match.start - REACH and begin <= cue.start < match.end
        if near and cue.start not in own and not positions <= sayings:
            return True
    return False


def _sentence(match: Match, tokens: list[str]) -> tuple[int, int]:
    begin, end = match.start, match.end
    while begin and tokens[begin - 1] != END:
        begin -= 1
    while end < len(tokens) and tokens[end] != END:
        end += 1
    return begin, end


def _compiled(compiler: Compiler, written: list[str], file: str, rule: str) -> list[Pattern]:
    try:
        return [compiler.compile(pattern) for pattern in written]
    except PatternError as error:
        raise FileError(f"{shown(GATE / file)}: {rule}: {error}. Mend the pattern.") from error
