"""Where the time of a turn goes: `python -m bench.profile [conversations]` measures milliseconds a stage, of a first
message and of a fifth, and puts them below the text of bench/results/profile.md.

Every stage is a function that is timed where Rasa calls it; what it calls of another stage counts there.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import inspect
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from bench.stock.data import messages
from bench.stock.load import Load, send
from bench.stock.server import Server
from bench.stock.sides import served_here
from signpost.files import ROOT

FIRST, FIFTH = 1, 5
MODEL = ROOT / "models" / "signpost.tar.gz"
OUT = ROOT / "bench" / "results" / "profile.md"
# What stands above it is written by people.
MARK = "<!-- measured -->"
HTTP = "HTTP: Sanic, the channel, the way to the turns' thread and back"
REST = "processor: session, slots, actions, events"


class Clock:
    """Adds up, for each turn, the seconds of each stage without those of the stages it calls."""

    def __init__(self) -> None:
        self.turn: dict[str, float] = defaultdict(float)
        self._open: list[list[Any]] = []

    def begin(self, stage: str) -> None:
        self._open.append([stage, time.perf_counter(), 0.0])

    def end(self) -> None:
        stage, began, inner = self._open.pop()
        took = time.perf_counter() - began
        self.turn[stage] += took - inner
        if self._open:
            self._open[-1][2] += took

    def time(self, owner: Any, name: str, stage: str) -> None:
        """Replaces a method by itself, timed."""
        given = owner.__dict__[name] if name in vars(owner) else getattr(owner, name)
        setattr(owner, name, self._timed(given, stage))

    def _timed(self, given: Callable[..., Any], stage: str) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(given):

            @functools.wraps(given)
            async def later(*arguments: Any, **named: Any) -> Any:
                self.begin(stage)
                try:
                    return await given(*arguments, **named)
                finally:
                    self.end()

            return later

        @functools.wraps(given)
        def now(*arguments: Any, **named: Any) -> Any:
            self.begin(stage)
            try:
                return given(*arguments, **named)
            finally:
                self.end()

        return now


def watch(clock: Clock) -> None:
    """Times the stages; before the model is loaded, for its graph holds on to the functions that it finds."""
    from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.core.processor import MessageProcessor
    from rasa.core.tracker_store import FailSafeTrackerStore

    from signpost.nlg import SignpostGenerator
    from signpost.nlu.choice import ButtonChoice
    from signpost.nlu.classifier import IntentClassifier
    from signpost.nlu.encoder import SentenceEncoder
    from signpost.nlu.gate.component import SafetyGate
    from signpost.nlu.reader import SpacyReader
    from signpost.policies.safety import SafetyPolicy
    from signpost.runner import OrderedRunner
    from signpost.tracker import QuickTracker

    clock.time(SpacyReader, "process", "NLU: reader (spaCy, spelling, entities)")
    clock.time(SentenceEncoder, "process", "NLU: encoder (tokenizer, ONNX)")
    clock.time(IntentClassifier, "process", "NLU: classifier")
    clock.time(ButtonChoice, "process", "NLU: button choice")
    clock.time(SafetyGate, "process", "NLU: safety gate")
    clock.time(RulePolicy, "predict_action_probabilities", "policy: rules")
    clock.time(SafetyPolicy, "predict_action_probabilities", "policy: safety")
    clock.time(DefaultPolicyPredictionEnsemble, "combine_predictions_from_kwargs", "policy: ensemble")
    clock.time(OrderedRunner, "run", "graph runner")
    clock.time(QuickTracker, "past_states", "tracker: states of the past turns")
    clock.time(QuickTracker, "copy", "tracker: copies for actions")
    clock.time(FailSafeTrackerStore, "get_or_create_tracker", "tracker: store")
    clock.time(FailSafeTrackerStore, "save", "tracker: store")
    clock.time(SignpostGenerator, "generate", "NLG")
    clock.time(MessageProcessor, "handle_message", REST)


def turns(clock: Clock, count: int) -> dict[int, list[dict[str, float]]]:
    """Returns the seconds of each stage, for the first and the fifth turn of `count` conversations."""
    from rasa.core.channels.channel import UserMessage

    from evaluation.assistant import Assistant
    from signpost.channels.web import WebOutput
    from signpost.memory import release

    assistant = Assistant(MODEL)
    release()
    texts = iter(messages() * 2)
    found: dict[int, list[dict[str, float]]] = {FIRST: [], FIFTH: []}

    async def talk(name: str) -> None:
        for turn in range(1, FIFTH + 1):
            clock.turn = defaultdict(float)
            message = UserMessage(next(texts).lstrip("/"), WebOutput(), name, input_channel="rest")
            await assistant.agent.handle_message(message)
            if turn in found:
                found[turn].append(dict(clock.turn))

    async def every() -> None:
        await talk("warm-up")
        for of_turn in found.values():
            of_turn.clear()
        for number in range(count):
            await talk(f"profile{number}")

    asyncio.get_event_loop_policy().new_event_loop().run_until_complete(every())
    return found


def over_http(count: int) -> list[float]:
    """Returns the seconds to the first reply of as many conversations over HTTP, of a server without the clock."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(served_here(MODEL, Path(folder)), Path(folder) / "log") as server,
    ):
        for name, sent in (("warm-up", 20), ("profile", count)):
            timed = send(Load(server.url, name, 1, sent, 1, messages(), start=sent))
        return timed.seconds


def report(found: dict[int, list[dict[str, float]]], http: list[float]) -> str:
    """Returns a table of the stages' medians in milliseconds, the longest first."""

    def median(turn: int, read: Callable[[dict[str, float]], float]) -> float:
        return statistics.median(read(each) for each in found[turn]) * 1000

    def of(stage: str) -> Callable[[dict[str, float]], float]:
        return lambda each: each.get(stage, 0.0)

    def whole(each: dict[str, float]) -> float:
        return sum(each.values())

    names = {stage for of_turn in found.values() for each in of_turn for stage in each}
    rows = [(stage, median(FIRST, of(stage)), median(FIFTH, of(stage))) for stage in names]
    rows.sort(key=lambda row: row[1], reverse=True)
    first = statistics.median(http) * 1000
    lines = ["| stage | first message, ms | fifth message, ms |", "|---|---|---|"]
    lines += [f"| {stage} | {early:.2f} | {late:.2f} |" for stage, early, late in rows]
    lines += [
        f"| **a turn without HTTP** | {median(FIRST, whole):.2f} | {median(FIFTH, whole):.2f} |",
        f"| {HTTP} (the difference) | {first - median(FIRST, whole):.2f} | |",
        f"| **first reply over HTTP** | {first:.2f} | |",
    ]
    return "\n".join(lines) + "\n"


def main(count: int = 200) -> int:
    from signpost.rasa_plugin import configure_commandline

    http = over_http(count)
    configure_commandline(argparse.Namespace())
    clock = Clock()
    watch(clock)
    with threadpool_limits(1, "blas"):  # as `signpost.serve` serves
        measured = report(turns(clock, count), http)
    print(measured)
    text = OUT.read_text(encoding="utf-8").partition(MARK)[0] if OUT.is_file() else ""
    about = f"Medians of {count} conversations, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n"
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(f"{text}{MARK}\n\n{about}\n{measured}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
