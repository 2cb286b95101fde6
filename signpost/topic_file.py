"""The shape of a file under data/topics, data/safety or data/talk: plain Rasa training data, checked strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from signpost.files import DATA, Strict, read

FOLDERS = ("topics", "safety", "talk")

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Payload = Annotated[str, StringConstraints(pattern=r"^/[a-z][a-z0-9_]*(\{.*\})?$")]


def _one_a_line(lines: str) -> str:
    for line in lines.splitlines():
        if not line.startswith("- ") or not line[2:].strip():
            raise ValueError(f"every question stands on a line of its own after '- '; mend {line!r}")
    return lines


def _texts(lines: str) -> list[str]:
    return [line[2:].strip() for line in lines.splitlines()]


Lines = Annotated[str, AfterValidator(_one_a_line)]


class Aside(Strict):
    """What Rasa passes over. further: questions that `make adapter` alone learns, which has more time."""

    further: Lines


class Questions(Strict):
    """The training questions of one intent."""

    intent: Name
    examples: Lines
    metadata: Aside | None = None

    @property
    def texts(self) -> list[str]:
        """The questions that every training learns, one string each."""
        return _texts(self.examples)

    @property
    def further(self) -> list[str]:
        """The further questions, one string each."""
        return _texts(self.metadata.further) if self.metadata else []


class Step(Strict):
    """One step of a rule: an intent, or the action that answers it."""

    intent: Name | None = None
    action: Name | None = None


class Rule(Strict):
    """A Rasa rule."""

    rule: str
    steps: list[Step] = Field(min_length=2)


class Condition(Strict):
    """When a variation of a response is used: a slot's value."""

    type: Literal["slot"]
    name: Name
    value: str


class Button(Strict):
    """A quick reply."""

    title: str
    payload: Payload


class Metadata(Strict):
    """What the generator does with a response.

    title: how a suggestion names it. sources: `<article>#<section>` ids. not_covered: the articles do not answer.
    safety_note: one or more ids of data/safety_notes.yml. signpost: which closing line. crisis: the number comes first.
    suggestions: buttons for the likeliest intents are added. answer: "repeat" may say it again.
    otherwise: the response to use when a placeholder cannot be filled.
    """

    title: str
    sources: list[str]
    not_covered: bool = False
    safety_note: str | list[str] | None = None
    signpost: Literal["clinician", "helpline", "family", "crisis", "full"]
    crisis: bool = False
    suggestions: bool = False
    answer: bool = True
    otherwise: Name | None = None


class Variation(Strict):
    """One wording of a response."""

    text: str
    condition: list[Condition] | None = None
    channel: str | None = None
    buttons: list[Button] = []
    metadata: Metadata


class TopicFile(Strict):
    """One topic in one file: its questions, its rules, its answers."""

    version: Literal["3.1"]
    nlu: list[Questions] = []
    rules: list[Rule] = []
    responses: dict[Name, list[Variation]] = {}


def read_topic_files(data: Path = DATA) -> dict[Path, TopicFile]:
    """Reads every topic file below a data folder.

    Raises:
        FileError: a file does not fit; the message gives file, line and mend.
    """
    paths = [path for folder in FOLDERS for path in sorted((data / folder).glob("*.yml"))]
    return {path: read(path, TopicFile) for path in paths}


def as_rasa(file: TopicFile) -> dict[str, Any]:
    """Returns the file's content as Rasa takes it."""
    return file.model_dump(exclude_none=True, exclude_unset=True, exclude={"nlu": {"__all__": {"metadata"}}})
