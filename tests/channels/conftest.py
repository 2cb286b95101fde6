"""One server with every channel on, and the platforms' place taken by a local server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bench.platforms import Platforms
from bench.services import Redis
from bench.webhooks import CHANNELS, PUBLIC_URL, SECRETS, Signed
from evaluation.assistant import MODEL
from signpost.files import ROOT
from tests.channels.fragile import ActionServer, fragile_server
from tests.channels.team import Team
from tests.system.server import Server, free_port

HANDOFF_SECRET = "a-secret-of-the-team"
SETTINGS = f"""
public_url: {PUBLIC_URL}
proxies: 1
rate_limits:
  sender: {{burst: 20, per_minute: 30}}
  address: {{burst: 5, per_minute: 1}}
"""


def every_channel(api: str) -> str:
    """Returns a credentials file with every channel."""
    names = ("health.Health", "metrics.Metrics", "web.WebChannel", "page.ChatPage")
    own = "".join(f"signpost.channels.{name}:\n" for name in names)
    return own + "".join(f"{path}:\n  api: {api}\n" for path in CHANNELS.values())


def post(server: Server, request: Signed) -> requests.Response:
    return requests.post(f"{server.url}{request.path}", data=request.body, headers=request.headers, timeout=20)


@pytest.fixture(scope="session")
def platforms() -> Iterator[Platforms]:
    with Platforms() as running:
        yield running


@pytest.fixture(scope="session")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with Team(tmp_path_factory.mktemp("team")) as running:
        yield running


@pytest.fixture(scope="session")
def server(platforms: Platforms, team: Team, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    files = tmp_path_factory.mktemp("channels")
    credentials = write(files / "credentials.yml", every_channel(platforms.address))
    handoff = f"handoff: {{url: '{team.url}', team: the test team, hours: at noon}}\n"
    chosen = write(files / "settings.yml", SETTINGS + handoff)
    environment = {"SIGNPOST_HANDOFF_SECRET": HANDOFF_SECRET, "SSL_CERT_FILE": str(team.certificate)}
    port = free_port()
    rasa = [str(ROOT / ".venv" / "bin" / "rasa"), "run", "--model", str(MODEL), "--endpoints", "endpoints.yml"]
    command = [*rasa, "--credentials", str(credentials), "--port", str(port)]
    with Server(command, ROOT, port, {**SECRETS, **environment, "SIGNPOST_SETTINGS": str(chosen)}) as running:
        running.wait_for("Chat with the assistant", seconds=60)
        yield running


@pytest.fixture(scope="session")
def actions() -> Iterator[ActionServer]:
    server = ActionServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = Redis(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def fragile(
    actions: ActionServer, redis: Redis, platforms: Platforms, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server whose model, action server and tracker store can be broken."""
    files = tmp_path_factory.mktemp("fragile")
    chosen = write(files / "settings.yml", SETTINGS.replace("burst: 20", "burst: 200"))
    credentials = write(files / "credentials.yml", every_channel(platforms.address))
    with fragile_server(actions, redis, files, chosen, credentials) as running:
        yield running


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
