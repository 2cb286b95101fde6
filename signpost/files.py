"""Reads the project's YAML files into typed models, with errors that name file, line and mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"


class FileError(ValueError):
    """A file is missing or does not say what it must. The message is one line an operator can act on."""


class Strict(BaseModel):
    """Base of every file's model: unknown keys are refused, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=BaseModel)


def read(path: Path, model: type[Model]) -> Model:
    """Reads one YAML file.

    Args:
        path: the file.
        model: the pydantic model its content must fit.

    Returns:
        The content as an instance of `model`.

    Raises:
        FileError: the file is missing, is not YAML, or does not fit; the message gives file, line and mend.
    """
    text = read_text(path)
    try:
        return model.model_validate(parse_yaml(path, text))
    except ValidationError as error:
        problems = [
            f"{shown(path)}, line {line_of(text, issue['loc'])}: {_where(issue['loc'])}: {issue['msg']}."
            for issue in error.errors()
        ]
        raise FileError("\n".join(problems)) from error


def read_text(path: Path) -> str:
    """Returns a file's text; raises `FileError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"{shown(path)}: cannot be read ({error}). Restore it from the repository.") from error


def parse_yaml(path: Path, text: str) -> Any:
    """Returns the YAML content of `text`; raises `FileError` with the line when it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise FileError(
            f"{shown(path)}, line {line}: not valid YAML ({error.problem}). Check the indentation and the quotes."
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise FileError(
            f"{shown(path)}, line {line}: not valid YAML ({error.reason}). Delete the character."
        ) from error


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Returns the line, counted from 1, of the deepest part of `location` that the YAML text has."""
    node = yaml.compose(text, Loader=_Loader)
    line = 1
    for part in location:
        found = _child(node, part)
        if found is None:
            break
        line, node = found
    return line


def shown(path: Path) -> str:
    """Returns the path as it is shown to people: from the project's root where it lies below it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _where(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the file"


def _child(node: yaml.Node | None, part: int | str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        child = node.value[part]
        return child.start_mark.line + 1, child
    return None


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without the rule that reads `no` and `on` as booleans, and without keys given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value} twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, f"{error} in a date", node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_timestamp)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not (tag.endswith(":bool") and first not in "tTfF")]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
