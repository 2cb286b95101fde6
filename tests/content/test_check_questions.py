"""Training questions: none twice, none of the evaluation's."""

from __future__ import annotations

import pytest

from checks.questions import held_out, normalised, repeated

TOPIC, TALK = "data/topics/cold_turkey.yml", "data/talk/talk.yml"
LAST = "stopping all at once, question fig"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What's  tapering?", "whats tapering"),
        ("I CAN’T stop…", "i cant stop"),
        ("full-width ｈｅｒｏｉｎ", "Full width heroin"),
        ("हेरोइन?", "हेरोइन"),
        ("CAFÉ", "cafe\u0301"),
    ],
)
def test_case_punctuation_and_spaces_do_not_make_another_message(one, other):
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"), [("हेरोइन", "हेरइन"), ("как бросить", "как"), ("???", "!!!"), ("day 3", "day 4")]
)
def test_letters_marks_and_digits_of_every_script_make_another_message(one, other):
    assert normalised(one) != normalised(other)


def test_a_question_twice_within_an_intent_is_refused(project):
    project.replace(TOPIC, LAST, "Stopping all at once: question ONE?")
    first = project.line(TOPIC, "question one")
    project.refused(repeated, TOPIC, "question ONE?", f"line {first} (cold_turkey) too", "Take the worse one out.")


def test_a_question_of_two_intents_is_refused(project):
    project.replace(TALK, "hello number fig", LAST)
    project.refused(repeated, TALK, LAST, "(greet)", "cold_turkey.yml, line", "Take the worse one out.")


def test_a_further_question_is_looked_at_like_any_other(project):
    project.replace(TOPIC, LAST, f"{LAST}\n  metadata:\n    further: |\n      - {LAST}\n      - He will not wake up!")
    project.refused(held_out, TOPIC, "He will not wake up!", "Reword this question.")
    (twice,) = project.found(repeated)
    assert (twice.path, twice.line) == (project.root / TOPIC, project.line(TOPIC, LAST))


@pytest.mark.parametrize(
    ("message", "line"), [("is it dangerous to JUST stop", 2), ("He will not wake up!", 7)], ids=["text", "texts"]
)
def test_a_question_that_the_evaluation_measures_with_is_refused(project, message, line):
    project.replace(TOPIC, LAST, message)
    project.refused(held_out, TOPIC, message, f"messages.yml, line {line})", "Reword this question.")


def test_a_conversation_with_a_message_of_the_evaluation_is_refused(project):
    file = "tests/conversations/talk.yml"
    project.replace(file, "good morning there", "is it dangerous to just stop")
    project.refused(held_out, file, "is it dangerous", "messages.yml, line 2)", "Reword it here.")


def test_a_project_without_evaluation_messages_is_left_alone(project):
    (project.root / "tests/eval/messages.yml").unlink()
    assert project.found(held_out) == []
