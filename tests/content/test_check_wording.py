"""What is never said."""

from __future__ import annotations

import pytest

from checks.wording import never, never_said, one_paragraph

TOPIC, TALK = "data/topics/cold_turkey.yml", "data/talk/talk.yml"
SENTENCE = "The article says to ask a doctor first."

BAD = [
    "You can get addicted from a single dose.",
    "People are addicted after doing it once.",
    "It is a hundred times faster.",
    "Millions of people take it.",
    "Sixty percent depend on it.",
    "Quitting cocaine is hard.",
    "It can trick the brain.",
    "The body is flushed of heroin.",
    "A doctor is there 24/7.",
    "Call today.",
    "Detox is the safest way.",
    "Stopping alone will lead you back.",
    "Take 5 now.",
    "Take some mg of it.",
    "Take half of it.",
    "Twice is too much.",
    "Take one a day.",
    "Take it every other day.",
    "Take it every six hours.",
    "Take it daily.",
    "It takes three days.",
    "Take two pills.",
    "Store it out of reach.",
    "Think of where to keep the heroin.",
    "A helpline will help you.",
    "They can surely help.",
    "Many addicts stop.",
    "Some users stop.",
    "Drug abuse is common.",
    "Get clean.",
    "Dirty needles are a risk.",
    "Replacement therapy helps.",
    "Kick the habit.",
    "He committed suicide.",
    "Well done for asking.",
    "Stop now!",
    "Take care \U0001f642",
    "Take care \u2764\ufe0f",
]
GOOD = [
    "The article says a detox program is the safest way.",
    "The article says a stay lasts from 28 days to 6 months or more.",
    "The article was reviewed on July 6, 2021.",
    "People report it after only a few days of regular use.",
    "A doctor can help, and may prescribe a medicine.",
    "Useful habitats and cleanliness are other words.",
]


@pytest.mark.parametrize("sentence", BAD)
def test_a_bad_sentence_is_refused_with_its_line(project, sentence):
    project.replace(TOPIC, SENTENCE, sentence)
    for problem in (found := project.found(never)):
        assert (problem.path, problem.line) == (project.root / TOPIC, project.line(TOPIC, sentence)), problem
        assert "is never said: " in problem.message
    assert found


@pytest.mark.parametrize("sentence", GOOD)
def test_a_good_sentence_is_left_alone(project, sentence):
    project.replace(TOPIC, SENTENCE, sentence)
    assert project.found(never) == []


def test_every_pattern_is_needed_for_a_bad_sentence():
    special = {rule.pattern for rule in never_said() if rule.only or "844" in rule.pattern}
    unused = [rule.pattern for rule in never_said() if not any(rule.find(sentence) for sentence in BAD)]
    assert set(unused) <= special


def test_the_articles_telephone_number_is_refused(project):
    project.replace(TOPIC, SENTENCE, "The line is (844) 616-3400.")
    assert any("commercial referral line" in problem.message for problem in project.found(never))


def test_new_is_refused_of_rapid_detox_only(project):
    project.replace(TOPIC, SENTENCE, "There is a new way.")
    assert project.found(never) == []
    for _ in "rule", "response":
        project.replace(TOPIC, "utter_cold_turkey", "utter_rapid_detox")
    project.refused(never, TOPIC, "There is a new way.", "'new' is never said: rapid detox is not new", "Leave")


@pytest.mark.parametrize(
    ("file", "old", "at"),
    [
        (TOPIC, "title: Say hello", "title: Clean now"),
        (TOPIC, "title: Stopping all at once", "title: Clean now"),
        ("data/safety_notes.yml", "text: Their body can handle much less after", "text: Clean now"),
        ("data/signposts.yml", '- "To talk to someone: {support}."', '- "Clean now"'),
        ("data/signposts.yml", 'trouble: "Something went wrong here."', 'trouble: "Clean now"'),
        ("data/signposts.yml", 'elsewhere: "In another country? Type its name."', 'elsewhere: "Clean now"'),
    ],
)
def test_titles_buttons_notes_and_closing_lines_are_looked_at(project, file, old, at):
    project.replace(file, old, at)
    project.refused(never, file, at, "'Clean' is never said: ", 'Say "in recovery"')


def test_helpline_numbers_and_names_are_no_concern_of_the_list(project):
    project.replace("data/helplines.yml", "name: Boland Line", "name: Boland Drug Abuse Line 24/7")
    assert project.found(never) == []


def test_a_blank_line_is_refused(project):
    project.replace(TALK, "text: Hello. What would you like to know?", "text: |-\n      Hello.\n\n      What is it?")
    project.refused(one_paragraph, TALK, "text: |-", "two messages", "Join the paragraphs")
