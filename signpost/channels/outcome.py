"""What became of a person's message, as the metrics count it: never what it was about beyond the article's section."""

from __future__ import annotations

from typing import Any, Literal

from signpost.conversation import ANSWER, RESPONSE, STATE
from signpost.metrics import NO_TOPIC

# Keys that the generator puts into a reply's metadata.
SOURCES = "sources"
CRISIS = "crisis"

# answered: from the articles. declined: advice that is not given. talk: greetings, settings, what lies elsewhere.
# fallback: not understood. crisis: an emergency was recognised. failed: the fixed reply. limited: too many messages.
# helplines_only: the kill switch was on.
Outcome = Literal["answered", "declined", "talk", "fallback", "crisis", "failed", "limited", "helplines_only"]

_DECLINED = "utter_advice_"
_UNREAD = "utter_message_unread"
_NOT_UNDERSTOOD = ("utter_nlu_fallback", "utter_default")


def outcome_of(message: dict[str, Any]) -> Outcome:
    """Returns the outcome of a turn that ended with this message of the generator's."""
    response = str(message.get(RESPONSE, ""))
    # The generator's own fixed reply names no response.
    if response == _UNREAD or (STATE in message and not response):
        return "failed"
    if message.get(CRISIS):
        return "crisis"
    if response in _NOT_UNDERSTOOD:
        return "fallback"
    if response.startswith(_DECLINED):
        return "declined"
    return "answered" if ANSWER in message and message.get(SOURCES) else "talk"


def topic_of(message: dict[str, Any], outcome: Outcome) -> str:
    """Returns the section of an article that an answer names first (`A1#tapering`); for all else `none`."""
    return str(message[SOURCES][0]) if outcome == "answered" else NO_TOPIC
