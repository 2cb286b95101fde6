"""conversation.py: what earlier replies say to the next turn."""

from __future__ import annotations

import pytest
from rasa.shared.core.events import BotUttered, Restarted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation import ANSWER, RESPONSE, STATE, in_distress, last_answered, replies


def spoken(*events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("someone", list(events))


def said(response: str, **metadata) -> BotUttered:
    return BotUttered(response, metadata={RESPONSE: f"utter_{response}", **metadata})


def answered(intent: str) -> BotUttered:
    return said(intent, **{ANSWER: "the text", "sources": ["A1#tips"]})


def test_replies_come_latest_first_and_without_the_persons_messages():
    tracker = spoken(said("greet"), UserUttered("hi"), said("taper_what"))
    assert [reply.text for reply in replies(tracker)] == ["taper_what", "greet"]


@pytest.mark.parametrize("end", [Restarted(), SessionStarted()])
def test_what_was_said_before_a_restart_or_a_new_session_is_forgotten(end):
    assert list(replies(spoken(answered("taper_what"), end))) == []
    assert last_answered(spoken(answered("taper_what"), end)) is None
    assert last_answered(spoken(answered("taper_what"), end, answered("relapse"))) == "relapse"


def test_a_conversation_that_begins_has_no_replies():
    assert list(replies(spoken())) == []
    assert last_answered(spoken()) is None


def test_the_last_answer_is_the_latest_one_from_the_articles():
    assert last_answered(spoken(answered("taper_what"), answered("relapse"))) == "relapse"


@pytest.mark.parametrize(
    "reply",
    [
        said("greet"),
        BotUttered("without metadata"),
        said("thanks", **{ANSWER: "the text"}),
        said("thanks", **{ANSWER: "the text", "sources": []}),
        said("thanks", sources=["A1#tips"]),
    ],
)
def test_small_talk_does_not_hide_the_answer_before_it(reply):
    assert last_answered(spoken(answered("taper_what"), reply)) == "taper_what"
    assert last_answered(spoken(reply)) is None


@pytest.mark.parametrize(("distress", "is_one"), [(6, True), (1, True), (0, False)])
def test_distress_is_what_the_last_reply_counted(distress, is_one):
    assert in_distress(spoken(said("greet", **{STATE: {"distress": distress}}))) == is_one
    assert in_distress(spoken(said("greet", **{STATE: {"distress": distress}}), UserUttered("hi"))) == is_one
    assert not in_distress(spoken(said("greet", **{STATE: {"distress": 6}}), said("greet", **{STATE: {"distress": 0}})))


@pytest.mark.parametrize("events", [[], [said("greet")], [said("greet", **{STATE: {}})]])
def test_without_a_count_there_was_no_distress(events):
    assert in_distress(spoken(*events)) is False


@pytest.mark.parametrize("end", [Restarted(), SessionStarted()])
def test_distress_before_a_restart_or_a_new_session_is_forgotten(end):
    assert not in_distress(spoken(said("greet", **{STATE: {"distress": 6}}), end))


async def test_the_generator_leaves_what_the_next_turn_needs(conversation):
    made = conversation()
    await made.turn("utter_med_methadone")
    await made.turn("utter_greet")
    assert last_answered(made.tracker) == "med_methadone"
