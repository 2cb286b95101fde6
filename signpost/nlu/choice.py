"""Understands "1", "the second", "yes" or a button's title as the press of that button."""

from __future__ import annotations

import json
import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from signpost.conversation import RESPONSE, replies
from signpost.nlu.text import clean

SUGGESTIONS = "utter_nlu_fallback"

_NUMBER = re.compile(
    r"^(?:the |number |no |option |answer |#)*(\d|first|second|third|one|two|three|last)(?: one| option)?$"
)
_PLACES = {"first": 0, "one": 0, "second": 1, "two": 1, "third": 2, "three": 2, "last": -1}
_YES = {
    "yes",
    "y",
    "yeah",
    "yep",
    "yea",
    "ya",
    "yes please",
    "correct",
    "thats it",
    "that one",
    "that's it",
    "sure",
    "ok",
}


def chosen(text: str, buttons: list[dict[str, str]], suggestions: bool) -> dict[str, str] | None:
    """Returns the button that a text chooses, none if it chooses none.

    Args:
        text: what the person typed.
        buttons: the quick replies of the reply before it, with `title` and `payload`.
        suggestions: whether that reply asked "did you mean", so that a yes means the first.
    """
    words = _words(text)
    for button in buttons:
        if words == _words(button["title"]):
            return button
    if buttons and suggestions and words in _YES:
        return buttons[0]
    if match := _NUMBER.match(words):
        place = _PLACES[match[1]] if match[1] in _PLACES else int(match[1]) - 1
        if -1 <= place < len(buttons) and (place >= 0 or match[1] == "last"):
            return buttons[place] if buttons else None
    return None


def _words(text: str) -> str:
    return clean(text).lower().strip(" .!)?")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ButtonChoice(GraphComponent):
    """Sets the intent and entities of the chosen button, where the message chooses one; else leaves them alone."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ButtonChoice:
        return cls()

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        last = next(replies(tracker), None)
        if last is None:
            return messages
        suggestions = last.metadata.get(RESPONSE) == SUGGESTIONS
        for message in messages:
            button = chosen(message.get(TEXT) or "", last.data.get("buttons") or [], suggestions)
            if button:
                _press(message, button["payload"])
        return messages


def _press(message: Message, payload: str) -> None:
    name, brace, entities = payload.removeprefix(INTENT_MESSAGE_PREFIX).partition("{")
    values = json.loads(brace + entities) if brace else {}
    intent = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: 1.0}
    found = [
        {"entity": key, "value": value, "start": 0, "end": 0, "extractor": "ButtonChoice"}
        for key, value in values.items()
    ]
    message.set(INTENT, intent, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [intent], add_to_output=True)
    message.set(ENTITIES, found, add_to_output=True)
