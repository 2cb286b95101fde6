"""A real server process for the tests of this folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests


def free_port() -> int:
    """Returns a port that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Runs a command that serves on `port` until the block ends; `output` is what it printed so far."""

    def __init__(
        self, command: list[str], directory: Path, port: int, environment: dict[str, str] | None = None
    ) -> None:
        self._environment = {**os.environ, **(environment or {})}
        self._command = command
        self._directory = directory
        self.url = f"http://127.0.0.1:{port}"
        self._lines: list[str] = []

    @property
    def output(self) -> str:
        return "".join(self._lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        # A session of its own, so that everything the command started ends with it.
        self._process = subprocess.Popen(
            self._command,
            cwd=self._directory,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._collect, daemon=True).start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)

    def wait_for(self, words: str, seconds: float) -> None:
        """Waits until the output has the words; fails with the output when the process ends or the time is over."""
        end = time.monotonic() + seconds
        while words not in self.output:
            assert self._process.poll() is None, f"The server ended:\n{self.output}"
            assert time.monotonic() < end, f"No {words!r} within {seconds} s:\n{self.output}"
            time.sleep(0.1)

    def say(self, message: Any, sender: str = "somebody") -> list[dict[str, Any]]:
        """Sends one message over HTTP and returns the replies."""
        answer = requests.post(
            f"{self.url}/webhooks/rest/webhook", json={"sender": sender, "message": message}, timeout=20
        )
        answer.raise_for_status()
        return list(answer.json())

    def _collect(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line)
