"""Starts the server: `python -m signpost.serve`. The work is Rasa's; here is what must be right before it begins."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from signpost.files import ROOT, FileError
from signpost.preflight import preflight
from signpost.settings import settings
from signpost.shared.connection import ADDRESS, shared


def main(arguments: list[str] | None = None) -> int:
    """Checks files and port, then becomes `rasa run`; returns 1 after one sentence where something must be mended."""
    parser = argparse.ArgumentParser(prog="signpost.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--interface", default="0.0.0.0")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "signpost.tar.gz")
    options = parser.parse_args(arguments)
    try:
        # A trained model carries what was read for training.
        preflight(training=False)
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    ports = range(options.port, options.port + options.workers)
    problems = (_problem(options.model, options.interface, port) for port in ports)
    if problem := _no_workers(options.workers) or next(filter(None, problems), None):
        print(problem, file=sys.stderr)
        return 1
    print("Starting the assistant (about ten seconds)...", flush=True)
    origins = settings().allowed_origins
    api = ["--enable-api"] if settings().rasa_api else []
    where = [*api, *(["--cors", *origins] if origins else []), "--interface", options.interface]
    files = [
        "--model",
        str(options.model.resolve()),
        "--endpoints",
        "endpoints.yml",
        "--credentials",
        "credentials.yml",
    ]
    os.chdir(ROOT)
    # glibc otherwise keeps what was freed after start, some ten megabytes.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
    # A message's vectors are too small to be shared among threads, and waking those costs milliseconds.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if options.workers == 1:
        command = ["signpost.lean_rasa", "run", *files, *where, "--port", str(options.port)]
    else:
        command = ["signpost.workers", ",".join(map(str, ports)), "run", *files, *where]
    return os.execv(sys.executable, [sys.executable, "-m", *command])


def _no_workers(many: int) -> str | None:
    """Returns why there cannot be so many workers."""
    if not 1 <= many <= 64:
        return f"{many} workers cannot be. Choose from 1 to 64: make run WORKERS=2."
    if many > 1 and shared() is None:
        return (
            f"{many} workers need a Redis, in which they keep what they share: set {ADDRESS} in the environment, "
            "or start one: make run WORKERS=1."
        )
    if many > 1 and settings().rasa_api:
        return (
            "signpost.yml: rasa_api: Rasa's own HTTP routes change conversations without regard to other workers. "
            "Set it to false, or start one worker: make run WORKERS=1."
        )
    return None


def _problem(model: Path, interface: str, port: int) -> str | None:
    if not model.is_file():
        return f"{model}: no such model. Run `make train` first."
    if not 0 < port < 65536:
        return f"Port {port} is not a port. Choose one from 1 to 65535: make run PORT=5006."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((interface, port))
        except OSError as error:
            return f"Port {port} cannot be used ({error.strerror}). Stop what uses it, or choose: make run PORT=5006."
    return None


if __name__ == "__main__":
    sys.exit(main())
