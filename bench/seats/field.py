"""A field to work in: a registry, a wave led to its release, people with passwords, a clock that is moved."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from bench.contest import ROOT
from huying.accounts import passwords
from huying.base import clock, settings
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.fieldwork.queries import queue
from survey.models import Account, AccountSession
from survey.roles import INTERVIEWER
from survey.waves.rules.wave_rules import WaveRules
from tests.survey import stories

HOST = "127.0.0.1"
PASSWORD = "a-seat-of-the-bench-7"  # noqa: S105 - of invented people
GRIDS = 20
START = "2026-11-23T18:35"
SLOTS = (
    START,
    "2026-11-24T09:40",
    "2026-11-24T14:40",
    "2026-11-24T18:40",
    "2026-11-28T10:10",
    "2026-11-29T15:10",
)
"""Civil times at which the clock is set, a stretch of the bench at each: every window on several days.

At a slow pace every second one, or no interview would end by itself."""
RULES = WaveRules(unworked=1000, armcap=1000)
BEFORE = timedelta(minutes=20)
"""Each time of SLOTS less this lies in the gap before its window, where the background work draws fits."""
TICKS = os.sysconf("SC_CLK_TCK")
WORK = "from bench.seats.field import work; work({ahead!r})"
WORK_EVERY = 10
SERVE = "from bench.seats.field import serve; serve({port}, {processes}, {ahead!r})"


def at(slot: str) -> datetime:
    """Return a civil time of the list as an instant."""
    return datetime.fromisoformat(slot).replace(tzinfo=clock.LOCAL).astimezone(UTC)


def serve(port: int, processes: int, ahead: str) -> None:
    """Serve the independent side with a clock that is ahead by the seconds in a file."""
    from huying.web.serve import serve as run  # noqa: PLC0415
    from survey.app import create_app  # noqa: PLC0415
    from tests.support import later  # noqa: PLC0415

    later.follow(Path(ahead))
    run(create_app, host=HOST, port=port, processes=processes)


def work(ahead: str) -> None:
    """Do the independent side's background work, as `huying survey work` does, by the same clock."""
    from huying.cli import main  # noqa: PLC0415
    from tests.support import later  # noqa: PLC0415

    later.follow(Path(ahead))
    sys.argv = ["huying", "survey", "work", "--every", str(WORK_EVERY)]
    main()


@dataclass
class Field:
    """An installation with its database and clock; `logins` are of the seats."""

    folder: Path
    url: str
    logins: list[str]

    def __post_init__(self) -> None:
        self.ahead = self.folder / "ahead"
        self.ahead.write_text("0")
        self.database = Database(self.url)

    @property
    def environment(self) -> dict[str, str]:
        """Return what the server is told."""
        return os.environ | {
            "HUYING_DATA": str(self.folder),
            "HUYING_DEMO": "1",
            "HUYING_SURVEY_BASE_URL": f"http://{HOST}:8001",
            "HUYING_SURVEY_DATABASE_URL": self.url,
        }

    def set_clock(self, moment: datetime) -> None:
        """Let it be that moment now; sessions last on, as if everybody had just looked at a page."""
        seconds = (moment - datetime.now(UTC)).total_seconds()
        fresh = self.folder / "ahead.new"
        fresh.write_text(f"{seconds:.3f}")
        fresh.replace(self.ahead)
        with self.database.transaction() as session:
            session.execute(update(AccountSession).values(begun_at=moment, seen_at=moment))

    def set_window(self, slot: str) -> None:
        """Let time reach a slot as it does: through the gap before it, in which fits are drawn."""
        self.set_clock(at(slot) - BEFORE)
        for _try in range(300):
            with self.database.reading() as session:
                if not queue.behind(session, now=at(slot) - BEFORE):
                    break
            time.sleep(0.1)
        self.set_clock(at(slot))


def prepare(folder: Path, url: str, *, seats: int, cases: int) -> Field:
    """Make tables, a registry, a wave in its field at START, and interviewers who can sign in."""
    loaded = settings.load("survey", "HUYING_SURVEY", {"HUYING_DATA": str(folder), "HUYING_DEMO": "1"})
    url = url or loaded.database_url
    (folder / "keys" / "survey").mkdir(parents=True, exist_ok=True)
    database = Database(url)
    upgrade("survey", database)
    vault, now, each = Vault(loaded.keys), at(START), -(-cases // GRIDS)
    sizes = {f"G{grid:02d}": (each + 5, each, each) for grid in range(GRIDS)}
    stories.in_field(
        database, sizes, vault=vault, rules=RULES, now=now, field_ends_at=now + timedelta(days=40)
    )
    secret = passwords.hashed(PASSWORD)
    people = [
        Account(
            login=f"seat{number}", name=f"seat{number}", role=INTERVIEWER, password_hash=secret,
            active=True, created_at=now, code=f"7{number:03d}",
        )
        for number in range(seats)
    ]  # fmt: skip
    with database.transaction() as session:
        session.add_all(people)
    database.dispose()
    return Field(folder, url, [each.login for each in people])


class Server:
    """The real server, its worker processes, and what they spent."""

    def __init__(self, field: Field, *, processes: int) -> None:
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = int(free.getsockname()[1])
        command = SERVE.format(port=self.port, processes=processes, ahead=str(field.ahead))
        self.master = subprocess.Popen([sys.executable, "-c", command], cwd=ROOT, env=field.environment)  # noqa: S603
        work = WORK.format(ahead=str(field.ahead))
        self.background = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", work], cwd=ROOT, env=field.environment, stdout=subprocess.DEVNULL
        )
        self.spent = 0.0

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        with suppress(OSError):
            listed = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children").read_text()
            return [int(each) for each in listed.split()]
        return []

    def wait(self) -> None:
        """Wait until somebody listens."""
        for _try in range(1200):
            with suppress(OSError):
                socket.create_connection((HOST, self.port)).close()
                return
            time.sleep(0.05)
        message = "the server didn't start"
        raise RuntimeError(message)

    def kill_one(self, turn: int) -> None:
        """Kill a worker with -9, as memory's end would; its master starts another."""
        found = self.workers()
        if found:
            victim = found[turn % len(found)]
            self.spent += _cpu(victim)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    def cpu(self) -> float:
        """Return CPU seconds of all workers so far, the killed ones' included."""
        return self.spent + sum(_cpu(each) for each in self.workers())

    def background_cpu(self) -> float:
        """Return CPU seconds of the background work so far."""
        return _cpu(self.background.pid)

    def stop(self) -> None:
        """End the server and the work behind it."""
        for each in (self.background, self.master):
            each.terminate()
            each.wait(20)


@contextmanager
def serving(field: Field, *, processes: int) -> Iterator[Server]:
    """Serve during the block."""
    server = Server(field, processes=processes)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _cpu(process: int) -> float:
    with suppress(OSError):
        times = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, times)) / TICKS
    return 0.0
