"""`python -m evaluation`: measures, writes reports/answers.txt and reports/answers.png, fails below a gate."""

from __future__ import annotations

import asyncio
import logging
import sys
import warnings

from evaluation import report
from evaluation.messages import load
from evaluation.outcomes import outcome
from signpost.files import ROOT

GROUPS = ("in_scope", "advice", "out_of_scope_health", "out_of_scope")


async def measure() -> report.Groups:
    """Returns the outcome of every evaluation message, by group."""
    warnings.simplefilter("ignore")
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    agent = await load_agent(str(ROOT / "models" / "signpost.tar.gz"), endpoints=endpoints)
    return {
        group: [outcome(message, await agent.parse_message(message.text), agent.domain) for message in load(group)]
        for group in GROUPS
    }


def main() -> int:
    groups = asyncio.run(measure())
    measured = report.figures(groups)
    report.REPORTS.mkdir(exist_ok=True)
    words = report.text(groups, measured)
    (report.REPORTS / "answers.txt").write_text(words, encoding="utf-8")
    report.plot(groups, report.REPORTS / "answers.png")
    print(words.partition("\n\n")[0])
    problems = report.failed(measured)
    for problem in problems:
        print(f"below the gate: {problem}", file=sys.stderr)
    print("The whole report is in reports/answers.txt and reports/answers.png.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
