"""tracker.py: the same copies and states as Rasa's tracker, at every point of a conversation."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.io import get_text_hash

from signpost.tracker import QuickTracker

# Of the source of what is overridden or relied on; a new one asks for a look at the tracker.
RELIED_ON = {
    "__init__": "665f28dd633424b9f9c5930a7f505aff",
    "copy": "7b99b8131c2e53b3d3b5450e65a3c58d",
    "init_copy": "03354ba0e4e7e4349b05c0eb61ea7519",
    "travel_back_in_time": "ceb64cfb273636f92b678d3b1b0ac2ec",
    "past_states": "59c7e6fba3538c73faf34cf3acd1b192",
}


def heard(intent: str) -> UserUttered:
    return UserUttered("a question", {"name": intent, "confidence": 1.0}, [{"entity": "country", "value": "IE"}])


def conversation() -> list[Event]:
    """Returns a conversation with everything that changes a tracker."""
    turn = [ActionExecuted(ACTION_LISTEN_NAME), heard("greet"), ActionExecuted("utter_greet"), BotUttered("hello")]
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        *turn,
        ActionExecuted(ACTION_LISTEN_NAME),
        heard("set_country"),
        SlotSet("country", "IE"),
        ActionExecuted("utter_set_country"),
        BotUttered("numbers"),
        ActionExecuted(ACTION_LISTEN_NAME),
        heard("thanks"),
        UserUtteranceReverted(),
        ActiveLoop("some_loop"),
        ActiveLoop(None),
        *turn,
        Restarted(),
        *turn,
    ]


def pairs(domain: Domain) -> Iterator[tuple[QuickTracker, DialogueStateTracker]]:
    """Yields both kinds of tracker after every event of the conversation."""
    both = [kind("someone", domain.slots) for kind in (QuickTracker, DialogueStateTracker)]
    for event in conversation():
        for tracker in both:
            tracker.update(event, domain)
        yield both[0], both[1]


def everything(tracker: DialogueStateTracker) -> tuple[object, ...]:
    slots = {name: (slot.value, slot.has_been_set) for name, slot in tracker.slots.items()}
    return (
        list(tracker.events),
        slots,
        tracker.latest_message,
        tracker.latest_action,
        tracker.latest_bot_utterance,
        tracker.active_loop,
        tracker.followup_action,
        tracker.is_paused(),
        tracker.sender_id,
        tracker.model_id,
    )


@pytest.mark.parametrize("name", sorted(RELIED_ON))
def test_rasas_tracker_is_still_the_one_this_was_written_for(name):
    assert get_text_hash(inspect.getsource(getattr(DialogueStateTracker, name))) == RELIED_ON[name]


def test_a_copy_is_the_one_that_rasa_would_make(domain):
    for quick, rasas in pairs(domain):
        quick.model_id = rasas.model_id = "a model"
        assert everything(quick.copy()) == everything(rasas.copy())


def test_a_copy_and_its_tracker_leave_each_other_alone(domain):
    tracker = next(pairs(domain))[0]
    before = everything(tracker)
    twin = tracker.copy()
    for event in (heard("greet"), SlotSet("country", "IE"), ActiveLoop("some_loop")):
        twin.update(event, domain)
    assert everything(tracker) == before
    assert twin.get_slot("country") == "IE"


def test_the_states_are_those_of_rasa_after_every_event(domain):
    for quick, rasas in pairs(domain):
        for _ in range(2):
            assert quick.past_states(domain) == rasas.past_states(domain)
        assert quick.past_states(domain, omit_unset_slots=True) == rasas.past_states(domain, omit_unset_slots=True)
        assert quick.past_states(domain, False, True, {}) == rasas.past_states(domain, False, True, {})


def test_what_a_policy_takes_out_of_a_state_is_there_for_the_next(domain):
    tracker = list(pairs(domain))[-1][0]
    for state in tracker.past_states(domain):
        state.get("user", {}).clear()
        state.clear()
    assert any(state.get("user", {}).get("intent") for state in tracker.past_states(domain))
