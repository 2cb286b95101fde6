"""A running server of one side: its start, its memory, its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from bench.stock.sides import Side

SLOWEST_START = 300.0
POLL = 0.02
# Long enough for what a server does right after its start.
SETTLED = 3.0
MEGABYTE = 1e6
_HELD = {"rss": ("Rss:",), "pss": ("Pss:",), "uss": ("Private_Clean:", "Private_Dirty:")}


class StartError(Exception):
    """A server ended or did not answer in time; the text is the end of its log."""


class Server:
    """Serves until the block ends. ready: seconds from the start of the process to its first reply."""

    def __init__(self, side: Side, log: Path, api: bool = False) -> None:
        self._side = side
        self._log = log
        self._api = api
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.ready = 0.0

    def __enter__(self) -> Self:
        wanted = self._side.serve_api if self._api else self._side.serve
        began = time.perf_counter()
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [word.format(port=self._port) for word in wanted],
                cwd=self._side.folder,
                env=self._side.process(self._api),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(began + SLOWEST_START)
        except BaseException:
            self._stop()
            raise
        self.ready = time.perf_counter() - began
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def memory(self, settle: float = SETTLED) -> dict[str, float]:
        """Returns what the server's processes hold, in MB: `rss`; `pss`, shared pages split; `uss`, its own alone."""
        time.sleep(settle)
        total = dict.fromkeys(_HELD, 0.0)
        for pid in _tree(self._process.pid):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
                name, kilobytes = line.split()[:2]
                for kind, names in _HELD.items():
                    total[kind] += int(kilobytes) * 1024 / MEGABYTE if name in names else 0.0
        return total

    def _wait(self, end: float) -> None:
        while time.perf_counter() < end:
            if self._process.poll() is not None:
                raise StartError(f"The server of {self._side.name} ended:\n{self._log.read_text()[-2000:]}")
            try:
                body = {"sender": "first", "message": "hello"}
                answer = requests.post(f"{self.url}/webhooks/rest/webhook", json=body, timeout=60)
                if answer.ok and answer.json():
                    return
            except requests.ConnectionError:
                pass
            time.sleep(POLL)
        raise StartError(f"The server of {self._side.name} did not answer:\n{self._log.read_text()[-2000:]}")

    def _stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tree(pid: int) -> list[int]:
    """Returns a process and everything it started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text(encoding="ascii").split()]
    return [pid, *(each for child in children for each in _tree(child))]
