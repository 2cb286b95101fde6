"""workers.py: servers run side by side, are started again, and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

from signpost.files import ROOT

# Stand-ins for servers: each does what its port says. The first line tells the process of the parent.
SCRIPT = """
import os, sys, time
from signpost import workers
workers.PAUSE = 0.1
def serve(port):
    if port == 1:
        raise SystemExit("A file does not fit.")
    if port == 2:
        raise RuntimeError("broken")
    time.sleep(60)
sys.exit(workers.Workers([int(port) for port in sys.argv[1:]], serve).run())
"""


class Run:
    """Workers in a process of their own; `lines` is what they print."""

    def __init__(self, *ports: int) -> None:
        command = [sys.executable, "-u", "-W", "ignore", "-c", SCRIPT, *map(str, ports)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def workers(self, many: int) -> list[int]:
        """Waits until so many were started; returns their processes in order."""
        end = time.monotonic() + 30
        while len(found := [line for line in self.lines if "is process" in line]) < many:
            assert time.monotonic() < end, self.lines
            time.sleep(0.02)
        return [int(line.split()[-1].rstrip(".")) for line in found]

    def ended(self) -> int:
        code = self.process.wait(30)
        self._reader.join(10)
        return code


def is_gone(process: int) -> bool:
    """Waits until a process has ended."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


def test_a_server_that_was_killed_is_started_again_and_the_others_stay():
    run = Run(7, 8)
    first, second = run.workers(2)
    os.kill(first, signal.SIGKILL)
    third = run.workers(3)[2]
    os.kill(second, 0)
    assert any("The server on port 7 ended (-9) and is started again." in line for line in run.lines)
    run.process.terminate()
    assert run.ended() == 0
    assert is_gone(second) and is_gone(third)


def test_ctrl_c_ends_all():
    run = Run(7, 8)
    started = run.workers(2)
    run.process.send_signal(signal.SIGINT)
    assert run.ended() == 0
    assert all(map(is_gone, started))


def test_servers_do_not_outlive_the_process_that_runs_them():
    run = Run(7, 8)
    started = run.workers(2)
    run.process.kill()
    assert run.ended() == -signal.SIGKILL
    assert all(map(is_gone, started))


def test_a_server_that_gives_up_while_it_starts_ends_all_with_what_it_said():
    run = Run(7, 1)
    assert run.ended() == 1
    assert "A file does not fit.\n" in run.lines
    assert is_gone(run.workers(2)[0])


def test_a_server_that_breaks_while_it_starts_ends_all_and_says_where():
    run = Run(2)
    assert run.ended() == 1
    assert any("RuntimeError: broken" in line for line in run.lines)
