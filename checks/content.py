"""What the checks read: the whole content, loaded once, and what a problem in it is."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from signpost import helplines
from signpost.files import ROOT, Strict, line_of, parse_yaml, read, read_text, shown
from signpost.helplines import Registry
from signpost.reply import Composer, Notes, Signposts, Sources
from signpost.settings import Handoff, Settings
from signpost.topic_file import TopicFile, Variation, read_topic_files

Location = tuple[int | str, ...]

PLACEHOLDER = re.compile(r"{(\w+)}")
# What the generator fills from the conversation, or from the settings. It may have nothing to fill in, so the response
# needs an `otherwise`.
FROM_CONVERSATION = ("stated_country", "last_answer", "sources", "team", "hours")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and how to mend it. A warning does not fail the check."""

    path: Path
    line: int
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{'warning: ' if self.warning else ''}{shown(self.path)}, line {self.line}: {self.message}"


class Rules(Strict):
    """`checks/rules.yml`: which exceptions hold, and which answers owe which safety note."""

    without_questions: list[str]
    used_by_the_program: list[str]
    not_graded: dict[str, str]
    notes_by_topic: dict[str, list[str]]
    notes_by_intent: dict[str, list[str]]


class _Domain(BaseModel):
    """The part of `domain.yml` that the checks read."""

    intents: list[str]


@dataclass(frozen=True)
class Answer:
    """One variation of a response, and where it stands."""

    path: Path
    response: str
    index: int
    variation: Variation

    @property
    def location(self) -> Location:
        """Where it stands in its file."""
        return ("responses", self.response, self.index)

    @property
    def in_crisis(self) -> bool:
        """Whether it answers an emergency."""
        return self.variation.metadata.crisis or self.response.startswith("utter_crisis_")


@dataclass(frozen=True)
class Question:
    """One training question, with the line it stands on."""

    path: Path
    intent: str
    text: str
    line: int


@dataclass(frozen=True)
class Content:
    """Everything the checks look at."""

    root: Path
    today: datetime.date
    topics: dict[Path, TopicFile]
    intents: list[str]
    composer: Composer
    default_country: str
    rules: Rules
    answers: list[Answer] = field(init=False)

    def __post_init__(self) -> None:
        answers = [
            Answer(path, response, index, variation)
            for path, topic in self.topics.items()
            for response, variations in topic.responses.items()
            for index, variation in enumerate(variations)
        ]
        object.__setattr__(self, "answers", answers)

    @classmethod
    def load(cls, root: Path = ROOT, today: datetime.date | None = None) -> Content:
        """Reads the content of a project.

        Args:
            root: the project's root.
            today: the day against which dates are measured; the present day if left out.

        Raises:
            FileError: a file is missing or does not fit; the message gives file, line and mend.
        """
        data = root / "data"
        default = read(root / "signpost.yml", Settings).default_country
        return cls(
            root=root,
            today=today or datetime.date.today(),
            topics=read_topic_files(data),
            intents=read(root / "domain.yml", _Domain).intents,
            composer=Composer(
                sources=read(data / "sources.yml", Sources),
                notes=read(data / "safety_notes.yml", Notes),
                signposts=read(data / "signposts.yml", Signposts),
                registry=helplines.load(default, data / "helplines.yml"),
            ),
            default_country=default,
            rules=read(Path(__file__).with_name("rules.yml"), Rules),
        )

    @property
    def registry(self) -> Registry:
        """The helplines."""
        return self.composer.registry

    def questions(self) -> Iterator[Question]:
        """Yields every training question, the further ones too."""
        for path, topic in self.topics.items():
            text = read_text(path) if topic.nlu else ""
            for index, questions in enumerate(topic.nlu):
                kinds: dict[Location, list[str]] = {
                    ("examples",): questions.texts,
                    ("metadata", "further"): questions.further,
                }
                for place, texts in kinds.items():
                    first = line_of(text, ("nlu", index, *place)) + 1 if texts else 0
                    yield from (Question(path, questions.intent, asked, n) for n, asked in enumerate(texts, first))

    def filled(self, text: str) -> dict[str, str]:
        """Returns a text as people read it, by country; only the default country's where it names no number."""
        if not PLACEHOLDER.search(text):
            return {self.default_country: text}
        return {code: self._fill(text, code) for code in self.registry.countries}

    def _fill(self, text: str, code: str) -> str:
        country = self.registry.countries[code]
        # The last answer is measured where it is written.
        values = {"stated_country": country.name, "last_answer": "", "sources": self._longest_sources()}
        values |= {name: Handoff.model_fields[name].default for name in ("team", "hours")}
        values |= self.composer.placeholders(code)
        return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)

    def _longest_sources(self) -> str:
        details = []
        for answer in self.answers:
            try:
                details.append(self.composer.source_details(answer.variation.metadata.sources))
            except KeyError:  # an unknown id, which the check of the sources reports
                continue
        return max(details, key=lambda text: len(text.split()), default="")


def problem(path: Path, location: Location, message: str, found: str = "", warning: bool = False) -> Problem:
    """Returns a problem with its exact line.

    Args:
        path: the YAML file.
        location: keys and indexes that lead to the place.
        message: what is wrong and how to mend it.
        found: words that stand in the value there; the line that has them is named.
        warning: whether it only warns.
    """
    text = read_text(path)
    first = line_of(text, location)
    lines = text.splitlines()
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip(" -"))
    for number, line in enumerate(lines[first - 1 :], start=first):
        if number > first and line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        if found and found in line:
            return Problem(path, number, message, warning)
    # Words that the file breaks over two lines are not found; the value's first line is named.
    return Problem(path, first, message, warning)


def strings_under(path: Path, keys: frozenset[str]) -> Iterator[tuple[Location, str]]:
    """Yields every string of a YAML file that stands under one of `keys`, alone or in a list, with its location."""

    def walk(node: Any, location: Location, wanted: bool) -> Iterator[tuple[Location, str]]:
        if isinstance(node, dict):
            for key, value in node.items():
                yield from walk(value, (*location, key), key in keys)
        elif isinstance(node, list):
            for index, value in enumerate(node):
                yield from walk(value, (*location, index), wanted)
        elif wanted and isinstance(node, str):
            yield location, node

    yield from walk(parse_yaml(path, read_text(path)), (), False)


Check = Callable[[Content], Iterator[Problem]]
