"""The evaluation messages of tests/eval."""

from __future__ import annotations

from pathlib import Path

from signpost.files import ROOT, Strict, read
from signpost.nlu.classifier import OUT_OF_SCOPE

EVAL = ROOT / "tests" / "eval"


class Message(Strict):
    """One message and what is right for it: a topic or an intent, and others that would be right too."""

    text: str
    topic: str | None = None
    intent: str | None = None
    also: list[str] = []
    kind: list[str] = []

    @property
    def right(self) -> list[str]:
        """Everything that counts as right, the best first. Both kinds of out of scope are one topic."""
        best = self.topic or self.intent or ""
        return [OUT_OF_SCOPE if best.startswith(OUT_OF_SCOPE) else best, *self.also]


class _File(Strict):
    messages: list[Message]


def load(group: str) -> list[Message]:
    """Returns the messages of a group: `in_scope`, `advice`, `out_of_scope_health` or `out_of_scope`.

    Raises:
        FileError: a file does not fit; the message gives file, line and mend.
    """
    names = ["in_scope_1", "in_scope_2"] if group == "in_scope" else [group]
    return [message for name in names for message in read(Path(EVAL / f"{name}.yml"), _File).messages]
