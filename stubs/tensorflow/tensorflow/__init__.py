"""Stand-in for TensorFlow: importable everywhere, usable nowhere.

Rasa 3.6 imports TensorFlow when it starts even if no component of the pipeline uses it. This package lets every
`import tensorflow...` and every class statement that inherits from TensorFlow succeed, and raises `NotImplementedError`
as soon as anything of it is called. `stand_in` does the same for other packages.
"""

from __future__ import annotations

# Under private names: importing a submodule such as tensorflow.types puts its name among this module's own.
from collections.abc import Iterable as _Iterable
from collections.abc import Sequence as _Sequence
from importlib import abc as _abc
from importlib import machinery as _machinery
from sys import meta_path as _meta_path
from sys import modules as _modules
from types import FunctionType as _FunctionType
from types import ModuleType as _ModuleType

__version__ = "2.12.0"

_NOT_INSTALLED = (
    "needs TensorFlow, which Signpost does not install. "
    "Remove the component that uses it from config.yml, or install Rasa with TensorFlow."
)
# What is stood in for, and what is said when it is used.
_stood_in = dict.fromkeys(
    ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"), _NOT_INSTALLED
)


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
        packages = (base.__qualname__.partition(".")[0] for base in cls.__mro__)
        sentence = next(_stood_in[package] for package in packages if package in _stood_in)
        raise NotImplementedError(f"{cls.__qualname__} {sentence}")


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
        if fullname.partition(".")[0] not in _stood_in:
            return None
        return _machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: _machinery.ModuleSpec) -> _ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: _ModuleType) -> None:
        pass


def stand_in(packages: _Iterable[str], sentence: str) -> None:
    """Lets later imports of packages succeed without loading them.

    Args:
        packages: names of top packages, installed or not, that nothing has imported yet.
        sentence: the rest of "<name> ..." that is said when something of them is used after all.
    """
    _stood_in.update(dict.fromkeys(packages, sentence))
    # Before Python's own finder, which would find what is installed.
    _meta_path.insert(0, _meta_path.pop(_meta_path.index(_finder)))


_finder = _Finder()
_meta_path.append(_finder)
_modules[__name__].__class__ = _Module
