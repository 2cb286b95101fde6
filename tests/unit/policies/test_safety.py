"""policies/safety.py: a flagged message gets its response, whatever the other policies say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Restarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from signpost.conversation import SAFETY
from signpost.nlu.gate.gate import Gate
from signpost.nlu.gate.rules import GateFiles
from signpost.policies.safety import PRIORITY, SafetyPolicy

RESOURCE = Resource("safety")
CONTEXT = ExecutionContext(GraphSchema({}), node_name="safety")
FAMILIES = ["overdose", "suicide", "medical", "danger", "high_risk"]
RESPONSES = [*(f"utter_crisis_{family}" for family in FAMILIES), "utter_message_unread", "utter_greet"]
DOMAIN = Domain.from_dict(
    {
        "intents": ["greet", "set_country"],
        "slots": {"country": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}},
        "responses": {name: [{"text": "x"}] for name in RESPONSES},
    }
)


def gate() -> Gate:
    rules = [
        ("overdose", "crisis", "not breathing"),
        ("danger", "crisis", "has a gun"),
        ("suicide", "soft", "hopeless"),
        ("suicide", "means", "bridge"),
    ]
    context = ["negated", "not_negated", "past", "current", "fiction", "hypothetical", "idioms"]
    return Gate(
        GateFiles.model_validate(
            {
                "words": {"words": {}, "written_out": {}, "emoji": {}},
                "context": {kind: [] for kind in context},
                "families": [
                    {
                        "family": family,
                        "rules": [{"id": level, "level": level, "patterns": [words], "examples": [words]}],
                    }
                    for family, level, words in rules
                ],
            }
        ),
        {},
        [],
    )


@pytest.fixture
def policy(model_storage: LocalModelStorage) -> SafetyPolicy:
    return SafetyPolicy(SafetyPolicy.get_default_config(), model_storage, RESOURCE, CONTEXT, gate())


def heard(text: str, **safety: str | None) -> DialogueStateTracker:
    """A conversation whose latest message the gate flagged so."""
    tracker = DialogueStateTracker("someone", DOMAIN.slots)
    tracker.update(ActionExecuted(ACTION_LISTEN_NAME), DOMAIN)
    hear(tracker, text, **safety)
    return tracker


def hear(tracker: DialogueStateTracker, text: str, **safety: str | None) -> None:
    greet = {"name": "greet", "confidence": 1.0}
    parsed = {"text": text, "intent": greet, "entities": [], **({SAFETY: safety} if safety else {})}
    tracker.update(UserUttered(text, greet, parse_data=parsed), DOMAIN)


@pytest.fixture
def predicted(policy: SafetyPolicy) -> Callable[..., str | None]:
    """The action that the policy is certain of, none if it predicts nothing."""

    def predict(tracker: DialogueStateTracker, domain: Domain = DOMAIN) -> str | None:
        probabilities = policy.predict_action_probabilities(tracker, domain).probabilities
        assert len(probabilities) == domain.num_actions
        assert sorted(probabilities)[:-1] == [0.0] * (len(probabilities) - 1)
        assert max(probabilities) in (0.0, 1.0)
        return domain.action_names_or_texts[probabilities.index(1.0)] if 1.0 in probabilities else None

    return predict


@pytest.mark.parametrize("family", FAMILIES)
def test_a_flagged_message_gets_its_response_and_then_the_assistant_listens(predicted, family):
    tracker = heard("any words", family=family, level="crisis", rule="a_rule")
    assert predicted(tracker) == f"utter_crisis_{family}"
    tracker.update(ActionExecuted(f"utter_crisis_{family}"), DOMAIN)
    assert predicted(tracker) == ACTION_LISTEN_NAME


def test_a_message_that_could_not_be_read_gets_the_helplines_and_then_the_assistant_listens(predicted):
    tracker = heard("any words", family=None, level="crisis", rule="unread")
    assert predicted(tracker) == "utter_message_unread"
    tracker.update(ActionExecuted("utter_message_unread"), DOMAIN)
    assert predicted(tracker) == ACTION_LISTEN_NAME


def test_a_slot_that_the_message_sets_does_not_come_between(predicted):
    tracker = heard("any words", family="overdose", level="crisis", rule="a_rule")
    tracker.update(SlotSet("country", "IE"), DOMAIN)
    assert predicted(tracker) == "utter_crisis_overdose"
    tracker.update(ActionExecuted("utter_crisis_overdose"), DOMAIN)
    tracker.update(SlotSet("country", "GB"), DOMAIN)
    assert predicted(tracker) == ACTION_LISTEN_NAME


def test_a_second_flagged_message_gets_its_response_again(predicted):
    flags = {"family": "overdose", "level": "crisis", "rule": "a_rule"}
    tracker = heard("any words", **flags)
    for _ in range(3):
        assert predicted(tracker) == "utter_crisis_overdose"
        tracker.update(ActionExecuted("utter_crisis_overdose"), DOMAIN)
        assert predicted(tracker) == ACTION_LISTEN_NAME
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), DOMAIN)
        hear(tracker, "other words", **flags)


def test_another_action_in_between_does_not_count_as_the_response(predicted):
    tracker = heard("any words", family="overdose", level="crisis", rule="a_rule")
    tracker.update(ActionExecuted("utter_greet"), DOMAIN)
    assert predicted(tracker) == "utter_crisis_overdose"


@pytest.mark.parametrize("level", ["soft", "means"])
def test_a_message_that_is_no_crisis_is_left_to_the_other_policies(predicted, level):
    assert predicted(heard("any words", family="suicide", level=level, rule="a_rule")) is None


@pytest.mark.parametrize("text", ["hello", "", "he is not breathing", "he / is not breathing"])
def test_a_message_that_is_not_flagged_is_left_to_the_other_policies(predicted, text):
    assert predicted(heard(text)) is None


def test_a_message_after_a_flagged_one_is_left_to_the_other_policies(predicted):
    tracker = heard("any words", family="overdose", level="crisis", rule="a_rule")
    for action in ("utter_crisis_overdose", ACTION_LISTEN_NAME):
        tracker.update(ActionExecuted(action), DOMAIN)
    hear(tracker, "hello")
    assert predicted(tracker) is None


def test_without_any_message_nothing_is_predicted(predicted):
    assert predicted(DialogueStateTracker("someone", DOMAIN.slots)) is None


def test_nothing_is_predicted_when_the_conversation_was_forgotten(predicted):
    tracker = heard("any words", family="overdose", level="crisis", rule="a_rule")
    tracker.update(Restarted(), DOMAIN)
    assert predicted(tracker) is None


@pytest.mark.parametrize(
    ("payload", "family"),
    [
        ("/greet he is not breathing", "overdose"),
        ("/he is not breathing", "overdose"),
        ("/not_breathing", "overdose"),
        ('/set_country{"country": "he is not breathing"}', "overdose"),
        ("/greet he has a gun", "danger"),
        ("/greet he has a gun and she is not breathing", "overdose"),
    ],
)
def test_the_words_of_a_payload_are_read(predicted, payload, family):
    tracker = heard(payload)
    assert predicted(tracker) == f"utter_crisis_{family}"
    tracker.update(ActionExecuted(f"utter_crisis_{family}"), DOMAIN)
    assert predicted(tracker) == ACTION_LISTEN_NAME


@pytest.mark.parametrize(
    "payload", ["/greet", "/", "/greet hopeless", "/greet bridge", '/set_country{"country": "GB"}']
)
def test_a_payload_without_a_crisis_is_left_to_the_other_policies(predicted, payload):
    assert predicted(heard(payload)) is None


def test_a_payload_that_breaks_the_gate_gets_the_helplines(predicted, monkeypatch):
    def fail(gate: Gate, text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(Gate, "read", fail)
    tracker = heard("/greet")
    assert predicted(tracker) == "utter_message_unread"
    tracker.update(ActionExecuted("utter_message_unread"), DOMAIN)
    assert predicted(tracker) == ACTION_LISTEN_NAME
    assert predicted(heard("hello")) is None


def test_a_domain_without_the_response_is_left_to_the_other_policies(predicted):
    bare = Domain.from_dict({"intents": ["greet"], "responses": {"utter_greet": [{"text": "x"}]}})
    assert predicted(heard("any words", family="overdose", level="crisis", rule="a_rule"), bare) is None


def test_the_assistant_has_every_response_the_policy_may_give(predicted, domain):
    for family in FAMILIES:
        tracker = heard("any words", family=family, level="crisis", rule="a_rule")
        assert predicted(tracker, domain) == f"utter_crisis_{family}"
    assert predicted(heard("x", family=None, level="crisis", rule="unread"), domain) == "utter_message_unread"


def test_the_policy_goes_before_the_rules(policy):
    assert RulePolicy.get_default_config()["priority"] < PRIORITY
    tracker = heard("any words", family="overdose", level="crisis", rule="a_rule")
    assert policy.predict_action_probabilities(tracker, DOMAIN).policy_priority == PRIORITY


@pytest.mark.parametrize(
    ("flags", "winner"),
    [({"family": "overdose", "level": "crisis", "rule": "a_rule"}, "utter_crisis_overdose"), ({}, "utter_greet")],
)
def test_of_a_rule_and_the_policy_the_policy_is_followed_where_it_predicts(policy, flags, winner):
    tracker = heard("any words", **flags)
    rule = [0.0] * DOMAIN.num_actions
    rule[DOMAIN.index_for_action("utter_greet")] = 1.0
    predictions = [
        PolicyPrediction(rule, "RulePolicy", RulePolicy.get_default_config()["priority"]),
        policy.predict_action_probabilities(tracker, DOMAIN),
    ]
    followed = DefaultPolicyPredictionEnsemble().combine_predictions_from_kwargs(
        tracker, DOMAIN, **{str(number): prediction for number, prediction in enumerate(predictions)}
    )
    assert DOMAIN.action_names_or_texts[followed.max_confidence_index] == winner


def test_a_loaded_policy_reads_payloads_as_the_trained_one(model_storage):
    trained = SafetyPolicy.create(SafetyPolicy.get_default_config(), model_storage, RESOURCE, CONTEXT)
    assert trained.train([], DOMAIN) == RESOURCE
    loaded = SafetyPolicy.load(SafetyPolicy.get_default_config(), model_storage, RESOURCE, CONTEXT)
    for payload in ("/greet he is not breathing", "/greet"):
        first, second = [each.predict_action_probabilities(heard(payload), DOMAIN) for each in (trained, loaded)]
        assert first.probabilities == second.probabilities


def test_a_model_without_the_gate_does_not_load(model_storage):
    with pytest.raises(ValueError, match="safety"):
        SafetyPolicy.load(SafetyPolicy.get_default_config(), model_storage, RESOURCE, CONTEXT)
    with model_storage.write_to(RESOURCE) as directory:
        (directory / "gate.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError):
        SafetyPolicy.load(SafetyPolicy.get_default_config(), model_storage, RESOURCE, CONTEXT)
