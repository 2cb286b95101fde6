"""nlu/choice.py: which words press a button of the reply before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.events import BotUttered, Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from signpost.nlu.choice import SUGGESTIONS, ButtonChoice, chosen

TAPER = {"title": "What is tapering?", "payload": "/taper_what"}
RISKS = {"title": "The risks", "payload": "/taper_safety_risks"}
COUNTRY = {"title": "I am in Ireland", "payload": '/set_country{"country": "IE"}'}
BUTTONS = [TAPER, RISKS, COUNTRY]
HEARD = {"name": "greet", "confidence": 0.4}


@pytest.mark.parametrize(
    ("typed", "button"),
    [
        ("1", TAPER),
        ("2", RISKS),
        ("3.", COUNTRY),
        ("1)", TAPER),
        ("#2", RISKS),
        ("２", RISKS),
        (" 2 \n", RISKS),
        ("number 2", RISKS),
        ("no 2", RISKS),
        ("option 3", COUNTRY),
        ("answer 1", TAPER),
        ("one", TAPER),
        ("Two!", RISKS),
        ("three", COUNTRY),
        ("first", TAPER),
        ("the first", TAPER),
        ("the second one", RISKS),
        ("The third option", COUNTRY),
        ("the last one", COUNTRY),
        ("last", COUNTRY),
    ],
)
def test_a_number_or_its_word_is_the_button_in_that_place(typed, button):
    assert chosen(typed, BUTTONS, suggestions=False) == button


@pytest.mark.parametrize(
    "typed",
    ["what is tapering?", "What is tapering", "WHAT IS TAPERING?!", "  what is\ttapering ", "what is taperin\u200bg"],
)
def test_a_buttons_title_is_that_button(typed):
    assert chosen(typed, BUTTONS, suggestions=False) == TAPER


@pytest.mark.parametrize(
    "typed", ["yes", "Yes!", "y", "yeah", "yep", "yes please", "that's it", "that’s it", "sure", "ok"]
)
def test_yes_is_the_first_suggestion_and_nothing_after_any_other_reply(typed):
    assert chosen(typed, BUTTONS, suggestions=True) == TAPER
    assert chosen(typed, BUTTONS, suggestions=False) is None


@pytest.mark.parametrize("typed", ["0", "4", "9", "-1", "10", "12", "1 2", "the 4"])
def test_a_number_without_a_button_chooses_nothing(typed):
    assert chosen(typed, BUTTONS, suggestions=True) is None


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "no",
        "tapering",
        "the risks of tapering",
        "yes i took too much",
        "one more hit will kill me",
        "2 bags",
        "1 gram",
        "this is my last day",
        "this is the last",
        "first time i used",
        "ok i want to die",
        "two of us overdosed",
    ],
)
def test_a_message_that_says_more_than_a_choice_is_read_as_a_message(typed):
    assert chosen(typed, BUTTONS, suggestions=True) is None


@pytest.mark.parametrize("typed", ["1", "yes", "last", "the first", "0", ""])
def test_without_buttons_nothing_can_be_chosen(typed):
    assert chosen(typed, [], suggestions=True) is None


def test_a_title_that_ends_with_a_bracket_is_its_button():
    button = {"title": "Naloxone (Narcan)", "payload": "/overdose_info_naloxone"}
    assert chosen("Naloxone (Narcan)", [button], suggestions=False) == button


def test_a_title_counts_before_a_number():
    assert chosen("2", [TAPER, RISKS, {"title": "2", "payload": "/other"}], suggestions=False)["payload"] == "/other"


@given(typed=st.text(), suggestions=st.booleans(), count=st.integers(0, 3))
def test_any_text_chooses_one_of_the_buttons_or_none(typed, suggestions, count):
    assert chosen(typed, BUTTONS[:count], suggestions) in [None, *BUTTONS[:count]]


def spoken(*events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("someone", list(events))


def offered(response: str = "utter_taper_what", buttons: list[dict[str, str]] | None = None) -> BotUttered:
    return BotUttered(
        "a reply", data={"buttons": BUTTONS if buttons is None else buttons}, metadata={"response": response}
    )


def read(typed: str | None, tracker: DialogueStateTracker) -> Message:
    found = [{"entity": "substance", "value": "heroin"}]
    (message,) = ButtonChoice().process([Message({TEXT: typed, INTENT: HEARD, ENTITIES: found})], tracker)
    return message


def test_a_choice_is_read_as_the_press_of_its_button():
    message = read("the second", spoken(offered()))
    assert message.get(INTENT) == {"name": "taper_safety_risks", "confidence": 1.0}
    assert message.get(INTENT_RANKING_KEY) == [message.get(INTENT)]
    assert message.get(ENTITIES) == []
    assert {INTENT, INTENT_RANKING_KEY, ENTITIES} <= set(message.output_properties)


def test_a_choice_brings_the_entities_of_its_button():
    message = read("3", spoken(offered()))
    assert message.get(INTENT)["name"] == "set_country"
    assert [(entity["entity"], entity["value"]) for entity in message.get(ENTITIES)] == [("country", "IE")]


def test_yes_to_did_you_mean_is_the_first_suggestion():
    assert read("yes", spoken(offered(SUGGESTIONS))).get(INTENT)["name"] == "taper_what"


@pytest.mark.parametrize(
    ("typed", "tracker"),
    [
        ("yes", spoken(offered())),
        ("4", spoken(offered())),
        ("what helps", spoken(offered(SUGGESTIONS))),
        (None, spoken(offered())),
        ("1", spoken()),
        ("1", spoken(offered(buttons=[]))),
        ("1", spoken(BotUttered("a reply"))),
        ("1", spoken(offered(), BotUttered("a later reply without buttons"))),
        ("1", spoken(offered(), Restarted())),
    ],
)
def test_every_other_message_stays_as_it_was_read(typed, tracker):
    message = read(typed, tracker)
    assert message.get(INTENT) == HEARD
    assert message.get(ENTITIES) == [{"entity": "substance", "value": "heroin"}]


def test_the_persons_own_messages_do_not_come_between_a_reply_and_its_choice():
    assert read("1", spoken(offered(), UserUttered("1"))).get(INTENT)["name"] == "taper_what"
