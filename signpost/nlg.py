"""The response generator: picks the scripted response, fills it, and ends every reply with the signpost."""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterator
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from signpost import helplines
from signpost.reply import Composer
from signpost.settings import settings

logger = logging.getLogger(__name__)

DISCLOSURE = "utter_disclosure"
PLACEHOLDER = re.compile(r"{(\w+)}")

# What the generator leaves in a reply's metadata for the replies after it.
STATE = "signpost_state"
ANSWER = "signpost_answer"


class CannotFill(LookupError):
    """A response names a placeholder that this conversation has no value for."""


class SignpostGenerator(TemplatedNaturalLanguageGenerator):
    """Rasa's `nlg` endpoint. Every reply of the assistant, whatever asked for it, is made in `generate`.

    Rasa makes the generator before it loads the model, and afterwards puts the model's responses into `responses` of
    generators of this base class only.

    Raises:
        FileError: a data file or the settings do not fit, so that the server does not start on them.
    """

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)
        self._registry = helplines.load(settings().default_country)
        self._composer = Composer.from_files(self._registry)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Makes one reply.

        Args:
            utter_action: the response's name.
            tracker: the conversation so far.
            output_channel: the channel's name, for channel-specific variations.

        Returns:
            The message for the channel: `text`, perhaps `buttons`, and the metadata that the next replies need.
            If the response cannot be made, the fixed reply with the full block of helplines.
        """
        country = self._registry.code(tracker.get_slot("country"))
        try:
            return self._reply(utter_action, tracker, output_channel, country)
        except Exception:  # the person gets a number to call, whatever broke
            logger.exception("The response %s could not be made; the fixed reply was sent.", utter_action)
            return {"text": self._composer.trouble(country), STATE: _state(tracker)}

    def _reply(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, country: str
    ) -> dict[str, Any]:
        state = _state(tracker)
        message = self._filled(utter_action, tracker, output_channel, country)
        metadata = message.pop("metadata", None) or {}
        answer = self._composer.answer(message["text"], metadata)

        crisis = bool(metadata.get("crisis"))
        in_crisis = crisis or bool(state.get("in_crisis"))
        # In a crisis the number comes first; the disclosure waits for the next reply.
        disclose = not state.get("disclosed") and not crisis
        kind = metadata.get("signpost", "helpline")
        if disclose or crisis:
            kind = "full"
        elif in_crisis and kind != "full":
            kind = "crisis"
        wording = state.get("wording", -1) + 1
        parts = [f"{answer}\n{self._composer.signpost(kind, country, wording)}"]
        if disclose:
            parts.insert(0, self._filled(DISCLOSURE, tracker, output_channel, country)["text"].strip())
        message["text"] = "\n\n".join(parts)
        message[STATE] = {
            "disclosed": bool(state.get("disclosed")) or disclose,
            "in_crisis": in_crisis,
            "wording": wording,
        }
        message["sources"] = metadata.get("sources", [])
        message["crisis"] = crisis
        if metadata.get("answer", True):
            message[ANSWER] = answer
        return message

    def _filled(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, country: str
    ) -> dict[str, Any]:
        variations = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, tracker.current_slot_values()
        )
        message = copy.deepcopy(variations[0])
        message.pop("condition", None)
        values = {**self._composer.placeholders(country), **self._from_conversation(tracker)}

        def value(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise CannotFill(f"{utter_action}: nothing to put for {match[0]}")
            return values[match[1]]

        try:
            message["text"] = PLACEHOLDER.sub(value, message["text"])
        except CannotFill:
            otherwise = (message.get("metadata") or {}).get("otherwise")
            if not otherwise:
                raise
            return self._filled(otherwise, tracker, output_channel, country)
        return message

    def _from_conversation(self, tracker: DialogueStateTracker) -> dict[str, str]:
        values = {}
        latest = tracker.latest_message
        stated = [e.get("value") for e in (latest.entities if latest else []) if e.get("entity") == "country"]
        if stated and stated[-1] in self._registry.countries:
            values["stated_country"] = self._registry.countries[stated[-1]].name
        for past in _bot_replies(tracker):
            if ANSWER in past.metadata:
                values["last_answer"] = past.metadata[ANSWER]
                if past.metadata.get("sources"):
                    values["sources"] = self._composer.source_details(past.metadata["sources"])
                break
        return values


def _bot_replies(tracker: DialogueStateTracker) -> Iterator[BotUttered]:
    """Yields the assistant's replies since the conversation began, the latest first."""
    return (event for event in reversed(tracker.applied_events()) if isinstance(event, BotUttered))


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    return next((past.metadata[STATE] for past in _bot_replies(tracker) if STATE in past.metadata), {})
