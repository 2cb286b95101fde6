"""Where Rasa offers no place to extend: its code replaced at run time, for the version named here only.

Each patch says why it is there; its test fails when Rasa changes what it replaces.
"""

from __future__ import annotations

import json
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.constants import LATEST_TRAINING_DATA_FORMAT_VERSION
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, RESPONSE
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint, get_text_hash
from rasa.shared.utils.validation import KEY_TRAINING_DATA_FORMAT_VERSION
from tarsafe import TarSafe

from signpost.readers import readers
from signpost.runner import OrderedRunner
from signpost.tracker import QuickTracker

VERSION = "3.6.21"

_FILE = "domain.yml"
_COMPRESSION = 1
_load_from_yaml = DomainProvider.load.__func__
_open_gzipped = TarSafe.gzopen.__func__
_get_possible_keys = RulePolicy._get_possible_keys
_is_empty = Domain.is_empty
_parse = MessageProcessor.parse_message


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
    # Most of a model cannot be compressed; trying hard makes it 2 % smaller and takes six seconds of a training.
    TarSafe.gzopen = classmethod(_gzopen)
    # Rasa compares every rule with every turn of the conversation; a subclass would be told at each training that there
    # is no RulePolicy.
    RulePolicy._get_possible_keys = _possible_keys
    # Rasa lets Dask order the nodes of the graph anew for every message.
    rasa.core.processor.DaskGraphRunner = OrderedRunner
    # Rasa copies messages and events deeply for debug logs, which are never written here (rasa_plugin.py). These two
    # modules copy for nothing else.
    for module in (rasa.core.processor, rasa.core.policies.rule_policy):
        module.copy = SimpleNamespace(deepcopy=lambda logged: logged)
    # Rasa reads a message on the loop of the turns, where no other turn goes on meanwhile.
    MessageProcessor.parse_message = _parse_message
    # Rasa makes an empty domain for every message to compare its own with.
    Domain.is_empty = _is_without_anything
    # Rasa wraps the tracker store that is configured, and the wrapper makes the trackers of new conversations itself.
    TrackerStore.init_tracker = _init_tracker


async def _parse_message(
    self: MessageProcessor,
    message: UserMessage,
    tracker: DialogueStateTracker | None = None,
    only_output_properties: bool = True,
) -> dict[str, Any]:
    if self.http_interpreter:
        parsed: dict[str, Any] = await _parse(self, message, tracker, only_output_properties)
        return parsed
    tracker = tracker or DialogueStateTracker.from_events(message.sender_id, [])
    parsed = await readers().run(self._parse_message_with_graph, message, tracker, only_output_properties)
    self._update_full_retrieval_intent(parsed)
    self._check_for_unseen_features(parsed)
    return parsed


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


def _possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
    """Asks Rasa's code about the rules for the latest intent only; it finds that no other rule fits the last state."""
    if states:
        by_intent = _rules_by_intent(tuple(lookup))
        intent = states[-1].get(USER, {}).get(INTENT)
        lookup = {key: lookup[key] for group in {intent, None} for key in by_intent.get(group, ())}
    found: set[str] = _get_possible_keys(self, lookup, states)
    return found


@lru_cache(maxsize=8)
def _rules_by_intent(keys: tuple[str, ...]) -> dict[str | None, list[str]]:
    """Returns the rules by the intent that their last state asks for; under None those that may fit any."""
    found: dict[str | None, list[str]] = {}
    for key in keys:
        last = json.loads(key)[-1]
        intent = last.get(USER, {}).get(INTENT)
        # At the start of a conversation Rasa looks no further.
        asks = last.get(PREVIOUS_ACTION) and isinstance(intent, str) and intent not in ("", SHOULD_NOT_BE_SET)
        found.setdefault(intent if asks else None, []).append(key)
    return found


def _init_tracker(self: TrackerStore, sender_id: str) -> QuickTracker:
    return QuickTracker(sender_id, self.domain.slots, max_event_history=self.max_event_history)


def _is_without_anything(self: Domain) -> bool:
    return not self.responses and _is_empty(self)
