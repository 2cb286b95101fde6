"""Trains each side once, in turn, and keeps model and seconds for later runs."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

from bench.stock.data import capped, count
from bench.stock.sides import Side


class TrainingError(Exception):
    """A training failed; the text is the end of what it printed."""


def train(side: Side, questions: int) -> dict[str, Any]:
    """Trains a side from nothing, with so many questions an intent; returns `seconds` and `questions`, how many in
    all."""
    side.model.parent.mkdir(parents=True, exist_ok=True)
    before = time.perf_counter()
    done = subprocess.run(
        side.train, cwd=side.folder, env=side.process(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    seconds = time.perf_counter() - before
    if done.returncode or not side.model.is_file():
        raise TrainingError(f"The training of {side.name} failed:\n{done.stdout[-2000:]}")
    result = {"seconds": seconds, "questions": count(capped(questions))}
    _record(side).write_text(json.dumps(result), encoding="utf-8")
    return result


def trained(side: Side) -> dict[str, Any] | None:
    """Returns what an earlier training of this side measured, none if there was none."""
    record = _record(side)
    if not (record.is_file() and side.model.is_file()):
        return None
    kept: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
    return kept


def _record(side: Side) -> Path:
    return side.model.with_suffix("").with_suffix(".json")
