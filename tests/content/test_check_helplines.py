"""The age of the helplines' facts."""

from __future__ import annotations

import datetime

import pytest

from checks.helplines import last_checked

FILE = "data/helplines.yml"


@pytest.mark.parametrize(("days", "found", "warning"), [(90, 0, None), (91, 4, True), (365, 4, True), (366, 4, False)])
def test_a_line_warns_after_90_days_and_fails_after_365(project, days, found, warning):
    problems = project.found(last_checked, today=datetime.date(2026, 1, 1) + datetime.timedelta(days=days))
    assert len(problems) == found
    assert all(problem.warning is warning and f"{days} days ago" in problem.message for problem in problems)


def test_an_old_line_is_named_with_its_line_and_mend(project):
    project.replace(FILE, "last_checked: 2026-01-01", "last_checked: 2024-06-30")
    problem = project.refused(last_checked, FILE, "2024-06-30", "bb-line was last checked 557 days ago", "take it out")
    assert not problem.warning


def test_a_date_to_come_is_refused(project):
    project.replace(FILE, "last_checked: 2026-01-01", "last_checked: 2026-02-01")
    project.refused(last_checked, FILE, "2026-02-01", "on a day to come", "Mend the date.")


def test_a_warning_says_that_it_is_one(project):
    (problem, *_) = project.found(last_checked, today=datetime.date(2026, 5, 1))
    assert str(problem).startswith(f"warning: {project.root / FILE}, line ")
