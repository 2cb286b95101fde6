"""metrics.py and channels/outcome.py: what a turn is counted as, and that no label can hold more than that."""

from __future__ import annotations

from typing import get_args

import pytest
from prometheus_client import REGISTRY

from signpost import metrics
from signpost.channels.outcome import Outcome, outcome_of, topic_of
from signpost.conversation import ANSWER, RESPONSE, STATE
from signpost.files import FileError
from signpost.metrics import METRICS_TOKEN

MADE = {STATE: {}, "sources": [], "crisis": False}
TAPER = {**MADE, RESPONSE: "utter_taper_what", ANSWER: "It is.", "sources": ["A2#what-taper", "A1#tapering"]}


@pytest.mark.parametrize(
    ("message", "outcome", "topic"),
    [
        (TAPER, "answered", "A2#what-taper"),
        ({**TAPER, "crisis": True}, "crisis", "none"),
        ({**MADE, RESPONSE: "utter_crisis_suicide", "crisis": True, "sources": ["A1#intro"]}, "crisis", "none"),
        ({**MADE, RESPONSE: "utter_advice_dosing", ANSWER: "x", "sources": ["A1#tapering"]}, "declined", "none"),
        ({**MADE, RESPONSE: "utter_nlu_fallback"}, "fallback", "none"),
        ({**MADE, RESPONSE: "utter_default"}, "fallback", "none"),
        ({**MADE, RESPONSE: "utter_greet", ANSWER: "Hello."}, "talk", "none"),
        ({**MADE, RESPONSE: "utter_message_unread", "crisis": True}, "failed", "none"),
        ({STATE: {}, "text": "Something went wrong here", "crisis": True}, "failed", "none"),
        ({"text": "Words of an action."}, "talk", "none"),
    ],
)
def test_a_turn_is_counted_as_what_became_of_it(message, outcome, topic):
    assert outcome_of(message) == outcome
    assert topic_of(message, outcome) == topic


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_turn_counts_once_with_its_time():
    before = sample("signpost_turns_total", outcome="talk", topic="none"), sample("signpost_turn_seconds_count")
    with metrics.turn() as turn:
        turn.outcome = "talk"
        assert sample("signpost_turns_under_way") == 1
    after = sample("signpost_turns_total", outcome="talk", topic="none"), sample("signpost_turn_seconds_count")
    assert (after[0] - before[0], after[1] - before[1]) == (1, 1)
    assert sample("signpost_turns_under_way") == 0


@pytest.mark.parametrize("outcome", metrics.UNREAD)
def test_what_was_not_read_says_nothing_about_the_time_of_answers(outcome):
    before = sample("signpost_turn_seconds_count")
    with metrics.turn() as turn:
        turn.outcome = outcome
    assert sample("signpost_turn_seconds_count") == before


def test_a_turn_that_breaks_counts_as_failed():
    before = sample("signpost_turns_total", outcome="failed", topic="none")
    with pytest.raises(RuntimeError), metrics.turn():
        raise RuntimeError
    assert sample("signpost_turns_total", outcome="failed", topic="none") == before + 1


def test_labels_are_few_and_closed(composer):
    sections = {f"{key}#{part}" for key, article in composer.sources.articles.items() for part in article.sections}
    allowed = {"outcome": set(get_args(Outcome)), "topic": {*sections, "none"}}
    seen = [s.labels for family in REGISTRY.collect() if family.name.startswith("signpost_") for s in family.samples]
    assert seen
    for labels in seen:
        assert set(labels) <= {"outcome", "topic", "le", "channel"}
        assert all(labels[name] in allowed[name] for name in allowed.keys() & labels.keys())


def test_nothing_says_when_a_count_began():
    with metrics.turn() as turn:
        turn.outcome = "crisis"
    assert not any(s.name.endswith("_created") for family in REGISTRY.collect() for s in family.samples)


@pytest.mark.parametrize(("given", "token"), [("", None), (None, None), ("a-long-enough-token", "a-long-enough-token")])
def test_metrics_are_off_without_a_token(monkeypatch, given, token):
    monkeypatch.delenv(METRICS_TOKEN, raising=False)
    if given is not None:
        monkeypatch.setenv(METRICS_TOKEN, given)
    assert metrics.token() == token


def test_a_token_that_could_be_guessed_is_refused(monkeypatch):
    monkeypatch.setenv(METRICS_TOKEN, "short")
    with pytest.raises(FileError, match=f"{METRICS_TOKEN} is shorter than 16"):
        metrics.token()
