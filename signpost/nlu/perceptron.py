"""The perceptron over sentence vectors, which is half of the intent classifier, and how it is fitted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.neural_network import MLPClassifier

from signpost.nlu.encoder_graph import WeightsError

# Found by experiment, see docs/decisions/intent-classifier.md.
HIDDEN = 512
REGULARIZATION = 1e-3
RATE = 1.4e-3
BATCH = 128
STEPS = 1400, 600  # without the held-out texts, and then with them
STEPS_STARTED = 60, 60  # of one that knows all labels when it starts
AVERAGED = 3  # epochs
SEED = 1
SPREAD = 0.25  # of the numbers that the perceptron gets, around 0

_ARRAYS = ("hidden_weights", "hidden_bias", "weights", "bias")


@dataclass(frozen=True)
class Perceptron:
    """A perceptron with one hidden layer.

    labels: in column order.
    hidden_weights, hidden_bias: shapes (width, hidden) and (hidden,).
    weights, bias: shapes (hidden, labels) and (labels,).
    """

    labels: list[str]
    hidden_weights: np.ndarray
    hidden_bias: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """Returns the scores of the labels, shape (texts, labels)."""
        return np.maximum(vectors @ self.hidden_weights + self.hidden_bias, 0) @ self.weights + self.bias

    def save(self, path: Path) -> None:
        """Writes a safetensors file, in half precision."""
        arrays = {name: np.ascontiguousarray(getattr(self, name), dtype=np.float16) for name in _ARRAYS}
        save_file(arrays, str(path), {"labels": json.dumps(self.labels)})

    @classmethod
    def load(cls, path: Path) -> Perceptron:
        """Reads a file that `save` wrote.

        Raises:
            WeightsError: the file is missing or is no such file.
        """
        if not path.is_file():
            raise WeightsError(
                f"{path}: no such file. Make it with `make adapter`, or leave `start` out of config.yml."
            )
        try:
            with safe_open(str(path), framework="numpy") as file:
                labels = json.loads(file.metadata()["labels"])
                return cls(labels, *(file.get_tensor(name).astype(np.float32) for name in _ARRAYS))
        except (SafetensorError, KeyError, TypeError) as error:
            raise WeightsError(f"{path}: not a perceptron ({error}). Make it anew with `make adapter`.") from None


def fit_perceptrons(
    vectors: np.ndarray, labels: list[str], held_out: np.ndarray, start: Perceptron | None = None
) -> tuple[Perceptron, Perceptron]:
    """Fits a perceptron without the held-out rows, and goes on with all of them: that takes half the steps of two.

    Args:
        vectors: shape (texts, width).
        labels: the texts' labels, at least two different ones.
        held_out: shape (texts,).
        start: what is gone on from, if it knows any of the labels.

    Raises:
        WeightsError: `start` is for vectors of another width.
    """
    names, targets = np.unique(labels, return_inverse=True)
    mean = vectors.mean(axis=0)
    scale = np.float32(SPREAD / (float(np.sqrt(vectors.var(axis=0).mean())) or 1))
    scaled = (vectors - mean) * scale
    network = MLPClassifier(
        (HIDDEN,),
        alpha=REGULARIZATION,
        batch_size=min(BATCH, len(targets)),
        learning_rate_init=RATE,
        random_state=SEED,
    )
    # Makes the arrays, which a start then fills.
    network.batch_size, size = 1, network.batch_size
    network.partial_fit(scaled[:1], targets[:1], classes=np.arange(len(names)))
    network.batch_size = size
    known = _started(network, start, names.tolist(), mean, scale) if start and len(names) > 2 else 0
    fitted = []
    everything = np.ones(len(targets), dtype=bool)
    for rows, steps in zip((~held_out, everything), STEPS_STARTED if known == len(names) else STEPS, strict=True):
        some, of_some = scaled[rows], targets[rows]
        ends: list[list[np.ndarray]] = []
        # Stopping early is meant: more steps learn the questions by heart.
        for _ in range(math.ceil(steps / math.ceil(len(of_some) / BATCH))):
            network.partial_fit(some, of_some)
            ends = [*ends[-AVERAGED + 1 :], [array.copy() for array in (*network.coefs_, *network.intercepts_)]]
        hidden, weights, hidden_bias, bias = (np.mean(arrays, axis=0) for arrays in zip(*ends, strict=True))
        # The scaling becomes part of the weights, so that a message's vector goes in as it is.
        hidden = hidden * scale
        weights, bias = columns(weights), columns(bias[np.newaxis])[0]
        fitted.append(Perceptron(names.tolist(), hidden, hidden_bias - mean @ hidden, weights, bias))
    return fitted[0], fitted[1]


def _started(network: MLPClassifier, start: Perceptron, names: list[str], mean: np.ndarray, scale: np.float32) -> int:
    """Gives a network the weights of another; returns how many of the labels that one knows."""
    if start.hidden_weights.shape != network.coefs_[0].shape:
        found, needed = start.hidden_weights.shape, network.coefs_[0].shape
        raise WeightsError(f"`start` is a perceptron of shape {found}, not {needed}. Make it anew with `make adapter`.")
    of_start = {label: column for column, label in enumerate(start.labels)}
    known = [column for column, name in enumerate(names) if name in of_start]
    if known:
        taken = [of_start[names[column]] for column in known]
        network.coefs_[0][:] = start.hidden_weights / scale
        network.intercepts_[0][:] = start.hidden_bias + mean @ start.hidden_weights
        network.coefs_[1][:, known] = start.weights[:, taken]
        network.intercepts_[1][:] = start.bias.min()
        network.intercepts_[1][known] = start.bias[taken]
    return len(known)


def columns(scores: np.ndarray) -> np.ndarray:
    """Gives two labels the two columns that sklearn folds into one."""
    scores = scores.reshape(len(scores), -1)
    return np.concatenate([-scores, scores], axis=1) if scores.shape[1] == 1 else scores
