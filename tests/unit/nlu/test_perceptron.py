"""nlu/perceptron.py: learning from vectors, alone or from a start that knows the labels already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from adaptation.config import configured
from signpost.nlu.classifier import IntentClassifier
from signpost.nlu.encoder_graph import WeightsError
from signpost.nlu.perceptron import Perceptron, fit_perceptrons

WIDTH = 16
LABELS = ["greet", "quit", "taper"]


def examples(count: int = 20, labels: list[str] = LABELS) -> tuple[np.ndarray, list[str]]:
    """Vectors around a direction of each label."""
    noise = np.random.default_rng(1).normal(size=(count * len(labels), WIDTH)).astype(np.float32)
    directions = np.eye(WIDTH, dtype=np.float32)[[("greet", "quit", "taper", "naloxone").index(x) for x in labels]]
    return np.repeat(directions, count, axis=0) + 0.1 * noise, [label for label in labels for _ in range(count)]


def every(count: int, step: int) -> np.ndarray:
    return np.arange(count) % step == 0


def found(perceptron: Perceptron, vectors: np.ndarray) -> list[str]:
    return [perceptron.labels[column] for column in perceptron.scores(vectors).argmax(axis=1)]


@pytest.fixture(scope="module")
def start() -> Perceptron:
    vectors, labels = examples()
    return fit_perceptrons(vectors, labels, np.zeros(len(labels), dtype=bool))[1]


def test_both_know_the_labels_and_the_second_has_seen_what_was_held_out():
    vectors, labels = examples()
    held_out = every(len(labels), 4)
    # What is held out here contradicts the rest, so that only who has seen it is less sure.
    labels = ["quit" if out and label == "taper" else label for out, label in zip(held_out, labels, strict=True)]
    most, all_of_them = fit_perceptrons(vectors, labels, held_out)
    taper = np.eye(WIDTH, dtype=np.float32)[[2]]
    assert found(most, taper) == ["taper"]
    margins = [scores[2] - scores[1] for scores in (most.scores(taper)[0], all_of_them.scores(taper)[0])]
    assert margins[1] < margins[0]


def test_a_file_gives_back_what_was_saved(start, tmp_path):
    start.save(tmp_path / "start")
    loaded = Perceptron.load(tmp_path / "start")
    vectors, _ = examples()
    assert loaded.labels == LABELS
    np.testing.assert_allclose(loaded.scores(vectors), start.scores(vectors), atol=0.05)


def test_what_the_start_knows_is_kept_where_few_examples_tell_nothing(start):
    """The few vectors are noise: without the start nothing can be learnt from them."""
    noise = np.random.default_rng(2).normal(size=(9, WIDTH)).astype(np.float32) * 0.01
    vectors, labels = examples()
    of_noise = [LABELS[place % 3] for place in range(9)]
    with_start, without = (fit_perceptrons(noise, of_noise, every(9, 3), given)[0] for given in (start, None))
    right, wrong = (
        np.mean([a == b for a, b in zip(found(p, vectors), labels, strict=True)]) for p in (with_start, without)
    )
    assert right > wrong


def test_the_order_of_the_labels_and_a_label_that_is_gone_do_not_matter(start):
    vectors, labels = examples(labels=["taper", "greet", "naloxone"])
    assert found(fit_perceptrons(vectors, labels, every(len(labels), 4), start)[1], vectors) == labels


def test_a_label_that_the_start_does_not_know_is_learnt(start):
    vectors, labels = examples(labels=[*LABELS, "naloxone"])
    assert found(fit_perceptrons(vectors, labels, every(len(labels), 4), start)[0], vectors) == labels


def test_a_start_that_knows_none_of_the_labels_changes_nothing(start):
    vectors, labels = examples()
    others = [f"other_{label}" for label in labels]
    with_start, without = (fit_perceptrons(vectors, others, every(len(others), 4), given)[1] for given in (start, None))
    np.testing.assert_array_equal(with_start.scores(vectors), without.scores(vectors))


def test_two_labels_do_without_a_start(start):
    vectors, labels = examples(labels=["quit", "taper"])
    assert found(fit_perceptrons(vectors, labels, every(len(labels), 4), start)[1], vectors) == labels


def test_a_start_for_other_vectors_is_refused_with_both_shapes(start):
    vectors, labels = examples()
    with pytest.raises(WeightsError, match=r"shape \(16, 512\), not \(8, 512\).*make adapter"):
        fit_perceptrons(vectors[:, :8], labels, every(len(labels), 4), start)


def test_a_missing_file_and_one_that_is_no_perceptron_are_named(tmp_path):
    with pytest.raises(WeightsError, match=rf"{tmp_path}/none: no such file\. Make it with `make adapter`"):
        Perceptron.load(tmp_path / "none")
    (tmp_path / "broken").write_bytes(b"no perceptron")
    with pytest.raises(WeightsError, match="broken: not a perceptron"):
        Perceptron.load(tmp_path / "broken")


def test_ours_knows_nearly_every_intent_of_the_domain(domain):
    """A new intent is learnt without it, and known once the adapter is made anew."""
    known = set(Perceptron.load(Path(configured(IntentClassifier)["start"])).labels)
    assert len(known & set(domain.intents)) >= 0.9 * len(known)
