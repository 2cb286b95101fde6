"""Which answers to offer when a message could mean one of several: "did you mean"."""

from __future__ import annotations

from typing import Any

from rasa.shared.constants import INTENT_MESSAGE_PREFIX, UTTER_PREFIX
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY

MOST = 2


def titles(responses: dict[str, list[dict[str, Any]]], answers_only: bool = True) -> dict[str, str]:
    """Returns the human title of every intent that is answered by a response with one.

    Args:
        responses: the domain's responses.
        answers_only: only the answers that come from the articles, or say that the articles do not cover the question.
    """
    found = {}
    for name, variations in responses.items():
        metadata = variations[0].get("metadata") or {}
        answer = metadata.get("sources") or metadata.get("not_covered")
        if metadata.get("title") and (answer or not answers_only):
            found[name.removeprefix(UTTER_PREFIX)] = metadata["title"]
    return found


def suggest(parsed: dict[str, Any], known: dict[str, str]) -> list[str]:
    """Returns the intents to offer, at most two, the likeliest first.

    Args:
        parsed: what the NLU pipeline made of the message.
        known: the intents that may be offered, with their titles.
    """
    ranking = [entry[INTENT_NAME_KEY] for entry in parsed.get(INTENT_RANKING_KEY, [])]
    return [intent for intent in ranking if intent in known][:MOST]


def buttons(intents: list[str], known: dict[str, str]) -> list[dict[str, str]]:
    """Returns a button for each offered intent."""
    return [{"title": known[intent], "payload": f"{INTENT_MESSAGE_PREFIX}{intent}"} for intent in intents]
