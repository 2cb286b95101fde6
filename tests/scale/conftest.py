"""Two workers behind nginx with a Redis, all of them real, and a local server in the platforms' place."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from bench.platforms import Platforms
from bench.scale import Load, load
from bench.services import Nginx, Redis, free_ports, is_ready, wait_until_ready
from bench.webhooks import CHANNELS, PUBLIC_URL, SECRETS
from evaluation.assistant import MODEL
from signpost.files import ROOT
from signpost.shared.order import conversation_key
from tests.system.server import Server

SETTINGS = f"""
public_url: {PUBLIC_URL}
proxies: 1
stopping_seconds: 4
conversations: {{turns_kept: 20}}
rate_limits:
  sender: {{burst: 25, per_minute: 1}}
  address: {{burst: 1000000, per_minute: 1000000}}
"""


class Cluster:
    """Two workers, what is in front of them and what is behind."""

    def __init__(self, server: Server, ports: list[int], redis: Redis, nginx: Nginx) -> None:
        self.server = server
        self.ports = ports
        self.redis = redis
        self.nginx = nginx
        # What was seen while Redis was not there yet.
        self.dark: dict[str, Any] = {}

    def url(self, worker: int) -> str:
        return f"http://127.0.0.1:{self.ports[worker]}"

    def process(self, worker: int) -> int:
        """Returns the process that serves a worker's port now."""
        found = re.findall(rf"The server on port {self.ports[worker]} is process (\d+)\.", self.server.output)
        return int(found[-1])

    def wait_for_another(self, worker: int, before: int) -> None:
        """Waits until another process has taken a worker's place and is ready."""
        wait_until(lambda: self.process(worker) != before and is_ready(self.ports[worker]), 90)

    def say(self, text: str, sender: str, worker: int | None = None, **more: str) -> list[dict[str, Any]]:
        url = self.nginx.url if worker is None else self.url(worker)
        body = {"sender": sender, "message": text, **more}
        answer = requests.post(f"{url}/webhooks/rest/webhook", json=body, timeout=20)
        assert answer.status_code == 200
        return list(answer.json())

    def said(self, text: str, sender: str, worker: int | None = None, **more: str) -> str:
        """Sends a message; returns the reply as one text."""
        return "\n".join(each["text"] for each in self.say(text, sender, worker, **more))

    def heard(self, sender: str, channel: str = "rest") -> list[str]:
        """Returns what the conversation in Redis has of a person's messages, in order."""
        kept = json.loads(self.redis.client.get(conversation_key(f"{channel}:{sender}")) or '{"events": []}')
        return [event["text"] for event in kept["events"] if event["event"] == "user"]

    def health(self, worker: int, path: str = "/health") -> tuple[int, str]:
        answer = requests.get(f"{self.url(worker)}{path}", timeout=10)
        return answer.status_code, answer.json().get("reason", "")


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    with Platforms() as running:
        yield running


@pytest.fixture(scope="session")
def cluster(platforms: Platforms, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    files = tmp_path_factory.mktemp("scale")
    (files / "redis").mkdir()
    redis = Redis(files / "redis")
    ports = free_ports(2)
    channels = "signpost.channels.health.Health:\nsignpost.channels.web.WebChannel:\n"
    channels += "".join(f"{path}:\n  api: {platforms.address}\n" for path in CHANNELS.values())
    environment = {**SECRETS, "SIGNPOST_REDIS_URL": redis.url}
    arguments = ["--endpoints", "endpoints.yml", "--interface", "127.0.0.1"]
    for name, text in {"credentials": channels, "settings": SETTINGS}.items():
        (files / f"{name}.yml").write_text(text, encoding="utf-8")
    arguments += ["--model", str(MODEL), "--credentials", str(files / "credentials.yml")]
    environment["SIGNPOST_SETTINGS"] = str(files / "settings.yml")
    command = [sys.executable, "-m", "signpost.workers", ",".join(map(str, ports)), "run", *arguments]
    with Server(command, ROOT, ports[0], environment) as server:
        wait_until_ready(ports)
        with Nginx(files, ports) as nginx:
            running = Cluster(server, ports, redis, nginx)
            running.dark = {"health": running.health(0), "said": running.said("is tapering safe", "early")}
            redis.start()
            yield running
            redis.stop()


def wait_until(until: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def under_load(url: str, people: int) -> Iterator[Callable[[], Load]]:
    """Keeps people talking. The block begins after some replies; what it is given ends the load and returns it."""
    result, end, loop = Load(), asyncio.Event(), asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as pool:
        running: Future[Load] = pool.submit(loop.run_until_complete, load(url, 10_000, end, result, people))

        def finish() -> Load:
            loop.call_soon_threadsafe(end.set)
            return running.result(60)

        try:
            wait_until(lambda: result.replies >= people, 60)
            yield finish
        finally:
            if not running.done():
                finish()
