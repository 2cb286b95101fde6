"""Stand-in for TensorFlow: importable everywhere, usable nowhere.

Rasa 3.6 imports TensorFlow when it starts even if no component of the pipeline uses it. This package lets every
`import tensorflow...` and every class statement that inherits from TensorFlow succeed, and raises `NotImplementedError`
as soon as anything of it is called.
"""

from __future__ import annotations

# Under private names: importing a submodule such as tensorflow.types puts its name among this module's own.
from collections.abc import Sequence as _Sequence
from importlib import abc as _abc
from importlib import machinery as _machinery
from sys import meta_path as _meta_path
from sys import modules as _modules
from types import FunctionType as _FunctionType
from types import ModuleType as _ModuleType

__version__ = "2.12.0"

_STOOD_IN = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class _PlaceholderType(type):
    """Lets a placeholder stand for a class, a namespace, a decorator or a type annotation."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{cls.__qualname__}.{name}")

    def __getitem__(cls, _item: object) -> type:
        return cls

    def __call__(cls, *args: object, **kwargs: object) -> object:
        if not kwargs and len(args) == 1 and isinstance(args[0], _FunctionType):
            return args[0]  # a bare decorator, such as @tf.function
        raise NotImplementedError(
            f"{cls.__qualname__} needs TensorFlow, which Signpost does not install. "
            "Remove the component that uses it from config.yml, or install Rasa with TensorFlow."
        )


def _placeholder(qualified_name: str) -> type:
    placeholder = _PlaceholderType(qualified_name.rpartition(".")[2], (), {})
    placeholder.__qualname__ = qualified_name
    return placeholder


class _Module(_ModuleType):
    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _placeholder(f"{self.__name__}.{name}")


class _Finder(_abc.MetaPathFinder, _abc.Loader):
    """Answers the import of any submodule that this package does not have."""

    def find_spec(
        self, fullname: str, path: _Sequence[str] | None, target: _ModuleType | None = None
    ) -> _machinery.ModuleSpec | None:
        if fullname.partition(".")[0] not in _STOOD_IN:
            return None
        return _machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: _machinery.ModuleSpec) -> _ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: _ModuleType) -> None:
        pass


_meta_path.append(_Finder())
_modules[__name__].__class__ = _Module
