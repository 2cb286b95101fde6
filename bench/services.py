"""Debian's Redis and nginx, on ports of their own, with nothing on disk."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import redis
import requests

from signpost.files import ROOT

NGINX = ROOT / "deploy" / "nginx.conf"


def program(name: str) -> str:
    """Returns where a program is; Debian keeps servers outside the path of ordinary users."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"No {name}. Run scripts/services.sh."
    return found


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while True:
        assert process.poll() is None, "The service ended."
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"Nothing listens on port {port}."
            time.sleep(0.05)


def free_ports(many: int) -> list[int]:
    """Returns ports one after the other that nothing uses now."""
    for _ in range(100):
        with ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            ports = [first.getsockname()[1] + i for i in range(many)]
            try:
                for port in ports[1:]:
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return ports
    raise AssertionError("No free ports.")


def is_ready(port: int) -> bool:
    """Says whether the server on a port answers people."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/health/ready", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def wait_until_ready(ports: list[int], seconds: float = 90) -> None:
    """Waits until the servers on all ports answer people."""
    end = time.monotonic() + seconds
    while not all(is_ready(port) for port in ports):
        assert time.monotonic() < end, f"Not all of {ports} are ready."
        time.sleep(0.1)


class Redis:
    """A Redis without persistence, in an empty folder; it can be stopped, started and made to hang.

    Args:
        folder: where it runs.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (self.port,) = free_ports(1)
        self.url = f"redis://:a-password@127.0.0.1:{self.port}/3"
        self.client = redis.Redis.from_url(self.url, decode_responses=True, socket_timeout=5)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        command = [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command += ["--save", "", "--appendonly", "no", "--requirepass", "a-password"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for_port(self.port, self._process)
        return self

    def stop(self) -> None:
        """Stops it; what it held is gone."""
        if self._process:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait(20)

    def hang(self) -> None:
        """Lets it take connections and answer nothing."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)


class Nginx:
    """nginx as deploy/nginx.conf sets it up.

    Args:
        folder: for its files.
        ports: of the one or two servers behind it.
    """

    def __init__(self, folder: Path, ports: list[int]) -> None:
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        text = NGINX.read_text(encoding="utf-8")
        changes = {"listen 8080;": f"listen 127.0.0.1:{self.port};"}
        # With one worker, both lines name it.
        changes |= {f"127.0.0.1:{5005 + i} ": f"127.0.0.1:{ports[i % len(ports)]} " for i in range(2)}
        # Below the folder, where anybody may write.
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        changes["http {"] = "http {" + "".join(f"\n{kind}_temp_path {folder}/{kind};" for kind in kinds)
        for old, new in changes.items():
            assert len(re.findall(re.escape(old), text)) == 1, old
            text = text.replace(old, new)
        self._file = folder / "nginx.conf"
        self._file.write_text(text, encoding="utf-8")
        self._folder = folder

    def __enter__(self) -> Self:
        command = [program("nginx"), "-p", str(self._folder), "-c", str(self._file)]
        command += ["-e", str(self._folder / "error.log"), "-g", f"daemon off; pid {self._folder}/nginx.pid;"]
        self._process = subprocess.Popen(command)
        wait_for_port(self.port, self._process)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
