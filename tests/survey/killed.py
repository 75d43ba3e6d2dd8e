"""A command of the independent side that is killed at its first real commit: just before it, or right after.

A body for `tests.support.apart`; its words are before|after and the command's. It runs at the time in
HUYING_TEST_CLOCK, if there is one.
"""

from __future__ import annotations

import os
import signal
from typing import Any

import time_machine
from sqlalchemy import event
from sqlalchemy.engine import Engine

from huying.cli import huying

WRITES = ("INSERT", "UPDATE", "DELETE")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed(moment: str, *words: str) -> None:
    """Run the command; SIGKILL ends this process where it would first keep something."""
    written: list[bool] = []

    def wrote(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        written.extend([True] if statement.lstrip().upper().startswith(WRITES) else [])

    def commit(_conn: Any) -> None:
        if written and moment == "before":
            _kill()

    if at := os.environ.get("HUYING_TEST_CLOCK"):
        time_machine.travel(at, tick=True).start()
    event.listen(Engine, "before_cursor_execute", wrote)
    event.listen(Engine, "commit", commit)
    huying(list(words), prog_name="huying", standalone_mode=False)
    _kill()
