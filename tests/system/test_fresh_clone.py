"""What somebody sees who has just cloned the repository and has nothing but Python 3.11."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from signpost.files import ROOT
from tests.system.server import Server, free_port

READY = "Chat with the assistant at http://localhost:"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("clone") / "signpost"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(directory)], check=True)
    return directory


@pytest.fixture(scope="module")
def first_run(clone: Path) -> Iterator[Server]:
    port = free_port()
    with Server(["make", "run", f"PORT={port}"], clone, port) as server:
        server.wait_for(READY, seconds=900)
        yield server


def make(clone: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "run", f"PORT={port}"], cwd=clone, capture_output=True, text=True, timeout=300, check=False
    )


def test_make_run_sets_up_trains_and_answers_a_question(first_run: Server) -> None:
    replies = first_run.say("what happens if you stop heroin all at once")
    assert "Cold turkey" in replies[-1]["text"]
    assert "911" in replies[-1]["text"]


def test_make_run_says_what_it_is_doing(first_run: Server) -> None:
    for words in ("Installing", "Training", "Starting"):
        assert words in first_run.output


def test_a_port_in_use_is_one_clear_sentence(clone: Path, first_run: Server) -> None:
    port = int(first_run.url.rpartition(":")[2])
    result = make(clone, port)
    assert result.returncode != 0
    assert f"Port {port} cannot be used" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_run_starts_without_training(clone: Path, first_run: Server) -> None:
    port = free_port()
    with Server(["make", "run", f"PORT={port}"], clone, port) as server:
        server.wait_for(READY, seconds=60)
        assert "Training" not in server.output
        assert "Installing" not in server.output


def test_a_broken_topic_file_is_one_clear_sentence(clone: Path, first_run: Server) -> None:
    topic = clone / "data" / "topics" / "taper_what.yml"
    whole = topic.read_text(encoding="utf-8")
    lines = whole.splitlines().index("responses:") + 1
    try:
        topic.write_text(whole.replace("responses:", "answers:"), encoding="utf-8")
        result = make(clone, free_port())
        assert result.returncode != 0
        assert f"data/topics/taper_what.yml, line {lines}: answers" in result.stderr
        assert "Traceback" not in result.stderr
    finally:
        topic.write_text(whole, encoding="utf-8")


def test_no_python_3_11_is_one_clear_sentence(clone: Path) -> None:
    result = subprocess.run(
        ["/bin/bash", "scripts/setup.sh"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": _without_python(clone)},
    )
    assert result.returncode != 0
    assert "Signpost needs Python 3.11 and found none" in result.stderr


def _without_python(clone: Path) -> str:
    """Returns a PATH that has the few commands the script needs and no Python."""
    tools = clone.parent / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("dirname", "bash"):
        found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
        if not (tools / name).exists():
            (tools / name).symlink_to(found)
    return str(tools)
