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
from collections.abc import Callable

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
# A server that ends at once, whatever the reason, is not started more often than this; seconds.
PAUSE = 2.0
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
        self._running: dict[int, int] = {}
        self._stopping = False

    def run(self) -> int:
        """Runs them until this process is told to stop (SIGTERM, SIGINT); then they finish what they have begun."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for port in self._ports:
            self._start(port)
        while self._running:
            process, status = os.wait()
            port = self._running.pop(process)
            if not self._stopping:
                code = os.waitstatus_to_exitcode(status)
                print(f"The server on port {port} ended ({code}) and is started again.", file=sys.stderr, flush=True)
                time.sleep(PAUSE)
                if not self._stopping:
                    self._start(port)
        return 0

    def _start(self, port: int) -> None:
        parent = os.getpid()
        # A signal must find either the list with the new server in it, or the server with the list's handler gone.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        process = os.fork()
        if process:
            self._running[process] = port
            print(f"The server on port {port} is process {process}.", flush=True)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            return
        try:
            # The terminal's Ctrl-C is this process's affair, and a server must not outlive it.
            os.setpgid(0, 0)
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            if os.getppid() == parent:
                self._serve(port)
        finally:
            os._exit(1)

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True
        for process in self._running:
            os.kill(process, signal.SIGTERM)


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
