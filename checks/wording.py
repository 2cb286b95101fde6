"""What is never said: the list in never_said.yml, over everything that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import field_validator

from checks.content import Content, Location, Problem, problem
from signpost.files import Strict, read

NEVER_SAID = Path(__file__).with_name("never_said.yml")


class Never(Strict):
    """One thing that is never said.

    pattern: a regular expression, upper and lower case alike. allowed: expressions that may hold it.
    only: an expression for the responses it is looked for in; in everything if left out.
    """

    pattern: str
    reason: str
    mend: str
    allowed: list[str] = []
    only: str = ""

    @field_validator("pattern", "only")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression ({error}); mend {pattern!r}") from error
        return pattern

    def find(self, text: str) -> str | None:
        """Returns the words that break the rule, or None."""
        for allowed in self.allowed:
            text = re.sub(allowed, "", text, flags=re.IGNORECASE)
        match = re.search(self.pattern, text, re.IGNORECASE)
        return match[0] if match else None


class _List(Strict):
    never: list[Never]


@lru_cache(maxsize=1)
def never_said() -> list[Never]:
    """Returns the list; raises `FileError` when it does not fit."""
    return read(NEVER_SAID, _List).never


def never(content: Content) -> Iterator[Problem]:
    """Nothing of the list stands in a text, a title, a button, a safety note or a closing line."""
    for path, location, said, name in _said(content):
        for rule in never_said():
            if not re.search(rule.only, name):
                continue
            words = rule.find(said)
            if words is not None:
                message = f"{words.strip()!r} is never said: {rule.reason}. {rule.mend}"
                yield problem(path, location, message, found=words.strip())


def one_paragraph(content: Content) -> Iterator[Problem]:
    """No blank line, which most platforms make two messages of."""
    for path, location, said, _ in _said(content):
        if re.search(r"\n[ \t]*\n", said.strip()):
            yield problem(path, location, "a blank line splits the reply into two messages. Join the paragraphs.")


def _said(content: Content) -> Iterator[tuple[Path, Location, str, str]]:
    """Yields file, location, text and name of everything that people read and that is written by hand."""
    for answer in content.answers:
        yield answer.path, (*answer.location, "text"), answer.variation.text, answer.response
        title = answer.variation.metadata.title
        yield answer.path, (*answer.location, "metadata", "title"), title, answer.response
        for index, button in enumerate(answer.variation.buttons):
            yield answer.path, (*answer.location, "buttons", index, "title"), button.title, answer.response
    data = content.root / "data"
    for name, note in content.composer.notes.notes.items():
        yield data / "safety_notes.yml", ("notes", name, "text"), note.text, name
    signposts = content.composer.signposts
    for kind, wordings in signposts.lines.items():
        for index, wording in enumerate(wordings):
            yield data / "signposts.yml", ("lines", kind, index), wording, kind
    yield data / "signposts.yml", ("elsewhere",), signposts.elsewhere, "elsewhere"
    for name in ("trouble", "limited", "helplines_only", "short", "choice"):
        yield data / "signposts.yml", (name,), getattr(signposts, name), name


CHECKS = (never, one_paragraph)
