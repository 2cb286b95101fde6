"""A server whose model, action server and tracker store can be broken."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from bench.services import Redis
from bench.webhooks import SECRETS
from signpost.files import ROOT
from tests.system.server import Server, free_port

PROJECT = ROOT / "tests" / "channels" / "project"
RASA = str(ROOT / ".venv" / "bin" / "rasa")
# The promise: a reply within ten seconds of the message.
SECONDS = 10
ALLOWED = "https://clinic.example"
TOKEN = "a-token-of-the-operator"


class ActionServer:
    """The action server, in a process of its own that can end."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", "tests.channels.servers", str(self.port)]
            self._process = subprocess.Popen(command, cwd=ROOT)
            wait_until(self._listens)

    def stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def _listens(self) -> bool:
        try:
            requests.get(f"http://127.0.0.1:{self.port}", timeout=1)
        except requests.ConnectionError:
            return False
        return True


@contextmanager
def fragile_server(
    actions: ActionServer, redis: Redis, files: Path, settings: Path, credentials: Path
) -> Iterator[Server]:
    """Trains a model of keywords and rules, and serves it with the action server and the store that are given."""
    sources = [part for name in ("config", "domain", "data") for part in (f"--{name}", str(PROJECT / f"{name}.yml"))]
    train = [RASA, "train", "--skip-validation", *sources, "--out", str(files), "--fixed-model-name", "model"]
    result = subprocess.run(train, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert (files / "model.tar.gz").exists(), result.stdout[-500:] + result.stderr[-500:]
    endpoints = files / "endpoints.yml"
    endpoints.write_text(
        f"""
nlg: {{type: signpost.nlg.SignpostGenerator}}
action_endpoint: {{url: "http://127.0.0.1:{actions.port}/webhook"}}
tracker_store: {{type: signpost.tracker_store.BoundedTrackerStore}}
""",
        encoding="utf-8",
    )
    port = free_port()
    command = [RASA, "run", "--model", str(files / "model.tar.gz"), "--port", str(port), "--endpoints", str(endpoints)]
    command += ["--credentials", str(credentials), "--enable-api", "--cors", ALLOWED]
    environment = {**SECRETS, "SIGNPOST_SETTINGS": str(settings), "SIGNPOST_API_TOKEN": TOKEN}
    environment["SIGNPOST_REDIS_URL"] = redis.url
    with Server(command, ROOT, port, environment) as running:
        running.wait_for("Chat with the assistant", seconds=90)
        yield running


def say(server: Server, text: str, sender: str) -> list[str]:
    """Sends a message; returns the replies' texts, which must be there in time."""
    answer = requests.post(
        f"{server.url}/webhooks/rest/webhook", json={"sender": sender, "message": text}, timeout=SECONDS
    )
    assert answer.status_code == 200
    return [reply["text"] for reply in answer.json()]


def wait_until(until: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.2)
