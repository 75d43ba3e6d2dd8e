"""The supervisor's board over an invented field, and over one of a tenth: CPU of each view. Markdown.

python -m bench.board [--seats 300] [--cases 100000] [--looks 10] [--keep FOLDER]

SQLite. The cases are written beside the rules that a real field follows, so that they are there in a minute:
their states, attempts and appointments are drawn, their counts are what the triggers make of them. Exit
status 1 if a look costs more than 200 ms of CPU, or some count differs from counting anew.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import insert

from bench.contest import machine
from bench.frame import unit
from huying import accounts
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.app import create_app
from survey.fieldwork.operations import field_counts
from survey.fieldwork.queries.board import counts
from survey.models import Account, InterviewerTrait
from survey.roles import INTERVIEWER, SUPERVISOR
from survey.waves.rules.wave_rules import WaveRules
from tests.support.statements import statements
from tests.survey import stories, world

NOW = datetime(2026, 11, 26, 7, 5, tzinfo=UTC)
"""A Thursday's afternoon, five past three."""
DAYS = 10
MOST_MS = 200
VIEWS = {
    "the board": "/supervisor/",
    "what its script fetches": "/supervisor/board",
    "all seats": "/supervisor/seats/",
    "one seat": "/supervisor/seats/{seat}",
    "messages": "/supervisor/seats/messages",
}
CODES = {
    "no_answer": 46, "busy": 6, "machine": 7, "blocked": 6, "number_suspect": 5, "technical_ours": 1,
    "callback_respondent": 5, "callback_other": 3, "appointment_respondent": 4, "soft_refusal": 5,
    "refusal_person": 3, "cut_off": 2, "complete": 7,
}  # fmt: skip
ENDED = ("complete", "complete", "refusal_person", "no_answer")
AT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class Size:
    """How much there is."""

    seats: int
    cases: int


def main() -> int:
    """Print what each view costs, beside a field of a tenth of the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seats", type=int, default=300)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=10)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    sizes = [Size(given.seats, given.cases // 10), Size(given.seats, given.cases)]
    print(f"{machine()}; SQLite, {given.seats} seats, median of {given.looks} looks\n")
    costs = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            costs.append(_measured(given.keep or Path(folder), size, looks=given.looks))
    _table(sizes, costs)
    return 0 if all(ms < MOST_MS for cost in costs for ms, _n in cost.values()) else 1


def _table(sizes: Sequence[Size], costs: Sequence[dict[str, tuple[float, int]]]) -> None:
    heads = [f"{size.cases:,} cases, CPU ms | statements" for size in sizes]
    print("| view | " + " | ".join(heads) + " |")
    print("|---|" + "---:|---:|" * len(sizes))
    for name in VIEWS:
        print(f"| {name} | " + " | ".join(f"{cost[name][0]:.0f} | {cost[name][1]}" for cost in costs) + " |")


def _measured(folder: Path, size: Size, *, looks: int) -> dict[str, tuple[float, int]]:
    folder = folder / f"{size.cases}"
    folder.mkdir(parents=True)
    with time_machine.travel(NOW, tick=False):
        seat = make(folder, size)
        app = create_app(world.settings_in(folder))
        database = app.extensions["huying"].database
        with database.reading() as session:
            wrong = counts.differing(session, "w1")
        if wrong:
            sys.exit(f"counts differ: {wrong[:5]}")
        client = app.test_client()
        _sign_in(client)
        found = {}
        for name, path in VIEWS.items():
            address = path.format(seat=seat)
            with statements(database.engine) as sent:
                _look(client, address)
            spent = [_look(client, address) for _each in range(looks)]
            found[name] = (1000 * median(spent), len(sent))
        database.dispose()
    return found


def _sign_in(client: FlaskClient) -> None:
    page = client.get("/sign-in", base_url=world.ORIGIN).get_data(as_text=True)
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    fields = {"login": "boss", "password": world.PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", data=fields, base_url=world.ORIGIN, headers={"Origin": world.ORIGIN})
    assert answer.status_code == 303, answer.status_code  # noqa: S101 - a bench, not a program


def _look(client: FlaskClient, address: str) -> float:
    before = time.process_time()
    answer = client.get(address, base_url=world.ORIGIN)
    spent = time.process_time() - before
    assert answer.status_code == 200, (address, answer.status_code)  # noqa: S101
    return spent


def make(folder: Path, size: Size) -> int:
    """Make an installation with a field ten days old; return the account of one of its seats."""
    database = Database(f"sqlite:///{folder / 'survey.db'}")
    upgrade("survey", database)
    began = NOW - timedelta(days=DAYS)
    vault = Vault(world.settings_in(folder).keys)
    stories.in_field(
        database,
        {"G1": (8, 6, 0)},
        vault=vault,
        now=began,
        rules=WaveRules(unworked=1000, armcap=1000),
        field_ends_at=began + timedelta(days=30),
    )
    seats = _people(database, size.seats)
    database.dispose()
    _fill(folder / "survey.db", seats, size.cases)
    database = Database(f"sqlite:///{folder / 'survey.db'}")
    with database.transaction() as session:
        field_counts.gather(session)
    database.dispose()
    return seats[0]


def _people(database: Database, seats: int) -> list[int]:
    with database.transaction() as session:
        accounts.create(
            session, Account, login="boss", name="督导", role=SUPERVISOR, password=world.PASSWORD, now=NOW,
            code=None,
        )  # fmt: skip
        people = [
            Account(
                login=f"seat{n}", name=f"访问员{n}", role=INTERVIEWER, password_hash="", active=True,
                created_at=NOW, code=f"7{n:03d}",
            )
            for n in range(seats)
        ]  # fmt: skip
        session.add_all(people)
        session.flush()
        spoken = [
            {"account_id": each.id, "kind": "language", "value": "yue", "set_by": "boss", "set_at": NOW}
            for each in people[:20]
        ]
        session.execute(insert(InterviewerTrait), spoken)
        return [each.id for each in people]


def _fill(file: Path, seats: Sequence[int], cases: int) -> None:
    """Write the cases and what became of them; references aren't checked, triggers keep the counts."""
    base = sqlite3.connect(file)
    base.execute("PRAGMA synchronous = OFF")
    guards = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name NOT LIKE '%counts%'"
    )
    for table in ("sampled_case", "attempt", "appointment"):
        for (name,) in base.execute(guards, (table,)).fetchall():
            base.execute(f"DROP TRIGGER {name}")
    draw = random.Random(cases)  # noqa: S311 - invented
    codes = [unit(number) for number in range(cases)]
    base.executemany(
        "INSERT INTO sampled_case (unit, wave_label, stratum, state, holder_id, lease_until, fence, tab, "
        "next_due, opens_at, released_at, priority, fit, counted, rank, final_code, language) "
        "VALUES (?, 'w1', 'G1', ?, ?, ?, 0, '', ?, ?, ?, ?, 1, ?, ?, ?, ?)",
        _cases(codes, seats, draw),
    )
    base.executemany(
        "INSERT INTO attempt (unit, n, interviewer_id, started_at, dialled_at, ended_at, ended_by, window, "
        "code, set_by, note, is_back) VALUES (?, ?, ?, ?, ?, ?, ?, 'W1', ?, 'interviewer', '', 0)",
        _attempts(codes, seats, draw),
    )
    base.executemany(
        "INSERT INTO appointment (unit, at, with_respondent, pinned_id, made_at, made_by_id, ended_at, kept) "
        "VALUES (?, ?, 1, ?, ?, ?, ?, ?)",
        _appointments(codes, seats, draw),
    )
    base.commit()
    base.close()


def _cases(codes: Sequence[str], seats: Sequence[int], draw: random.Random) -> Iterator[tuple[object, ...]]:
    began = NOW - timedelta(days=DAYS)
    for number, code in enumerate(codes):
        held = number < len(seats) * 4 // 5
        state = draw.choice(("held", "talking", "interviewing", "coding")) if held else _waits(draw)
        due = NOW + timedelta(minutes=draw.randint(-300, 5000))
        opens = None if state == "closed" else due + timedelta(minutes=draw.choice((0, 0, 240)))
        if state == "queued":
            opens = NOW - timedelta(minutes=draw.randint(1, 300))
        yield (
            code, state, seats[number] if held else None,
            (NOW + timedelta(minutes=2)).strftime(AT) if held else None,
            due.strftime(AT), opens.strftime(AT) if opens else None, began.strftime(AT),
            draw.choice((3, 3, 3, 3, 1, 2)), draw.randint(0, 5), number + 7,
            draw.choice(ENDED) if state == "closed" else None,
            "yue" if draw.random() < 0.01 else None,
        )  # fmt: skip


def _waits(draw: random.Random) -> str:
    return draw.choices(("closed", "resting", "queued"), (35, 45, 20))[0]


def _attempts(
    codes: Sequence[str], seats: Sequence[int], draw: random.Random
) -> Iterator[tuple[object, ...]]:
    names, weights = list(CODES), list(CODES.values())
    for number, code in enumerate(codes):
        made = draw.randint(1, 4)
        for n in range(1, made + 1):
            day = DAYS - made + n - draw.randint(0, DAYS - made)
            at = NOW - timedelta(days=DAYS - day, minutes=draw.randint(0, 280))
            result = draw.choices(names, weights)[0]
            yield _attempt(code, n, draw.choice(seats), at, result)
        if number < len(seats) * 4 // 5:
            yield (code, made + 1, seats[number], NOW.strftime(AT), NOW.strftime(AT), None, None, None)


def _attempt(code: str, n: int, seat: int, at: datetime, result: str) -> tuple[object, ...]:
    return (
        code, n, seat, at.strftime(AT), (at + timedelta(seconds=20)).strftime(AT),
        (at + timedelta(seconds=150)).strftime(AT), "interviewer", result,
    )  # fmt: skip


def _appointments(
    codes: Sequence[str], seats: Sequence[int], draw: random.Random
) -> Iterator[tuple[object, ...]]:
    for code in codes[::20]:
        over = draw.random() < 0.5
        at = NOW + timedelta(minutes=draw.randint(-5000, -20) if over else draw.randint(0, 5000))
        pinned = draw.choice(seats) if draw.random() < 0.2 else None
        ended = at.strftime(AT) if over else None
        kept = draw.random() < 0.8 if over else None
        yield (code, at.strftime(AT), pinned, NOW.strftime(AT), seats[0], ended, kept)


if __name__ == "__main__":
    sys.exit(main())
