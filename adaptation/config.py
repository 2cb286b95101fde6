"""A component's configuration as config.yml has it, for what uses the component without Rasa."""

from __future__ import annotations

from typing import Any

from rasa.shared.utils.io import read_config_file

from signpost.files import ROOT
from signpost.nlu.trained import TrainedComponent


def configured(component: type[TrainedComponent]) -> dict[str, Any]:
    """Returns the configuration of a component of the pipeline, defaults included, with absolute paths."""
    name = f"{component.__module__}.{component.__name__}"
    (given,) = (part for part in read_config_file(str(ROOT / "config.yml"))["pipeline"] if part["name"] == name)
    config = {**component.get_default_config(), **given}
    return {**config, **{key: str(ROOT / config[key]) for key in component.LEARNT_FROM if config.get(key)}}
