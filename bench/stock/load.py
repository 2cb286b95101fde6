"""The load generator, a process of its own: reads a `Load` as JSON, sends it, prints a `Sent` as JSON."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count, cycle, islice

import aiohttp

from signpost.files import ROOT

# Far above any turn; a server that hangs is told from one that is slow.
PATIENCE = 60.0


@dataclass(frozen=True)
class Load:
    """What to send.

    url: the server's address. name: begins the conversations' names. senders: how many people at once, each sending
    the next message when the reply to the last one is there. conversations: how many in all. turns: messages in each.
    seconds: no conversation begins or goes on after so long. texts: messages, taken in turn from number `start` on.
    """

    url: str
    name: str
    senders: int
    conversations: int
    turns: int
    texts: list[str]
    start: int = 0
    seconds: float = 300.0


@dataclass
class Sent:
    """What was seen: seconds to the reply of every message, as (conversation, turn, seconds) with turns from 1 on;
    seconds in all; messages with an empty answer, and those that were not answered."""

    turns: list[tuple[int, int, float]] = field(default_factory=list)
    lasted: float = 0.0
    empty: int = 0
    failed: int = 0

    @property
    def seconds(self) -> list[float]:
        return [seconds for _, _, seconds in self.turns]


def send(load: Load) -> Sent:
    """Sends a load from a process of its own, so that client and server do not share an interpreter."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench.stock.load"],
        input=json.dumps(asdict(load)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Sent(**json.loads(done.stdout))


async def _sent(load: Load) -> Sent:
    sent = Sent()
    numbers = iter(range(load.conversations))
    texts = islice(cycle(load.texts), load.start % len(load.texts), None)
    end = time.perf_counter() + load.seconds

    async def talk(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            for turn in islice(count(1), load.turns):
                if time.perf_counter() > end:
                    return
                await say(session, number, turn, next(texts))

    async def say(session: aiohttp.ClientSession, number: int, turn: int, text: str) -> None:
        body = {"sender": f"{load.name}-{number}", "message": text}
        before = time.perf_counter()
        try:
            async with session.post(f"{load.url}/webhooks/rest/webhook", json=body) as answer:
                answer.raise_for_status()
                replies = await answer.json()
        except (aiohttp.ClientError, TimeoutError):
            sent.failed += 1
            return
        sent.turns.append((number, turn, time.perf_counter() - before))
        sent.empty += not replies

    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        began = time.perf_counter()
        await asyncio.gather(*(talk(session) for _ in range(load.senders)))
        sent.lasted = time.perf_counter() - began
    return sent


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_sent(Load(**json.load(sys.stdin)))))))
