"""How long others wait while some send half a request: starts `serve` of the independent side, then N halves.

python bench/slow_clients.py --halves 0 8 200
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HEAD = b"POST /frame HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HALVES = (HEAD, HEAD + b"Content-Length: 1000\r\n\r\nhalf")
ASKED = 50


def _begun(folder: str) -> tuple[subprocess.Popen[bytes], int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    told = {"HUYING_DATA": folder, "HUYING_DEMO": "1", "HUYING_SURVEY_BASE_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "huying", "survey", "serve", "--port", str(port), "--processes", "1"]
    server = subprocess.Popen(command, env={**os.environ, **told}, stderr=subprocess.DEVNULL)  # noqa: S603
    for _ in range(300):
        try:
            _ask(port)
        except OSError:
            time.sleep(0.1)
        else:
            return server, port
    message = "the server doesn't answer"
    raise SystemExit(message)


def _ask(port: int) -> float:
    begun = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=30) as answer:
        answer.read()
    return time.perf_counter() - begun


def _measured(port: int, halves: int) -> list[float]:
    waiting = []
    for number in range(halves):
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(HALVES[number % 2])
        waiting.append(half)
    took = [_ask(port) for _ in range(ASKED)]
    for half in waiting:
        half.close()
    return took


def main() -> None:
    """Print how long a page took, the median and the longest of fifty, by number of halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--halves", type=int, nargs="+", default=[0, 8, 200])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, port = _begun(folder)
        try:
            for halves in given.halves:
                took = _measured(port, halves)
                print(
                    f"{halves} half-sent: median {statistics.median(took):.3f} s, longest {max(took):.3f} s"
                )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
