"""The files of the safety gate: `data/safety/gate/`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import Field

from signpost.files import DATA, Strict, read

GATE = DATA / "safety" / "gate"

Family = Literal["overdose", "suicide", "medical", "danger", "high_risk"]
# likely: words that calm people use too; an emergency unless the classifier sees none at all, else soft.
# means: what a person in distress could use; it counts only after distress earlier in the conversation.
Level = Literal["crisis", "likely", "soft", "means"]
Context = Literal["negated", "past", "fiction", "hypothetical"]
FAMILIES: tuple[Family, ...] = get_args(Family)
CONTEXTS: tuple[Context, ...] = get_args(Context)


class Rule(Strict):
    """One sign of a family.

    softened_by: the contexts in which the sign is no emergency any more, though never nothing.
    """

    id: str
    level: Level | None = None
    softened_by: list[Context] = list(CONTEXTS)
    patterns: list[str] = Field(min_length=1)
    examples: list[str] = Field(min_length=1)


class FamilyFile(Strict):
    """`overdose.yml` and so on. level: that of the rules that name none."""

    family: Family
    level: Level = "crisis"
    words: dict[str, list[str]] = {}
    rules: list[Rule]


class WordsFile(Strict):
    """`words.yml`: classes of words that every family may use, and what is written out before anything is read."""

    words: dict[str, list[str]]
    written_out: dict[str, str]
    emoji: dict[str, str]


class ContextFile(Strict):
    """`context.yml`: what makes a sign past, negated, told or supposed, and the sayings that mean nothing of it.

    not_negated: phrases with a negative word that deny nothing ("cannot stop").
    current: words that make a past sign a present one ("again").
    idioms: sayings that raise nothing; their words are not read.
    """

    negated: list[str]
    not_negated: list[str]
    past: list[str]
    current: list[str]
    fiction: list[str]
    hypothetical: list[str]
    idioms: list[str]


class GateFiles(Strict):
    """Everything the gate reads, in one object that a trained model carries."""

    words: WordsFile
    context: ContextFile
    families: list[FamilyFile]

    @classmethod
    def from_files(cls, directory: Path = GATE) -> Self:
        """Reads the files.

        Raises:
            FileError: a file is missing or does not fit; the message gives file, line and mend.
        """
        return cls(
            words=read(directory / "words.yml", WordsFile),
            context=read(directory / "context.yml", ContextFile),
            families=[read(directory / f"{name}.yml", FamilyFile) for name in FAMILIES],
        )
