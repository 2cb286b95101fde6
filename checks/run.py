"""Runs every check."""

from __future__ import annotations

from checks import articles, buttons, helplines, intents, questions, replies, sources, widget, wording
from checks.content import Check, Content, Problem

CHECKS: tuple[Check, ...] = (
    *intents.CHECKS,
    *questions.CHECKS,
    *replies.CHECKS,
    *wording.CHECKS,
    *sources.CHECKS,
    *buttons.CHECKS,
    *helplines.CHECKS,
    *articles.CHECKS,
    *widget.CHECKS,
)


def problems(content: Content) -> list[Problem]:
    """Returns every problem and warning, by file and line, each once."""
    return sorted({found for check in CHECKS for found in check(content)})
