"""`python -m evaluation`: measures, writes reports/answers.txt and reports/answers.png, fails below a gate."""

from __future__ import annotations

import sys

from evaluation import report
from evaluation.assistant import Assistant
from evaluation.messages import load
from evaluation.outcomes import outcome

GROUPS = ("in_scope", "advice", "out_of_scope_health", "out_of_scope")


def measure(assistant: Assistant) -> report.Groups:
    """Returns the outcome of every evaluation message, by group."""
    domain = assistant.agent.domain
    return {
        group: [outcome(message, assistant.parse(message.text), domain) for message in load(group)] for group in GROUPS
    }


def main() -> int:
    groups = measure(Assistant())
    measured = report.figures(groups)
    report.REPORTS.mkdir(exist_ok=True)
    words = report.text(groups, measured)
    (report.REPORTS / "answers.txt").write_text(words, encoding="utf-8")
    report.plot(groups, report.REPORTS / "answers.png")
    print(words.partition("\n\n")[0])
    problems = report.failed(measured, "answers")
    for problem in problems:
        print(f"below the gate: {problem}", file=sys.stderr)
    print("The whole report is in reports/answers.txt and reports/answers.png.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
