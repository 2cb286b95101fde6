"""One round of one side: its server is started, measured, filled and ended."""

from __future__ import annotations

import dataclasses
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.stock.history import lengthen
from bench.stock.load import Load, Sent, send
from bench.stock.server import Server
from bench.stock.sides import Side

SENDERS = (1, 8, 32)
TURNS = (10, 100, 1000)
# Turns on either side of the one that is asked for, whose median is taken.
AROUND = 5
WARM_UP = 20
LONGEST_TYPED = 60.0  # seconds for the turns up to the last ones
LONGEST_LOAD = 60.0  # seconds of sending; throughput is of what was answered by then


@dataclass(frozen=True)
class Amount:
    """How much is sent.

    first: new conversations whose first reply is timed. load: conversations of three messages for each number of
    senders. long: conversations that are followed to turn 1,000. filled, many: conversations after which memory is
    read; none for 0.
    """

    first: int = 400
    load: int = 400
    long: int = 3
    filled: int = 5000
    many: int = 0


QUICK = Amount(first=30, load=20, long=1, filled=100)
TURNS_EACH = 3


@dataclass
class _Talks:
    """Sends loads to one server, every time other messages under other names."""

    url: str
    texts: list[str]
    sent: int = 0
    begun: int = 0

    def send(self, senders: int, conversations: int, turns: int, seconds: float = 600.0) -> Sent:
        name = f"talk{self.sent}"
        load = Load(self.url, name, senders, conversations, turns, self.texts, self.sent, seconds)
        self.sent += conversations * turns
        done = send(load)
        self.begun += len({number for number, _, _ in done.turns})
        return done


def measure(side: Side, texts: list[str], amount: Amount, log: Path) -> dict[str, Any]:
    """Returns the raw figures of one round: seconds, megabytes, messages a second."""
    with Server(side, log) as server:
        figures: dict[str, Any] = {"start": [server.ready], "memory_rest": server.memory()}
        talks = _Talks(server.url, texts)
        talks.send(1, WARM_UP, 1)
        first = talks.send(1, amount.first, 1)
        figures["first"] = first.seconds
        problems = [first]
        figures["throughput"] = {}
        for senders in SENDERS:
            # As many conversations for each sender as keep all of them at work to the end.
            loaded = talks.send(senders, amount.load, TURNS_EACH, LONGEST_LOAD)
            figures["throughput"][senders] = len(loaded.turns) / loaded.lasted
            problems.append(loaded)
        if amount.filled:
            problems.append(talks.send(8, max(0, amount.filled - talks.begun), 1))
            figures["memory_filled"] = server.memory()
            figures["filled"] = talks.begun
        if amount.many:
            problems.append(talks.send(8, amount.many - talks.begun, 1, seconds=1800.0))
            figures["memory_many"] = server.memory()
            figures["many"] = talks.begun
    with Server(side, log, api=True) as server:
        figures["start"].append(server.ready)
        figures["turns"], more = _long(server, texts, amount.long)
    problems += more
    figures["empty"] = sum(each.empty for each in problems)
    figures["failed"] = sum(each.failed for each in problems)
    return figures


def _long(server: Server, texts: list[str], conversations: int) -> tuple[dict[int, list[float]], list[Sent]]:
    """Returns the seconds of the turns around each of the asked ones, of all conversations together, and all that
    was sent.

    Where typing all turns would take minutes, a conversation gets copies of its own events between turn 105 and 994.
    """
    seconds: dict[int, list[float]] = {turn: [] for turn in TURNS}
    sent: list[Sent] = []
    early, late = TURNS[1] + AROUND, TURNS[2] - AROUND - 1
    for number in range(conversations):
        load = Load(server.url, f"long{number}", 1, 1, early, texts, number * TURNS[2])
        typed = send(load)
        for turn in TURNS[:2]:
            seconds[turn] += [took for _, at, took in typed.turns if abs(at - turn) <= AROUND]
        if statistics.median(typed.seconds[-2 * AROUND :]) * (late - early) <= LONGEST_TYPED:
            sent.append(send(dataclasses.replace(load, turns=late - early, start=load.start + early)))
        else:
            lengthen(server.url, f"{load.name}-0", late)
        last = send(dataclasses.replace(load, turns=2 * AROUND + 1, start=load.start + late))
        seconds[TURNS[2]] += last.seconds
        sent += [typed, last]
    return seconds, sent
