"""Reads the training data for Rasa: the same files and format, each read once and checked strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method
from rasa.shared.utils.io import read_model_configuration

from signpost.topic_file import TopicFile, as_rasa, read_topic_files


class TopicImporter(TrainingDataImporter):
    """Stands in for Rasa's file importer, named in config.yml.

    Rasa's own reads every file seven times, half of them with a parser in pure Python, and compares every question with
    every other once a file: that took longer than the training itself.

    Raises:
        FileError: a topic file does not fit; the message gives file, line and mend.
        InvalidDomain: domain.yml does not fit. Rasa's importer would go on with an empty domain.
    """

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        **kwargs: Any,
    ) -> None:
        paths = [training_data_paths] if isinstance(training_data_paths, str) else training_data_paths or []
        self._config_file = config_file
        self._domain_path = domain_path
        self._data = [Path(path).resolve() for path in paths]

    @cached_method
    def get_domain(self) -> Domain:
        return Domain.load(self._domain_path) if self._domain_path else Domain.empty()

    @cached_method
    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        steps = []
        for path, file in self._files().items():
            reader = YAMLStoryReader(self.get_domain(), str(path))
            steps += reader.read_from_parsed_yaml({"version": file.version, "rules": as_rasa(file).get("rules", [])})
        return StoryGraph(steps)

    def get_conversation_tests(self) -> StoryGraph:
        return StoryGraph([])

    def get_config(self) -> dict[str, Any]:
        return read_model_configuration(self._config_file) if self._config_file else {}

    def get_config_file_for_auto_config(self) -> str | None:
        return self._config_file

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        files = self._files().values()
        examples = [
            Message.build(text, questions.intent)
            for file in files
            for questions in file.nlu
            for text in questions.texts
        ]
        responses = {name: said for file in files for name, said in as_rasa(file).get("responses", {}).items()}
        return TrainingData(examples, responses=responses)

    @cached_method
    def _files(self) -> dict[Path, TopicFile]:
        return {path: file for data in self._data for path, file in read_topic_files(data).items()}
