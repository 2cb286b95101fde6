"""Does what a Containerfile says, in a folder of this machine instead of an image: its own commands, not a copy."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

WORKDIR = "/signpost"
IGNORED = ("FROM", "EXPOSE", "STOPSIGNAL", "USER", "WORKDIR")


@dataclass
class Stage:
    """One stage: its instructions in order."""

    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, name: str) -> str:
        """Returns the arguments of the last instruction of a name."""
        return [arguments for instruction, arguments in self.steps if instruction == name][-1]

    def command(self, name: str) -> list[str]:
        """Returns an ENTRYPOINT or CMD in its JSON form."""
        return list(json.loads(self.last(name)))

    def environment(self) -> dict[str, str]:
        """Returns what ENV sets."""
        lines = [arguments for instruction, arguments in self.steps if instruction == "ENV"]
        return dict(pair.split("=", 1) for line in lines for pair in shlex.split(line))


def stages(path: Path) -> list[Stage]:
    """Reads a Containerfile."""
    text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    found: list[Stage] = []
    for line in text.replace("\\\n", " ").splitlines():
        name, _, arguments = line.strip().partition(" ")
        if name == "FROM":
            found.append(Stage())
        if name:
            found[-1].steps.append((name, arguments.strip()))
    return found


class Replay:
    """Carries out stages below a folder.

    Args:
        sources: the project's files, which COPY takes.
        place: the folder that stands for `/signpost`; commands run in it.
        run: carries out a RUN command in `place`.
    """

    def __init__(self, sources: Path, place: Path, run: Callable[[str], None]) -> None:
        self._sources = sources
        self._place = place
        self._run = run

    def build(self, stage: Stage, earlier: Path | None = None) -> None:
        """Carries out a stage's instructions; `earlier` is the folder that holds what the stage before it made."""
        self._place.mkdir()
        for name, arguments in stage.steps:
            if name == "COPY":
                self._copy(shlex.split(arguments), earlier)
            elif name == "RUN":
                self._run(arguments)
            else:
                assert name in (*IGNORED, "ENV", "HEALTHCHECK", "ENTRYPOINT", "CMD"), f"What is {name}?"

    def _copy(self, arguments: list[str], earlier: Path | None) -> None:
        *sources, target = arguments
        if sources[0].startswith("--from="):
            assert earlier
            # Moved, which is as good as copied here and takes no time.
            shutil.move(earlier / Path(sources[1]).relative_to(WORKDIR), self._place / target)
            return
        for source in sources:
            origin, goal = self._sources / source, self._place / target
            if target.endswith("/"):
                goal = goal / origin.name
            goal.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                shutil.copytree(origin, goal, dirs_exist_ok=True)
            else:
                shutil.copy(origin, goal)


def export(root: Path, target: Path, dockerignore: Path) -> None:
    """Copies what the builder is sent: the files of the repository that .dockerignore lets through."""
    names = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard"]
    allowed = [line[1:] for line in dockerignore.read_text(encoding="utf-8").splitlines() if line.startswith("!")]
    for name in subprocess.run(names, capture_output=True, text=True, check=True).stdout.splitlines():
        if any(name == each or name.startswith(f"{each}/") for each in allowed) and (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target / name)


def apparent_size(folder: Path) -> int:
    """Returns the bytes of all files below a folder, each counted once."""
    seen: dict[tuple[int, int], int] = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            stat = (Path(directory) / name).lstat()
            seen[stat.st_dev, stat.st_ino] = stat.st_size
    return sum(seen.values())
