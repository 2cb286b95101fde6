"""The reader in Rasa's NLU pipeline: tokens, the normalized text and entities of a message."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation import last_answered
from signpost.nlu.context import FollowUps
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.reading import TextReader
from signpost.nlu.spelling import Spelling
from signpost.nlu.trained import TrainedComponent
from signpost.nlu.weights import english_words

NORMALIZED = "normalized_text"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class SpacyReader(TrainedComponent, Tokenizer):
    """Tokenizes a message with spaCy, adds the entities and the attribute `normalized_text`; `text` stays as typed."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        Tokenizer.__init__(self, config)
        TrainedComponent.__init__(self, config, storage, resource)
        self._reader: TextReader | None = None
        self._follow_ups: FollowUps | None = None

    def restore(self) -> None:
        with self._storage.read_from(self._resource) as directory:
            stored = json.loads((directory / "reader.json").read_text(encoding="utf-8"))
        self._use(Lexicon.model_validate(stored["lexicon"]), Spelling(stored["vocabulary"], stored["known"]))

    def train(self, training_data: TrainingData) -> Resource:
        """Puts lexicon and vocabulary into the model, which reads as it was trained whatever the files say later."""
        lexicon = Lexicon.from_files()
        plain = TextReader(lexicon)
        texts = [plain.expand(example.get(TEXT)) for example in training_data.intent_examples if example.get(TEXT)]
        spelling = Spelling.learn(texts, plain.names(), english_words())
        stored = {
            "lexicon": lexicon.model_dump(mode="json", by_alias=True),
            "vocabulary": spelling.vocabulary,
            "known": sorted(spelling.known),
        }
        with self._storage.write_to(self._resource) as directory:
            (directory / "reader.json").write_text(json.dumps(stored), encoding="utf-8")
        self._use(lexicon, spelling)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        """Reads messages; with the conversation so far, a follow-up is read with the subject it is about."""
        messages = super().process(messages)
        # Nothing was said before where Rasa only parses a text, whatever the signature promises.
        last = last_answered(tracker) if tracker else None
        for message in messages:
            self._note(message)
            if last and self._follow_ups and message.get(NORMALIZED):
                message.set(NORMALIZED, self._follow_ups.resolve(message.get(NORMALIZED), last), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the normalized text alone: nothing learns from tokens or entities, and Rasa hashes all it is given."""
        assert self._reader is not None
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(NORMALIZED, self._reader.normalize(example.get(TEXT)))
        return training_data

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        assert self._reader is not None
        if attribute != TEXT:
            return self._apply_token_pattern(
                self._convert_words_to_tokens(message.get(attribute).split(), message.get(attribute))
            )
        reading = self._reader.read(message.get(TEXT))
        message.set("reading", reading)
        return [Token(token.text, token.idx) for token in reading.doc if not token.is_space]

    def _use(self, lexicon: Lexicon, spelling: Spelling) -> None:
        self._reader = TextReader(lexicon, spelling)
        self._follow_ups = FollowUps(lexicon)

    def _note(self, message: Message) -> None:
        reading = message.get("reading")
        if reading is None:
            return
        message.data.pop("reading")
        message.set(NORMALIZED, reading.normalized, add_to_output=True)
        message.set(ENTITIES, message.get(ENTITIES, []) + reading.entities, add_to_output=True)
