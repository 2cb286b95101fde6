"""rasa_patches.py: what is replaced gives what Rasa's own code gives."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import get_text_hash
from tarsafe import TarSafe

from signpost import rasa_patches

# Of the source of what is replaced; a new one asks for a look at the patch.
REPLACED = {
    "_persist": "486dd7657c7e0cf67d21e66ef9c90d5e",
    "load": "276d64139aef3bd540b9dc11aff27ae8",
    "merge": "f71e56525477ed9ec202b31ac360a6c7",
    "sanitize_examples": "fc94d4ea758370e54f82f09ce600a539",
    "message_fingerprint": "d63d5980ad48cc1c2830ab98e606f870",
    "gzopen": "5bce921cbeb3b0a1f0c7ada37453a6d4",
}
ORIGINALS = {
    "_persist": DomainProvider._persist,
    "load": DomainProvider.load.__func__,
    "merge": TrainingData.merge,
    "sanitize_examples": TrainingData.sanitize_examples,
    "message_fingerprint": Message.fingerprint,
    "gzopen": TarSafe.gzopen.__func__,
}


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
