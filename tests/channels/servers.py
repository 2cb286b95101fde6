"""An action server, run for real so that it can be broken."""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), ActionHandler).serve_forever()
