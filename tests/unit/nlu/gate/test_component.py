"""nlu/gate/component.py: what the gate makes of a message that the pipeline has read."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.events import BotUttered, Restarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation import SAFETY, STATE
from signpost.nlu.gate.component import UNREAD, SafetyGate
from signpost.nlu.gate.gate import Gate

RESOURCE = Resource("gate")
CONTEXT = ExecutionContext(GraphSchema({}), node_name="gate")
FAMILIES = ["overdose", "suicide", "medical", "danger", "high_risk"]


def rule(name: str, level: str) -> dict[str, Any]:
    return {"id": f"{name}_{level}", "level": level, "patterns": [f"{name}{level}"], "examples": [f"{name}{level}"]}


# Of every family and level there is one sign, a word like "overdosecrisis" ("highriskcrisis" for high_risk).
STORED = {
    "files": {
        "words": {"words": {}, "written_out": {}, "emoji": {}},
        "context": {
            "negated": ["not"],
            "not_negated": [],
            "past": [],
            "current": [],
            "fiction": ["film"],
            "hypothetical": ["suppose"],
            "idioms": ["killing it"],
        },
        "families": [
            {
                "family": family,
                "rules": [rule(family.replace("_", ""), level) for level in ("crisis", "likely", "soft", "means")],
            }
            for family in FAMILIES
        ],
    },
    "text_speak": {},
    "english": ["question"],
}
LIKELIHOODS = {"crisis": dict.fromkeys(FAMILIES, 0.4), "soft": 0.15, "none": 0.05, "silent": 0.01}
CONFIG = {**SafetyGate.get_default_config(), **LIKELIHOODS}
CALM = DialogueStateTracker.from_events("someone", [])


def distressed(distress: int = 3) -> DialogueStateTracker:
    reply = BotUttered("a reply", metadata={STATE: {"distress": distress}})
    return DialogueStateTracker.from_events("someone", [reply])


def write(storage: LocalModelStorage, stored: str) -> None:
    with storage.write_to(RESOURCE) as directory:
        (directory / "gate.json").write_text(stored, encoding="utf-8")


def loaded(storage: LocalModelStorage, **config: Any) -> SafetyGate:
    return SafetyGate.load({**CONFIG, **config}, storage, RESOURCE, CONTEXT)


def refused(storage: LocalModelStorage) -> str:
    """What is said where a gate does not load; nothing may start then."""
    with pytest.raises(SystemExit) as ended:
        loaded(storage)
    return str(ended.value.code)


@pytest.fixture
def component(model_storage: LocalModelStorage) -> SafetyGate:
    write(model_storage, json.dumps(STORED))
    return loaded(model_storage)


@pytest.fixture
def parse(component: SafetyGate) -> Callable[..., Message]:
    """Reads a text for which the classifier found an intent, and others behind it."""

    def read(
        text: str | None,
        intent: str = "cold_turkey",
        confidence: float = 0.5,
        tracker: DialogueStateTracker = CALM,
        **others: float,
    ) -> Message:
        entries = {intent: confidence, **others}
        ranking = [{"name": name, "confidence": value, "band": "sure"} for name, value in entries.items()]
        message = Message({TEXT: text, INTENT: dict(ranking[0]), INTENT_RANKING_KEY: ranking})
        (done,) = component.process([message], tracker)
        return done

    return read


def intent(message: Message) -> str:
    return message.get(INTENT)["name"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "asked", ["cold_turkey", "nlu_fallback", "greet", "soft_suicide", "message_too_long", "set_country"]
)
def test_a_crisis_overrides_every_intent(parse, family, asked):
    sign = f"{family.replace('_', '')}crisis"
    message = parse(f"a question {sign}", asked)
    assert message.get(INTENT) == {"name": f"crisis_{family}", "confidence": 1.0}
    assert message.get(SAFETY) == {
        "family": family,
        "level": "crisis",
        "rule": f"{family.replace('_', '')}_crisis",
    }


def test_a_crisis_stands_first_in_the_ranking_and_the_others_behind_it(parse):
    message = parse("overdosecrisis", "cold_turkey", 0.5, crisis_overdose=0.2, relapse=0.1)
    ranking = message.get(INTENT_RANKING_KEY)
    assert [entry["name"] for entry in ranking] == ["crisis_overdose", "cold_turkey", "relapse"]
    assert (ranking[0]["confidence"], ranking[0]["band"]) == (1.0, "safety")


def test_what_the_gate_sets_leaves_the_pipeline(parse):
    assert {INTENT, INTENT_RANKING_KEY, SAFETY} <= set(parse("overdosecrisis").output_properties)
    assert SAFETY in parse("overdosesoft").output_properties


def test_of_several_signs_the_gravest_counts(parse):
    message = parse("dangercrisis overdosesoft medicalcrisis suicidemeans")
    assert intent(message) == "crisis_medical"
    assert intent(parse("not overdosecrisis. dangercrisis")) == "crisis_danger"


def test_a_message_without_a_sign_stays_as_it_was_read(parse):
    message = parse("a question", relapse=0.2)
    assert intent(message) == "cold_turkey"
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == ["cold_turkey", "relapse"]
    assert message.get(SAFETY) is None


@pytest.mark.parametrize("text", ["", None])
def test_a_message_without_text_stays_as_it_was_read(parse, text):
    message = parse(text, "message_empty")
    assert (intent(message), message.get(SAFETY)) == ("message_empty", None)


@pytest.mark.parametrize(
    "asked", ["cold_turkey", "advice_dosing", "taper_what", "talk_to_person", "set_country", "withdrawal_symptoms"]
)
def test_a_soft_sign_keeps_an_intent_that_has_an_answer(parse, asked):
    message = parse("suicidesoft", asked)
    assert intent(message) == asked
    assert message.get(SAFETY) == {"family": "suicide", "level": "soft", "rule": "suicide_soft"}


@pytest.mark.parametrize(
    "asked",
    [
        "nlu_fallback",
        "out_of_scope",
        "out_of_scope_health",
        "message_empty",
        "message_too_long",
        "non_english",
        "greet",
        "goodbye",
        "thanks",
        "chitchat",
        "complaint",
        "insult",
        "praise",
        "affirm",
        "deny",
        "repeat",
        "soft_suicide",
        "soft_emergency",
    ],
)
@pytest.mark.parametrize(
    ("sign", "soft"),
    [
        ("suicidesoft", "soft_suicide"),
        ("overdosesoft", "soft_emergency"),
        ("medicalsoft", "soft_emergency"),
        ("dangersoft", "soft_emergency"),
        ("highrisksoft", "soft_emergency"),
        ("not suicidecrisis", "soft_suicide"),
        ("not overdosecrisis", "soft_emergency"),
    ],
)
def test_a_soft_sign_is_the_answer_to_a_message_that_asks_nothing(parse, asked, sign, soft):
    message = parse(sign, asked)
    assert intent(message) == soft
    assert message.get(SAFETY)["level"] == "soft"


def test_means_count_only_after_distress(parse):
    calm = parse("suicidemeans")
    assert (intent(calm), calm.get(SAFETY)) == ("cold_turkey", None)
    message = parse("suicidemeans", tracker=distressed())
    assert intent(message) == "crisis_suicide"
    assert message.get(SAFETY) == {"family": "suicide", "level": "crisis", "rule": "suicide_means"}


def test_distress_is_over_when_it_was_too_long_ago_or_forgotten(parse):
    assert parse("suicidemeans", tracker=distressed(0)).get(SAFETY) is None
    forgotten = distressed()
    forgotten.update(Restarted())
    assert parse("suicidemeans", tracker=forgotten).get(SAFETY) is None


def test_means_after_distress_go_before_a_soft_sign_and_behind_a_crisis(parse):
    assert intent(parse("suicidemeans overdosesoft", tracker=distressed())) == "crisis_suicide"
    assert intent(parse("suicidemeans medicalcrisis", tracker=distressed())) == "crisis_medical"


def test_distress_alone_raises_nothing(parse):
    assert parse("a question", tracker=distressed()).get(SAFETY) is None


def test_without_a_tracker_there_was_no_distress(component):
    (message,) = component.process([Message({TEXT: "suicidemeans overdosesoft"})], None)
    assert message.get(SAFETY)["level"] == "soft"


@pytest.mark.parametrize(
    ("likely", "family"),
    [
        ({"crisis_overdose": 0.4}, "overdose"),
        ({"crisis_overdose": 0.08, "crisis_medical": 0.32}, "medical"),
        ({"crisis_overdose": 0.15, "crisis_medical": 0.25}, "overdose"),
        ({"crisis_high_risk": 0.9}, "high_risk"),
        ({"crisis_high_risk": 0.8, "crisis_suicide": 0.1}, "suicide"),
        ({"crisis_high_risk": 0.8, "crisis_suicide": 0.07}, "high_risk"),
        ({"crisis_suicide": 0.3, "crisis_danger": 0.1, "soft_suicide": 0.4}, "suicide"),
    ],
)
def test_the_classifier_adds_a_crisis_that_it_finds_likely(parse, likely, family):
    message = parse("a question", **likely)
    assert intent(message) == f"crisis_{family}"
    assert message.get(SAFETY) == {"family": family, "level": "crisis", "rule": "classifier"}


@pytest.mark.parametrize(
    ("likely", "family"),
    [
        ({"crisis_overdose": 0.39}, "medical"),
        ({"crisis_suicide": 0.15}, "suicide"),
        ({"soft_suicide": 0.2}, "suicide"),
        ({"soft_emergency": 0.1, "crisis_danger": 0.06}, "medical"),
        ({"crisis_overdose": 0.4, "soft_suicide": 0.5}, "suicide"),
    ],
)
def test_the_classifier_adds_a_soft_sign_that_it_finds_possible(parse, likely, family):
    message = parse("a question", **likely)
    assert intent(message) == "cold_turkey"
    assert message.get(SAFETY) == {"family": family, "level": "soft", "rule": "classifier"}


def test_the_classifier_adds_nothing_that_it_finds_unlikely(parse):
    assert parse("a question", crisis_overdose=0.1, soft_suicide=0.04).get(SAFETY) is None


def test_an_emergency_that_the_classifier_is_not_sure_of_and_the_gate_does_not_find_is_a_fallback(parse):
    likely = {"soft_emergency": 0.02, "cold_turkey": 0.08, "crisis_danger": 0.01, "relapse": 0.04}
    message = parse("a question", "crisis_overdose", 0.1, **likely)
    assert message.get(INTENT) == {"name": "nlu_fallback", "confidence": 1.0}
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == ["nlu_fallback", "cold_turkey", "relapse"]
    assert message.get(SAFETY) is None


@pytest.mark.parametrize("asked", ["crisis_suicide", "soft_suicide", "soft_emergency"])
@pytest.mark.parametrize("text", ["a question about a film", "killing it"])
def test_the_classifier_adds_nothing_to_a_saying_or_a_story(parse, asked, text):
    message = parse(text, asked, 0.69, relapse=0.01)
    assert (intent(message), message.get(SAFETY)) == ("nlu_fallback", None)
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == ["nlu_fallback", "relapse"]
    message = parse(text, "cold_turkey", 0.3, **{asked: 0.6})
    assert (intent(message), message.get(SAFETY)) == ("cold_turkey", None)


@pytest.mark.parametrize("text", ["a question about a film", "killing it", "not suicidecrisis"])
def test_a_crisis_that_the_classifier_is_certain_of_stands_in_any_context(parse, text):
    assert intent(parse(text, "cold_turkey", 0.01, crisis_suicide=0.7)) == "crisis_suicide"


def test_a_likely_sign_is_a_crisis_unless_the_classifier_sees_no_emergency(parse):
    agreed = parse("medicallikely", crisis_overdose=0.05)
    assert agreed.get(SAFETY) == {"family": "medical", "level": "crisis", "rule": "medical_likely"}
    doubted = parse("medicallikely", crisis_overdose=0.04)
    assert intent(doubted) == "cold_turkey"
    assert doubted.get(SAFETY) == {"family": "medical", "level": "soft", "rule": "medical_likely"}


def test_the_classifier_tells_which_emergency_likely_signs_are_of(parse):
    sure = parse("suicidelikely", crisis_danger=0.7)
    assert sure.get(SAFETY) == {"family": "danger", "level": "crisis", "rule": "classifier"}
    assert intent(parse("suicidelikely", crisis_danger=0.69)) == "crisis_suicide"


@pytest.mark.parametrize("text", ["overdoselikely", "suicidecrisis", "suicidecrisis dangerlikely"])
def test_an_overdose_or_a_sign_without_doubt_stays_what_it_is(parse, text):
    assert intent(parse(text, crisis_danger=0.9)) in ("crisis_overdose", "crisis_suicide")


@pytest.mark.parametrize("sign", ["medicallikely", "medicalsoft"])
def test_a_weak_sign_where_the_classifier_sees_nothing_of_the_kind_raises_nothing(parse, sign):
    assert parse(sign, relapse=0.1, soft_suicide=0.009).get(SAFETY) is None
    assert parse(sign, relapse=0.1, soft_suicide=0.01).get(SAFETY)["level"] == "soft"
    assert parse(sign, relapse=0.1, tracker=distressed()).get(SAFETY) is not None


@pytest.mark.parametrize("text", ["not suicidecrisis", "not medicallikely", "not medicallikely. medicalsoft"])
def test_a_context_never_silences(parse, text):
    assert parse(text, relapse=0.1).get(SAFETY)["level"] == "soft"


@pytest.mark.parametrize("elsewhere", ["out_of_scope", "chitchat"])
def test_a_sign_in_what_is_surely_about_something_else_puts_the_number_first(parse, elsewhere):
    message = parse("suicidecrisis", elsewhere, 0.8, crisis_suicide=0.04)
    assert message.get(SAFETY) == {"family": "suicide", "level": "soft", "rule": "suicide_crisis"}
    assert intent(message) == "soft_suicide"


def test_a_sign_is_a_crisis_where_the_message_may_be_about_something_else(parse):
    assert intent(parse("suicidecrisis", "out_of_scope", 0.79, crisis_overdose=0.003)) == "crisis_suicide"
    assert intent(parse("suicidecrisis", "out_of_scope", 0.9, crisis_overdose=0.05)) == "crisis_suicide"
    assert intent(parse("suicidecrisis", "cold_turkey", 0.99, crisis_overdose=0.003)) == "crisis_suicide"
    assert intent(parse("suicidecrisis", "out_of_scope", 0.9, tracker=distressed())) == "crisis_suicide"


def test_a_sign_where_the_classifier_sees_no_emergency_whatever_puts_the_number_first(parse):
    message = parse("suicidecrisis", "cold_turkey", 0.6, relapse=0.3, crisis_danger=0.002)
    assert message.get(SAFETY) == {"family": "suicide", "level": "soft", "rule": "suicide_crisis"}
    assert intent(message) == "cold_turkey"


def test_a_likely_sign_is_a_crisis_where_the_classifier_weighed_nothing(component, parse):
    ranking = [{"name": "message_too_long", "confidence": 1.0}]
    (message,) = component.process([Message({TEXT: "medicallikely", INTENT_RANKING_KEY: ranking})], CALM)
    assert intent(message) == "crisis_medical"


def test_a_likely_sign_after_distress_is_a_crisis(parse):
    assert intent(parse("suicidelikely", relapse=0.3, tracker=distressed())) == "crisis_suicide"


def test_a_context_softens_a_likely_sign(parse):
    message = parse("not medicallikely", crisis_overdose=0.3)
    assert message.get(SAFETY) == {"family": "medical", "level": "soft", "rule": "medical_likely"}


def test_the_gravest_emergency_is_answered_whichever_witness_saw_it(parse):
    assert intent(parse("suicidecrisis overdoselikely", crisis_overdose=0.1)) == "crisis_overdose"
    assert intent(parse("suicidecrisis", crisis_overdose=0.5)) == "crisis_overdose"
    assert intent(parse("suicidecrisis", crisis_overdose=0.4)) == "crisis_suicide"


def test_a_story_or_a_saying_takes_away_no_sign_of_the_patterns(parse):
    assert intent(parse("killing it dangercrisis")) == "crisis_danger"
    assert parse("dangercrisis in a film", crisis_overdose=0.69).get(SAFETY) == {
        "family": "danger",
        "level": "soft",
        "rule": "danger_crisis",
    }


@pytest.mark.parametrize("text", ["dangersoft in a film", "suppose dangersoft"])
def test_a_soft_sign_that_is_told_or_supposed_is_nothing(parse, text):
    message = parse(text, "greet")
    assert (intent(message), message.get(SAFETY)) == ("greet", None)


@pytest.mark.parametrize("asked", ["out_of_scope", "out_of_scope_health"])
def test_what_is_none_of_ours_is_answered_so_with_a_soft_sign_that_the_classifier_alone_finds(parse, asked):
    message = parse("a question", asked, soft_suicide=0.2)
    assert intent(message) == asked
    assert message.get(SAFETY) == {"family": "suicide", "level": "soft", "rule": "classifier"}


@pytest.mark.parametrize("asked", ["nlu_fallback", "greet", "chitchat", "deny", "soft_emergency"])
def test_a_soft_sign_of_the_classifier_is_the_answer_to_any_other_message_that_asks_nothing(parse, asked):
    assert intent(parse("a question", asked, 0.1, soft_suicide=0.2)) == "soft_suicide"


def test_what_a_soft_message_asks_as_well_is_answered_behind_the_number(parse):
    message = parse("a question", "soft_suicide", 0.9, detox_program=0.08, relapse=0.02)
    assert intent(message) == "detox_program"
    assert message.get(SAFETY) == {"family": "suicide", "level": "soft", "rule": "classifier"}


@pytest.mark.parametrize(
    "others",
    [{"detox_program": 0.04}, {"detox_program": 0.06, "relapse": 0.05}, {"out_of_scope": 0.09}, {"thanks": 0.09}, {}],
)
def test_a_soft_message_that_asks_nothing_for_sure_gets_the_soft_reply(parse, others):
    assert intent(parse("a question", "soft_suicide", 0.9, **others)) == "soft_suicide"


def test_an_emergency_is_never_answered_with_what_it_asks_as_well(parse):
    assert intent(parse("a question", "crisis_suicide", 0.9, detox_program=0.1)) == "crisis_suicide"


def test_the_default_has_a_likelihood_for_every_family():
    default = SafetyGate.get_default_config()
    assert set(default["crisis"]) == set(FAMILIES)
    assert all(0 < likely < 1 for likely in (*default["crisis"].values(), default["soft"]))


def test_the_likeliest_family_decides_from_which_likelihood_on_all_emergencies_are_one(model_storage):
    write(model_storage, json.dumps(STORED))
    component = loaded(model_storage, crisis={**CONFIG["crisis"], "overdose": 0.2, "danger": 0.8})
    found = []
    for likely in ({"overdose": 0.2}, {"overdose": 0.06, "danger": 0.14}, {"overdose": 0.04, "danger": 0.17}):
        ranking = [{"name": f"crisis_{family}", "confidence": value} for family, value in likely.items()]
        (message,) = component.process([Message({TEXT: "question", INTENT_RANKING_KEY: ranking})], CALM)
        found.append((message.get(SAFETY)["family"], message.get(SAFETY)["level"]))
    assert found == [("overdose", "crisis"), ("overdose", "crisis"), ("medical", "soft")]


def test_from_which_likelihood_on_the_classifier_adds_is_configured(model_storage):
    write(model_storage, json.dumps(STORED))
    component = loaded(model_storage, crisis=dict.fromkeys(FAMILIES, 0.9), soft=0.8)
    levels = []
    for confidence in (0.95, 0.85, 0.7):
        ranking = [{"name": "crisis_overdose", "confidence": confidence}]
        (message,) = component.process([Message({TEXT: "question", INTENT_RANKING_KEY: ranking})], CALM)
        levels.append((message.get(SAFETY) or {}).get("level"))
    assert levels == ["crisis", "soft", None]


def test_the_classifier_takes_no_crisis_and_no_soft_sign_away(parse):
    assert intent(parse("overdosecrisis", "greet", 0.99)) == "crisis_overdose"
    assert intent(parse("overdosecrisis", crisis_suicide=0.9)) == "crisis_overdose"
    assert parse("overdosesoft", "greet", 0.99).get(SAFETY)["rule"] == "overdose_soft"
    assert parse("overdosesoft", soft_suicide=0.3).get(SAFETY)["rule"] == "overdose_soft"


def test_a_soft_sign_and_half_a_belief_of_the_classifier_are_an_emergency(parse):
    """Alone, the classifier would need more than half of what both soft and grave intents have."""
    assert intent(parse("overdosesoft", soft_suicide=0.5, crisis_suicide=0.3)) == "crisis_suicide"
    assert parse("overdosesoft", soft_suicide=0.5, crisis_suicide=0.29).get(SAFETY)["level"] == "soft"
    # As everywhere, an overdose is answered before what is up to three times as likely.
    assert intent(parse("overdosesoft", crisis_suicide=0.2, crisis_overdose=0.1)) == "crisis_overdose"


def test_the_classifier_makes_a_soft_sign_a_crisis_but_not_one_that_a_context_softened(parse):
    assert intent(parse("overdosesoft", crisis_overdose=0.5)) == "crisis_overdose"
    message = parse("not overdosecrisis", crisis_overdose=0.5)
    assert message.get(SAFETY) == {"family": "overdose", "level": "soft", "rule": "overdose_crisis"}


def test_a_message_without_an_intent_is_read_too(component):
    (message,) = component.process([Message({TEXT: "overdosecrisis"})], CALM)
    assert intent(message) == "crisis_overdose"


def test_every_message_of_several_is_read(component):
    messages = component.process([Message({TEXT: text}) for text in ("question", "overdosecrisis")], CALM)
    assert [message.get(SAFETY) is not None for message in messages] == [False, True]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(gate: Gate, text: str) -> None:
        raise RuntimeError(f"cannot read {text}")

    monkeypatch.setattr(Gate, "read", fail)


@pytest.mark.usefixtures("broken")
def test_a_message_that_breaks_the_gate_gets_the_helplines(parse):
    message = parse("a private question", relapse=0.2)
    assert message.get(INTENT) == {"name": UNREAD, "confidence": 1.0}
    assert [entry["name"] for entry in message.get(INTENT_RANKING_KEY)] == [UNREAD, "cold_turkey", "relapse"]
    assert message.get(SAFETY) == {"level": "crisis", "family": None, "rule": "unread"}
    assert {INTENT, INTENT_RANKING_KEY, SAFETY} <= set(message.output_properties)


@pytest.mark.usefixtures("broken")
def test_a_gate_that_fails_is_logged_without_what_was_typed(parse, caplog):
    with caplog.at_level(logging.ERROR):
        parse("a private question")
    assert "RuntimeError" in caplog.text
    assert "private" not in caplog.text


def test_a_gate_that_was_not_loaded_gives_the_helplines(model_storage):
    component = SafetyGate.create(SafetyGate.get_default_config(), model_storage, RESOURCE, CONTEXT)
    (message,) = component.process([Message({TEXT: "question"})], CALM)
    assert intent(message) == UNREAD


def test_a_state_that_cannot_be_read_gives_the_helplines(parse):
    tracker = DialogueStateTracker.from_events("someone", [BotUttered("x", metadata={STATE: {"distress": "many"}})])
    assert intent(parse("a question", tracker=tracker)) == UNREAD


def test_a_model_without_the_gate_does_not_load(model_storage):
    assert_one_sentence(refused(model_storage))


def test_a_model_without_the_gates_file_does_not_load(model_storage):
    with model_storage.write_to(RESOURCE):
        pass
    said = refused(model_storage)
    assert_one_sentence(said)
    assert "gate.json" in said


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{",
        "{}",
        "null",
        json.dumps({**STORED, "files": {}}),
        json.dumps({key: STORED[key] for key in ("files", "text_speak")}),
        json.dumps(STORED).replace("overdosecrisis", "@nobody"),
        json.dumps(STORED).replace('"crisis"', '"grave"'),
        json.dumps(STORED)[:-1],
    ],
    ids=["empty", "half", "nothing in it", "null", "no files", "no english", "bad pattern", "bad level", "cut off"],
)
def test_a_broken_gate_does_not_load(model_storage, stored):
    write(model_storage, stored)
    assert_one_sentence(refused(model_storage))


def assert_one_sentence(said: str) -> None:
    """One line that says what is wrong and, as its own sentence, how to mend it."""
    assert said.startswith("The model's safety gate cannot be loaded: ")
    assert said.endswith(". Train it again: make train.")
    assert len(said.splitlines()) == 1
    assert ".." not in said


def test_a_loaded_gate_reads_as_the_trained_one(model_storage):
    trained = SafetyGate.create(SafetyGate.get_default_config(), model_storage, RESOURCE, CONTEXT)
    assert trained.train(TrainingData()) == RESOURCE
    read = []
    for component in (trained, loaded(model_storage)):
        messages = [Message({TEXT: text}) for text in ("he is not breathing", "what is tapering")]
        read.append([(each.get(INTENT), each.get(SAFETY)) for each in component.process(messages, CALM)])
    assert read[0] == read[1]
    assert read[0][0][0]["name"] == "crisis_overdose"
    assert read[0][1] == (None, None)
