"""Reads a message with spaCy: tokens, standard words for slang and shortened words, and entities."""

from __future__ import annotations

import json
import re
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from signpost.conversation import last_answered
from signpost.nlu.context import FollowUps
from signpost.nlu.encoder import packaged_weights
from signpost.nlu.fingerprint import fingerprint
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.spelling import Spelling
from signpost.nlu.text import clean, unstretch

NORMALIZED = "normalized_text"

# "u.s.", "w/o" and "w/" are one word each.
_WORD = re.compile(r"[^\W_](?:\.[^\W_])+\b\.?|w/o?(?!\w)|[^\W_]+(?:['/][^\W_]+)*")
_DETERMINERS = {"my", "our", "a", "an", "his", "her", "their", "the", "me", "your", "this", "another", "ex"}
# "My sister told me to taper" is about the person who types.
_REPORTS = re.compile(r"\b(told|tells|says|said|thinks|wants|asked|asks|made|makes|begged|forced) (me|i)\b")
_PROFESSIONALS = re.compile(r"\b(doctor|dr|gp|nurse|therapist|counsell?or|pharmacist|psychiatrist|dealer)\b")
_FILLER = {
    "the",
    "please",
    "in",
    "now",
    "here",
    "numbers",
    "number",
    "helpline",
    "i",
    "am",
    "from",
    "actually",
    "it",
    "is",
}


class Reading:
    """What was read in one message: `doc` (spaCy), `normalized` (str) and `entities` (Rasa's dicts)."""

    def __init__(self, doc: Doc, normalized: str, entities: list[dict[str, Any]]) -> None:
        self.doc = doc
        self.normalized = normalized
        self.entities = entities


class TextReader:
    """Reads texts with a lexicon. Source of the lexicon: `data/lexicon/`, as carried by the model."""

    def __init__(self, lexicon: Lexicon, spelling: Spelling | None = None) -> None:
        self._lexicon = lexicon
        self.spelling = spelling
        self._nlp = spacy.blank("en")
        self._shortened = lexicon.text_speak.words
        self._names: list[str] = []
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        for name, substance in lexicon.substances.substances.items():
            self._add("substance", name, substance.sure)
            self._add("slang", name, substance.slang)
        for name, words in lexicon.medicines.medicines.items():
            self._add("medicine", name, words)
        for code, names in lexicon.countries.countries.items():
            self._add("country", code, names)
        relations = lexicon.people.relations
        self._add("relation", "someone_else", [*relations, *(f"{relation}s" for relation in relations)])
        self._add("someone_else", "someone_else", lexicon.people.someone_else)
        self._add("self", "self", lexicon.people.self_)
        self._context = re.compile(rf"\b({'|'.join(map(re.escape, lexicon.substances.context))})\b")
        after = sorted((self._expanded(phrase) for phrase in lexicon.countries.stated_after), key=len, reverse=True)
        before = "|".join(map(re.escape, lexicon.countries.stated_before))
        self._stated_before = re.compile(rf"^ ({before})\b")
        self._stated_after = re.compile(rf"\b({'|'.join(map(re.escape, after))}) (the )?$")

    def read(self, text: str) -> Reading:
        """Reads one text.

        Args:
            text: what the person typed.

        Returns:
            The reading. `normalized` is lower case with slang, shortened words and names of substances and medicines
            written as their standard words.
        """
        expanded = self.expand(text)
        if self.spelling:
            expanded = self.spelling.repair(expanded)
        doc = self._nlp(expanded)
        spans = [Span(doc, start, end, label=match) for match, start, end in self._matcher(doc)]
        named = []
        for span in filter_spans([s for s in spans if not s.label_.startswith(("relation", "someone_else", "self"))]):
            kind, _, value = span.label_.partition(":")
            if self._means(kind, span, expanded):
                named.append((span, "substance" if kind == "slang" else kind, value))
        entities = [_entity(kind, value, span.text, span.start_char, span.end_char) for span, kind, value in named]
        who = self._asking_for(expanded, spans)
        if who:
            entities.append(_entity("asking_for", who, expanded, 0, len(expanded)))
        return Reading(doc, _replaced(expanded, named), entities)

    def expand(self, text: str) -> str:
        """Returns the text cleaned, in lower case, with shortened words written out."""
        return self._expanded(unstretch(clean(text)))

    def names(self) -> list[str]:
        """Returns every name and phrase of the lexicon, written out."""
        return self._names

    def _add(self, kind: str, value: str, phrases: list[str]) -> None:
        if phrases:
            expanded = {self._expanded(phrase) for phrase in phrases}
            self._names += expanded
            self._matcher.add(f"{kind}:{value}", [self._nlp.make_doc(phrase) for phrase in sorted(expanded)])

    def _expanded(self, text: str) -> str:
        return _WORD.sub(lambda match: self._shortened.get(match[0], match[0]), text.lower())

    def _means(self, kind: str, span: Span, text: str) -> bool:
        """Says whether a word that has other meanings too has the lexicon's meaning here."""
        if kind == "slang":
            around = f"{text[: span.start_char]} . {text[span.end_char :]}"
            return bool(self._context.search(around))
        if kind == "country":
            others = _WORD.findall(f"{text[: span.start_char]} {text[span.end_char :]}")
            return (
                set(others) <= _FILLER
                or bool(self._stated_after.search(text[: span.start_char]))
                or bool(self._stated_before.search(text[span.end_char :]))
            )
        return True

    def _asking_for(self, text: str, spans: list[Span]) -> str | None:
        kinds = {span.label_.partition(":")[0] for span in spans}
        # "My son", "my addicted son".
        relation = any(
            _DETERMINERS & {token.text for token in span.doc[max(0, span.start - 2) : span.start]}
            for span in spans
            if span.label_.startswith("relation")
        )
        pronoun = "someone_else" in kinds and not _PROFESSIONALS.search(text)
        if pronoun or (relation and not _REPORTS.search(text)):
            return "someone_else"
        return "self" if "self" in kinds else None


def _entity(kind: str, value: str, text: str, start: int, end: int) -> dict[str, Any]:
    return {"entity": kind, "value": value, "start": start, "end": end, "text": text, "extractor": "SpacyReader"}


def _replaced(text: str, named: list[tuple[Span, str, str]]) -> str:
    """Writes heroin and the medicines by their standard names; other substances keep the person's word."""
    parts, position = [], 0
    for span, kind, value in sorted(named, key=lambda item: item[0].start_char):
        if kind == "medicine" or (kind, value) == ("substance", "heroin"):
            parts += [text[position : span.start_char], value]
            position = span.end_char
    return "".join([*parts, text[position:]])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class SpacyReader(Tokenizer, GraphComponent):
    """Tokenizes a message with spaCy, adds the entities and the attribute `normalized_text`; `text` stays as typed."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return fingerprint()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config)
        self._storage = storage
        self._resource = resource
        self._reader: TextReader | None = None
        self._follow_ups: FollowUps | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyReader:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpacyReader:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            stored = json.loads((directory / "reader.json").read_text(encoding="utf-8"))
        component._use(Lexicon.model_validate(stored["lexicon"]), Spelling(stored["vocabulary"], stored["known"]))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Puts lexicon and vocabulary into the model, which reads as it was trained whatever the files say later."""
        lexicon = Lexicon.from_files()
        plain = TextReader(lexicon)
        texts = [plain.expand(example.get(TEXT)) for example in training_data.intent_examples if example.get(TEXT)]
        # The encoder's word list serves as the list of English words: it is there, and it has the common ones.
        words = json.loads((packaged_weights() / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
        spelling = Spelling.learn(texts, plain.names(), words)
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
                example.set(NORMALIZED, self._reader.read(example.get(TEXT)).normalized)
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
