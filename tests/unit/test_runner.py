"""runner.py: the same outputs as Rasa's runner, from nodes in the order in which they need each other."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner

from signpost.runner import OrderedRunner

ran: list[str] = []


class Step(GraphComponent):
    """Writes its name behind what it is given."""

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def create(cls, config: Any, model_storage: Any, resource: Any, execution_context: ExecutionContext) -> Step:
        return cls(execution_context.node_name)

    def one(self, said: str) -> str:
        ran.append(self._name)
        return f"{said} {self._name}"

    def two(self, said: str, more: str) -> str:
        ran.append(self._name)
        return f"({said})({more}) {self._name}"

    def fails(self, said: str) -> str:
        raise RuntimeError("broken")


def node(fn: str = "one", **needs: str) -> SchemaNode:
    return SchemaNode(needs=needs, uses=Step, constructor_name="create", fn=fn, config={}, eager=True)


@pytest.fixture
def schema() -> GraphSchema:
    # Written in no order that would do.
    return GraphSchema(
        {
            "both": node("two", said="left", more="right"),
            "left": node(said="first"),
            "unasked": node(said="first"),
            "right": node(said="first"),
            "first": node(said="__message__"),
            "broken": node("fails", said="first"),
            "lonely": node(said="nobody"),
        }
    )


def run(runner: type[DaskGraphRunner], schema: GraphSchema, *targets: str) -> dict[str, Any]:
    ran.clear()
    context = ExecutionContext(schema)
    return runner.create(schema, None, context).run(inputs={"__message__": "hello"}, targets=list(targets))


def test_the_outputs_are_those_of_rasas_runner(schema):
    expected = run(DaskGraphRunner, schema, "both", "left")
    assert run(OrderedRunner, schema, "both", "left") == expected
    assert expected["both"] == "(hello first left)(hello first right) both"


def test_a_node_runs_once_and_only_where_it_is_needed(schema):
    run(OrderedRunner, schema, "both")
    assert sorted(ran) == ["both", "first", "left", "right"]


def test_one_runner_answers_one_message_after_the_other(schema):
    runner = OrderedRunner.create(schema, None, ExecutionContext(schema))
    said = [runner.run(inputs={"__message__": text}, targets=["left"])["left"] for text in ("a", "b")]
    assert said == ["a first left", "b first left"]
    assert runner.run(inputs={"__message__": "c"}, targets=["first"]) == {"first": "c first"}


@pytest.mark.parametrize(("target", "error"), [("broken", GraphComponentException), ("lonely", GraphRunError)])
@pytest.mark.parametrize("runner", [DaskGraphRunner, OrderedRunner])
def test_what_fails_fails_as_in_rasas_runner(schema, runner, target, error):
    with pytest.raises(error):
        run(runner, schema, target)
