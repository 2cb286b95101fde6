"""Which messages may be read as a button's payload instead of as text."""

from __future__ import annotations

from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.domain import Domain


class Payloads:
    """The payloads that buttons of this assistant carry.

    Rasa takes `/intent{"entity": "value"}` from anyone for an intent and its entities. Only what a button carries
    passes as it is; from everything else the leading slash is taken, so that it is read as text.
    """

    def __init__(self, domain: Domain) -> None:
        variations = [variation for every in domain.responses.values() for variation in every]
        buttons = {button["payload"] for variation in variations for button in variation.get("buttons", [])}
        # A suggestion's button carries the bare intent.
        self._allowed = buttons | {f"{INTENT_MESSAGE_PREFIX}{intent}" for intent in titles(domain)}

    def as_text(self, message: str) -> str:
        """Returns the message as Rasa may read it."""
        text = message.strip()
        if not text.startswith(INTENT_MESSAGE_PREFIX) or text in self._allowed:
            return message
        return text.lstrip(INTENT_MESSAGE_PREFIX + " ")


def titles(domain: Domain) -> dict[str, str]:
    """Returns the human title of every intent that has a response with one."""
    found = {}
    for name, variations in domain.responses.items():
        intent = name.removeprefix("utter_")
        title = (variations[0].get("metadata") or {}).get("title")
        if title and intent in domain.intents:
            found[intent] = title
    return found
