"""The command line in processes of their own, forked from one that has imported it: a start costs little."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.support import later, signing_in

IMPORTED = [
    "huying.cli",
    "huying.serve",
    "feedback.app",
    "feedback.commands",
    "survey.app",
    "survey.commands",
]

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(IMPORTED)

Streams = Sequence[tuple[Path, int]]


def _child(
    body: Callable[..., object], words: tuple[str, ...], environment: dict[str, str], streams: Streams
):
    for number, (path, flags) in enumerate(streams):
        os.dup2(os.open(path, flags), number)
    if streams:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    if ahead := os.environ.pop(later.FILE, ""):
        later.follow(Path(ahead))
    signing_in.cheap()
    sys.argv = ["huying", *words]
    try:
        body(*words)
    finally:
        atexit._run_exitfuncs()  # a forked process ends without them


def huying(*_words: str) -> None:
    """Do what `python -m huying` does."""
    from huying.cli import main

    main()


def several(*_words: str) -> None:
    """Do what each line of standard input says, a JSON list of words, all in this one process."""
    from huying.cli import huying

    for line in sys.stdin:
        huying(json.loads(line), standalone_mode=False)


def leading(*_words: str) -> None:
    """The same, at the head of a process group of its own."""
    os.setsid()
    huying()


def start(
    words: Sequence[str], environment: Mapping[str, str], *, streams: Streams = (), body=huying
) -> BaseProcess:
    """Start `huying <words>`, or what `body` makes of the words."""
    process = _forks.Process(target=_child, args=(body, tuple(words), dict(environment), streams))
    process.start()
    return process


def run(
    words: Sequence[str], environment: Mapping[str, str], *, stdin: str | None = None, body=huying
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; return its exit status and what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        given, out, err = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_text(stdin or "", encoding="utf-8")
        new = os.O_WRONLY | os.O_CREAT
        process = start(words, environment, streams=((given, os.O_RDONLY), (out, new), (err, new)), body=body)
        process.join()
        return subprocess.CompletedProcess(
            ["huying", *words], process.exitcode, out.read_text("utf-8"), err.read_text("utf-8")
        )
