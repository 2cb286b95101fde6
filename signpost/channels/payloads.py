"""Which messages may be read as a button's payload instead of as text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain

from signpost.suggestions import titles

_BEGINNING = re.compile(rf"^[\s{INTENT_MESSAGE_PREFIX}]+")


class Payloads:
    """The payloads that buttons of this assistant carry.

    Rasa takes `/intent{"entity": "value"}` from anyone for an intent and its entities. Only what a button carries
    passes as it is; from everything else the leading slash is taken, so that it is read as text.
    """

    def __init__(self, domain: Domain, countries: Iterable[str]) -> None:
        variations = [variation for every in domain.responses.values() for variation in every]
        buttons = {button["payload"] for variation in variations for button in variation.get("buttons", [])}
        # A suggestion's button, or a page's first word, carries a bare intent.
        known = set(titles(domain.responses, answers_only=False)) & set(domain.intents) - set(DEFAULT_INTENTS)
        offered = {f"{INTENT_MESSAGE_PREFIX}{intent}" for intent in known}
        stated = {f'{INTENT_MESSAGE_PREFIX}set_country{{"country":"{code}"}}' for code in countries}
        self._allowed = buttons | offered | stated

    def as_text(self, message: str) -> str:
        """Returns the message as Rasa may read it."""
        text = message.strip()
        if not text.startswith(INTENT_MESSAGE_PREFIX) or text in self._allowed:
            return message
        return _BEGINNING.sub("", text)
