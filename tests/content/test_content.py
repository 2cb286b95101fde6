"""The shipped content, and `python -m checks` as a whole."""

from __future__ import annotations

import re

import pytest

from checks.__main__ import main
from checks.content import Content
from checks.run import CHECKS, problems


@pytest.fixture(scope="module")
def shipped() -> Content:
    content = Content.load()
    # The age of the helplines is for `make check` to say; the tests do not fail by the calendar.
    newest = max(line.last_checked for country in content.registry.countries.values() for line in country.lines)
    return Content.load(today=newest)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.__module__}.{check.__name__}")
def test_the_shipped_content_has_no_problem(shipped, check):
    assert [str(found) for found in check(shipped) if not found.warning] == []


def test_every_answer_of_the_shipped_topics_is_looked_at(shipped):
    assert {answer.path.parent.name for answer in shipped.answers} == {"topics", "safety", "talk"}
    assert {f"utter_{intent}" for intent in shipped.intents} - {answer.response for answer in shipped.answers} == {
        "utter_forget_me"  # it is answered by utter_restart
    }


def test_the_rules_name_topics_intents_and_responses_that_are_there(shipped):
    rules, topics = shipped.rules, {path.stem for path in shipped.topics}
    responses = {answer.response for answer in shipped.answers}
    assert set(rules.notes_by_topic) <= topics
    assert set(rules.notes_by_intent) | set(rules.without_questions) <= set(shipped.intents)
    assert set(rules.not_graded) | set(rules.used_by_the_program) <= responses
    owed = {note for notes in (*rules.notes_by_topic.values(), *rules.notes_by_intent.values()) for note in notes}
    assert owed <= set(shipped.composer.notes.notes)


def test_the_small_project_of_these_tests_has_no_problem(project):
    assert [str(found) for check in CHECKS for found in project.found(check)] == []


def test_content_without_a_problem_ends_with_one_line_and_status_0(project, capsys, monkeypatch):
    monkeypatch.setattr("checks.helplines.FAIL_AFTER_DAYS", 10**6)
    monkeypatch.setattr("checks.helplines.WARN_AFTER_DAYS", 10**6)
    assert main(project.root) == 0
    counts = r"Content: 4 intents, 100 questions, 6 answers; widget: \d+ bytes gzipped, at most 14336"
    assert re.fullmatch(rf"{counts}; problems: 0, warnings: 0\.\n", capsys.readouterr().out)


def test_a_problem_is_one_line_with_file_line_and_mend_and_status_1(project, capsys):
    file = "data/topics/cold_turkey.yml"
    project.replace(file, "[A1#cold-turkey]", "[A1#cold_turkey]")
    assert main(project.root) == 1
    place = f"{project.root / file}, line {project.line(file, 'A1#cold_turkey')}"
    assert f"{place}: no source 'A1#cold_turkey' in data/sources.yml. Did you mean 'A1#cold-turkey'?\n" in (
        capsys.readouterr().out
    )


def test_problems_come_by_file_and_line_and_each_once(project):
    project.replace("data/talk/talk.yml", "Hello.", "Hello!")
    project.replace("data/topics/cold_turkey.yml", "Cold turkey means to", "Clean users")
    found = problems(Content.load(project.root))
    assert [problem.path.name for problem in found if not problem.warning and problem.path.name != "helplines.yml"] == [
        "talk.yml",
        "cold_turkey.yml",
        "cold_turkey.yml",
    ]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("data/topics/cold_turkey.yml", "      signpost: clinician", "      sign: clinician", "Extra inputs"),
        ("domain.yml", "intents:", "intents: [", "not valid YAML"),
        ("data/helplines.yml", "support: [bb-line]", "support: [cc-line]", "no line has the id cc-line"),
        ("data/helplines.yml", "      support: [bb-line]\n", "", "countries.BB.roles: no line for 'support'; name one"),
        ("signpost.yml", "default_country: AA", "default_country: CC", "default_country: CC"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_as_it_is_with_status_1(project, capsys, file, old, new, says):
    project.replace(file, old, new)
    assert main(project.root) == 1
    said = capsys.readouterr().out
    assert says in said and "Content:" not in said
