"""The articles' facts are used, not their sentences: no answer repeats a run of their words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from checks.content import Content, Location, Problem, problem
from checks.questions import normalised

LONGEST_RUN = 7


def copied(content: Content) -> Iterator[Problem]:
    """No answer or note has eight words in a row from an article; skipped where the articles are not at hand."""
    folder = Path(os.environ.get("SIGNPOST_ARTICLES", content.root.parent / "shared" / "articles"))
    if not folder.is_dir():
        return
    articles = {path.name: _runs(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))}
    for path, location, text in _texts(content):
        for name, runs in articles.items():
            if shared := sorted(_runs(text) & runs):
                message = f"the words {shared[0]!r} stand in {name}. Say it in other words."
                yield problem(path, location, message)


def _texts(content: Content) -> Iterator[tuple[Path, Location, str]]:
    for answer in content.answers:
        yield answer.path, (*answer.location, "text"), answer.variation.text
    for name, note in content.composer.notes.notes.items():
        yield content.root / "data" / "safety_notes.yml", ("notes", name, "text"), note.text


def _runs(text: str) -> set[str]:
    words = normalised(text).split()
    return {" ".join(words[i : i + LONGEST_RUN + 1]) for i in range(len(words) - LONGEST_RUN)}


CHECKS = (copied,)
