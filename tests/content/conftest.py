"""A small project without a problem, copied where a test may break it."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from checks.content import Check, Content, Problem

# A week after the dates of the small project's files.
TODAY = datetime.date(2026, 1, 8)


class Project:
    """A copy of the small project."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def replace(self, file: str, old: str, new: str) -> None:
        """Replaces the last place where a file says `old`."""
        path = self.root / file
        before, found, after = path.read_text(encoding="utf-8").rpartition(old)
        assert found, f"{file} does not say {old!r}"
        path.write_text(before + new + after, encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """Writes more at a file's end."""
        with (self.root / file).open("a", encoding="utf-8") as opened:
            opened.write(text)

    def line(self, file: str, text: str) -> int:
        """Returns the last line of a file, counted from 1, that has the text."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        return max(number for number, line in enumerate(lines, start=1) if text in line)

    def found(self, check: Check, today: datetime.date = TODAY) -> list[Problem]:
        """Returns what a check finds."""
        return list(check(Content.load(self.root, today)))

    def refused(self, check: Check, file: str, at: str, *says: str) -> Problem:
        """Asserts that a check finds one problem, at the last line of `file` that has `at`; returns it."""
        (problem,) = self.found(check)
        assert (problem.path, problem.line) == (self.root / file, self.line(file, at)), problem
        assert all(words in problem.message for words in says), problem
        assert str(problem).startswith(f"{self.root / file}, line {problem.line}: ")
        return problem


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("SIGNPOST_ARTICLES", raising=False)
    shutil.copytree(Path(__file__).with_name("project"), tmp_path / "project")
    return Project(tmp_path / "project")
