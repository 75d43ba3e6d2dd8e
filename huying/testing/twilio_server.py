"""The fake's API on a port of this machine, which answers or fails as it was told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl

CODES = {"429": 20429, "500": 20500}
"""Failures that are answered; reset_before and reset_after cut the line, hang keeps it until nobody waits."""
HANGS_S = 1.0
DOCUMENT_AT = "https://www.twilio.com/docs/errors/"

Answered = tuple[int, dict[str, Any]]


class Account(Protocol):
    """What is served: failures to come, and the answers."""

    failures: list[str]

    def api(self, method: str, path: str, form: Mapping[str, list[str]], given: str) -> Answered:
        """Answer a request."""
        ...


def fault(status: int, code: int, message: str) -> Answered:
    """Return a refusal in the provider's words."""
    more = f"{DOCUMENT_AT}{code}"
    return status, {"code": code, "message": message, "more_info": more, "status": status}


@contextmanager
def serving(fake: Account) -> Iterator[str]:
    """Serve the API on loopback; yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Api, fake))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Api(BaseHTTPRequestHandler):
    """Answers for a fake on a port of this machine, or fails as the fake was told to."""

    def __init__(self, fake: Account, *args: Any) -> None:
        self.fake = fake
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET", {})

    def do_POST(self) -> None:
        """Answer a wish."""
        length = int(self.headers.get("Content-Length") or 0)
        form: dict[str, list[str]] = {}
        for name, value in parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True):
            form.setdefault(name, []).append(value)
        self._answer("POST", form)

    def _answer(self, method: str, form: Mapping[str, list[str]]) -> None:
        failure = self.fake.failures.pop(0) if self.fake.failures else ""
        if failure in CODES:
            self._write(*fault(int(failure), CODES[failure], "Failed"))
            return
        if failure == "hang":
            time.sleep(HANGS_S)
        if failure not in {"hang", "reset_before"}:
            given = self.headers.get("Authorization", "")
            answer = self.fake.api(method, self.path, form, given)
            if failure != "reset_after":
                self._write(*answer)
                return
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, status: int, document: Mapping[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""
