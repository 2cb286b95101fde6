"""Runs the conversations of the YAML files beside this one against the trained assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluation.assistant import Assistant

CONVERSATIONS = [
    pytest.param(conversation, id=f"{path.stem}: {conversation['name']}")
    for path in sorted(Path(__file__).parent.glob("*.yml"))
    for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"]
]


def test_there_are_at_least_eighty_conversations() -> None:
    assert len(CONVERSATIONS) >= 80


@pytest.mark.parametrize("conversation", CONVERSATIONS)
def test_the_assistant_answers_as_written(
    conversation: dict[str, Any], assistant: Assistant, request: pytest.FixtureRequest
) -> None:
    for number, turn in enumerate(conversation["turns"], start=1):
        said = _words(turn)
        got = assistant.say(said, sender=request.node.name)
        where = f"turn {number}, {said[:80]!r}: {got.text}"
        # A restart forgets the turn that asked for it, the name of its reply included.
        if turn["bot"] != "utter_restart":
            assert got.responses[-1:] == [turn["bot"]], where
        for words in turn.get("says", []):
            assert words in got.text, where
        for words in turn.get("never", []):
            assert words not in got.text, where
        for slot in ("asking_for", "country"):
            if slot in turn:
                assert got.slots[slot] == turn[slot], where


def _words(turn: dict[str, Any]) -> str:
    if "user_repeat" in turn:
        return turn["user_repeat"]["text"] * turn["user_repeat"]["times"]
    return turn["user"]
