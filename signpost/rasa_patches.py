"""Where Rasa offers no place to extend: its code replaced at run time, for the version named here only.

Each patch says why it is there; its test fails when Rasa changes what it replaces.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.constants import LATEST_TRAINING_DATA_FORMAT_VERSION
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint, get_text_hash
from rasa.shared.utils.validation import KEY_TRAINING_DATA_FORMAT_VERSION
from tarsafe import TarSafe

VERSION = "3.6.21"

_FILE = "domain.yml"
_COMPRESSION = 4
_load_from_yaml = DomainProvider.load.__func__
_open_gzipped = TarSafe.gzopen.__func__


def apply() -> None:
    """Puts the patches in place; doing so twice changes nothing."""
    # Rasa parses and validates the model's domain as round-trip YAML in pure Python, three seconds of every start.
    # The model's metadata already carries the same dictionary as JSON.
    DomainProvider._persist = _persist
    DomainProvider.load = classmethod(_load)
    # Rasa merges training data four times, and every time copies all examples deeply and hashes each of them anew.
    TrainingData.merge = _merge
    TrainingData.sanitize_examples = staticmethod(_sanitize_examples)
    # Rasa hashes every message anew after each component, key by key and value by value.
    Message.fingerprint = _message_fingerprint
    # Most of a model cannot be compressed; trying hard makes it 1 % smaller and takes five seconds of a training.
    TarSafe.gzopen = classmethod(_gzopen)


def _persist(self: DomainProvider, domain: Domain) -> None:
    # JSON is YAML too: Rasa without the patch can read it.
    content = {KEY_TRAINING_DATA_FORMAT_VERSION: LATEST_TRAINING_DATA_FORMAT_VERSION, **domain.as_dict()}
    with self._model_storage.write_to(self._resource) as directory:
        (directory / _FILE).write_text(json.dumps(content), encoding="utf-8")


def _load(
    cls: type[DomainProvider],
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    *context: Any,
    **kwargs: Any,
) -> DomainProvider:
    with model_storage.read_from(resource) as directory:
        text = (directory / _FILE).read_text(encoding="utf-8")
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        # A model trained without the patch.
        provider: DomainProvider = _load_from_yaml(cls, config, model_storage, resource, *context, **kwargs)
        return provider
    return cls(model_storage, resource, Domain.from_dict(content))


def _merge(self: TrainingData, *others: TrainingData | None) -> TrainingData:
    """Shares the examples: nothing reads the parts once they are merged."""
    parts = [self, *(other for other in others if other)]
    synonyms: dict[str, str] = {}
    for part in parts:
        synonyms.update(part.entity_synonyms)
    return TrainingData(
        [example for part in parts for example in part.training_examples],
        synonyms,
        [feature for part in parts for feature in part.regex_features],
        [table for part in parts for table in part.lookup_tables],
        {name: texts for part in parts for name, texts in part.responses.items()},
    )


def _sanitize_examples(examples: list[Message]) -> list[Message]:
    """Sets what has space around it only, for a message that is set forgets its hash."""
    for example in examples:
        for attribute in (INTENT, RESPONSE):
            value = example.get(attribute)
            if value and value != value.strip():
                example.set(attribute, value.strip())
    return list(dict.fromkeys(examples))


def _message_fingerprint(self: Message) -> str:
    """Hashes a message at one go; equal messages have equal hashes, as Rasa's have."""
    if self._cached_fingerprint is None:
        content = [self.data, [feature.fingerprint() for feature in self.features]]
        self._cached_fingerprint = get_text_hash(
            json.dumps(content, sort_keys=True, default=deep_container_fingerprint)
        )
    return self._cached_fingerprint


def _gzopen(
    cls: type[TarSafe],
    name: str,
    mode: str = "r",
    fileobj: Any = None,
    compresslevel: int = _COMPRESSION,
    **named: Any,
) -> TarSafe:
    opened: TarSafe = _open_gzipped(cls, name, mode, fileobj, compresslevel, **named)
    return opened
