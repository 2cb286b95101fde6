"""What people type leaves no trace."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

from evaluation.assistant import MODEL
from signpost.files import ROOT
from tests.system.server import Server, free_port

SECRET = "zanzibarquokka"


def rasa_run(port: int, *more: str) -> list[str]:
    files = ["--model", str(MODEL), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return [str(ROOT / ".venv" / "bin" / "rasa"), "run", *files, "--port", str(port), *more]


def test_no_log_and_no_file_has_what_was_typed_even_at_level_debug() -> None:
    port = free_port()
    started = time.time()
    with Server(rasa_run(port, "--debug"), ROOT, port) as server:
        server.wait_for("Chat with the assistant", seconds=60)
        server.say(f"my name is {SECRET} and i want to stop heroin", sender=f"{SECRET}-sender")
        server.say(f'/inform{{"name": "{SECRET}"}}', sender=f"{SECRET}-sender")
        server.say(f"{SECRET} " * 500, sender=f"{SECRET}-sender")
    assert "Starting Rasa server" in server.output
    assert SECRET not in server.output
    assert [path for path in written_since(started) if SECRET.encode() in path.read_bytes()] == []


def written_since(moment: float) -> list[Path]:
    kept = (".venv", ".git", "__pycache__", ".pytest_cache")
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file() and not any(part in kept for part in path.parts) and path.stat().st_mtime >= moment
    ]


def test_a_server_leaves_nothing_of_onnxruntimes_reports_below_the_home_folder(tmp_path: Path) -> None:
    # Where these stand, onnxruntime keeps quiet by itself.
    quiet = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS")
    script = (
        "import sys, os\n"
        f"[os.environ.pop(name, None) for name in {quiet}]\n"
        "sys.argv = ['rasa', 'shell', 'nlu', '--model', sys.argv[1]]\n"
        "import rasa.__main__\n"
        "rasa.__main__.main()"
    )
    result = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), "-W", "ignore", "-c", script, str(MODEL)],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        input="is tapering safe\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "taper" in result.stdout  # it was read by the encoder
    assert [path for path in tmp_path.rglob("*") if "icrosoft" in str(path) or "onnx" in str(path)] == []


def test_telemetry_is_off_for_the_plain_rasa_command(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("RASA_")}
    script = (
        "import sys; sys.argv = ['rasa', '--version']\n"
        "import rasa.__main__, rasa.telemetry\n"
        "rasa.__main__.main()\n"
        "print('telemetry', rasa.telemetry.is_telemetry_enabled())"
    )
    result = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "python"), "-W", "ignore", "-c", script],
        cwd=ROOT,
        env={**environment, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "telemetry False" in result.stdout
