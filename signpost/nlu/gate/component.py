"""The safety gate in Rasa's NLU pipeline: the last component, which overrides what the others made of a message."""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation import SAFETY, in_distress
from signpost.nlu.classifier import (
    CRISIS,
    EMPTY,
    FALLBACK,
    OUT_OF_SCOPE,
    OUT_OF_SCOPE_HEALTH,
    TOO_LONG,
    WEIGHED,
)
from signpost.nlu.gate.gate import URGENCY, Finding, Gate
from signpost.nlu.gate.loading import gate_fingerprint, load, store
from signpost.nlu.gate.opinion import CLASSIFIER, Opinion
from signpost.nlu.trained import TrainedComponent

logger = logging.getLogger(__name__)

UNREAD = "message_unread"
# A message that asks for nothing we answer gets the soft reply alone; an answer gets it in front.
_ANSWERS_NOTHING = {
    FALLBACK,
    OUT_OF_SCOPE,
    OUT_OF_SCOPE_HEALTH,
    EMPTY,
    TOO_LONG,
    "non_english",
    "affirm",
    "deny",
    "greet",
    "goodbye",
    "thanks",
    "chitchat",
    "complaint",
    "insult",
    "praise",
    "repeat",
}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SafetyGate(TrainedComponent):
    """Sets the intent `crisis_<family>` for a message with a sign of an emergency, and `soft_<family>` for a soft one.

    The attribute `safety` holds family, level and rule. A pattern of level `crisis` is an emergency unless the
    classifier is sure that the message is about something else altogether ("goodbye to my colleagues"); one of level
    `likely`, unless the classifier sees none at all. Then the number still stands in front of the answer. The
    classifier may find what no pattern finds. A message that breaks the gate is answered with the full block of
    helplines.

    Config:
        crisis: the family that the classifier finds likeliest is answered where all emergencies together have at least
            this likelihood.
        soft: from this likelihood on the number is shown beside the answer.
        none: below this likelihood of all emergencies together, a `likely` sign is a soft one.
        elsewhere: from this likelihood of another subject on, and below `none`, every sign is a soft one.
        never: below this likelihood of all emergencies together, every sign is a soft one, whatever the subject.
        certain: from this likelihood on the classifier's word counts against a context that softens.
        seconded: from this likelihood of all emergencies on, a soft sign outside such a context is one, too.
        overdose_first: from this likelihood of an overdose on, it is answered before another emergency.
        family: from this likelihood of a family on, it is answered where no sign but `likely` ones tells of another.
        silent: below this likelihood that the message has to do with an emergency at all, a `likely` or soft sign
            raises nothing. What a context softens always raises the soft reply.
        beside: what a soft message asks as well is answered behind the number from this likelihood on, where
            `beside_share` of all that is not an emergency falls on it.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        crisis = {"overdose": 0.25, "suicide": 0.3, "medical": 0.6, "danger": 0.6, "high_risk": 0.25}
        return {
            "crisis": crisis,
            "soft": 0.7,
            "none": 0.06,
            "elsewhere": 0.8,
            "never": 0.003,
            "certain": 0.7,
            "seconded": 0.3,
            "overdose_first": 0.5,
            "family": 0.7,
            "silent": 0.05,
            "beside": 0.05,
            "beside_share": 0.6,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return gate_fingerprint()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, storage, resource)
        self._gate: Gate | None = None

    def restore(self) -> None:
        try:
            self._gate = load(self._storage, self._resource)
        except Exception as error:
            # Rasa would go on without a model; without the gate nothing may start.
            reason = getattr(error, "filename", None) or type(error).__name__
            problem = f"The model's safety gate cannot be loaded: {reason}. Train it again: make train."
            raise SystemExit(problem) from error

    def train(self, training_data: TrainingData) -> Resource:
        """Puts the gate's files into the model, so that model and patterns never differ."""
        self._gate = store(self._storage, self._resource)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker) -> list[Message]:
        for message in messages:
            try:
                finding = self._finding(message, in_distress(tracker) if tracker else False)
            except Exception as error:  # a message that cannot be read may be an emergency
                logger.error("The safety gate failed with %s; the helplines were shown.", type(error).__name__)
                _override(message, UNREAD)
                message.set(SAFETY, {"level": "crisis", "family": None, "rule": "unread"}, add_to_output=True)
                continue
            self._apply(message, finding)
        return messages

    def _finding(self, message: Message, distress: bool) -> Finding | None:
        assert self._gate is not None
        opinion = Opinion.of(message)
        own = opinion.finding(self._config["crisis"], self._config["soft"])
        read = self._gate.read(message.get(TEXT) or "")
        # In distress, or where there is no second witness, every sign is taken at its word.
        trusted = distress or not opinion.weighed
        agreed = trusted or opinion.emergency >= self._config["none"]
        nearby = agreed or (
            opinion.elsewhere < self._config["elsewhere"] and opinion.emergency >= self._config["never"]
        )
        believed = {"crisis": nearby, "likely": agreed}
        emergencies = [sign for sign in read.findings if believed.get(sign.level)]
        if distress and not emergencies:
            emergencies = [sign for sign in read.findings if sign.level == "means"]
        # "He does not have long" is a goodbye, or somebody who stops breathing.
        if emergencies and opinion.families.get("overdose", 0.0) >= self._config["overdose_first"]:
            emergencies.append(Finding("overdose", "crisis", CLASSIFIER))
        if emergencies:
            return self._gravest(emergencies, opinion)

        heard = trusted or opinion.touched >= self._config["silent"]
        signs = (sign for sign in read.findings if sign.level != "means")
        soft = next((sign for sign in signs if heard or sign.context or sign.level == "crisis"), None)
        # What a context softens was read with its context, which the classifier sees less of.
        in_context = read.told_or_said or bool(soft and soft.context)
        if own and own.level == "crisis" and (not in_context or opinion.emergency >= self._config["certain"]):
            return own
        if soft and not in_context and opinion.emergency >= self._config["seconded"]:
            return Finding(opinion.likeliest, "crisis", CLASSIFIER)
        if soft:
            return Finding(soft.family, "soft", soft.rule, soft.context)
        return None if read.told_or_said else own

    def _gravest(self, emergencies: list[Finding], opinion: Opinion) -> Finding:
        gravest = max(emergencies, key=lambda sign: URGENCY[sign.family])
        # "He has a gun": words of more than one emergency, between which the rest of the message decides.
        undecided = gravest.family != "overdose" and all(sign.level == "likely" for sign in emergencies)
        if undecided and opinion.families and opinion.families[opinion.likeliest] >= self._config["family"]:
            return Finding(opinion.likeliest, "crisis", CLASSIFIER)
        return Finding(gravest.family, "crisis", gravest.rule)

    def _apply(self, message: Message, finding: Finding | None) -> None:
        """Sets attribute and intent. What the classifier took for an emergency and the gate did not is not one."""
        asked = (message.get(INTENT) or {}).get(INTENT_NAME_KEY) or ""
        emergency = asked.startswith(WEIGHED)
        if finding:
            found = {"family": finding.family, "level": finding.level, "rule": finding.rule}
            message.set(SAFETY, found, add_to_output=True)
            sure = finding.rule != CLASSIFIER or not asked.startswith(OUT_OF_SCOPE)
            if finding.level == "crisis":
                _override(message, intent_of(finding))
            elif emergency or (sure and asked in _ANSWERS_NOTHING):
                _override(message, self._beside(message) or intent_of(finding))
        elif emergency:
            message.set(INTENT_RANKING_KEY, _others(message), add_to_output=True)
            _override(message, FALLBACK)

    def _beside(self, message: Message) -> str | None:
        """Returns what a message asks beside what it touches: "I nearly died last year. How do I find a detox?"."""
        others = _others(message)
        likely = [entry[PREDICTED_CONFIDENCE_KEY] for entry in others]
        if not others or likely[0] < max(self._config["beside"], self._config["beside_share"] * sum(likely)):
            return None
        asked: str = others[0][INTENT_NAME_KEY]
        return None if asked in _ANSWERS_NOTHING else asked


def _others(message: Message) -> list[dict[str, Any]]:
    """Returns what the message may be beside an emergency and what touches one, the likeliest first."""
    ranking = message.get(INTENT_RANKING_KEY) or []
    return [entry for entry in ranking if not (entry[INTENT_NAME_KEY] or FALLBACK).startswith((FALLBACK, *WEIGHED))]


def intent_of(finding: Finding) -> str:
    """Returns the intent whose response answers a finding."""
    if finding.level == "crisis":
        return f"{CRISIS}{finding.family}"
    return "soft_suicide" if finding.family == "suicide" else "soft_emergency"


def _override(message: Message, intent: str) -> None:
    chosen = {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}
    others = [entry for entry in message.get(INTENT_RANKING_KEY) or [] if entry[INTENT_NAME_KEY] != intent]
    message.set(INTENT, chosen, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [{**chosen, "band": "safety"}, *others], add_to_output=True)
