"""suggestions.py: which answers to offer when a message could mean one of several."""

from __future__ import annotations

import pytest

from signpost.suggestions import MOST, buttons, suggest, titles

RESPONSES = {
    "utter_taper": [{"text": "x", "metadata": {"title": "Tapering", "sources": ["A2#tips"]}}, {"text": "y"}],
    "utter_duration": [{"text": "x", "metadata": {"title": "How long", "sources": [], "not_covered": True}}],
    "utter_greet": [{"text": "x", "metadata": {"title": "Hello", "sources": []}}],
    "utter_plain": [{"text": "x"}],
}
KNOWN = titles(RESPONSES)


def test_answers_from_the_articles_or_about_what_they_leave_out_have_a_title():
    assert KNOWN == {"taper": "Tapering", "duration": "How long"}


def test_small_talk_has_a_title_when_it_is_asked_for():
    assert titles(RESPONSES, answers_only=False) == KNOWN | {"greet": "Hello"}


@pytest.mark.parametrize(
    ("ranked", "offered"),
    [
        (["nlu_fallback", "duration", "taper"], ["duration", "taper"]),
        (["greet", "unknown", "taper"], ["taper"]),
        (["greet"], []),
        ([], []),
    ],
)
def test_the_likeliest_answers_are_offered_and_nothing_else(ranked, offered):
    assert suggest({"intent_ranking": [{"name": name, "confidence": 0.1} for name in ranked]}, KNOWN) == offered


def test_a_message_that_was_not_parsed_has_no_suggestions():
    assert suggest({}, KNOWN) == []


def test_never_more_than_the_most_are_offered():
    known = {str(number): "t" for number in range(9)}
    assert len(suggest({"intent_ranking": [{"name": name} for name in known]}, known)) == MOST


def test_a_suggestion_is_a_button_with_the_title_that_asks_for_the_intent():
    assert buttons(["taper"], KNOWN) == [{"title": "Tapering", "payload": "/taper"}]
