"""The safety gate among the policies: no rule, slot, payload or fallback answers a flagged message otherwise."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import INTENT_MESSAGE_PREFIX, UTTER_PREFIX
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation import SAFETY
from signpost.nlu.classifier import CRISIS
from signpost.nlu.gate.component import UNREAD
from signpost.nlu.gate.gate import Gate
from signpost.nlu.gate.loading import gate_fingerprint, load, store

# Above every policy of Rasa.
PRIORITY = 100


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """Predicts the emergency's response for a flagged message, and nothing for any other.

    Rasa reads a payload (`/intent`) behind the NLU pipeline and drops what the gate found there, so that payloads are
    read here.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"priority": PRIORITY}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return gate_fingerprint()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        gate: Gate | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context)
        self._storage = model_storage
        self._gate = gate

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SafetyPolicy:
        return cls(config, model_storage, resource, execution_context, load(model_storage, resource))

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        self._gate = store(self._storage, self._resource)
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        response = self._response(tracker)
        if response is None or response not in domain.action_names_or_texts:
            return self._prediction(self._default_predictions(domain))
        said = tracker.latest_action_name == response and not _waits(tracker)
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(ACTION_LISTEN_NAME if said else response)] = 1.0
        return self._prediction(probabilities)

    def _response(self, tracker: DialogueStateTracker) -> str | None:
        """Returns the response that the latest message must get, none if it is not flagged."""
        latest = tracker.latest_message
        if latest is None:
            return None
        safety = latest.parse_data.get(SAFETY)
        if safety:
            if safety["level"] != "crisis":
                return None
            return f"{UTTER_PREFIX}crisis_{safety['family']}" if safety["family"] else f"{UTTER_PREFIX}{UNREAD}"
        text = latest.text or ""
        if not text.startswith(INTENT_MESSAGE_PREFIX):
            return None
        assert self._gate is not None
        try:
            signs = [
                sign for sign in self._gate.read(text.replace("_", " ")).findings if sign.level in ("crisis", "likely")
            ]
        except Exception:  # as in the pipeline: what cannot be read may be an emergency
            return f"{UTTER_PREFIX}{UNREAD}"
        return f"{UTTER_PREFIX}{CRISIS}{signs[0].family}" if signs else None


def _waits(tracker: DialogueStateTracker) -> bool:
    """Says whether the last action was to wait for the message that is answered now."""
    last = next((event for event in reversed(tracker.events) if isinstance(event, ActionExecuted)), None)
    return last is None or last.action_name == ACTION_LISTEN_NAME
