"""The real servers as processes, on ports of their own, and the real command line."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.support import apart

PREFIXES = {"feedback": "HUYING_PUBLIC", "survey": "HUYING_SURVEY"}


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """One side installed in a folder: its command line and its server."""

    side: str
    data: Path
    port: int
    more: dict[str, str] = field(default_factory=dict)
    log: Path | None = None
    process_id: int = 0

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Its settings: a demonstration, so that invented numbers are read and plain loopback is served."""
        base = f"{PREFIXES[self.side]}_BASE_URL"
        return {**os.environ, "HUYING_DATA": str(self.data), "HUYING_DEMO": "1", base: self.url, **self.more}

    def run(self, *words: str, expect: int = 0, stdin: str | None = None) -> str:
        """Run `huying <side> <words>`; return what it printed, after checking its exit status."""
        done = apart.run([self.side, *words], self.environment, stdin=stdin)
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout if expect == 0 else done.stderr

    def runs(self, *commands: Sequence[str]) -> None:
        """Run several commands, each `huying <side> <words>`, in one process, which costs one start."""
        lines = "\n".join(json.dumps([self.side, *words]) for words in commands)
        done = apart.run([], self.environment, stdin=lines, body=apart.several)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> BaseProcess:
        """Start its server in a process group of its own and wait until it answers."""
        words = [self.side, "serve", "--port", str(self.port)]
        process = apart.start(words, self.environment, streams=self._streams(), body=apart.leading)
        self.process_id = process.pid or 0
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return process
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert process.is_alive(), "the server ended by itself"
                time.sleep(0.05)
        message = f"{self.side} doesn't answer on {self.url}"
        raise AssertionError(message)

    def _streams(self) -> apart.Streams:
        """Where the server writes, if that is to be looked at."""
        if self.log is None:
            return ()
        told = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        return ((Path(os.devnull), os.O_RDONLY), (self.log, told), (self.log, told))

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve during the block."""
        process = self.start()
        try:
            yield
        finally:
            stop(process, signal.SIGTERM)


def stop(process: BaseProcess, how: signal.Signals) -> None:
    """Send `how` to a server and its workers, and wait for its end."""
    os.killpg(process.pid, how)
    process.join(10)
    assert not process.is_alive(), "the server doesn't end"
