"""Components of a model that break when the message tells them to."""

from __future__ import annotations

import time
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

RAISE_IN_NLU = "raise in nlu"
HANG_IN_NLU = "hang in nlu"
RAISE_IN_POLICY = "raise in policy"
HANG_SECONDS = 11


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class BreakingReader(GraphComponent):
    """Raises, or keeps the whole thread busy, where the message says so."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BreakingReader:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            if RAISE_IN_NLU in text:
                raise RuntimeError(text)
            if HANG_IN_NLU in text:
                time.sleep(HANG_SECONDS)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class BreakingPolicy(Policy):
    """Raises where the message says so, and predicts nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"priority": 50}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> BreakingPolicy:
        return cls(config, model_storage, resource, execution_context)

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        return self._resource

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: Any = None, **kwargs: Any
    ) -> PolicyPrediction:
        text = tracker.latest_message.text if tracker.latest_message else ""
        if RAISE_IN_POLICY in (text or ""):
            raise RuntimeError(text)
        return self._prediction(self._default_predictions(domain))
