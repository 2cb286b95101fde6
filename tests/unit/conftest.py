"""Real objects for the unit tests, each made once: the assistant's data, its generator, its encoder graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.actions.action import create_bot_utterance
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.importer import TrainingDataImporter

from signpost import helplines
from signpost.files import DATA, ROOT
from signpost.helplines import Registry
from signpost.nlg import SignpostGenerator
from signpost.nlu.encoder import SentenceEncoder, write_encoder
from signpost.nlu.lexicon import Lexicon
from signpost.nlu.reading import TextReader
from signpost.reply import Composer
from signpost.settings import settings


@pytest.fixture(scope="session")
def domain() -> Domain:
    """The domain as Rasa trains it: domain.yml and the responses of every topic file."""
    from signpost.importer import TopicImporter  # noqa: F401  Rasa loads it by its path

    return TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(DATA)]
    ).get_domain()


@pytest.fixture(scope="session")
def registry() -> Registry:
    return helplines.load("US")


@pytest.fixture(scope="session")
def composer(registry: Registry) -> Composer:
    return Composer.from_files(registry)


@pytest.fixture
def generator(domain: Domain) -> SignpostGenerator:
    return SignpostGenerator(None, domain)


class Conversation:
    """A tracker and the generator that answers it, as Rasa's processor drives the two."""

    def __init__(self, generator: SignpostGenerator, domain: Domain, channel: str = "rest", **slots: Any) -> None:
        self.generator = generator
        self.domain = domain
        self.channel = channel
        self.tracker = DialogueStateTracker("someone", domain.slots)
        for name, value in slots.items():
            self.tracker.update(SlotSet(name, value), domain)

    def hear(self, text: str = "a question", intent: str = "greet", **parsed: Any) -> None:
        self.tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
        self.tracker.update(UserUttered(text, {"name": intent, "confidence": 1.0}, **parsed), self.domain)

    async def reply(self, response: str) -> dict[str, Any]:
        """Makes a reply and keeps it in the conversation; returns it as the channel gets it."""
        message = await self.generator.generate(response, self.tracker, self.channel)
        self.tracker.update(ActionExecuted(response), self.domain)
        self.tracker.update(create_bot_utterance(dict(message)), self.domain)
        return message

    async def turn(self, response: str, **heard: Any) -> str:
        """Hears a message and makes one reply; returns its text."""
        self.hear(**heard)
        return (await self.reply(response))["text"]


@pytest.fixture
def conversation(generator: SignpostGenerator, domain: Domain) -> Callable[..., Conversation]:
    return lambda **slots: Conversation(generator, domain, **slots)


@pytest.fixture
def closing_lines(composer: Composer) -> Callable[[str, str], set[str]]:
    """Every wording of a kind of signpost in a country."""

    def wordings(kind: str, country: str) -> set[str]:
        many = len(composer.signposts.lines[kind]) if kind != "full" else 1
        return {composer.signpost(kind, country, turn) for turn in range(many)}

    return wordings


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """Writes an operator's settings file and lets SIGNPOST_SETTINGS name it."""
    path = tmp_path / "operator.yml"
    monkeypatch.setenv("SIGNPOST_SETTINGS", str(path))

    def write(text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        settings.cache_clear()
        return path

    settings.cache_clear()
    yield write
    settings.cache_clear()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.from_files()


@pytest.fixture(scope="session")
def reader(lexicon: Lexicon) -> TextReader:
    return TextReader(lexicon)


@pytest.fixture(scope="session")
def encoder_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real int8 graph and its tokenizer; takes some seconds to write."""
    directory = tmp_path_factory.mktemp("encoder")
    texts = ["how do i quit heroin", "what is a taper", "how do i taper"]
    write_encoder(directory, SentenceEncoder.get_default_config(), texts)
    return directory


@pytest.fixture
def model_storage(tmp_path: Path) -> LocalModelStorage:
    directory = tmp_path / "model"
    directory.mkdir()
    return LocalModelStorage.create(directory)
