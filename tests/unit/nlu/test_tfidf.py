"""nlu/tfidf.py: the weights of one message are those that scikit-learn computes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from signpost.files import DATA
from signpost.nlu.tfidf import Tfidf
from signpost.topic_file import read_topic_files

# Real questions: every tenth teaches, the others are new.
QUESTIONS = [text for file in read_topic_files(DATA).values() for questions in file.nlu for text in questions.texts]
TEACHING = QUESTIONS[::10]


@pytest.fixture(scope="module")
def tfidf() -> Tfidf:
    made = Tfidf()
    made.fit_transform(TEACHING)
    return made


@pytest.fixture(scope="module")
def own() -> list[TfidfVectorizer]:
    """scikit-learn's vectorizers, set up apart from the code under test."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=2, sublinear_tf=True)
    return [words.fit(TEACHING), letters.fit(TEACHING)]


def row(tfidf: Tfidf, text: str, width: int) -> np.ndarray:
    columns, weights = tfidf.weigh(text)
    assert len(columns) == len(weights) == len(set(columns.tolist()))
    made = np.zeros(width)
    made[columns] = weights
    return made


def transformed(own: list[TfidfVectorizer], texts: list[str]) -> np.ndarray:
    return np.concatenate([vectorizer.transform(texts).toarray() for vectorizer in own], axis=1)


def test_the_weights_of_many_questions_are_those_of_scikit_learn(tfidf, own):
    texts = QUESTIONS[3::15]
    assert len(texts) > 200
    expected = transformed(own, texts)
    made = np.stack([row(tfidf, text, expected.shape[1]) for text in texts])
    np.testing.assert_allclose(made, expected, atol=1e-5)


PIECES = st.sampled_from(
    ["heroin", "Quit", "taper", "a", " ", "  ", "\n", "?!", "🙂", "é", "ß", "İ", "帮助", "\x00", "x" * 30]
)


@given(text=st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join)))
@settings(max_examples=150, deadline=None)
def test_the_weights_of_any_text_are_those_of_scikit_learn(tfidf, own, text):
    expected = transformed(own, [text])[0]
    np.testing.assert_allclose(row(tfidf, text, len(expected)), expected, atol=1e-5)


def test_what_fitting_returns_is_what_weighing_gives_later(tfidf):
    matrix = Tfidf().fit_transform(TEACHING)
    assert matrix.shape[0] == len(TEACHING)
    for index in range(0, len(TEACHING), 25):
        expected = matrix[index].toarray()[0]
        np.testing.assert_allclose(row(tfidf, TEACHING[index], matrix.shape[1]), expected, atol=1e-5)


@pytest.mark.parametrize("text", ["", "   ", "?!", "帮助", "🙂"])
def test_a_text_without_a_known_term_has_no_weights(tfidf, text):
    columns, weights = tfidf.weigh(text)
    assert columns.shape == weights.shape == (0,)
    assert np.issubdtype(columns.dtype, np.integer)


def test_each_kind_of_term_is_scaled_to_length_one(tfidf):
    columns, weights = tfidf.weigh("how do i quit heroin heroin heroin")
    words = len(tfidf.state()[0][0])
    for kind in (columns < words, columns >= words):
        assert np.linalg.norm(weights[kind]) == pytest.approx(1, abs=1e-5)


def test_a_restored_instance_weighs_alike(tfidf):
    terms, idf = tfidf.state()
    restored = Tfidf()
    # The terms are kept as JSON.
    restored.restore(json.loads(json.dumps(terms)), idf)
    for text in QUESTIONS[::200]:
        for made, expected in zip(restored.weigh(text), tfidf.weigh(text), strict=True):
            np.testing.assert_array_equal(made, expected)


def test_the_state_of_a_restored_instance_is_the_state_it_took_up(tfidf):
    terms, idf = tfidf.state()
    restored = Tfidf()
    restored.restore(terms, idf)
    assert restored.state()[0] == terms
    for made, expected in zip(restored.state()[1], idf, strict=True):
        np.testing.assert_array_equal(made, expected)


def test_terms_and_weights_that_do_not_belong_together_are_refused(tfidf):
    terms, idf = tfidf.state()
    with pytest.raises(ValueError, match="zip"):
        Tfidf().restore(terms, idf[:1])
