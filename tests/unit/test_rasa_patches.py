"""rasa_patches.py: what is replaced gives what Rasa's own code gives."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import threading
from importlib.metadata import version
from typing import Any

import numpy as np
import pytest
import rasa.core.policies.rule_policy
import rasa.core.processor
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import get_text_hash
from tarsafe import TarSafe

from signpost import rasa_patches
from signpost.tracker import QuickTracker

# Of the source of what is replaced; a new one asks for a look at the patch.
REPLACED = {
    "_persist": "486dd7657c7e0cf67d21e66ef9c90d5e",
    "load": "276d64139aef3bd540b9dc11aff27ae8",
    "merge": "f71e56525477ed9ec202b31ac360a6c7",
    "sanitize_examples": "fc94d4ea758370e54f82f09ce600a539",
    "message_fingerprint": "d63d5980ad48cc1c2830ab98e606f870",
    "gzopen": "5bce921cbeb3b0a1f0c7ada37453a6d4",
    "_get_possible_keys": "b9341a1399844f4d697b09b667e6277e",
    "_is_rule_applicable": "e9a838dc79f547ed57f59a9e4688940f",
    "_does_rule_match_state": "4a3aa7eb512736bd796940a3619f9c09",
    "is_empty": "911ee1d2456c83f703d7e2319206da4c",
    "init_tracker": "956d385d4c5ad2e05a20ea31471ad020",
    "parse_message": "2e06af764bdbcc364eb1aa9c9f355c1b",
}
ORIGINALS = {
    "_persist": DomainProvider._persist,
    "load": DomainProvider.load.__func__,
    "merge": TrainingData.merge,
    "sanitize_examples": TrainingData.sanitize_examples,
    "message_fingerprint": Message.fingerprint,
    "gzopen": TarSafe.gzopen.__func__,
    "_get_possible_keys": RulePolicy._get_possible_keys,
    # The patch leaves these as they are, and relies on how they decide.
    "_is_rule_applicable": RulePolicy._is_rule_applicable,
    "_does_rule_match_state": RulePolicy._does_rule_match_state,
    "is_empty": Domain.is_empty,
    "init_tracker": TrackerStore.init_tracker,
    "parse_message": MessageProcessor.parse_message,
}
RUNNER = rasa.core.processor.DaskGraphRunner
COPYING = (rasa.core.processor, rasa.core.policies.rule_policy)
COPY = rasa.core.processor.copy


@pytest.fixture(autouse=True)
def as_before():
    yield
    _as_rasa_has_it()


def _as_rasa_has_it() -> None:
    DomainProvider._persist = ORIGINALS["_persist"]
    DomainProvider.load = classmethod(ORIGINALS["load"])
    TrainingData.merge = ORIGINALS["merge"]
    TrainingData.sanitize_examples = staticmethod(ORIGINALS["sanitize_examples"])
    Message.fingerprint = ORIGINALS["message_fingerprint"]
    TarSafe.gzopen = classmethod(ORIGINALS["gzopen"])
    RulePolicy._get_possible_keys = ORIGINALS["_get_possible_keys"]
    Domain.is_empty = ORIGINALS["is_empty"]
    TrackerStore.init_tracker = ORIGINALS["init_tracker"]
    MessageProcessor.parse_message = ORIGINALS["parse_message"]
    rasa.core.processor.DaskGraphRunner = RUNNER
    for module in COPYING:
        module.copy = COPY


def test_the_patches_are_for_the_rasa_that_is_installed():
    assert version("rasa") == rasa_patches.VERSION


@pytest.mark.parametrize("name", sorted(REPLACED))
def test_what_is_replaced_is_still_what_the_patch_was_written_for(name):
    assert get_text_hash(inspect.getsource(ORIGINALS[name])) == REPLACED[name]


@pytest.fixture
def domain() -> Domain:
    texts = ["No", "yes: #1", "one\n\ntwo", "“æ” {number}"]
    return Domain.from_dict(
        {
            "intents": ["greet", {"quit": {"use_entities": []}}],
            "entities": ["country"],
            "slots": {"country": {"type": "text", "mappings": [{"type": "from_entity", "entity": "country"}]}},
            "responses": {"utter_greet": [{"text": text, "metadata": {"crisis": False}} for text in texts]},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": False},
        }
    )


def meaning(domain: Domain) -> tuple[object, ...]:
    return domain.as_dict(), domain.action_names_or_texts, domain.intents, domain.session_config


@pytest.mark.parametrize("persisted_patched", [True, False])
@pytest.mark.parametrize("loaded_patched", [True, False])
def test_a_domain_comes_out_of_a_model_as_it_went_in(domain, tmp_path, persisted_patched, loaded_patched):
    storage, resource = LocalModelStorage(tmp_path), Resource("domain")
    if persisted_patched:
        rasa_patches.apply()
    DomainProvider.create({}, storage, resource, None)._persist(domain)
    _as_rasa_has_it()
    if loaded_patched:
        rasa_patches.apply()
    assert meaning(DomainProvider.load({}, storage, resource, None).provide_inference()) == meaning(domain)


def examples() -> list[TrainingData]:
    """Returns parts with what merging must keep, drop and mend."""
    return [
        TrainingData(
            [Message.build(text, intent) for text, intent in texts],
            {"smack": "heroin"} if number else {"brown": "heroin"},
            [{"name": f"feature {number}", "pattern": "x"}],
            [{"name": f"table {number}", "elements": ["x"]}],
            {f"utter_{number}": [{"text": "x"}]},
        )
        for number, texts in enumerate(
            [[("hi", "greet"), ("hi", "greet")], [("bye", " goodbye "), ("hi", "greet"), ("hi", "affirm")]]
        )
    ]


def shown(data: TrainingData) -> tuple[object, ...]:
    said = [(example.get("text"), example.get("intent")) for example in data.training_examples]
    return said, data.entity_synonyms, data.regex_features, data.lookup_tables, data.responses


def test_training_data_merges_as_before():
    first, *rest = examples()
    expected = shown(ORIGINALS["merge"](first, *rest, None))
    rasa_patches.apply()
    first, *rest = examples()
    assert shown(first.merge(*rest, None)) == expected


def messages() -> list[Message]:
    """Returns messages that all differ, in text, in intent, in an entity or in a feature."""
    vector = np.ones((1, 2), dtype=np.float32)
    entity = {"entity": "country", "value": "GB", "start": 0, "end": 2}
    return [
        Message.build("hi", "greet"),
        Message.build("ho", "greet"),
        Message.build("hi", "affirm"),
        Message({"text": "hi", "intent": "greet", "entities": [entity]}),
        Message({"text": "hi", "intent": "greet", "entities": [entity | {"value": "IE"}]}),
        Message({"text": "hi", "intent": "greet"}, features=[Features(vector, "sentence", "text", "encoder")]),
        Message({"text": "hi", "intent": "greet"}, features=[Features(vector * 2, "sentence", "text", "encoder")]),
    ]


def test_equal_messages_have_equal_hashes_and_others_have_others():
    rasa_patches.apply()
    hashes = [message.fingerprint() for message in messages()]
    assert len(set(hashes)) == len(hashes) == len(messages())
    assert hashes == [message.fingerprint() for message in messages()]
    turned = Message(dict(reversed(messages()[3].data.items())))
    assert turned.fingerprint() == hashes[3]


def test_a_message_that_is_set_has_another_hash():
    rasa_patches.apply()
    message = Message.build("hi", "greet")
    before = message.fingerprint()
    message.set("normalized_text", "hello")
    assert message.fingerprint() != before


def test_what_is_packed_comes_out_again(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_text("words " * 1000)
    rasa_patches.apply()
    with TarSafe.open(tmp_path / "archive.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "in", arcname="out")
    _as_rasa_has_it()
    with TarSafe.open(tmp_path / "archive.tar.gz", "r:gz") as archive:
        archive.extractall(tmp_path)
    assert (tmp_path / "out" / "file").read_text() == "words " * 1000


INTENTS = [None, "greet", "quit", "should_not_be_set"]
ACTIONS = [None, "action_listen", "utter_greet"]


def state(intent: str | None, action: str | None, **slots: Any) -> dict[str, Any]:
    parts = {
        "user": {"intent": intent} if intent else {},
        "prev_action": {"action_name": action} if action else {},
        "slots": {name: tuple(value) for name, value in slots.items()},
    }
    return {kind: part for kind, part in parts.items() if part}


def test_the_rules_of_the_latest_intent_are_all_the_rules_that_apply():
    """Every rule of one or two states against every conversation of one to three, by Rasa's code and by the patch."""
    single = [state(intent, action) for intent, action in itertools.product(INTENTS, ACTIONS)]
    single += [state("quit", "action_listen", country=[1.0]), {"user": {"text": "quit"}}, {"user": {"intent": ""}}]
    rules = [[each] for each in single] + [list(pair) for pair in itertools.product(single, single)]
    lookup = {json.dumps(rule): f"utter_{number}" for number, rule in enumerate(rules)}
    policy = RulePolicy.__new__(RulePolicy)
    conversations = [[], *([each] for each in single), *(list(pair) for pair in itertools.product(single, single))]
    conversations += [[single[1], *pair] for pair in itertools.product(single[:6], single)]
    expected = [ORIGINALS["_get_possible_keys"](policy, lookup, states) for states in conversations]
    rasa_patches.apply()
    assert [policy._get_possible_keys(lookup, states) for states in conversations] == expected
    assert any(expected[20:])


def test_rules_that_are_learned_later_are_found():
    rasa_patches.apply()
    policy, states = RulePolicy.__new__(RulePolicy), [state("greet", "action_listen")]
    lookup = {json.dumps(states): "utter_greet"}
    assert policy._get_possible_keys(lookup, states) == set(lookup)
    lookup[json.dumps([state("greet", "action_listen"), *states])] = "utter_quit"
    assert len(policy._get_possible_keys(lookup, [*states, *states])) == 2


@pytest.mark.parametrize("module", COPYING, ids=lambda module: module.__name__)
def test_rasa_copies_in_these_modules_for_debug_logs_only(module):
    tree = ast.parse(inspect.getsource(module))

    def copies(node: ast.AST) -> list[str]:
        names = [each for each in ast.walk(node) if isinstance(each, ast.Attribute)]
        return [each.attr for each in names if isinstance(each.value, ast.Name) and each.value.id == "copy"]

    logs = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug" and copies(node)
    ]
    assert copies(tree) == ["deepcopy"] * len(copies(tree)) != []
    assert sum(len(copies(log)) for log in logs) == len(copies(tree))


def test_a_domain_is_empty_where_it_was(domain):
    domains = [domain, Domain.empty(), Domain.from_dict({"intents": ["greet"]})]
    expected = [each.is_empty() for each in domains]
    rasa_patches.apply()
    assert [each.is_empty() for each in domains] == expected == [False, True, False]


async def test_new_conversations_get_the_quick_tracker(domain):
    as_rasa_makes_it = await InMemoryTrackerStore(domain).get_or_create_tracker("someone")
    rasa_patches.apply()
    tracker = await InMemoryTrackerStore(domain).get_or_create_tracker("someone")
    assert type(as_rasa_makes_it) is DialogueStateTracker
    assert type(tracker) is QuickTracker
    assert tracker == as_rasa_makes_it
    assert tracker.current_slot_values() == as_rasa_makes_it.current_slot_values()


def test_models_are_loaded_with_the_ordered_runner():
    rasa_patches.apply()
    assert issubclass(rasa.core.processor.DaskGraphRunner, RUNNER)
    assert rasa.core.processor.DaskGraphRunner is not RUNNER
    source = inspect.getsource(rasa.core.processor.MessageProcessor._load_model)
    assert "DaskGraphRunner," in source


class Reader:
    """What the patch needs of a MessageProcessor; notes the thread that read."""

    http_interpreter: Any = None

    def __init__(self) -> None:
        self.seen: list[Any] = []

    def _parse_message_with_graph(self, message: Any, tracker: Any, only_output_properties: bool) -> dict[str, Any]:
        self.seen += [threading.current_thread().name, tracker.sender_id, only_output_properties]
        return {"text": message.text, "intent": {"name": "greet"}, "entities": []}

    def _update_full_retrieval_intent(self, parsed: dict[str, Any]) -> None:
        self.seen.append("retrieval")

    def _check_for_unseen_features(self, parsed: dict[str, Any]) -> None:
        self.seen.append("features")


async def test_a_message_is_read_off_the_loop_and_handled_as_rasa_does():
    message = UserMessage("hello", sender_id="somebody")
    patched, plain = Reader(), Reader()
    parsed = await rasa_patches._parse_message(patched, message)
    assert parsed == await ORIGINALS["parse_message"](plain, message)
    assert patched.seen[0] == "reader" != plain.seen[0]
    assert patched.seen[1:] == plain.seen[1:] == ["somebody", True, "retrieval", "features"]


async def test_a_tracker_and_what_is_asked_of_the_output_are_passed_on():
    reader = Reader()
    tracker = DialogueStateTracker.from_events("another", [])
    await rasa_patches._parse_message(reader, UserMessage("hello", sender_id="somebody"), tracker, False)
    assert reader.seen[1:3] == ["another", False]


async def test_an_error_in_reading_is_the_turns_error():
    reader = Reader()
    reader._parse_message_with_graph = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        await rasa_patches._parse_message(reader, UserMessage("hello"))


async def test_where_another_server_reads_rasas_own_way_is_taken():
    class Elsewhere:
        async def parse(self, message: UserMessage) -> dict[str, Any]:
            return {"text": message.text, "intent": {}, "entities": []}

    reader = Reader()
    reader.http_interpreter = Elsewhere()
    assert (await rasa_patches._parse_message(reader, UserMessage("hello")))["text"] == "hello"
    assert reader.seen == ["retrieval", "features"]
