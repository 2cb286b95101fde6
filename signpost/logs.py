"""The server's log: JSON, a line an event, and never what somebody typed or who they are."""

from __future__ import annotations

import datetime
import json
import logging
import os
import sys
import threading
import traceback
from pathlib import Path

from signpost.files import FileError

# What lines of Signpost's own may carry beside their words (`extra=`).
FIELDS = ("channel",)
OWN = "signpost"
UNSAID = "A library's line; its words are not logged once people write. Look up the place."


class JsonLines(logging.Formatter):
    """Writes `time`, `level`, `logger`, `event`, the fields above, and of an exception its kinds and places.

    The words of an exception are left out, for they may hold what was typed. So are those of libraries' lines from the
    moment people can write; until then an operator needs them to see why a server does not start.
    """

    def __init__(self) -> None:
        super().__init__()
        self.people_may_write = False

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.partition(".")[0] == OWN
        line = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage() if own or not self.people_may_write else UNSAID,
            **{name: getattr(record, name) for name in FIELDS if own and hasattr(record, name)},
        }
        if not own and self.people_may_write:
            line["at"] = f"{_short(record.pathname)}:{record.lineno}"
        if record.exc_info and record.exc_info[1]:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line)


class _Filter(logging.Filter):
    """Lets libraries' lines below a warning pass only until people write."""

    def __init__(self, lines: JsonLines) -> None:
        super().__init__()
        self._lines = lines

    def filter(self, record: logging.LogRecord) -> bool:
        own = record.name.partition(".")[0] == OWN
        return own or record.levelno >= logging.WARNING or not self._lines.people_may_write


_lines = JsonLines()


def install() -> None:
    """Has everything that is logged written to standard error by this module, and nothing below level INFO.

    The level is `LOG_LEVEL` or what the command line says; below INFO Rasa logs messages, slots and events.
    """
    _lines.people_may_write = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_lines)
    handler.addFilter(_Filter(_lines))
    root = logging.getLogger()
    handler.setLevel(max(level(), logging.INFO))
    root.handlers[:] = [handler]
    root.setLevel(handler.level)
    logging.getLogger(OWN).setLevel(handler.level)
    threading.excepthook = _thread_ended
    # A line that cannot be put together is otherwise printed with all that was to be in it.
    logging.raiseExceptions = False


def level() -> int:
    """Returns the level that the environment asks for; raises `FileError` for a name that is none."""
    asked = os.environ.get("LOG_LEVEL", "INFO")
    if asked not in (levels := logging.getLevelNamesMapping()):
        raise FileError(f"LOG_LEVEL: {asked} is no level. Set it to INFO, WARNING or ERROR, or unset it.")
    return levels[asked]


def people_may_write() -> None:
    """Says that the server listens: from now on the words of libraries' lines are left out."""
    _lines.people_may_write = True


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value:
        logging.getLogger(__name__).error("A thread ended.", exc_info=ended.exc_value)


def _error(error: BaseException) -> list[dict[str, object]]:
    """Returns an exception and what led to it, the latest first: its kind, and the calls it came through."""
    chain: list[dict[str, object]] = []
    seen: BaseException | None = error
    while seen and len(chain) < 5:
        calls = [f"{_short(frame.filename)}:{frame.lineno}" for frame in traceback.extract_tb(seen.__traceback__)]
        chain.append({"kind": type(seen).__name__, "at": calls[-15:]})
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return chain


def _short(path: str) -> str:
    """Returns a file's place below the folder of the packages, or below the project."""
    parts = Path(path).parts
    for folder in ("site-packages", "lib", OWN):
        if folder in parts:
            last = len(parts) - 1 - parts[::-1].index(folder)
            return "/".join(parts[last if folder == OWN else last + 1 :])
    return Path(path).name
