"""Length, reading grade and placeholders of replies."""

from __future__ import annotations

import pytest

from checks.replies import crisis_first, length, placeholders, reading_grade, signposts, words

TOPIC, CRISIS, TALK = "data/topics/cold_turkey.yml", "data/safety/crisis_overdose.yml", "data/talk/talk.yml"


@pytest.mark.parametrize(("text", "count"), [("- Call 911 now.", 3), ("One - two", 2), ("", 0), ("don't wait", 2)])
def test_words_are_counted_without_dashes(text, count):
    assert words(text) == count


def test_a_reply_of_78_words_with_note_and_source_is_refused(project):
    # The note has 14 words with its label, the source line 8, the text that stays 3.
    project.replace(TOPIC, "to stop all at once.\n      The article says to ask a doctor first.", "go " * 51 + "go.")
    assert project.found(length) == []
    project.replace(TOPIC, "go go.", "go go go.")
    project.refused(length, TOPIC, "text: >-", "utter_cold_turkey has 78 words", "at most 77", "Shorten the text.")


def test_a_crisis_reply_is_measured_in_every_country_and_may_have_60_words(project):
    project.replace(CRISIS, "Stay with them until help comes.", "Stay " * 57)
    assert project.found(length) == []
    project.replace("data/helplines.yml", 'call: "222"', 'call: "222 or 223"')
    project.refused(length, CRISIS, "text: |-", "has 62 words before the signpost (BB", "at most 60")


def test_a_closing_line_of_16_words_in_one_country_is_refused(project):
    file = "data/signposts.yml"
    project.replace(file, "To talk to someone", "To talk about this or anything else with one kind person now")
    assert project.found(signposts) == []
    project.replace("data/helplines.yml", "name: Boland Line", "name: The Boland Line")
    project.refused(signposts, file, "To talk about", "16 words in BB", "at most 15", "`short` name")


def test_a_text_above_grade_8_is_refused(project):
    hard = "Discontinuation of administration precipitates considerable physiological destabilization."
    project.replace(TOPIC, "Cold turkey means to stop all at once.", hard)
    project.refused(reading_grade, TOPIC, "text: >-", "reads at grade", "the highest is 8.0", "shorter words")


def test_a_text_that_is_excepted_is_not_graded(project):
    project.replace(TALK, "  utter_greet:", "  utter_non_english:")
    project.replace(TALK, "action: utter_greet", "action: utter_non_english")
    project.replace(TALK, "Hello. What would you like to know?", "Discontinuation precipitates destabilization.")
    assert project.found(reading_grade) == []


def test_a_placeholder_that_nothing_fills_is_refused(project):
    project.replace(CRISIS, "until help comes", "until {ambulance} comes")
    project.refused(placeholders, CRISIS, "{ambulance}", "nothing fills {ambulance}", "Use one of", "emergency")


def test_a_placeholder_from_the_conversation_needs_another_response(project):
    project.replace(TALK, "      otherwise: utter_nothing_yet\n", "")
    project.refused(placeholders, TALK, "{last_answer}", "{last_answer} may be empty", "`metadata: otherwise`")


def test_a_crisis_reply_that_does_not_begin_with_a_number_is_refused(project):
    project.replace(CRISIS, "- Call {emergency} now.\n", "- Try to stay calm.\n")
    project.refused(crisis_first, CRISIS, "text: |-", "names no number at its start", "{emergency}")


def test_a_crisis_reply_that_is_not_marked_as_one_is_refused(project):
    project.replace(CRISIS, "      crisis: true\n", "")
    project.refused(crisis_first, CRISIS, "metadata:", "Add `crisis: true`.")
