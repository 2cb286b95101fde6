"""What a turn leans on, run for real so that it can be broken: an action server, and a Redis that can be stopped."""

from __future__ import annotations

import os
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ActionHandler(BaseHTTPRequestHandler):
    """An action server whose actions are named after what goes wrong."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        action = next((name for name in ANSWERS if f'"next_action": "{name}"' in body), "")
        if action == "action_hanging":
            time.sleep(60)
        if action == "action_dying":
            os._exit(1)
        status, content = ANSWERS.get(action, (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        return


ANSWERS: dict[str, tuple[int, bytes]] = {
    "action_failing": (500, b"{}"),
    "action_refusing": (400, b'{"action_name": "action_refusing", "error": "no"}'),
    "action_hanging": (200, b"{}"),
    "action_nonsense": (200, b"<html>teapot"),
    "action_wrongshape": (200, b'{"responses": 5, "events": "x"}'),
    "action_emptyish": (200, b'{"responses": [{"text": "  "}], "events": []}'),
    "action_freetext": (200, b'{"responses": [{"text": "Words of an action."}], "events": []}'),
    "action_dying": (200, b"{}"),
}


class Redis:
    """As much of Redis as a tracker store uses, on a port of its own; it can be stopped, started and made to hang."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.values: dict[bytes, bytes] = {}
        self.hangs = False
        self.connections: set[socket.socket] = set()
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> Self:
        redis = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                redis.connections.add(self.request)
                try:
                    while words := _command(self.rfile):
                        while redis.hangs:
                            time.sleep(0.1)
                        self.wfile.write(redis.answer(words))
                except (OSError, ValueError):
                    return
                finally:
                    redis.connections.discard(self.request)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.connections):
            connection.shutdown(socket.SHUT_RDWR)

    def answer(self, words: list[bytes]) -> bytes:
        if words[0].upper() == b"SET":
            self.values[words[1]] = words[2]
        if words[0].upper() == b"GET":
            value = self.values.get(words[1])
            return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
        return b"+OK\r\n"


def _command(stream: Any) -> list[bytes]:
    """Returns the words of the next command, none at the end."""
    head = stream.readline()
    if not head:
        return []
    words = []
    for _ in range(int(head[1:])):
        length = int(stream.readline()[1:])
        words.append(stream.read(length))
        stream.read(2)
    return words


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), ActionHandler).serve_forever()
