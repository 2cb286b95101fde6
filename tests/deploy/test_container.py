"""The image, without a container engine: the commands of deploy/Containerfile, run in an empty folder.

The training is not run again; a trained model is put where it would have been made.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from evaluation.assistant import MODEL
from signpost.files import ROOT
from tests.deploy.containerfile import Replay, Stage, apparent_size, export, stages
from tests.system.server import Server, free_port

# What the image's USER is here, where a test runs as root.
NOBODY = 65534
INSTALLED = 1_000_000_000  # bytes
SHIPPED = 750_000_000


@dataclass
class Image:
    """What the build made. root: stands for `/signpost`; scratch: for `/tmp`."""

    root: Path
    scratch: Path
    stage: Stage
    installed: int
    trained: list[str]


@dataclass
class Container:
    """A running image."""

    image: Image
    server: Server
    port: int


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    # pytest's own folders are closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="signpost-image-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def image(place: Path) -> Image:
    sources, root, scratch = place / "sources", place / "signpost", place / "tmp"
    export(ROOT, sources, ROOT / ".dockerignore")
    scratch.mkdir()
    scratch.chmod(0o777)
    installed: list[int] = []
    trained: list[str] = []

    def run(command: str) -> None:
        if "rasa train" in command:
            installed.append(apparent_size(root / ".venv"))
            trained.append(command)
            (root / "models").mkdir()
            shutil.copy(MODEL, root / "models" / "signpost.tar.gz")
            return
        # As in the image: no uv, no shims, the system's own Python.
        path = "/usr/local/bin:/usr/bin:/bin" if shutil.which("python3.11", path="/usr/bin") else os.environ["PATH"]
        kept = {name: os.environ[name] for name in os.environ if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
        result = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=root,
            env={**kept, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"

    build, final = stages(ROOT / "deploy" / "Containerfile")
    replay = Replay(sources, root, run)
    replay.build(build)
    root.rename(place / "build")
    replay.build(final, earlier=place / "build")
    subprocess.run(["chmod", "-R", "a-w,a+rX", str(root)], check=True)
    return Image(root, scratch, final, installed[0], trained)


@pytest.fixture(scope="module")
def container(image: Image) -> Iterator[Container]:
    port = free_port()
    command = [*image.stage.command("ENTRYPOINT"), *image.stage.command("CMD"), "--port", str(port)]
    values = image.stage.environment()
    environment = {name: value.replace("/tmp", str(image.scratch)) for name, value in values.items()}
    if os.geteuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", *command]
    with Server(command, image.root, port, environment) as server:
        server.wait_for("Chat with the assistant", seconds=120)
        yield Container(image, server, port)


def test_the_image_runs_as_nobody_in_particular(image):
    user = image.stage.last("USER")
    assert all(int(part) >= 10000 for part in user.split(":"))


def test_the_model_is_made_when_the_image_is(image):
    assert len(image.trained) == 1
    assert "--fixed-model-name signpost --out models" in image.trained[0]


def test_the_size_is_within_its_bounds(image):
    shipped = apparent_size(image.root / ".venv")
    print(f"installed {image.installed / 1e6:.0f} MB, shipped {shipped / 1e6:.0f} MB")
    assert image.installed <= INSTALLED
    assert shipped <= SHIPPED


def test_nothing_but_what_a_server_needs_is_in_it(image):
    names = {path.name for path in image.root.iterdir()}
    assert not names & {"tests", "evaluation", "adaptation", "bench", "checks", "stubs", ".git", ".uv", ".rasa"}
    assert not list(image.root.rglob("pytest"))


def test_it_answers_without_writing_outside_its_scratch_folder(container):
    server = container.server
    assert "Cold turkey" in server.say("what happens if you stop heroin all at once")[-1]["text"]
    assert "911" in server.say("he is not breathing")[0]["text"]
    assert requests.get(f"{server.url}/chat", timeout=20).status_code == 200
    status = Path(f"/proc/{container.server.pid}/status").read_text(encoding="utf-8")
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert "0" not in uids or os.geteuid() != 0
    writable = [path for path in container.image.root.rglob("*") if not path.is_symlink() and _writable(path)]
    assert writable == []
    # What it holds in memory there is what /tmp must have room for.
    assert apparent_size(container.image.scratch) < 1_000_000


def test_the_health_check_of_the_image_passes(container):
    check = container.image.stage.last("HEALTHCHECK").partition("CMD ")[2]
    command = json.loads(check.replace(":5005", f":{container.port}"))
    assert subprocess.run(command, cwd=container.image.root, check=False).returncode == 0
    command = json.loads(check.replace(":5005", f":{free_port()}"))
    assert subprocess.run(command, cwd=container.image.root, stderr=subprocess.DEVNULL, check=False).returncode == 1


def test_it_ends_when_it_is_told_to(container):
    os.kill(container.server.pid, getattr(signal, container.image.stage.last("STOPSIGNAL")))
    container.server.wait_for("The server stops.", seconds=20)


def _writable(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
