"""suggestions.py: which answers to offer when a message could mean one of several."""

from __future__ import annotations

import pytest

from signpost.suggestions import ALSO_LIKELY, MOST, buttons, suggest, titles

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


def ranked(**likely: float) -> dict:
    return {"intent_ranking": [{"name": name, "confidence": confidence} for name, confidence in likely.items()]}


MANY = {name: name.upper() for name in ("a", "b", "c", "d")}


@pytest.mark.parametrize(
    ("answered", "offered"),
    [("a", ["b"]), ("b", ["a"]), ("d", ["a"]), ("out_of_scope", ["a", "b"]), ("advice_dosing", ["a", "b"])],
)
def test_beside_an_answer_one_other_is_offered_and_beside_none_of_ours_two(answered, offered):
    assert suggest(ranked(out_of_scope=0.9, a=0.3, b=0.2, c=0.2, d=0.1), MANY, answered) == offered


def test_beside_an_answer_only_what_is_likely_is_offered():
    below = ALSO_LIKELY - 0.0001
    assert suggest(ranked(a=0.9, b=below, c=0.0), MANY, "a") == []
    assert suggest(ranked(a=0.9, b=ALSO_LIKELY), MANY, "a") == ["b"]
    assert suggest(ranked(out_of_scope=0.9, b=ALSO_LIKELY, c=below), MANY, "out_of_scope") == ["b"]
    assert suggest(ranked(nlu_fallback=0.9, b=below, c=0.0), MANY) == ["b", "c"]


def test_beside_an_answer_nothing_else_than_answers_is_offered():
    assert suggest(ranked(a=0.5, greet=0.4, crisis_overdose=0.3, b=0.2), MANY, "a") == ["b"]


def test_a_suggestion_is_a_button_with_the_title_that_asks_for_the_intent():
    assert buttons(["taper"], KNOWN) == [{"title": "Tapering", "payload": "/taper"}]
