"""Training questions: none twice, and none that the evaluation measures with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checks.content import Content, Location, Problem, Question, problem, strings_under
from signpost.files import line_of, read_text, shown

EVALUATION_KEYS = frozenset({"text", "texts"})
CONVERSATION_KEYS = frozenset({"user", "user_repeat"})

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")


@cache
def normalised(text: str) -> str:
    """Returns what two messages share that differ in case, punctuation and spaces only.

    Letters, marks and digits of every script are kept. A text that has none is returned as it is.
    """
    folded = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return " ".join(kept.split()) or text.strip()


def repeated(content: Content) -> Iterator[Problem]:
    """No training question twice, within an intent or across intents."""
    seen: dict[str, Question] = {}
    for question in content.questions():
        key = normalised(question.text)
        if key not in seen:
            seen[key] = question
            continue
        first = seen[key]
        place = f"{shown(first.path)}, line {first.line} ({first.intent})"
        message = f"{question.text!r} ({question.intent}) stands in {place} too. Take the worse one out."
        yield Problem(question.path, question.line, message)


def held_out(content: Content) -> Iterator[Problem]:
    """No message of the evaluation is trained on or stands in a conversation test: it would measure memory."""
    evaluation = _messages(content, "eval", EVALUATION_KEYS)
    if not evaluation:
        return
    for question in content.questions():
        if found := evaluation.get(normalised(question.text)):
            message = f"{question.text!r} is an evaluation message ({_place(*found)}). Reword this question."
            yield Problem(question.path, question.line, message)
    for key, (path, location) in _messages(content, "conversations", CONVERSATION_KEYS).items():
        if found := evaluation.get(key):
            message = f"this message is an evaluation message too ({_place(*found)}). Reword it here."
            yield problem(path, location, message)


def _messages(content: Content, folder: str, keys: frozenset[str]) -> dict[str, tuple[Path, Location]]:
    """Returns every message of a folder under tests/, normalised, with its place; payloads are left out."""
    return {
        normalised(text): (path, location)
        for path in sorted((content.root / "tests" / folder).rglob("*.yml"))
        for location, text in strings_under(path, keys)
        if not text.startswith("/")
    }


def _place(path: Path, location: Location) -> str:
    return f"{shown(path)}, line {line_of(read_text(path), location)}"


CHECKS = (repeated, held_out)
