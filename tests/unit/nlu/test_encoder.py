"""nlu/encoder.py and nlu/encoder_graph.py: sentences into unit vectors, with the published weights only."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from signpost.nlu.encoder import (
    GRAPH_FILE,
    TOKEN_WEIGHTS_FILE,
    SentenceEncoder,
    SentenceVectors,
    token_weights,
    write_encoder,
)
from signpost.nlu.encoder_graph import INNER_LENGTH, WeightsError, read_weights
from signpost.nlu.selection import worth_encoding
from signpost.nlu.weights import TOKENIZER_FILE

CONFIG = SentenceEncoder.get_default_config()
SHA256 = CONFIG["sha256"]
RESOURCE = Resource("encoder")
CONTEXT = ExecutionContext(GraphSchema({}), node_name="encoder")
WIDTH = 768
SENTENCES = [
    "how do i quit heroin",
    "ways to get off heroin for good",
    "what is a taper",
    "my brother is in withdrawal and i do not know what to do about it",
    "best recipe for pizza dough",
    "hi",
    "",
    "???",
    "İ 帮助 🙂 مساعدة",
    "what is methadone and how long do people stay on it after they have left a clinic",
]


@pytest.fixture(scope="module")
def vectors(encoder_directory: Path) -> SentenceVectors:
    return SentenceVectors(encoder_directory, max_tokens=128, threads=1)


def test_every_sentence_gets_a_vector_of_two_parts_with_their_lengths(vectors):
    encoded = vectors.encode(SENTENCES)
    assert encoded.shape == (len(SENTENCES), WIDTH) and encoded.dtype == np.float32
    last, inner = np.split(encoded, 2, axis=1)
    np.testing.assert_allclose(np.linalg.norm(last, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(inner, axis=1), INNER_LENGTH, atol=1e-5)


def test_no_sentences_give_no_rows(vectors):
    assert vectors.encode([]).shape == (0, WIDTH)


def test_the_order_within_a_batch_changes_nothing(vectors):
    order = np.random.default_rng(1).permutation(len(SENTENCES))
    shuffled = vectors.encode([SENTENCES[i] for i in order])
    np.testing.assert_allclose(shuffled, vectors.encode(SENTENCES)[order], atol=1e-5)


def test_rows_belong_to_their_sentences_in_several_batches_too(vectors):
    many = [f"{sentence} {number}" for number in range(9) for sentence in SENTENCES]
    together = vectors.encode(many)
    alone = np.concatenate([vectors.encode([sentence]) for sentence in many])
    # int8 scales depend on the batch, so that equal means almost equal.
    assert (together * alone).sum(axis=1).min() > 0.95 * (1 + INNER_LENGTH**2)


def test_a_sentence_is_encoded_the_same_each_time(vectors):
    np.testing.assert_array_equal(vectors.encode(["what is a taper"]), vectors.encode(["what is a taper"]))


def test_sentences_that_mean_the_same_lie_closer_than_others(vectors):
    quit_heroin, get_off, *_ = encoded = vectors.encode(SENTENCES)[:, : WIDTH // 2]
    pizza = encoded[SENTENCES.index("best recipe for pizza dough")]
    assert quit_heroin @ get_off > 0.7 > 0.3 > quit_heroin @ pizza


def test_a_longer_text_is_cut_at_the_configured_number_of_tokens(encoder_directory):
    short = SentenceVectors(encoder_directory, max_tokens=6, threads=1)
    first, longer, other = (
        short.encode([text]) for text in ("one two three four", "one two three four five " * 50, "one two three five")
    )
    np.testing.assert_array_equal(first, longer)
    assert not np.allclose(first, other)


def test_a_text_of_any_length_is_encoded(vectors):
    assert vectors.encode(["heroin " * 5000]).shape == (1, WIDTH)


def test_the_graph_is_small(encoder_directory):
    assert (encoder_directory / GRAPH_FILE).stat().st_size < 30_000_000
    assert (encoder_directory / TOKENIZER_FILE).is_file()


def test_a_token_of_few_texts_weighs_more_than_one_of_many(encoder_directory):
    tokenizer = Tokenizer.from_file(str(encoder_directory / TOKENIZER_FILE))
    weights = token_weights(encoder_directory / TOKENIZER_FILE, ["how do i quit", "how do i taper", "how now"])
    of_word = {word: weights[tokenizer.token_to_id(word)] for word in ("how", "do", "quit", "pizza")}
    assert of_word["pizza"] > of_word["quit"] > of_word["do"] > of_word["how"] == pytest.approx(1)


def test_writing_the_graph_leaves_logging_on(encoder_directory):
    assert logging.root.manager.disable == logging.NOTSET


def test_weights_with_another_hash_are_refused_with_both_hashes(tmp_path):
    with pytest.raises(WeightsError, match=f"SHA-256 is {SHA256}, expected {'0' * 64}"):
        write_encoder(tmp_path, {**CONFIG, "sha256": "0" * 64}, SENTENCES)
    assert list(tmp_path.iterdir()) == []


def test_a_changed_weights_file_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    with pytest.raises(WeightsError, match=f"{tmp_path}.*expected {SHA256}"):
        read_weights(tmp_path / "model.safetensors", SHA256)


def test_missing_weights_are_named_with_what_to_do(tmp_path):
    with pytest.raises(WeightsError, match=rf"{tmp_path / 'model.safetensors'}: no such file\. .*config\.yml"):
        write_encoder(tmp_path, {**CONFIG, "weights": str(tmp_path)}, SENTENCES)


@pytest.mark.parametrize("tokens", [0, 513, -1, "many", 2.5, None])
def test_a_number_of_tokens_that_cannot_be_is_refused(tokens):
    with pytest.raises(InvalidConfigException, match="max_tokens"):
        SentenceEncoder.validate_config({**SentenceEncoder.get_default_config(), "max_tokens": tokens})


@pytest.mark.parametrize("share", [0, 1.1, -0.5, "half", None])
def test_a_share_that_cannot_be_is_refused(share):
    with pytest.raises(InvalidConfigException, match="share"):
        SentenceEncoder.validate_config({**SentenceEncoder.get_default_config(), "share": share})


def test_the_default_config_is_valid():
    SentenceEncoder.validate_config(SentenceEncoder.get_default_config())


def test_training_with_other_weights_is_refused(model_storage, tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"other")
    config = {**SentenceEncoder.get_default_config(), "weights": str(tmp_path)}
    with pytest.raises(WeightsError):
        SentenceEncoder.create(config, model_storage, RESOURCE, CONTEXT).train(TrainingData())


@pytest.fixture
def component(model_storage, encoder_directory) -> SentenceEncoder:
    with model_storage.write_to(RESOURCE) as directory:
        for name in (GRAPH_FILE, TOKENIZER_FILE, TOKEN_WEIGHTS_FILE):
            shutil.copy(encoder_directory / name, directory / name)
    return SentenceEncoder.load(SentenceEncoder.get_default_config(), model_storage, RESOURCE, CONTEXT)


def test_a_message_gets_one_dense_sentence_feature_of_its_normalized_text(component, vectors):
    messages = [
        Message({TEXT: "what is subs", "normalized_text": "what is buprenorphine"}),
        Message({TEXT: "what is subs"}),
    ]
    first, second = (message.get_dense_features(TEXT) for message in component.process(messages))
    assert first[0] is None and first[1].features.shape == (1, WIDTH)
    expected = vectors.encode(["what is buprenorphine", "what is subs"])
    np.testing.assert_allclose(np.concatenate([first[1].features, second[1].features]), expected, atol=1e-5)


def test_a_message_without_text_gets_no_feature(component):
    (message,) = component.process([Message({TEXT: ""})])
    assert message.get_dense_features(TEXT) == (None, None)


def test_training_questions_get_their_features(component):
    data = component.process_training_data(TrainingData([Message({TEXT: "hi", "intent": "greet"})]))
    assert data.training_examples[0].get_dense_features(TEXT)[1].features.shape == (1, WIDTH)


def test_with_a_share_the_others_get_no_features_and_what_is_held_out_does(encoder_directory, model_storage, component):
    config = {**SentenceEncoder.get_default_config(), "share": 0.25}
    sparing = SentenceEncoder.load(config, model_storage, RESOURCE, CONTEXT)
    texts = [f"{word} {number}" for word in ("hi", "taper") for number in range(8)]
    labels = [text.split()[0] for text in texts]
    pairs = zip(texts, labels, strict=True)
    data = sparing.process_training_data(
        TrainingData([Message({TEXT: text, "intent": label}) for text, label in pairs])
    )
    featurized = [message.get_dense_features(TEXT)[1] is not None for message in data.training_examples]
    assert np.flatnonzero(featurized).tolist() == worth_encoding(texts, labels, 0.25).tolist()
    assert 0 < sum(featurized) < len(texts)
