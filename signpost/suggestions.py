"""Which answers to offer when a message could mean one of several: "did you mean"."""

from __future__ import annotations

from typing import Any

from rasa.shared.constants import INTENT_MESSAGE_PREFIX, UTTER_PREFIX
from rasa.shared.nlu.constants import INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY

MOST = 2
# What a message asks as well is offered from this likelihood on; found with `make eval`.
ALSO_LIKELY = 0.08


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


def suggest(parsed: dict[str, Any], known: dict[str, str], answered: str | None = None) -> list[str]:
    """Returns the intents to offer, the likeliest first: two for a message that is not understood for sure.

    Args:
        parsed: what the NLU pipeline made of the message.
        known: the intents that may be offered, with their titles.
        answered: the intent that is answered; beside it, what the message may ask as well is offered: one intent
            beside an answer, two where the answer is that the message is none of ours.
    """
    ranking = [entry for entry in parsed.get(INTENT_RANKING_KEY, []) if entry[INTENT_NAME_KEY] in known]
    if answered is None:
        return [entry[INTENT_NAME_KEY] for entry in ranking][:MOST]
    likely = [entry[INTENT_NAME_KEY] for entry in ranking if entry[PREDICTED_CONFIDENCE_KEY] >= ALSO_LIKELY]
    return [intent for intent in likely if intent != answered][: 1 if answered in known else MOST]


def buttons(intents: list[str], known: dict[str, str]) -> list[dict[str, str]]:
    """Returns a button for each offered intent."""
    return [{"title": known[intent], "payload": f"{INTENT_MESSAGE_PREFIX}{intent}"} for intent in intents]
