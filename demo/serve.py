"""Both sides as processes, as they would run apart, and one that does what nobody clicks."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from demo.place import DemoFolder
from huying.base.errors import Refused

START_SECONDS = 20
STOP_SECONDS = 5


@contextmanager
def both(place: DemoFolder) -> Iterator[tuple[subprocess.Popen[bytes], ...]]:
    """Run both servers; they answer when the block begins and are gone when it ends, however it ends."""
    addresses = {"feedback": place.public_port, "survey": place.survey_port}
    processes = tuple(_start(side, port, place) for side, port in addresses.items())
    try:
        for process, url in zip(processes, (place.public_url, place.survey_url), strict=True):
            _await(process, f"{url}/healthz")
        yield processes
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _end(process)


@contextmanager
def working(place: DemoFolder) -> Iterator[subprocess.Popen[bytes]]:
    """Send messages, ask numbers, settle calls, print sheets while the block lasts."""
    command = [sys.executable, "-m", "huying", "feedback", "work", "--every", "1"]
    process = subprocess.Popen(  # noqa: S603
        command, env=place.environment("public"), start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        _end(process)


@contextmanager
def playing(place: DemoFolder) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the small wave that a visitor plays while the block lasts; nobody waits until it answers."""
    command = [sys.executable, "-m", "demo.play", str(place.data / "play"), str(place.play_port)]
    process = subprocess.Popen(command, env=place.environment("survey"), start_new_session=True)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        _end(process)


def until_interrupted(processes: tuple[subprocess.Popen[bytes], ...]) -> None:
    """Wait until Ctrl-C; raise Refused when a process ended by itself."""
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    raise Refused("有一个服务意外停止了。")


def heed_requests_to_end() -> None:
    """Take SIGTERM for Ctrl-C: however this process is asked to end, both servers end with it.

    SIGINT too, since a shell that starts a program in the background lets it ignore that.
    """
    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start(side: str, port: int, place: DemoFolder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "huying", side, "serve", "--port", str(port)]
    # A session of its own: Ctrl-C reaches this process alone, which then ends both in good order.
    key = {"feedback": "public", "survey": "survey"}[side]
    return subprocess.Popen(command, env=place.environment(key), start_new_session=True)  # noqa: S603


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  (loopback)
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise Refused(f"服务没有启动：{url}。端口可能已被占用。")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
