"""The scan page under load, beside a bare hello on the same server; and right at every duty change. Markdown.

python bench/scan.py [--requests 20000] [--changes 20]
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from bench.contest import ROOT, machine
from feedback.app import create_app
from feedback.contacts import operations as contact_numbers
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import Assignment
from feedback.models import Area, Worker, db
from feedback.posters.operations import posters
from feedback.scan.rules import stamps
from feedback.scan.views import cache
from huying.base import settings
from huying.store import installation as places
from huying.store.installation import Installation
from huying.web.serve import serve as run

HOST = "127.0.0.1"
THREADS = 4
TICKS = os.sysconf("SC_CLK_TCK")
SERVE = "from bench.scan import serve; serve({what!r}, {port})"
ROUNDS = 3


@dataclass(frozen=True)
class Load:
    """What a server did: CPU seconds a request, requests a second, the 95th percentile of seconds, bytes."""

    cpu: float
    rate: float
    slow: float
    size: int


def serve(what: str, port: int) -> None:
    """Serve one contestant until ended: `flask`, `wsgi`, `page` (kept in memory) or `drawn` (each time)."""
    run(lambda: _made(what), host=HOST, port=port)


def _made(what: str):  # type: ignore[no-untyped-def]
    if what == "wsgi":

        def hello(_environ, start_response):  # type: ignore[no-untyped-def]
            start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
            return [b"hello"]

        return hello
    if what == "flask":
        app = Flask("hello")
        app.add_url_rule("/<path:_rest>", "hello", lambda _rest: "hello")
        return app
    made = create_app()
    return cache.before(made) if what == "page" else made


def main() -> None:
    """Make a small town, load each server in turn, and change duty while somebody looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "HUYING_DATA": folder,
            "HUYING_DEMO": "1",
            "HUYING_PUBLIC_BASE_URL": f"http://{HOST}:8000",
        }
        loaded = settings.load("public", "HUYING_PUBLIC", os.environ)
        with places.opened(loaded, package="feedback", db=db) as installation:
            code = _settle(installation)
            print(f"{machine()}; gunicorn, one process, 8 threads; {THREADS} clients on one machine\n")
            _contest(installation, code, requests=options.requests)
            _changes(installation, code, changes=options.changes)


def _contest(installation: Installation, code: str, *, requests: int) -> None:
    names = {
        "flask": "hello by Flask",
        "page": "the scan page, kept in memory",
        "drawn": "the scan page, drawn each time",
        "wsgi": "hello without a framework",
    }
    print("| server | CPU µs a request | requests/s | × Flask's hello | p95 ms | bytes |")
    print("|---|---|---|---|---|---|")
    best: dict[str, Load] = {}
    for what, name in names.items():
        with _server(what) as (port, pid):
            share = requests // 10 if what == "drawn" else requests
            rounds = [_load(installation, code, port=port, pid=pid, requests=share) for _ in range(ROUNDS)]
        best[what] = max(rounds, key=lambda each: each.rate)
        load, plain = best[what], best["flask"]
        print(
            f"| {name} | {load.cpu * 1e6:,.0f} | {load.rate:,.0f} | {load.rate / plain.rate:.2f} "
            f"| {load.slow * 1e3:.1f} | {load.size:,} |",
            flush=True,
        )


def _changes(installation: Installation, code: str, *, changes: int) -> None:
    """Swap the cover back and forth, and time until the page says so."""
    slowest, wrong = 0.0, 0
    with _server("page") as (port, _pid), socket.create_connection((HOST, port)) as connection:
        for change in range(changes):
            now = datetime.now(UTC)
            with installation.database.transaction() as session:
                for row in [each for each in duty_queries.rows(session, "G1") if each.layer == 1]:
                    duty.retract(session, row.id, by="bench", now=now)
                if change % 2 == 0:
                    _put(session, "W2", layer=1, start=now - timedelta(seconds=1), now=now)
            wanted = "李" if change % 2 == 0 else "王"
            began = time.monotonic()
            while f"{wanted}网格员" not in _ask(connection, _path(installation, code)).decode():
                if time.monotonic() - began > 5:
                    wrong += 1
                    break
            slowest = max(slowest, time.monotonic() - began)
    print(
        f"\n{changes} changes of duty while somebody scans: the page followed within {slowest:.2f} s, ",
        end="",
    )
    print(f"{wrong} not at all.")


@contextmanager
def _server(what: str) -> Iterator[tuple[int, int]]:
    """Run a contestant; give its port and the id of the process that answers."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVE.format(what=what, port=port)], cwd=ROOT)  # noqa: S603
    try:
        _await(port)
        yield port, _child(process.pid)
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    for _try in range(200):
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = "the server didn't start"
    raise RuntimeError(message)


def _child(pid: int) -> int:
    """Return the worker of a gunicorn master."""
    for _try in range(100):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    message = "the server has no worker"
    raise RuntimeError(message)


def _load(installation: Installation, code: str, *, port: int, pid: int, requests: int) -> Load:
    """Let some clients ask again and again, each over one connection."""
    sizes: list[int] = []
    times: list[float] = []

    def client() -> None:
        with socket.create_connection((HOST, port)) as connection:
            for number in range(requests // THREADS):
                if number % 2000 == 0:
                    path = _path(installation, code)
                asked = time.monotonic()
                answer = _ask(connection, path)
                times.append(time.monotonic() - asked)
            sizes.append(len(answer))

    client_threads = [threading.Thread(target=client) for _ in range(THREADS)]
    cpu, began = _cpu(pid), time.monotonic()
    for thread in client_threads:
        thread.start()
    for thread in client_threads:
        thread.join()
    took = time.monotonic() - began
    slow = sorted(times)[int(0.95 * len(times))]
    return Load((_cpu(pid) - cpu) / requests, requests / took, slow, sizes[0])


def _ask(connection: socket.socket, path: str) -> bytes:
    """Send a request and read the whole answer."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _gap, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    return body


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _path(installation: Installation, code: str) -> str:
    key = installation.keys.raw(stamps.KEY)
    return f"/p/{code}/{stamps.make(key, code=code, at=datetime.now(UTC))}"


def _settle(installation: Installation) -> str:
    """Put two workers and a poster into an empty database; return the poster's code."""
    now = datetime.now(UTC)
    with installation.database.transaction() as session:
        for code, above, level, name in (
            ("M", None, "community", "和平里社区"),
            ("G1", "M", "grid", "第1网格"),
        ):
            session.add(Area(code=code, parent_code=above, level=level, name=name, grid_type=""))
            session.flush()
        for code, name, number in (("W1", "王芳", "+99913900001"), ("W2", "李强", "+99913900002")):
            session.add(Worker(code=code, name=name, area_code="G1"))
            session.flush()
            contact_numbers.set_number(
                session,
                worker_code=code,
                number=number,
                vault=installation.vault,
                verified_at=now - timedelta(1),
            )
        _put(session, "W1", layer=0, start=now - timedelta(days=9), now=now)
        return posters.issue(session, grid_code="G1", location="大门口", now=now).code


def _put(session, worker: str, *, layer: int, start: datetime, now: datetime) -> None:  # type: ignore[no-untyped-def]
    duty.assign(
        session,
        Assignment(grid_code="G1", worker_code=worker, layer=layer, valid_from=start),
        by="bench",
        now=now,
    )


if __name__ == "__main__":
    main()
