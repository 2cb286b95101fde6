"""The response generator: picks the scripted response, fills it, and ends every reply with the signpost."""

from __future__ import annotations

import logging
import re
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY
from rasa.utils.endpoints import EndpointConfig

from signpost import helplines
from signpost.conversation import ANSWER, RESPONSE, SAFETY, STATE, known_country, replies
from signpost.handoff import HANDOFF, NOT_TOLD, NOTICES, TALK_TO_PERSON, Notifier
from signpost.reply import Composer
from signpost.settings import settings
from signpost.suggestions import buttons, suggest, titles

logger = logging.getLogger(__name__)

DISCLOSURE = "utter_disclosure"
SOFT_RESPONSE = "utter_soft_"
# Messenger shows no more.
MOST_BUTTONS = 3
# So many turns after a sign of distress, a question about means is read as an emergency.
DISTRESS_TURNS = 6
PLACEHOLDER = re.compile(r"{(\w+)}")


class CannotFillError(LookupError):
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
        self._notifier = Notifier.from_settings()
        self._titled: tuple[dict[str, list[dict[str, Any]]], dict[str, str]] | None = None

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
        country = self._registry.code(tracker.get_slot("country") or known_country(tracker))
        try:
            if utter_action in NOTICES and not await self._told(utter_action, tracker, country):
                utter_action = NOT_TOLD
            return self._reply(utter_action, tracker, output_channel, country)
        except Exception:  # the person gets a number to call, whatever broke
            logger.exception("The response %s could not be made; the fixed reply was sent.", utter_action)
            state = _state(tracker)
            crisis = utter_action.startswith("utter_crisis_")
            state["in_crisis"] = state.get("in_crisis") or crisis
            state["distress"] = _distress(tracker, state)
            return {"text": self._composer.trouble(country), "country": country, "crisis": crisis, STATE: state}

    def _reply(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, country: str
    ) -> dict[str, Any]:
        state = _state(tracker)
        message = self._filled(utter_action, tracker, output_channel, country)
        metadata = message.pop("metadata", None) or {}
        answer = self._composer.answer(message["text"], metadata, tracker.get_slot("asking_for"))
        safety = _safety(tracker)
        soft = safety.get("level") == "soft" and not utter_action.startswith(SOFT_RESPONSE)
        if not metadata.get("suggestions"):
            self._offer(message, tracker)

        if self._notifier and utter_action == TALK_TO_PERSON:
            offer = buttons([HANDOFF], titles(self.responses, answers_only=False))
            message["buttons"] = [*offer, *message.get("buttons", [])][:MOST_BUTTONS]

        crisis = bool(metadata.get("crisis"))
        in_crisis = crisis or bool(state.get("in_crisis"))
        # In a crisis the number comes first; the disclosure waits for the next reply.
        disclose = not state.get("disclosed") and not crisis
        kind = metadata.get("signpost", "helpline")
        if disclose or crisis:
            kind = "full"
        elif (in_crisis or soft) and kind != "full":
            kind = "crisis"
        wording = state.get("wording", -1) + 1
        parts = [f"{answer}\n{self._composer.signpost(kind, country, wording)}"]
        if soft:
            parts[0] = f"{self._composer.soft(safety['family'], country)}\n{parts[0]}"
        if disclose:
            parts.insert(0, self._filled(DISCLOSURE, tracker, output_channel, country)["text"].strip())
        message["text"] = "\n\n".join(parts)
        message[STATE] = {
            "disclosed": bool(state.get("disclosed")) or disclose,
            "in_crisis": in_crisis,
            "wording": wording,
            "distress": _distress(tracker, state),
        }
        message["country"] = country
        message["sources"] = list(metadata.get("sources", []))
        message["cited"] = self._composer.cited(message["sources"])
        message["of_articles"] = bool(metadata.get("sources") or metadata.get("not_covered"))
        message["crisis"] = crisis
        if metadata.get("answer", True):
            message[ANSWER] = answer
        return message

    async def _told(self, utter_action: str, tracker: DialogueStateTracker, country: str) -> bool:
        """Tells the operator's team, with the person's messages where the response says so; says whether it worked."""
        if self._notifier is None:
            return False
        crisis = bool(_state(tracker).get("in_crisis"))
        return await self._notifier.tell(tracker, country, crisis, NOTICES[utter_action])

    def _filled(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, country: str
    ) -> dict[str, Any]:
        variations = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, tracker.current_slot_values()
        )
        message = {key: value for key, value in variations[0].items() if key != "condition"}
        if "buttons" in message:
            message["buttons"] = [dict(button) for button in message["buttons"]]
        message[RESPONSE] = utter_action
        values = {**self._composer.placeholders(country), **self._from_conversation(tracker)}
        if self._notifier:
            values |= self._notifier.placeholders()

        def value(match: re.Match[str]) -> str:
            if match[1] not in values:
                raise CannotFillError(f"{utter_action}: nothing to put for {match[0]}")
            return values[match[1]]

        metadata = message.get("metadata") or {}
        try:
            message["text"] = PLACEHOLDER.sub(value, message["text"])
            if metadata.get("suggestions"):
                message["buttons"] = [*self._suggested(tracker), *message.get("buttons", [])]
        except CannotFillError:
            if not metadata.get("otherwise"):
                raise
            return self._filled(metadata["otherwise"], tracker, output_channel, country)
        return message

    def _offer(self, message: dict[str, Any], tracker: DialogueStateTracker) -> None:
        """Puts what the message may ask as well before the quick replies of its answer."""
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        answered = str(message[RESPONSE]).removeprefix(UTTER_PREFIX)
        if (parsed.get(INTENT) or {}).get(INTENT_NAME_KEY) != answered:
            return
        known = self._known_titles()
        offered = buttons(suggest(parsed, known, answered), known)
        payloads = {button["payload"] for button in offered}
        own = [button for button in message.get("buttons") or [] if button["payload"] not in payloads]
        if offered:
            message["buttons"] = [*offered, *own][:MOST_BUTTONS]

    def _suggested(self, tracker: DialogueStateTracker) -> list[dict[str, str]]:
        known = self._known_titles()
        offered = suggest(tracker.latest_message.parse_data if tracker.latest_message else {}, known)
        if not offered:
            raise CannotFillError("nothing to suggest")
        return buttons(offered, known)

    def _known_titles(self) -> dict[str, str]:
        """Returns the titles of the answers, found once for the responses that Rasa put in."""
        if self._titled is None or self._titled[0] is not self.responses:
            self._titled = (self.responses, titles(self.responses))
        return self._titled[1]

    def _from_conversation(self, tracker: DialogueStateTracker) -> dict[str, str]:
        values = {}
        latest = tracker.latest_message
        stated = [e.get("value") for e in (latest.entities if latest else []) if e.get("entity") == "country"]
        if stated and stated[-1] in self._registry.countries:
            values["stated_country"] = self._registry.countries[stated[-1]].name
        answered = [past.metadata for past in replies(tracker) if ANSWER in past.metadata]
        if answered:
            values["last_answer"] = answered[0][ANSWER]
        # Thanks and the like stand between an answer and the question where it comes from.
        of_articles: dict[str, Any] = next((metadata for metadata in answered if metadata.get("of_articles")), {})
        if of_articles.get("sources"):
            values["sources"] = self._composer.source_details(of_articles["sources"])
        return values


def _safety(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Returns what the safety gate found in the latest message."""
    return (tracker.latest_message.parse_data.get(SAFETY) if tracker.latest_message else None) or {}


def _distress(tracker: DialogueStateTracker, state: dict[str, Any]) -> int:
    """Returns for how many turns more the conversation counts as one with distress."""
    return DISTRESS_TURNS if _safety(tracker).get("family") == "suicide" else max(0, state.get("distress", 0) - 1)


def _state(tracker: DialogueStateTracker) -> dict[str, Any]:
    return dict(next((past.metadata[STATE] for past in replies(tracker) if STATE in past.metadata), {}))
