"""A component's configuration as config.yml has it, for what uses the component without Rasa."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.shared.utils.io import read_config_file

from signpost.files import ROOT

_PATHS = ("weights", "adapter", "start")


def configured(component: type[GraphComponent]) -> dict[str, Any]:
    """Returns the configuration of a component of the pipeline, defaults included; its paths are absolute."""
    name = f"{component.__module__}.{component.__name__}"
    (given,) = (part for part in read_config_file(str(ROOT / "config.yml"))["pipeline"] if part["name"] == name)
    config = {**component.get_default_config(), **given}
    return {**config, **{key: str(ROOT / config[key]) for key in _PATHS if config.get(key)}}
