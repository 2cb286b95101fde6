"""Whether the helplines are fresh. That every country has a line for every need is checked where they are read."""

from __future__ import annotations

from collections.abc import Iterator

from checks.content import Content, Problem, problem

WARN_AFTER_DAYS = 90
FAIL_AFTER_DAYS = 365


def last_checked(content: Content) -> Iterator[Problem]:
    """Every number was verified lately."""
    for code, country in content.registry.countries.items():
        for index, line in enumerate(country.lines):
            days = (content.today - line.last_checked).days
            place = ("countries", code, "lines", index, "last_checked")
            path = content.root / "data" / "helplines.yml"
            if days < 0:
                yield problem(path, place, f"{line.id} was checked on a day to come. Mend the date.")
            elif days > WARN_AFTER_DAYS:
                message = f"{line.id} was last checked {days} days ago. Check it, then set the date, or take it out."
                yield problem(path, place, message, warning=days <= FAIL_AFTER_DAYS)


CHECKS = (last_checked,)
