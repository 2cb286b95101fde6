"""stubs/tensorflow: importable everywhere, usable nowhere."""

from __future__ import annotations

import importlib

import pytest
import tensorflow as tf


def test_the_stand_in_is_what_is_installed():
    assert "Stand-in for TensorFlow" in tf.__doc__
    assert tf.__version__ == "2.12.0"


@pytest.mark.parametrize(
    "name",
    [
        "tensorflow.keras.layers",
        "tensorflow.python.keras.engine.base_layer",
        "tensorflow.no.such.module",
        "tensorflow_addons.utils.types",
        "tensorflow_hub",
        "tensorflow_text",
        "keras.utils",
    ],
)
def test_any_module_of_it_can_be_imported(name):
    assert importlib.import_module(name).__name__ == name


def test_other_missing_modules_are_still_missing():
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflowish")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_module_at_all")


def test_a_class_can_inherit_from_it_and_be_annotated_with_it():
    class Layer(tf.keras.layers.Layer):
        def call(self, inputs: tf.Tensor, more: list[tf.Variable] | None = None) -> tf.RaggedTensor[tf.float32]:
            return inputs

    assert issubclass(Layer, tf.keras.layers.Layer) or Layer.__mro__[1].__name__ == "Layer"


def test_it_decorates_a_function_without_changing_it():
    @tf.function
    def double(x: int) -> int:
        return 2 * x

    assert double(2) == 4


@pytest.mark.parametrize(
    ("use", "named"),
    [
        (lambda: tf.constant([1, 2]), "tensorflow.constant"),
        (lambda: tf.keras.layers.Dense(3), "tensorflow.keras.layers.Dense"),
        (lambda: tf.random.set_seed(1), "tensorflow.random.set_seed"),
        (lambda: tf.function(input_signature=[]), "tensorflow.function"),
        (lambda: tf.Variable(), "tensorflow.Variable"),
    ],
)
def test_using_it_says_what_was_used_and_what_to_do(use, named):
    with pytest.raises(NotImplementedError, match=rf"^{named} needs TensorFlow.*config\.yml"):
        use()


def test_an_instance_of_a_class_that_inherits_from_it_cannot_be_made():
    class Model(tf.keras.Model):
        pass

    with pytest.raises(NotImplementedError, match="needs TensorFlow"):
        Model()


def test_pythons_own_attributes_are_not_made_up():
    assert not hasattr(tf, "__wrapped__")
    assert not hasattr(tf.keras.layers.Layer, "__len__")


def test_rasas_modules_that_import_tensorflow_load():
    for name in (
        "rasa.core.policies.ted_policy",
        "rasa.nlu.classifiers.diet_classifier",
        "rasa.utils.tensorflow.models",
    ):
        assert importlib.import_module(name)
