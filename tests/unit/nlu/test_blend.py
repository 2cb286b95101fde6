"""nlu/blend.py, nlu/fitting.py and nlu/tfidf.py: the model of the intent classifier."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from signpost.nlu.blend import Blend
from signpost.nlu.fitting import _blend, fit
from signpost.nlu.selection import split, worth_encoding
from signpost.nlu.tfidf import Tfidf

WIDTH = 16
TEXTS = {
    "quit": ["how do i quit", "ways to quit", "i want to quit", "quit heroin", "quitting it", "stop and quit now"],
    "taper": ["what is a taper", "taper plan", "tapering slowly", "a slow taper", "taper tips", "taper with a doctor"],
    "greet": ["hello there", "hi hello", "good morning hello", "hey hello", "hello you", "oh hello"],
}


def examples(*labels: str) -> tuple[list[str], np.ndarray, list[str]]:
    """Texts of some labels, with vectors that lie around a direction of each label."""
    noise = np.random.default_rng(1)
    pairs = [(text, label) for label in labels for text in TEXTS[label]]
    directions = {label: np.eye(WIDTH)[i] for i, label in enumerate(TEXTS)}
    vectors = np.array([directions[label] + 0.1 * noise.normal(size=WIDTH) for _, label in pairs], dtype=np.float32)
    return [text for text, _ in pairs], vectors, [label for _, label in pairs]


def fitted(*labels: str) -> Blend:
    return fit(*examples(*labels))


def rows(model: Blend, texts: list[str], vectors: np.ndarray) -> np.ndarray:
    return np.stack([model.probabilities(text, vector) for text, vector in zip(texts, vectors, strict=True)])


@pytest.fixture(scope="module")
def three() -> Blend:
    return fitted("quit", "taper", "greet")


def test_a_small_set_is_learnt(three):
    texts, vectors, labels = examples("quit", "taper", "greet")
    assert three.labels == ["greet", "quit", "taper"]
    assert [three.labels[i] for i in rows(three, texts, vectors).argmax(axis=1)] == labels


def test_a_new_text_near_a_label_gets_that_label(three):
    near_taper = np.eye(WIDTH, dtype=np.float32)[1]
    assert three.labels[three.probabilities("may i taper", near_taper).argmax()] == "taper"


def test_words_alone_and_the_vector_alone_both_count(three):
    nothing = np.zeros(WIDTH, dtype=np.float32)
    by_words = three.probabilities("hello", nothing)
    by_vector = three.probabilities("zzz", np.eye(WIDTH, dtype=np.float32)[2])
    assert three.labels[by_words.argmax()] == three.labels[by_vector.argmax()] == "greet"


@pytest.mark.parametrize("text", ["how do i quit", "", "帮助", "zzz qqq", "quit " * 500])
def test_probabilities_are_one_for_each_label_and_sum_to_one(three, text):
    probabilities = three.probabilities(text, np.ones(WIDTH, dtype=np.float32))
    assert probabilities.shape == (3,)
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_a_saved_model_gives_the_same_probabilities(three, tmp_path: Path):
    three.save(tmp_path)
    loaded = Blend.load(tmp_path)
    texts, vectors, _ = examples("quit", "taper", "greet")
    assert loaded.labels == three.labels
    np.testing.assert_array_equal(rows(loaded, texts, vectors), rows(three, texts, vectors))
    np.testing.assert_array_equal(
        loaded.probabilities("new words", vectors[0]), three.probabilities("new words", vectors[0])
    )


def test_two_labels_work_and_survive_saving(tmp_path: Path):
    model = fitted("quit", "greet")
    texts, vectors, labels = examples("quit", "greet")
    probabilities = rows(model, texts, vectors)
    assert probabilities.shape == (len(texts), 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    assert [model.labels[i] for i in probabilities.argmax(axis=1)] == labels
    model.save(tmp_path)
    np.testing.assert_array_equal(rows(Blend.load(tmp_path), texts, vectors), probabilities)


def test_fitting_twice_gives_the_same_model(three):
    texts, vectors, _ = examples("quit", "taper", "greet")
    np.testing.assert_allclose(
        rows(fitted("quit", "taper", "greet"), texts, vectors), rows(three, texts, vectors), atol=1e-4
    )


def test_texts_without_a_vector_teach_the_words_alone():
    texts, vectors, labels = examples("quit", "taper", "greet")
    encoded = worth_encoding(texts, labels, 0.2)
    assert len(encoded) < len(texts)
    model = fit(texts, vectors[encoded], labels, encoded)
    assert [model.labels[i] for i in rows(model, texts, vectors).argmax(axis=1)] == labels
    nothing = np.zeros(WIDTH, dtype=np.float32)
    assert model.labels[model.probabilities("taper plan", nothing).argmax()] == "taper"


def test_a_label_none_of_whose_other_texts_have_a_vector_is_learnt():
    texts, vectors, labels = examples("quit", "taper", "greet")
    most, rest = split(texts, labels)
    encoded = np.sort([*rest, *(place for place in most if labels[place] != "greet")])
    model = fit(texts, vectors[encoded], labels, encoded)
    assert model.labels == ["greet", "quit", "taper"]
    assert [model.labels[i] for i in rows(model, texts, vectors).argmax(axis=1)] == labels


def test_the_order_of_the_labels_does_not_matter():
    model = fitted("taper", "greet", "quit")
    texts, vectors, labels = examples("quit", "taper", "greet")
    assert [model.labels[i] for i in rows(model, texts, vectors).argmax(axis=1)] == labels


def test_the_blend_leans_on_the_model_that_is_right_on_held_out_texts():
    targets = np.array([0, 1] * 20)
    right = np.eye(2)[targets]
    noise = np.random.default_rng(1).normal(size=right.shape)
    first, second = _blend(np.stack([right, noise]), targets)
    assert first > 10 * second


def test_a_blend_of_uncertain_models_is_calibrated():
    targets = np.array([0, 0, 0, 1] * 50)
    always_first = np.tile([1.0, 0.0], (len(targets), 1))
    first, second = _blend(np.stack([always_first, np.zeros_like(always_first)]), targets)
    likely = 1 / (1 + np.exp(-(first + 0 * second)))
    assert likely == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize("text", ["how do i quit", "taper taper taper tips", "hello", "unknown zzz", "", "a"])
def test_the_weights_of_a_message_are_those_of_scikit_learn(text):
    texts = [text for every in TEXTS.values() for text in every]
    tfidf = Tfidf()
    matrix = tfidf.fit_transform(texts)
    columns, weights = tfidf.weigh(text)
    row = np.zeros(matrix.shape[1])
    row[columns] = weights
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit(texts)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=2, sublinear_tf=True).fit(texts)
    expected = np.concatenate([v.transform([text]).toarray()[0] for v in (words, letters)])
    np.testing.assert_allclose(row, expected, atol=1e-5)
