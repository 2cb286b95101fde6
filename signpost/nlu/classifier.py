"""The intent classifier: which scripted answer a message asks for, and whether any does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    ENTITIES,
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.nlu.blend import Blend
from signpost.nlu.reader import NORMALIZED
from signpost.nlu.text import has_words
from signpost.nlu.trained import TrainedComponent
from signpost.settings import settings

FALLBACK = "nlu_fallback"
EMPTY = "message_empty"
TOO_LONG = "message_too_long"
OUT_OF_SCOPE = "out_of_scope"
OUT_OF_SCOPE_HEALTH = "out_of_scope_health"
OWN_SUBSTANCES = {"heroin", "opioids"}
# How intents of a kind begin. Soft ones touch an emergency and are none.
ADVICE = "advice_"
CRISIS = "crisis_"
SOFT = "soft_"
KEPT = (CRISIS, "set_country", "non_english")
SMALL_TALK = {"greet", "thanks", "praise"}
COUNTRY = "set_country"
STATED = 0.3  # a country that a message names is as good as a high probability that it states one
RANKED = 10
WEIGHED = (CRISIS, SOFT)  # ranked however unlikely they are: the safety gate adds them up
_NO_VECTOR = "IntentClassifier needs a dense sentence feature; put SentenceEncoder before it in config.yml."


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(TrainedComponent, RasaIntentClassifier):
    """Chooses the intent by topic first: the probabilities of a topic's intents are added before topics are compared.

    Config:
        sharpness: the probabilities are raised to this power. What people type is easier than the held-out questions
            that calibrate the model, which writers made hard on purpose; found with `make eval`.
        sure: a topic at least this likely is answered.
        small_talk: a greeting, thanks or praise at least this likely is answered: a wrong reply to it costs little.
        unsure: a topic at least this likely is suggested; below it the message is out of scope.
        advice: advice is declined where all kinds of it together are at least this likely, and likelier than a topic.
        not_mine: out of scope must be at least this likely, else the likeliest topics are suggested.
        doubt: how many times likelier than out of scope a topic must be.
        start: a file with a perceptron that training goes on from (`signpost.nlu.perceptron`); without it, from none.
    """

    LEARNT_FROM = ("start",)

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        bands = {"sure": 0.74, "small_talk": 0.4, "unsure": 0.1, "advice": 0.2, "not_mine": 0.2, "doubt": 3.0}
        return {"sharpness": 1.3, **bands, "start": None}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._model: Blend | None = None
        self._topics: dict[str, str] = {}
        # The topics' names, the topic's number of each label, and the labels' places in the alphabet.
        self._names: list[str] = []
        self._topic_of = self._places = np.zeros(0, dtype=np.int64)

    def restore(self) -> None:
        with self._storage.read_from(self._resource) as directory:
            self._use(Blend.load(directory))

    def train(self, training_data: TrainingData) -> Resource:
        from signpost.nlu.fitting import fit
        from signpost.nlu.perceptron import Perceptron

        start = Perceptron.load(Path(self._config["start"])) if self._config["start"] else None
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [_text(example) for example in examples]
        labels = [example.get(INTENT) for example in examples]
        vectors = {place: found for place, example in enumerate(examples) if (found := _vector(example)) is not None}
        if not vectors:
            raise InvalidConfigException(_NO_VECTOR)
        model = fit(texts, np.stack([*vectors.values()]), labels, np.array([*vectors]), start)
        with self._storage.write_to(self._resource) as directory:
            model.save(directory)
        self._use(model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _use(self, model: Blend) -> None:
        self._model = model
        self._topics = {label: topic_of(label, model.labels) for label in model.labels}
        self._names = list(dict.fromkeys(self._topics.values()))
        numbers = {name: number for number, name in enumerate(self._names)}
        self._topic_of = np.array([numbers[topic] for topic in self._topics.values()])
        self._places = np.argsort(np.argsort(model.labels))

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        text = message.get(TEXT) or ""
        if not has_words(text):
            return [_intent(EMPTY, 1.0)]
        if len(text) > settings().longest_message:
            return [_intent(TOO_LONG, 1.0)]
        assert self._model is not None
        vector = _vector(message)
        if vector is None:
            raise ValueError(_NO_VECTOR)
        probabilities = self._model.probabilities(_text(message), vector) ** self._config["sharpness"]
        probabilities /= probabilities.sum()
        ranking = self._by_topic(probabilities)
        weighed = [entry for entry in ranking[RANKED:] if entry[INTENT_NAME_KEY].startswith(WEIGHED)]
        return [*self._decision(message, ranking), *ranking[:RANKED], *weighed]

    def _decision(self, message: Message, ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns what goes before the ranking where the likeliest topic is not to be answered as it stands."""
        advice = [entry for entry in ranking if entry[INTENT_NAME_KEY].startswith(ADVICE)]
        outside = [entry for entry in ranking if self._topics[entry[INTENT_NAME_KEY]] == OUT_OF_SCOPE]
        mine = [entry for entry in ranking if entry not in advice and entry not in outside]
        for_advice, not_mine, likely = (
            sum(entry[PREDICTED_CONFIDENCE_KEY] for entry in group) for group in (advice, outside, mine[:1])
        )
        # Which kind of advice is asked for matters less than that it is: the likelihoods of all kinds count together.
        if for_advice >= max(likely, not_mine, self._config["advice"]):
            return [_banded(advice[0][INTENT_NAME_KEY], for_advice, "sure")]
        if self._is_of_another_substance(message, mine[0][INTENT_NAME_KEY]):
            return [_banded(OUT_OF_SCOPE_HEALTH, 1.0, "not mine")]
        if not_mine >= self._config["not_mine"] and not_mine * self._config["doubt"] >= max(likely, for_advice):
            return [_banded(outside[0][INTENT_NAME_KEY], not_mine, "not mine")]
        country = next((entry[PREDICTED_CONFIDENCE_KEY] for entry in mine if entry[INTENT_NAME_KEY] == COUNTRY), 0.0)
        if country >= STATED and _named(message, "country"):
            return [_banded(COUNTRY, country, "sure")]
        sure = self._config["small_talk" if mine[0][INTENT_NAME_KEY] in SMALL_TALK else "sure"]
        if likely >= max(sure, not_mine):
            return []
        if max(likely, for_advice) >= self._config["unsure"]:
            return [_banded(FALLBACK, 1.0 - likely, "unsure")]
        return [_banded(OUT_OF_SCOPE, 1.0 - likely, "not mine")]

    @staticmethod
    def _is_of_another_substance(message: Message, intent: str) -> bool:
        """Says whether the message names a drug or a habit that is not our subject, and none that is.

        Its words are those of our topics ("quit", "withdrawal"), so that no model tells them apart for sure. An
        emergency or a question for advice stays what it is.
        """
        named = _named(message, "substance")
        own = _named(message, "medicine") or named & OWN_SUBSTANCES
        return bool(named) and not own and not intent.startswith(KEPT)

    def _by_topic(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        """Returns the likeliest intent of each topic, with the topic's probability, the likeliest first."""
        assert self._model is not None
        labels = self._model.labels
        likelihoods = np.bincount(self._topic_of, weights=probabilities, minlength=len(self._names))
        best = np.zeros(len(self._names), dtype=np.int64)
        # Written in rising order, so that each topic's likeliest label is written last.
        rising = np.lexsort((self._places, probabilities))
        best[self._topic_of[rising]] = rising
        order = np.argsort(-likelihoods, kind="stable")
        return [
            _intent(labels[label], likely)
            for label, likely in zip(best[order].tolist(), likelihoods[order].tolist(), strict=True)
        ]


def topic_of(intent: str, intents: list[str]) -> str:
    """Returns the topic of an intent: the shortest intent it equals or details (`<topic>_<detail>`)."""
    return min((other for other in intents if intent == other or intent.startswith(f"{other}_")), key=len)


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}


def _named(message: Message, kind: str) -> set[str]:
    """Returns the values of a message's entities of a kind."""
    return {entity["value"] for entity in message.get(ENTITIES, []) if entity["entity"] == kind}


def _banded(name: str, confidence: float, band: str) -> dict[str, Any]:
    return {**_intent(name, confidence), "band": band}


def _text(message: Message) -> str:
    return message.get(NORMALIZED) or message.get(TEXT)


def _vector(message: Message) -> np.ndarray | None:
    """Returns the message's dense sentence feature, shape (width,); Rasa's own way to it copies it deeply."""
    found = [
        f.features[0]
        for f in message.features
        if f.attribute == TEXT and f.type == FEATURE_TYPE_SENTENCE and f.is_dense()
    ]
    return np.concatenate(found) if found else None
