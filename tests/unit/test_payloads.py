"""channels/payloads.py: only what a button carries is read as a payload."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain

from signpost.channels.payloads import Payloads

DOMAIN = Domain.from_dict(
    {
        "intents": ["cold_turkey", "set_country", "untitled"],
        "responses": {
            "utter_cold_turkey": [
                {
                    "text": "x",
                    "metadata": {"title": "Cold turkey", "sources": ["A1#cold-turkey"]},
                    "buttons": [{"title": "t", "payload": "/hidden"}],
                },
                {"text": "y", "buttons": [{"title": "t", "payload": '/set_country{"country":"GB"}'}]},
            ],
            "utter_untitled": [{"text": "x"}],
            "utter_no_intent": [{"text": "x", "metadata": {"title": "Not an intent"}}],
        },
    }
)
PAYLOADS = Payloads(DOMAIN, ["US", "IE"])


@pytest.mark.parametrize("payload", ["/hidden", '/set_country{"country":"GB"}', "/cold_turkey"])
def test_what_a_button_or_a_suggestion_carries_passes_as_it_is(payload):
    assert PAYLOADS.as_text(payload) == payload
    assert PAYLOADS.as_text(f" {payload} ").strip() == payload


@pytest.mark.parametrize(
    "typed",
    [
        '/set_country{"country":"ZZ"}',
        '/set_country{"country": "GB"}',
        "/set_country",
        "/untitled",
        "/no_intent",
        "/restart",
        "/back",
        "/session_start",
        '/cold_turkey{"asking_for":"self"}',
        "/cold_turkey@0.1",
        "//cold_turkey",
        "/ /cold_turkey",
        "/",
        "///",
        " /restart",
    ],
)
def test_anything_else_with_a_slash_is_read_as_text(typed):
    assert not UserMessage(PAYLOADS.as_text(typed)).text.startswith("/")


@pytest.mark.parametrize("typed", ["what is cold turkey", "and/or", "", "  ", "1/2 gram", "how do i stop /restart"])
def test_text_without_a_slash_in_front_stays_as_it_is(typed):
    assert PAYLOADS.as_text(typed) == typed


@pytest.mark.parametrize("gap", ["\t", "\n", "\r\n", "\x0b", "\xa0", "\u2003"])
def test_white_space_between_two_slashes_hides_no_payload(gap):
    assert not UserMessage(PAYLOADS.as_text(f'/{gap}/set_country{{"country":"US"}}')).text.startswith("/")


@given(st.text(alphabet=st.sampled_from("/ abc{}\"':@0"), max_size=12))
def test_no_text_of_slashes_and_spaces_becomes_a_payload_that_no_button_carries(typed):
    text = (UserMessage(PAYLOADS.as_text(typed)).text or "").strip()
    assert not text.startswith("/") or text in PAYLOADS._allowed


def test_every_button_of_the_assistant_passes(domain):
    payloads = Payloads(domain, ["US", "IE"])
    carried = {
        button["payload"]
        for variations in domain.responses.values()
        for variation in variations
        for button in variation.get("buttons", [])
    }
    assert len(carried) > 30
    assert all(payloads.as_text(payload) == payload for payload in carried)


def test_every_button_of_the_assistant_leads_to_an_intent_it_knows(domain):
    for variations in domain.responses.values():
        for button in (b for variation in variations for b in variation.get("buttons", [])):
            assert button["payload"].removeprefix("/").partition("{")[0] in domain.intents


@pytest.mark.parametrize("command", ["/restart", "/back", "/session_start"])
def test_rasas_own_commands_are_no_payloads(domain, command):
    assert Payloads(domain, ["US", "IE"]).as_text(command) == command.removeprefix("/")
