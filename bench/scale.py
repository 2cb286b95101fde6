"""Many people at once talk to several workers behind nginx, set up as in deploy/. Prints how many replies a second."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.services import Nginx, Redis, free_ports, wait_until_ready
from bench.soak import FIXED
from signpost.files import ROOT

# What people ask, and a word that only the right reply has.
QUESTIONS = {
    "what is cold turkey": "Cold turkey",
    "is tapering safe": "The two articles differ",
    "how long does withdrawal last": "withdrawal",
    "what is methadone": "Methadone",
    "what is buprenorphine": "uprenorphine",
    "what is naloxone": "aloxone",
}
SENDERS = 64
SETTINGS = """
proxies: 1
conversations: {turns_kept: 20}
rate_limits:
  sender: {burst: 1000000, per_minute: 1000000}
  address: {burst: 1000000, per_minute: 1000000}
"""
PATIENCE = 30.0


@dataclass
class Load:
    """What came of a load: messages that were sent, those that got the fixed reply, those that failed and why, and the
    texts that were answered properly, in order, for each sender."""

    sent: int = 0
    fixed: int = 0
    failed: list[str] = field(default_factory=list)
    answered: dict[str, list[str]] = field(default_factory=dict)

    @property
    def replies(self) -> int:
        return sum(map(len, self.answered.values()))


async def load(
    url: str, rounds: int, until: asyncio.Event | None = None, seen: Load | None = None, people: int = SENDERS
) -> Load:
    """Lets people ask every question, each after the reply to the one before.

    Args:
        url: of nginx or a server.
        rounds: how often each person begins a new conversation.
        until: ends it after the question under way.
        seen: is counted in while it lasts.
        people: how many at once.
    """
    result = seen or Load()

    async def talk(session: aiohttp.ClientSession) -> None:
        for _ in range(rounds):
            sender = uuid.uuid4().hex
            for text, words in QUESTIONS.items():
                if until and until.is_set():
                    return
                result.sent += 1
                body = {"sender": sender, "message": text, "message_id": uuid.uuid4().hex}
                try:
                    async with session.post(f"{url}/webhooks/rest/webhook", json=body) as answer:
                        said = "\n".join(each["text"] for each in await answer.json()) if answer.status == 200 else ""
                except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                    result.failed.append(type(error).__name__)
                    continue
                if FIXED in said:
                    result.fixed += 1
                elif words in said:
                    result.answered.setdefault(sender, []).append(text)
                else:
                    result.failed.append(f"status {answer.status}, {len(said)} characters to {text!r}")

    connector = aiohttp.TCPConnector(limit=people, force_close=True)
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        await asyncio.gather(*(talk(session) for _ in range(people)))
    return result


@contextmanager
def served(workers: int, folder: Path, address: str | None) -> Iterator[tuple[int, list[int]]]:
    """Runs workers; yields the process that started them and their ports when they are ready."""
    ports = free_ports(workers)
    (folder / "settings.yml").write_text(SETTINGS, encoding="utf-8")
    environment = {**os.environ, "SIGNPOST_SETTINGS": str(folder / "settings.yml"), "PYTHONWARNINGS": "ignore"}
    environment["SIGNPOST_REDIS_URL"] = address or ""
    command = [sys.executable, "-m", "signpost.serve", "--workers", str(workers), "--port", str(ports[0])]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            wait_until_ready(ports)
            yield process.pid, ports
        finally:
            process.terminate()


def processor_time(process: int) -> float:
    """Returns how many seconds a process and those it started have used a processor."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if process in (int(path.parent.name), int(stat[1])):
            total += int(stat[11]) + int(stat[12])
    return total / os.sysconf("SC_CLK_TCK")


def measured(url: str, rounds: int, process: int) -> str:
    asyncio.run(load(url, 1))  # the first messages cost more
    began, used = time.monotonic(), processor_time(process)
    result = asyncio.run(load(url, rounds))
    lasted, used = time.monotonic() - began, processor_time(process) - used
    rate = f"{result.replies / lasted:.0f} replies a second, {1000 * used / result.sent:.1f} ms of processor time each"
    return f"{rate} ({result.sent} messages, {result.fixed} fixed replies, {len(result.failed)} failed)"


def main(rounds: int = 4) -> int:
    """Prints the throughput of one process by itself, and of one and two workers with Redis behind nginx."""
    print(f"Load of this machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {SENDERS} people at once.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(1, folder, None) as (process, ports):
            seen = measured(f"http://127.0.0.1:{ports[0]}", rounds, process)
            print("one process in memory, without nginx:", seen, flush=True)
        redis = Redis(folder).start()
        try:
            for workers in (1, 2):
                with served(workers, folder, redis.url) as (process, ports), Nginx(folder, ports) as nginx:
                    print(f"Redis, nginx, {workers} worker(s):", measured(nginx.url, rounds, process), flush=True)
        finally:
            redis.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
