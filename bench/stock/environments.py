"""The two installations: what a server of ours has, and stock Rasa in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from signpost.files import ROOT

RASA = "rasa==3.6.21"
# Rasa 3.6.21 does not install on later ones.
PYTHON = "3.10"
_PROBE = "import os, sys; print(os.path.realpath(sys.executable) if sys.version_info[:2] == (3, 10) else '')"


class UnavailableError(Exception):
    """Stock Rasa cannot be had; the text is one sentence that says why and what to do."""


@dataclass(frozen=True)
class Environment:
    """An installation. size: megabytes on disk, bytecode of what was imported included."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def size(self) -> float:
        seen: dict[int, int] = {}
        for path in self.folder.rglob("*"):
            if not path.is_symlink() and path.is_file():
                about = path.stat()
                seen[about.st_ino] = about.st_blocks * 512
        return sum(seen.values()) / 1e6


def ours(cache: Path) -> Environment:
    """Installs what `make run` installs, without what only tests need."""
    environment = Environment(cache / "ours")
    interpreter = os.path.realpath(sys.executable)
    reinstalled = ["--reinstall-package", "tensorflow", "--reinstall-package", "rasa-plus"]
    _run(
        [*_uv(), "sync", "--frozen", "--quiet", "--no-dev", "--python", interpreter, *reinstalled],
        {"UV_PROJECT_ENVIRONMENT": str(environment.folder)},
    )
    return environment


def stock(cache: Path) -> Environment:
    """Installs stock Rasa, once.

    Raises:
        UnavailableError: there is no Python 3.10, or the packages cannot be installed.
    """
    environment = Environment(cache / "stock")
    ready = environment.folder / "ready"
    if ready.is_file() and ready.read_text(encoding="utf-8") == RASA:
        return environment
    python = _python()
    shutil.rmtree(environment.folder, ignore_errors=True)
    print(f"Installing {RASA} with TensorFlow (2.6 GB, a few minutes the first time)...", flush=True)
    # Our uv.toml mends Rasa's requirements; here they must be as Rasa published them.
    uv = [*_uv(), "--no-config", "--quiet"]
    try:
        _run([*uv, "venv", "--no-project", "--python", str(python), str(environment.folder)])
        _run([*uv, "pip", "install", "--python", str(environment.python), RASA])
        # Writes the bytecode, as it is written for ours.
        _run([str(environment.python), "-m", "rasa", "--version"], {"PYTHONWARNINGS": "ignore"})
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no reason given"]
        raise UnavailableError(
            f"Stock Rasa could not be installed ({last[0].strip()}). Run again with a network."
        ) from error
    ready.write_text(RASA, encoding="utf-8")
    return environment


def default_config(environment: Environment) -> Path:
    """Returns the pipeline and policies that stock Rasa takes where, as after `rasa init`, config.yml names none."""
    packages = environment.folder / "lib" / f"python{PYTHON}" / "site-packages"
    return packages / "rasa" / "engine" / "recipes" / "config_files" / "default_config.yml"


def _python() -> Path:
    """Returns a Python 3.10: BENCH_PYTHON, one on the path, or one of pyenv's or uv's."""
    named = os.environ.get("BENCH_PYTHON")
    homes = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    homes.append(Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local" / "share" / "uv" / "python")))
    found = [named] if named else [shutil.which(f"python{PYTHON}")]
    if not named:
        found += sorted(str(path) for home in homes for path in home.glob(f"*{PYTHON}.*/bin/python{PYTHON}"))
    for candidate in filter(None, found):
        try:
            told = subprocess.run([candidate, "-c", _PROBE], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):  # not there, or a stand-in of pyenv's for one that is not on
            continue
        if told.stdout.strip():
            return Path(told.stdout.strip())
    raise UnavailableError(
        f"Stock Rasa needs Python {PYTHON}, and none was found{f' at {named}' if named else ''}. "
        f"Install it (pyenv install {PYTHON}) or name it in BENCH_PYTHON, and run make bench again."
    )


def _uv() -> list[str]:
    return [shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")]


def inherited(more: dict[str, str]) -> dict[str, str]:
    """Returns this process's environment variables and more, under which Python keeps the bytecode of what it imports.

    Without it every start compiles everything anew, which takes longer than all else.
    """
    return {**{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}, **more}


def _run(command: list[str], more: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=ROOT, env=inherited(more or {}), check=True, capture_output=True, text=True)
