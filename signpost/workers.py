"""Runs several servers of the same kind, each on a port of its own, for a web server in front to choose from.

What starting imports is imported once, before the first of them begins; they share the memory that it takes. A server
that ends is started again.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import TextIO

from signpost import lean_rasa

# What a server imports until it answers, without anything that starts a thread or opens a connection.
IMPORTED = (
    "rasa.__main__",
    "rasa.core.run",
    "rasa.core.agent",
    "rasa.server",
    "rasa.engine.recipes.default_components",
    "spacy",
    "onnxruntime",
    "tokenizers",
    "signpost.nlg",
    "signpost.tracker_store",
    "signpost.channels.web",
    "signpost.nlu.classifier",
    "signpost.nlu.reader",
)
# Seconds before a server that ended is started again.
PAUSE = 2.0
# One that gives up by itself so soon would do so again: what it said has to be mended first. Seconds.
EARLY = 30.0
_PR_SET_PDEATHSIG = 1


class Workers:
    """The servers.

    Args:
        ports: one for each.
        serve: becomes the server on a port; does not return before it ends.
    """

    def __init__(self, ports: list[int], serve: Callable[[int], None]) -> None:
        self._ports = ports
        self._serve = serve
        self._running: dict[int, tuple[int, float]] = {}
        self._stopping = False

    def run(self) -> int:
        """Runs them until this process is told to stop (SIGTERM, SIGINT); then they finish what they have begun.

        Returns 1 if one of them gave up by itself while it was starting, which ends all.
        """
        failed = 0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for port in self._ports:
            self._start(port)
        while self._running:
            process, status = os.wait()
            port, began = self._running.pop(process)
            code = os.waitstatus_to_exitcode(status)
            if self._stopping:
                continue
            if code > 0 and time.monotonic() - began < EARLY:
                failed = 1
                self._stop()
                continue
            _say(f"The server on port {port} ended ({code}) and is started again.", sys.stderr)
            time.sleep(PAUSE)
            if not self._stopping:
                self._start(port)
        return failed

    def _start(self, port: int) -> None:
        parent = os.getpid()
        # A signal in between would find the new server neither in the list nor without this process's handler.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        process = os.fork()
        if process:
            self._running[process] = (port, time.monotonic())
            _say(f"The server on port {port} is process {process}.", sys.stdout)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            return
        code: object = 1
        try:
            # The terminal's Ctrl-C is this process's affair, and a server must not outlive it.
            os.setpgid(0, 0)
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            if os.getppid() == parent:
                self._serve(port)
            code = 0
        except SystemExit as end:
            code = end.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            if not isinstance(code, int):
                _say(str(code), sys.stderr)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 1)

    def _stop(self, number: int = 0, frame: object = None) -> None:
        self._stopping = True
        for process in self._running:
            os.kill(process, signal.SIGTERM)


def _say(line: str, stream: TextIO) -> None:
    """Writes a line at one go, for several processes write to the same place."""
    stream.write(f"{line}\n")
    stream.flush()


def main(arguments: list[str]) -> int:
    """Runs `rasa` with the arguments on every port of the first one (`5005,5006`)."""
    ports, *rest = arguments
    lean_rasa.leave_out()
    for name in IMPORTED:
        importlib.import_module(name)
    # Collecting would write to the pages that are shared.
    gc.collect()
    gc.freeze()

    def serve(port: int) -> None:
        sys.argv = ["rasa", *rest, "--port", str(port)]
        lean_rasa.main()

    return Workers([int(port) for port in ports.split(",")], serve).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
