"""What every trained component of the pipeline does alike with Rasa's model storage."""

from __future__ import annotations

import abc
from pathlib import Path
from typing import Any, ClassVar, Self

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from signpost.nlu.fingerprint import fingerprint


class TrainedComponent(GraphComponent, abc.ABC):
    """A component whose `train` writes into the model what `restore` reads from it.

    LEARNT_FROM: the settings that name files or folders on which, too, depends what is trained.
    """

    LEARNT_FROM: ClassVar[tuple[str, ...]] = ()

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        component = cls.create(config, model_storage, resource, execution_context)
        component.restore()
        return component

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return fingerprint(*(Path(config[key]) for key in cls.LEARNT_FROM if config.get(key)))

    @abc.abstractmethod
    def restore(self) -> None:
        """Takes up what `train` wrote."""
