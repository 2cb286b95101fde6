"""nlu/classifier.py: which scripted answer a message asks for, and whether any does."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.nlu import classifier
from signpost.nlu.classifier import (
    EMPTY,
    FALLBACK,
    OUT_OF_SCOPE,
    OUT_OF_SCOPE_HEALTH,
    RANKED,
    TOO_LONG,
    IntentClassifier,
    topic_of,
)
from signpost.settings import settings

WIDTH = 8
RESOURCE = Resource("classifier")
CONTEXT = ExecutionContext(GraphSchema({}), node_name="classifier")
INTENTS = ["taper_what", "taper_what_how", "relapse", "out_of_scope", "greet"]
WORDS = dict(zip(INTENTS, ["taper", "taper how", "relapse", "weather", "hello"], strict=True))


def message(text: str, direction: np.ndarray | None, **data) -> Message:
    made = Message({TEXT: text, **data})
    if direction is not None:
        made.add_features(Features(direction[np.newaxis].astype(np.float32), FEATURE_TYPE_SENTENCE, TEXT, "test"))
    return made


def toward(*intents: str) -> np.ndarray:
    """A vector that lies in the middle of the directions of some intents."""
    return np.mean([np.eye(WIDTH)[INTENTS.index(intent)] for intent in intents], axis=0)


def training_data() -> TrainingData:
    noise = np.random.default_rng(1)
    fillers = ["", "please", "now", "then", "you", "i ask", "so", "really"]
    return TrainingData(
        [
            message(f"{WORDS[intent]} {filler}", toward(intent) + 0.05 * noise.normal(size=WIDTH), **{INTENT: intent})
            for intent in INTENTS
            for filler in fillers
        ]
    )


@pytest.fixture
def make(model_storage):
    """Trains once a test and loads with the thresholds that are given."""
    default = IntentClassifier.get_default_config()
    IntentClassifier.create(default, model_storage, RESOURCE, CONTEXT).train(training_data())
    return lambda **config: IntentClassifier.load({**default, **config}, model_storage, RESOURCE, CONTEXT)


def test_training_without_any_vector_says_what_is_missing(model_storage):
    data = TrainingData([message(f"{WORDS[intent]} {n}", None, **{INTENT: intent}) for intent in INTENTS for n in "ab"])
    classifier = IntentClassifier.create(IntentClassifier.get_default_config(), model_storage, RESOURCE, CONTEXT)
    with pytest.raises(InvalidConfigException, match="put SentenceEncoder before it"):
        classifier.train(data)


def asked(classifier: IntentClassifier, text: str, direction: np.ndarray | None, **data) -> tuple[str, list[dict]]:
    (done,) = classifier.process([message(text, direction, **data)])
    assert done.get(INTENT) == done.get(INTENT_RANKING_KEY)[0]
    assert {INTENT, INTENT_RANKING_KEY} <= set(done.output_properties)
    return done.get(INTENT)["name"], done.get(INTENT_RANKING_KEY)


@pytest.mark.parametrize("intent", INTENTS)
def test_a_clear_question_gets_its_intent(make, intent):
    assert asked(make(), WORDS[intent], toward(intent))[0] == intent


@pytest.mark.parametrize("text", ["", " ", "???", "🙂🙂", "…\n"])
def test_a_message_without_a_word_is_said_to_be_empty(make, text):
    name, ranking = asked(make(), text, None)
    assert (name, len(ranking)) == (EMPTY, 1)


def test_a_message_longer_than_the_operator_allows_is_said_to_be_too_long(make, settings_file):
    settings_file("longest_message: 200\n")
    assert settings().longest_message == 200
    assert asked(make(), "taper " * 33, toward("taper_what"))[0] == "taper_what"
    assert asked(make(), "taper " * 34, None)[0] == TOO_LONG


def test_a_message_as_long_as_the_operator_allows_is_read(make, settings_file):
    settings_file("longest_message: 200\n")
    assert asked(make(), ("taper " * 34)[:200], toward("taper_what"))[0] == "taper_what"


def test_an_unsure_message_is_a_fallback_with_the_likeliest_intents_behind_it(make):
    name, ranking = asked(make(sure=1.01, unsure=0.0), WORDS["relapse"], toward("relapse"))
    assert name == FALLBACK
    assert ranking[1]["name"] == "relapse"
    assert ranking[0]["confidence"] == pytest.approx(1 - ranking[1]["confidence"])


def test_a_message_that_is_like_nothing_is_out_of_scope(make):
    name, ranking = asked(make(sure=1.01, unsure=1.01), WORDS["relapse"], toward("relapse"))
    assert name == OUT_OF_SCOPE
    assert ranking[1]["name"] == "relapse"


def test_out_of_scope_is_said_even_when_unsure(make):
    assert asked(make(sure=1.01, unsure=0.0), WORDS["out_of_scope"], toward("out_of_scope"))[0] == OUT_OF_SCOPE


def test_the_intents_of_a_topic_count_together_and_the_likeliest_of_them_is_named(make):
    between = toward("taper_what", "taper_what_how")
    _, ranking = asked(make(), "taper", between)
    assert ranking[0]["name"] in ("taper_what", "taper_what_how")
    assert not {"taper_what", "taper_what_how"} <= {entry["name"] for entry in ranking}
    assert ranking[0]["confidence"] > 0.5


def test_the_ranking_falls_and_its_confidences_sum_to_one(make):
    _, ranking = asked(make(sure=0.0), "taper hello", toward("taper_what", "greet"))
    confidences = [entry["confidence"] for entry in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert len(ranking) == 4 <= RANKED


def test_what_the_gate_adds_up_is_ranked_however_unlikely_it_is(make, monkeypatch):
    monkeypatch.setattr(classifier, "RANKED", 1)
    monkeypatch.setattr(classifier, "WEIGHED", ("gre",))
    _, ranking = asked(make(), WORDS["relapse"], toward("relapse"))
    assert [entry["name"] for entry in ranking] == ["relapse", "greet"]


def test_the_normalized_text_counts_before_the_typed_one(make):
    direction = np.zeros(WIDTH)
    done = make(sure=0.0).process([message("zzz", direction, normalized_text="hello"), message("hello", direction)])
    assert done[0].get(INTENT) == done[1].get(INTENT)
    assert done[0].get(INTENT)["name"] == "greet"


def test_a_loaded_classifier_answers_like_the_trained_one(model_storage):
    trained = IntentClassifier.create(IntentClassifier.get_default_config(), model_storage, RESOURCE, CONTEXT)
    trained.train(training_data())
    loaded = IntentClassifier.load(IntentClassifier.get_default_config(), model_storage, RESOURCE, CONTEXT)
    for intent in INTENTS:
        assert asked(loaded, WORDS[intent], toward(intent)) == asked(trained, WORDS[intent], toward(intent))


def test_a_pipeline_without_an_encoder_is_told_what_to_put_where(make):
    with pytest.raises(ValueError, match=r"put SentenceEncoder before it in config\.yml"):
        make().process([message("hello", None)])


class Fixed:
    """A model that finds every text as likely as it was told."""

    def __init__(self, likely: dict[str, float]) -> None:
        self.labels = list(likely)
        self._likely = np.array(list(likely.values()))

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        return self._likely


BANDS = {
    "sharpness": 1.0,
    "sure": 0.6,
    "small_talk": 0.5,
    "unsure": 0.15,
    "advice": 0.25,
    "not_mine": 0.3,
    "doubt": 1.5,
}


def decided(likely: dict[str, float], *entities: tuple[str, str], **config: float) -> list[dict]:
    """The ranking of a message whose intents are so likely; what is left is spread over many others."""
    labels = ["relapse", "cold_turkey", "out_of_scope", "out_of_scope_health", "advice_dosing", "advice_mixing"]
    others = {f"topic{number}": (1 - sum(likely.values())) / 20 for number in range(20)}
    classifier = IntentClassifier({**BANDS, **config}, None, RESOURCE)
    classifier._use(Fixed({**dict.fromkeys(labels, 0.0), **others, **likely}))
    named = [{"entity": entity, "value": value} for entity, value in entities]
    return asked(classifier, "question", np.zeros(WIDTH), entities=named)[1]


def test_every_band_of_these_tests_is_a_setting():
    assert {*BANDS, "start"} == set(IntentClassifier.get_default_config())


@pytest.mark.parametrize(
    ("likely", "name", "confidence", "band"),
    [
        # All kinds of advice count together, and the likeliest of them is named.
        ({"advice_dosing": 0.2, "advice_mixing": 0.15, "relapse": 0.34}, "advice_dosing", 0.35, "sure"),
        ({"advice_dosing": 0.11, "advice_mixing": 0.15, "relapse": 0.2}, "advice_mixing", 0.26, "sure"),
        ({"advice_dosing": 0.4, "out_of_scope": 0.4}, "advice_dosing", 0.4, "sure"),
        # A likelier topic, or one of two that together are none, goes before it.
        ({"advice_dosing": 0.2, "advice_mixing": 0.15, "relapse": 0.4}, FALLBACK, 0.6, "unsure"),
        ({"advice_dosing": 0.14, "advice_mixing": 0.1, "relapse": 0.2}, FALLBACK, 0.8, "unsure"),
        ({"advice_dosing": 0.3, "relapse": 0.28, "cold_turkey": 0.28}, "advice_dosing", 0.3, "sure"),
        # Both kinds of out of scope count together; a topic must be so many times likelier.
        ({"out_of_scope": 0.15, "out_of_scope_health": 0.2, "relapse": 0.5}, "out_of_scope_health", 0.35, "not mine"),
        ({"out_of_scope": 0.4, "relapse": 0.59}, "out_of_scope", 0.4, "not mine"),
        ({"out_of_scope": 0.4, "advice_dosing": 0.59}, "advice_dosing", 0.59, "sure"),
        ({"out_of_scope": 0.4, "advice_dosing": 0.39}, "out_of_scope", 0.4, "not mine"),
        ({"out_of_scope": 0.3, "relapse": 0.46}, FALLBACK, 0.54, "unsure"),
        ({"out_of_scope": 0.29, "relapse": 0.2}, FALLBACK, 0.8, "unsure"),
        # What is like nothing is out of scope, too.
        ({"relapse": 0.16}, FALLBACK, 0.84, "unsure"),
        ({"relapse": 0.1, "advice_dosing": 0.16}, FALLBACK, 0.9, "unsure"),
        ({"relapse": 0.14, "cold_turkey": 0.14, "advice_dosing": 0.14}, OUT_OF_SCOPE, 0.86, "not mine"),
    ],
)
def test_what_is_not_sure_is_declined_suggested_or_none_of_ours(likely, name, confidence, band):
    first, *others = decided(likely)
    assert first == {"name": name, "confidence": pytest.approx(confidence), "band": band}
    assert [entry["confidence"] for entry in others] == sorted((e["confidence"] for e in others), reverse=True)


@pytest.mark.parametrize("likely", [{"relapse": 0.61}, {"relapse": 0.62, "out_of_scope": 0.38}])
def test_a_topic_that_is_sure_stands_first_without_a_band(likely):
    assert decided(likely)[0] == {"name": "relapse", "confidence": pytest.approx(likely["relapse"])}


@pytest.mark.parametrize(("likely", "name"), [(0.51, "thanks"), (0.49, FALLBACK)])
def test_thanks_are_answered_where_a_topic_would_be_suggested(likely, name):
    assert decided({"thanks": likely, "relapse": 0.4})[0]["name"] == name


def test_probabilities_are_raised_to_the_power_that_is_configured_and_sum_to_one():
    likely = {"relapse": 0.5, "cold_turkey": 0.25, "out_of_scope": 0.25}
    first, second, *_ = decided(likely, sharpness=2.0, sure=0.6)
    assert (first["name"], first["confidence"]) == ("relapse", pytest.approx(2 / 3))
    assert second["confidence"] == pytest.approx(1 / 6)
    assert decided(likely)[0]["name"] != "relapse"


@pytest.mark.parametrize(("doubt", "name"), [(1.5, "out_of_scope"), (1.0, FALLBACK)])
def test_how_many_times_likelier_a_topic_must_be_is_configured(doubt, name):
    assert decided({"out_of_scope": 0.4, "relapse": 0.5}, doubt=doubt)[0]["name"] == name


@pytest.mark.parametrize(
    ("likely", "entities", "name"),
    [
        ({"relapse": 0.9}, [("substance", "cocaine")], OUT_OF_SCOPE_HEALTH),
        ({"relapse": 0.2}, [("substance", "cocaine")], OUT_OF_SCOPE_HEALTH),
        ({"relapse": 0.9}, [("substance", "cocaine"), ("substance", "heroin")], "relapse"),
        ({"relapse": 0.9}, [("substance", "opioids")], "relapse"),
        ({"relapse": 0.9}, [("substance", "cocaine"), ("medicine", "methadone")], "relapse"),
        ({"relapse": 0.9}, [("country", "IE")], "relapse"),
        ({"advice_dosing": 0.9}, [("substance", "cocaine")], "advice_dosing"),
        ({"crisis_overdose": 0.9}, [("substance", "cocaine")], "crisis_overdose"),
        ({"set_country": 0.9}, [("substance", "cocaine")], "set_country"),
    ],
)
def test_a_question_about_another_substance_alone_is_none_of_ours(likely, entities, name):
    assert decided(likely, *entities)[0]["name"] == name


@pytest.mark.parametrize(
    ("intent", "topic"),
    [
        ("taper_what", "taper_what"),
        ("taper_what_how", "taper_what"),
        ("taper_whatever", "taper_whatever"),
        ("med_methadone", "med_methadone"),
        ("relapse_lower_risk", "relapse"),
    ],
)
def test_the_topic_of_an_intent_is_the_intent_it_details(intent, topic):
    intents = [
        "taper_what_how",
        "taper_what",
        "taper_whatever",
        "med_methadone",
        "med_overview",
        "relapse",
        "relapse_lower_risk",
    ]
    assert topic_of(intent, intents) == topic
