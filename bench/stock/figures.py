"""Ratios of the two sides over the rounds, and the bars that they must reach."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bench.stock.measures import SENDERS, TURNS
from bench.stock.sides import OURS, STOCK

Round = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One line of the table: how it is read from a round, and how many digits of it are shown."""

    name: str
    unit: str
    read: Callable[[Round], float]
    digits: int = 0


@dataclass(frozen=True)
class Bar:
    """What a ratio must reach. ratio: one a round."""

    name: str
    kind: Literal["at least", "at most"]
    limit: float
    ratios: list[float]

    @property
    def value(self) -> float:
        return statistics.median(self.ratios)

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.kind == "at least" else self.value <= self.limit


def percentile(seconds: list[float], share: float) -> float:
    """Returns a percentile in milliseconds."""
    return float(np.percentile(seconds, share)) * 1000


def _turn(turn: int) -> Callable[[Round], float]:
    return lambda each: percentile(each["turns"][str(turn)], 50)


def _throughput(senders: int) -> Callable[[Round], float]:
    return lambda each: float(each["throughput"][str(senders)])


FIRST = Figure("first reply, median", "ms", lambda each: percentile(each["first"], 50), 1)
FIRST_99 = Figure("first reply, 99th percentile", "ms", lambda each: percentile(each["first"], 99), 1)
START = Figure("start to first reply", "s", lambda each: statistics.median(each["start"]), 1)
REST = Figure("memory at rest (RSS)", "MB", lambda each: float(each["memory_rest"]["rss"]))
REST_PSS = Figure("memory at rest (PSS)", "MB", lambda each: float(each["memory_rest"]["pss"]))
FILLED = Figure("memory after 5,000 conversations (RSS)", "MB", lambda each: float(each["memory_filled"]["rss"]))
TURN = {turn: Figure(f"turn {turn:,} of one conversation, median", "ms", _turn(turn), 1) for turn in TURNS}
THROUGHPUT = {
    senders: Figure(f"throughput, {senders} sender{'s'[: senders > 1]}", "messages/s", _throughput(senders))
    for senders in SENDERS
}
FIGURES = [START, REST, REST_PSS, FILLED, FIRST, FIRST_99, *TURN.values(), *THROUGHPUT.values()]


def value(figure: Figure, each: dict[str, Round], side: str) -> float | None:
    """Returns a figure of a side in a round, none where it was not measured."""
    try:
        return figure.read(each[side])
    except KeyError:
        return None


def values(figure: Figure, rounds: list[dict[str, Round]], side: str) -> list[float]:
    """Returns a figure of a side in every round in which it was measured."""
    return [found for each in rounds if (found := value(figure, each, side)) is not None]


def ratios(figure: Figure, rounds: list[dict[str, Round]]) -> list[float]:
    """Returns ours divided by stock's, for every round in which both were measured."""
    both = [(value(figure, each, OURS), value(figure, each, STOCK)) for each in rounds]
    return [ours / stock for ours, stock in both if ours is not None and stock]


def bars(results: dict[str, Any]) -> list[Bar]:
    """Returns the bars of all that was measured."""
    rounds: list[dict[str, Round]] = results["rounds"]
    found = []
    if any(OURS in each and STOCK in each for each in rounds):
        found += [
            Bar("throughput with 8 senders, of stock's", "at least", 8, ratios(THROUGHPUT[8], rounds)),
            Bar("first reply, how many times faster", "at least", 6, _inverse(ratios(FIRST, rounds))),
            Bar(
                "first reply, 99th percentile, how many times faster", "at least", 6, _inverse(ratios(FIRST_99, rounds))
            ),
            Bar("memory at rest, of stock's", "at most", 0.3, ratios(REST, rounds)),
            Bar("start, of stock's", "at most", 0.35, ratios(START, rounds)),
        ]
    training, accuracy = results.get("training", {}), results.get("accuracy", {})
    if OURS in training and STOCK in training:
        ratio = training[OURS]["seconds"] / training[STOCK]["seconds"]
        found.append(Bar("training, of stock's", "at most", 0.1, [ratio]))
    mine = [each[OURS] for each in rounds if OURS in each]
    late = [TURN[1000].read(each) / TURN[10].read(each) for each in mine]
    if late:
        found.append(Bar("our turn 1,000, of our turn 10", "at most", 1.1, late))
    many = [each["memory_many"]["rss"] / FILLED.read(each) for each in mine if "memory_many" in each]
    if many:
        found.append(Bar("our memory after 50,000 conversations, of that after 5,000", "at most", 1.2, many))
    if OURS in accuracy and STOCK in accuracy:
        higher = accuracy[OURS]["top"] / accuracy[STOCK]["top"]
        found.append(Bar("accuracy, of stock's", "at least", 1.0, [higher]))
    return found


def _inverse(values: list[float]) -> list[float]:
    return [1 / value for value in values]
