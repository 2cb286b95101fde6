"""serve.py: what is wrong is said in one sentence before Rasa starts, and Rasa gets what was asked for."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from signpost import serve
from signpost.files import ROOT
from signpost.settings import settings
from signpost.shared.connection import shared

MALLOC = ("MALLOC_ARENA_MAX", "MALLOC_TRIM_THRESHOLD_")


@pytest.fixture
def started(monkeypatch, tmp_path) -> list[tuple[Path, list[str]]]:
    """The commands that the process would have become; folder and environment are put back afterwards."""
    commands: list[tuple[Path, list[str]]] = []
    monkeypatch.chdir(tmp_path)
    for name in MALLOC:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append((Path(program), command)) or 0)
    return commands


@pytest.fixture
def model(tmp_path) -> Path:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"")
    return path


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def redis(monkeypatch) -> Iterator[Callable[[str], None]]:
    """Lets the environment name a Redis."""

    def name(address: str) -> None:
        monkeypatch.setenv("SIGNPOST_REDIS_URL", address)
        shared.cache_clear()

    monkeypatch.delenv("SIGNPOST_REDIS_URL", raising=False)
    shared.cache_clear()
    yield name
    shared.cache_clear()


def run(model: Path, port: object, workers: int = 1) -> int:
    where = ["--port", str(port), "--interface", "127.0.0.1", "--workers", str(workers)]
    return serve.main(["--model", str(model), *where])


def after(flag: str, command: list[str]) -> str:
    return command[command.index(flag) + 1]


def refused(capsys: pytest.CaptureFixture[str], started: list[tuple[Path, list[str]]]) -> str:
    """Returns the one sentence that was said instead of starting."""
    printed, error = capsys.readouterr()
    assert started == []
    assert printed == ""
    assert len(error.splitlines()) == 1
    return error


def test_rasa_of_the_same_environment_is_started_with_model_port_and_interface(started, model, free_port, capsys):
    assert run(model, free_port) == 0
    ((program, command),) = started
    assert program == Path(sys.executable)
    assert command[:4] == [str(program), "-m", "signpost.lean_rasa", "run"]
    assert after("--model", command) == str(model)
    assert after("--port", command) == str(free_port)
    assert after("--interface", command) == "127.0.0.1"
    assert "Starting" in capsys.readouterr().out


def test_rasa_finds_the_projects_own_files_wherever_it_is_started_from(started, model, free_port):
    run(model, free_port)
    command = started[0][1]
    assert Path.cwd() == ROOT
    assert Path(after("--endpoints", command)).is_file()
    assert Path(after("--credentials", command)).is_file()


def test_a_model_named_relative_to_the_callers_folder_is_found(started, model, free_port):
    run(Path(model.name), free_port)
    assert Path(after("--model", started[0][1])).is_file()


def test_the_sites_that_the_operator_allows_are_passed_on(started, model, free_port, settings_file):
    settings_file("allowed_origins: ['https://clinic.example', 'http://localhost:8000']\n")
    run(model, free_port)
    command = started[0][1]
    place = command.index("--cors")
    assert command[place + 1 : place + 3] == ["https://clinic.example", "http://localhost:8000"]
    assert command[place + 3].startswith("--")


def test_no_other_site_is_allowed_unless_the_operator_says_so(started, model, free_port, settings_file):
    settings_file("default_country: IE\n")
    run(model, free_port)
    assert "--cors" not in started[0][1]
    assert "*" not in started[0][1]


def test_memory_that_was_freed_is_given_back_unless_the_operator_says_otherwise(started, model, free_port, monkeypatch):
    monkeypatch.setenv(MALLOC[0], "4")
    run(model, free_port)
    assert os.environ[MALLOC[0]] == "4"
    assert os.environ[MALLOC[1]] == "131072"


@pytest.mark.parametrize("port", [0, -1, 65536, 99999999])
def test_a_number_that_is_no_port_is_refused(started, model, port, capsys):
    assert run(model, port) == 1
    assert refused(capsys, started).startswith(f"Port {port} is not a port. Choose one from 1 to 65535")


def test_a_port_that_is_no_number_is_refused(started, model, capsys):
    with pytest.raises(SystemExit):
        run(model, "web")
    assert started == []
    assert "'web'" in capsys.readouterr().err


def test_a_port_in_use_is_refused_with_what_to_do(started, model, used_port, capsys):
    assert run(model, used_port) == 1
    error = refused(capsys, started)
    assert error.startswith(f"Port {used_port} cannot be used (Address already in use).")
    assert "make run PORT=" in error


def test_a_missing_model_is_refused_with_what_to_do(started, tmp_path, free_port, capsys):
    assert run(tmp_path / "none.tar.gz", free_port) == 1
    assert refused(capsys, started) == f"{tmp_path / 'none.tar.gz'}: no such model. Run `make train` first.\n"


def test_a_folder_is_no_model(started, tmp_path, free_port, capsys):
    assert run(tmp_path, free_port) == 1
    assert "no such model" in refused(capsys, started)


def test_a_broken_file_is_refused_before_model_and_port_are_looked_at(started, tmp_path, settings_file, capsys):
    path = settings_file("longest_mesage: 300\n")
    assert run(tmp_path / "none.tar.gz", 0) == 1
    assert refused(capsys, started).startswith(f"{path}, line 1: longest_mesage: ")


def test_the_projects_own_model_and_port_5005_are_the_defaults(started, monkeypatch):
    monkeypatch.delenv("SIGNPOST_SETTINGS", raising=False)
    settings.cache_clear()
    monkeypatch.setattr(serve, "_problem", lambda model, interface, port: None)
    assert serve.main([]) == 0
    command = started[0][1]
    assert after("--model", command) == str(ROOT / "models" / "signpost.tar.gz")
    assert (after("--port", command), after("--interface", command)) == ("5005", "0.0.0.0")


def test_rasas_own_routes_are_off_unless_the_operator_turns_them_on(started, model, free_port, settings_file):
    settings_file("default_country: IE\n")
    run(model, free_port)
    assert "--enable-api" not in started[0][1]
    settings_file("rasa_api: true\n")
    run(model, free_port)
    assert "--enable-api" in started[1][1]
    assert "--auth-token" not in started[1][1]


def test_a_team_without_a_secret_to_sign_with_stops_the_start(
    started, model, free_port, settings_file, monkeypatch, capsys
):
    monkeypatch.delenv("SIGNPOST_HANDOFF_SECRET", raising=False)
    path = settings_file("default_country: IE\nhandoff: {url: 'https://clinic.example/handoff'}\n")
    assert run(model, free_port) == 1
    assert refused(capsys, started).startswith(
        f"{path}, line 2: handoff: notices are signed; set SIGNPOST_HANDOFF_SECRET"
    )


def test_a_kill_switch_that_is_connected_to_nothing_stops_the_start(started, model, free_port, monkeypatch, capsys):
    monkeypatch.setenv("SIGNPOST_KILL_SWITCH", "/no/such/folder/helplines-only")
    assert run(model, free_port) == 1
    assert refused(capsys, started).startswith("SIGNPOST_KILL_SWITCH: there is no folder /no/such/folder.")


def test_a_token_for_the_metrics_that_could_be_guessed_stops_the_start(started, model, free_port, monkeypatch, capsys):
    monkeypatch.setenv("SIGNPOST_METRICS_TOKEN", "short")
    assert run(model, free_port) == 1
    assert refused(capsys, started).startswith("SIGNPOST_METRICS_TOKEN is shorter than 16 characters.")


def test_a_level_of_the_log_that_there_is_not_stops_the_start(started, model, free_port, monkeypatch, capsys):
    monkeypatch.setenv("LOG_LEVEL", "loud")
    assert run(model, free_port) == 1
    assert refused(capsys, started).startswith("LOG_LEVEL: loud is no level.")


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        (0, "0 workers cannot be. Choose from 1 to 64: make run WORKERS=2."),
        (2, "2 workers need a Redis, in which they keep what they share: set SIGNPOST_REDIS_URL in the environment"),
    ],
)
def test_workers_that_cannot_be_are_refused_with_what_to_do(started, model, free_port, redis, workers, said, capsys):
    assert run(model, free_port, workers) == 1
    assert refused(capsys, started).startswith(said)


def test_workers_with_a_redis_have_a_port_each(started, model, free_port, redis):
    redis("redis://127.0.0.1:1/0")
    assert run(model, free_port, 2) == 0
    command = started[0][1]
    assert command[1:5] == ["-m", "signpost.workers", f"{free_port},{free_port + 1}", "run"]
    assert after("--model", command) == str(model)
    assert "--port" not in command


def test_workers_and_rasas_own_routes_do_not_go_together(started, model, free_port, redis, settings_file, capsys):
    redis("redis://127.0.0.1:1/0")
    settings_file("rasa_api: true\n")
    assert run(model, free_port, 2) == 1
    assert refused(capsys, started).startswith("signpost.yml: rasa_api: ")


def test_an_address_of_redis_that_nobody_can_read_stops_the_start_and_its_password_is_not_said(
    started, model, free_port, redis, capsys
):
    redis("redis:/:s3cret@host")
    assert run(model, free_port) == 1
    said = refused(capsys, started)
    assert said.startswith("The environment's SIGNPOST_REDIS_URL is no address of a Redis.")
    assert "s3cret" not in said
