"""nlu/reader.py: what is read in a message."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.nlu.fingerprint import fingerprint
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.reader import NORMALIZED, SpacyReader
from signpost.nlu.reading import TextReader

RESOURCE = Resource("reader")
CONTEXT = ExecutionContext(GraphSchema({}), node_name="reader")
NEW = DialogueStateTracker("someone", [])
HIDDEN = {"Cc", "Cf", "Zl", "Zp"}

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)))
# Words the reader knows, glued together with what people and attackers type between them.
WORDS = st.sampled_from(
    [
        "heroin",
        "H",
        "dope",
        "gear",
        "smack",
        "subs",
        "bup",
        "methadone",
        "u",
        "r",
        "idk",
        "my son",
        "he",
        "told me",
        "i am in",
        "texas",
        "uk",
        "u.s.",
        "NI",
        "withdrawal",
        "for someone else",
        "cravings",
        "the needle",
        "İstanbul",
        "ﬁx",
        "’",
        "'",
        "/",
        ".",
        ",",
        "!",
        "?",
        "\n",
        "\t",
        "\u200b",
        "\u202e",
        "\x00",
        "🙂",
        "́",
        "1",
        "b4",
        "2day",
    ]
)
CHATTER = st.lists(WORDS, max_size=12).flatmap(
    lambda words: st.sampled_from(["", " ", "  ", "'", "/", "\u200d"]).map(lambda gap: gap.join(words))
)


def entities(reader: TextReader, text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entity in reader.read(text).entities:
        found.setdefault(entity["entity"], set()).add(entity["value"])
    return found


@pytest.mark.parametrize(
    ("typed", "normalized"),
    [
        ("How do I quit SMACK?", "how do i quit heroin?"),
        ("i want to taper off gear, detox", "i want to taper off heroin, detox"),
        ("is dope cravings bad", "is heroin cravings bad"),
        ("that film was dope", "that film was dope"),
        ("are subs ok", "are buprenorphine ok"),
        ("what is Suboxone", "what is buprenorphine"),
        ("idk what 2 do", "i do not know what 2 do"),
        ("can u help me rn", "can you help me right now"),
        ("whats methodone", "what is methadone"),
        ("oxycontin and xanax", "oxycontin and xanax"),
        ("heeeelp with heroiiiin", "heelp with heroiin"),
        ("I’m   scared\u200b", "i'm scared"),
        ("", ""),
        (" \n ", ""),
        ("???", "???"),
    ],
)
def test_slang_and_shortened_words_are_written_as_standard_words(reader, typed, normalized):
    assert reader.read(typed).normalized == normalized


def test_with_written_with_a_slash_becomes_the_word(reader):
    assert reader.read("help w/ heroin").normalized == "help with heroin"


@pytest.mark.parametrize("abbreviation", ["u.s.", "u.k.", "u.s.a."])
def test_an_abbreviation_with_points_stays_as_it_is(reader, abbreviation):
    assert reader.read(f"i am in the {abbreviation}").normalized == f"i am in the {abbreviation}"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("is heroin bad", {"substance": {"heroin"}}),
        ("coming off H", {"substance": {"heroin"}}),
        ("h", {}),
        ("xanax and smack", {"substance": {"benzodiazepines", "heroin"}}),
        ("methadone or bupe", {"medicine": {"methadone", "buprenorphine"}}),
        ("i live in london", {"country": {"GB"}}),
        ("UK please", {"country": {"GB"}}),
        ("numbers for new zealand", {"country": {"NZ"}}),
        ("i am in northern ireland", {"country": {"GB-NIR"}}),
        ("i am from ireland", {"country": {"IE"}}),
        ("heroin comes to us in bags", {"substance": {"heroin"}}),
        ("can you help us", {}),
        ("my son uses heroin", {"substance": {"heroin"}, "asking_for": {"someone_else"}}),
        ("my addicted son", {"asking_for": {"someone_else"}}),
        ("she will not stop", {"asking_for": {"someone_else"}}),
        ("my sister told me to taper", {}),
        ("my doctor, he will not help", {}),
        ("tell my sister i love her", {"asking_for": {"self"}}),
        ("my kids can do better without me", {"asking_for": {"self"}}),
        ("goodbye my friends", {"asking_for": {"self"}}),
        ("my brother wrote that we are better off without me", {"asking_for": {"someone_else"}}),
        ("i want to quit", {"asking_for": {"self"}}),
        ("hello there", {}),
    ],
)
def test_what_a_message_names_is_found(reader, typed, found):
    assert entities(reader, typed) == found


def test_an_entity_says_where_it_stands_in_what_was_read(reader):
    reading = reader.read("is methodone better than smack")
    assert [(e["text"], reading.doc.text[e["start"] : e["end"]]) for e in reading.entities] == [
        ("methodone", "methodone"),
        ("smack", "smack"),
    ]


@given(text=st.one_of(ANY_TEXT, CHATTER))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_can_be_read_and_nothing_hidden_is_left(reader, text):
    reading = reader.read(text)
    assert not any(unicodedata.category(c) in HIDDEN for c in reading.normalized)
    assert all(0 <= e["start"] < e["end"] <= len(reading.doc.text) for e in reading.entities)
    assert not any(token.text != token.text.strip() and token.text.strip() for token in reading.doc)


def test_training_reads_every_name_of_the_lexicon_as_a_message_is_read(reader):
    texts = [
        f"{before}{name}{after}" for name in reader.names() for before, after in (("is ", "?"), ("my ", "'s, 2mg"))
    ]
    assert [reader.normalize(text) for text in texts] == [reader.read(text).normalized for text in texts]
    assert reader.normalize("is smack bad") == "is heroin bad"


def test_half_of_an_emoji_can_be_read(reader):
    assert "help" in reader.read("\ud83d help").normalized


def test_a_very_long_text_can_be_read(reader):
    assert reader.read("heroin " * 3000).normalized.startswith("heroin heroin")


@pytest.fixture(scope="module")
def component(tmp_path_factory) -> SpacyReader:
    storage = LocalModelStorage.create(tmp_path_factory.mktemp("model"))
    SpacyReader.create(SpacyReader.get_default_config(), storage, RESOURCE, CONTEXT).train(TrainingData())
    return SpacyReader.load(SpacyReader.get_default_config(), storage, RESOURCE, CONTEXT)


def test_a_message_keeps_its_text_and_gets_tokens_entities_and_the_normalized_text(component):
    (message,) = component.process([Message({TEXT: "What is Suboxone, I'm in the UK"})], NEW)
    assert message.get(TEXT) == "What is Suboxone, I'm in the UK"
    assert message.get(NORMALIZED) == "what is buprenorphine, i'm in the uk"
    assert {(e["entity"], e["value"]) for e in message.get(ENTITIES)} == {
        ("medicine", "buprenorphine"),
        ("country", "GB"),
    }
    assert [t.text for t in message.get("text_tokens")][:3] == ["what", "is", "suboxone"]
    assert {NORMALIZED, ENTITIES} <= set(message.output_properties)


def test_nothing_of_the_reading_stays_behind_in_a_message(component):
    (message,) = component.process([Message({TEXT: "help"})], NEW)
    assert "reading" not in message.data
    assert message.as_dict(only_output_properties=True).keys() == {TEXT, NORMALIZED, ENTITIES}


def test_a_message_that_came_as_a_payload_keeps_the_entities_of_the_payload(component):
    given_entity = {"entity": "country", "value": "GB"}
    (message,) = component.process([Message({TEXT: "help", ENTITIES: [given_entity]})], NEW)
    assert given_entity in message.get(ENTITIES)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "???"])
def test_a_message_without_words_is_no_trouble(component, text):
    (message,) = component.process([Message({TEXT: text})], NEW)
    assert not (message.get(ENTITIES) or [])


def test_a_message_outside_any_conversation_is_read(component):
    assert component.process([Message({TEXT: "is smack bad"})], None)[0].get(NORMALIZED) == "is heroin bad"


async def test_a_follow_up_is_read_with_the_subject_of_the_last_answer(component, conversation):
    made = conversation()
    await made.turn("utter_med_methadone")
    (message,) = component.process([Message({TEXT: "can it be dangerous?"})], made.tracker)
    assert message.get(NORMALIZED) == "can methadone be dangerous?"
    assert message.get(TEXT) == "can it be dangerous?"


async def test_after_small_talk_alone_a_message_is_read_as_it_stands(component, conversation):
    made = conversation()
    await made.turn("utter_greet")
    assert component.process([Message({TEXT: "is it safe?"})], made.tracker)[0].get(NORMALIZED) == "is it safe?"


def test_training_questions_are_read_like_messages(component):
    data = component.process_training_data(TrainingData([Message({TEXT: "is smack bad", INTENT: "heroin_basics"})]))
    assert data.training_examples[0].get(NORMALIZED) == "is heroin bad"


def test_a_model_reads_as_it_was_trained_whatever_the_files_say_later(model_storage, monkeypatch, lexicon):
    words = lexicon.text_speak.words | {"zq": "slept"}
    changed = lexicon.model_copy(update={"text_speak": lexicon.text_speak.model_copy(update={"words": words})})
    with monkeypatch.context() as then:
        then.setattr(Lexicon, "from_files", classmethod(lambda cls: changed))
        SpacyReader.create(SpacyReader.get_default_config(), model_storage, RESOURCE, CONTEXT).train(TrainingData())
    loaded = SpacyReader.load(SpacyReader.get_default_config(), model_storage, RESOURCE, CONTEXT)
    assert loaded.process([Message({TEXT: "i zq"})], NEW)[0].get(NORMALIZED) == "i slept"


def test_rasas_cache_sees_a_changed_lexicon():
    assert SpacyReader.fingerprint_addon({}) == fingerprint()
