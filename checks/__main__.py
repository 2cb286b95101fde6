"""`python -m checks`: prints one line a problem. Exit status 1 when there is one that is no warning."""

from __future__ import annotations

import sys
from pathlib import Path

from checks.content import Content
from checks.run import problems
from checks.widget import MOST_BYTES, sizes
from signpost.files import ROOT, FileError


def main(root: Path = ROOT) -> int:
    """Checks the content of the project at `root`; returns the exit status."""
    try:
        content = Content.load(root)
        found = problems(content)
    except FileError as error:
        print(error)
        return 1
    for problem in found:
        print(problem)
    wrong = sum(not problem.warning for problem in found)
    questions = sum(1 for _ in content.questions())
    counts = f"{len(content.intents)} intents, {questions} questions, {len(content.answers)} answers"
    widget = f"widget: {sum(sizes(content).values())} bytes gzipped, at most {MOST_BYTES}"
    print(f"Content: {counts}; {widget}; problems: {wrong}, warnings: {len(found) - wrong}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
