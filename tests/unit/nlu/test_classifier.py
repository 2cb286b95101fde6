"""nlu/classifier.py: which scripted answer a message asks for, and whether any does."""

from __future__ import annotations

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.nlu.classifier import EMPTY, FALLBACK, OUT_OF_SCOPE, RANKED, TOO_LONG, IntentClassifier, topic_of
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


def asked(classifier: IntentClassifier, text: str, direction: np.ndarray | None) -> tuple[str, list[dict]]:
    (done,) = classifier.process([message(text, direction)])
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
