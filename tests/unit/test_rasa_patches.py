"""rasa_patches.py: what is replaced gives what Rasa's own code gives."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import get_text_hash

from signpost import rasa_patches

# Of the source of what is replaced; a new one asks for a look at the patch.
REPLACED = {
    "_persist": "486dd7657c7e0cf67d21e66ef9c90d5e",
    "load": "276d64139aef3bd540b9dc11aff27ae8",
    "merge": "f71e56525477ed9ec202b31ac360a6c7",
    "sanitize_examples": "fc94d4ea758370e54f82f09ce600a539",
}
ORIGINALS = {
    "_persist": DomainProvider._persist,
    "load": DomainProvider.load.__func__,
    "merge": TrainingData.merge,
    "sanitize_examples": TrainingData.sanitize_examples,
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
