"""What the tests of the field share: a registry, a wave led to its field, people who sign in, calls."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.drawing import parts
from survey.fieldwork.operations import calls as fieldwork_calls
from survey.fieldwork.operations import close, outcomes, queue
from survey.fieldwork.operations import interviews as fieldwork_interviews
from survey.fieldwork.rules.languages import UNCLEAR
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.models import Account, FrameUnit, SampledCase, Wave
from survey.registry.operations import registry
from survey.registry.rules.curation import Approval
from survey.roles import INTERVIEWER, SUPERVISOR
from survey.scores.operations import releasing
from survey.waves.operations import draw, freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.support.later import dice_at

HEADING = ("户编号", "网格编号", "地址", "电话", "电话来源", "电话登记日期", "登记人", "成年人电话")
SOON, THEN = timedelta(minutes=1), timedelta(minutes=2)
"""The event of a wave comes a minute after its freeze, and is written down in the next."""


def dice_after(now: datetime) -> str:
    """An event that is still to come."""
    return dice_at(now + SOON)


END = NOW + timedelta(days=61)
"""When a field without a date of its own is over."""
DICE = dice_after(NOW)
THROWN = "60417739025518840263"
PART = "11" * 32
QUICK = WaveRules(attempts=2, plan=5, most=1, windows=1, days=1, hours="any", unworked=1000, armcap=1000)
"""Two attempts at any hour: what a test can walk through."""


def sheet(rows: Iterable[Sequence[str]], *, heading: Sequence[str] = HEADING) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode()


def household(code: str, grid: str, number: str, *, address: str = "", adults: str = "") -> tuple[str, ...]:
    return (code, grid, address or f"{code} 室", number, "物业", "2026-11-01", "登记员", adults)


def grids(sizes: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Households of some grids, each with an invented number."""
    return [
        household(f"{grid}-{place}", grid, f"+9991{at:02d}{place:05d}")
        for at, (grid, size) in enumerate(sizes.items())
        for place in range(size)
    ]


SECOND = Approval("second", "王老师", "春一路拆迁，见公告", 0)
"""Another registrar, who answers for what an import takes away."""


def register(
    session: Session,
    rows: Iterable[Sequence[str]],
    *,
    vault: Vault,
    now: datetime = NOW,
    approval: Approval | None = None,
) -> registry.RegistryCounts:
    return registry.import_households(
        session, sheet(rows), vault=vault, allowed="invented", by="registrar", now=now, approval=approval
    )


def frozen(
    session: Session,
    sizes: Mapping[str, tuple[int, int]],
    *,
    vault: Vault,
    label: str = "w1",
    rules: WaveRules = QUICK,
    now: datetime = NOW,
    field_ends_at: datetime | None = None,
) -> Wave:
    return freeze.freeze(
        session,
        FreezeRequest(
            label=label,
            sizes=sizes,
            rules=rules,
            beacon_source=dice_after(now),
            field_ends_at=field_ends_at,
        ),
        vault=vault,
        now=now,
    )


def soon() -> str:
    """An event a minute from this very moment, for pages and commands."""
    return dice_after(clock.now())


def drawn(session: Session, label: str = "w1", *, now: datetime = NOW) -> None:
    part = part_of(label)
    draw.commit(session, label, party="operator", commitment=parts.seal(part), now=now)
    draw.announce(session, label, value=THROWN, now=now + THEN)
    draw.reveal(session, label, party="operator", part=part, now=now + THEN)
    draw.draw(session, label, now=now)


def part_of(label: str) -> str:
    """A part is used once: each wave has its own."""
    return PART if label == "w1" else sha256(label.encode()).hexdigest()


def ended(session: Session, label: str = "w1", *, keys: Keyring, now: datetime = END) -> Wave:
    """Close the field, count, and log the score."""
    close.close(session, label, now=now)
    releasing.estimate(session, label, now=now)
    return releasing.publish(session, label, keys=keys, now=now)


def in_field(
    database: Database,
    sizes: Mapping[str, tuple[int, int, int]],
    *,
    vault: Vault,
    rules: WaveRules = QUICK,
    now: datetime = NOW,
    field_ends_at: datetime | None = None,
) -> None:
    """A wave `w1` of grids with (households, sample, replicate), its main sample released."""
    with database.transaction() as session:
        register(
            session, grids({grid: households for grid, (households, _, _) in sizes.items()}), vault=vault
        )
        plan = {grid: (n, r) for grid, (_, n, r) in sizes.items()}
        frozen(session, plan, vault=vault, rules=rules, now=now, field_ends_at=field_ends_at)
        drawn(session, now=now)
        release.open_field(session, "w1", now=now)


def enrol(database: Database, *, interviewers: int = 1, first: int = 0) -> list[Account]:
    people = [
        _account(f"i{number}", role=INTERVIEWER, code=f"8{number:02d}")
        for number in range(first, first + interviewers)
    ]
    return _stored(database, people)


def supervisor(database: Database) -> Account:
    (account,) = _stored(database, [_account("s", role=SUPERVISOR, code=None)])
    return account


def _account(login: str, *, role: str, code: str | None) -> Account:
    # Nobody signs in here, so no password is hashed.
    return Account(
        login=login, name=login, role=role, password_hash="", active=True, created_at=NOW, code=code
    )


def _stored(database: Database, people: list[Account]) -> list[Account]:
    with database.transaction() as session:
        session.add_all(people)
    return people


WILLING = {"C1": "1", "S1": "1", "S3": "1", "S2A": "1", "S2B": "1"}
CLOSING = {
    "B1": "2", "B1A": "2", "B2": "2", "O1": "", "O2": "2", "D1": "1", "D2": "3", "D3": "1", "D4": "2",
}  # fmt: skip
NOT_AWARE = {**WILLING, "A1": "3", "E1": "2", "G1C": "4"}
TEXT = {"E1R", "O1"}


def content(answer: int) -> dict[str, str]:
    """Answers of somebody who knows the worker and says `answer` to the headline item."""
    return {
        **WILLING,
        "A1": "1",
        "A2": "1",
        "A3": "1",
        "A4A": "1",
        "A4": "1",
        "V1": "1",
        "E1": "2",
        "G1": str(answer),
    }


def brief(answer: int) -> dict[str, str]:
    """The same by the shortest way to the interview's end."""
    return {**WILLING, "A1": "1", "A2": "1", "A3": "3", "V1": "2", "E1": "2", "G1": str(answer), **CLOSING}


class Interviewer:
    """Somebody at the telephone: each step is a transaction of its own, unless `session` holds one open."""

    def __init__(self, database: Database, account: Account, *, vault: Vault) -> None:
        self.database, self.account, self.vault = database, account, vault
        self.unit, self.fence = "", 0
        self.session: Session | None = None

    @contextmanager
    def step(self) -> Iterator[Session]:
        if self.session is not None:
            yield self.session
            return
        with self.database.transaction() as session:
            yield session

    def takes_next(self, now: datetime = NOW) -> SampledCase | None:
        with self.step() as session:
            case = queue.next_case(session, interviewer=self.account, now=now)
            if case is not None:
                self.unit, self.fence = case.unit, case.fence
            return case

    def dials(self, now: datetime = NOW) -> tuple[str, ...]:
        with self.step() as session:
            return fieldwork_calls.dial(session, self.unit, **self._seat(now), vault=self.vault)

    def is_answered(self, now: datetime = NOW) -> None:
        with self.step() as session:
            fieldwork_calls.reached(session, self.unit, **self._seat(now))

    def reaches_nobody(self, code: str = "no_answer", now: datetime = NOW) -> None:
        with self.step() as session:
            fieldwork_calls.not_reached(session, self.unit, **self._seat(now), code=code)

    def enters(self, item: str, raw: str, now: datetime = NOW) -> str | None:
        with self.step() as session:
            return fieldwork_interviews.save_answer(session, self.unit, **self._seat(now), item=item, raw=raw)

    def ends(
        self, code: str, now: datetime = NOW, *, appointment: datetime | None = None, language: str = UNCLEAR
    ) -> None:
        with self.step() as session:
            outcome = CallOutcome(code, appointment=appointment, language=language)
            outcomes.finish(session, self.unit, outcome, **self._seat(now))

    def reaches_somebody(self, now: datetime = NOW) -> None:
        self.dials(now)
        self.is_answered(now)

    def interviews(self, answers: Mapping[str, str], now: datetime = NOW) -> None:
        """Lead an interview to its end; items that `answers` doesn't name are refused."""
        item: str | None = "C1"
        while item is not None:
            item = self.enters(item, answers.get(item, "" if item in TEXT else "99"), now)

    def completes(self, answers: Mapping[str, str], now: datetime = NOW) -> None:
        self.reaches_somebody(now)
        self.interviews(answers, now)
        self.ends("complete", now)

    def completes_briefly(self, answer: int, now: datetime = NOW) -> None:
        self.reaches_somebody(now)
        for item, raw in brief(answer).items():
            self.enters(item, raw, now)
        self.ends("complete", now)

    def _seat(self, now: datetime) -> dict[str, object]:
        return {"interviewer": self.account, "fence": self.fence, "now": now}


def case_of(database: Database, unit: str) -> SampledCase:
    with database.reading() as session:
        return session.get_one(SampledCase, unit)


def works_through(
    interviewer: Interviewer, answer_of: Mapping[str, int | None], *, start: datetime = NOW
) -> int:
    """Call until nothing is left; households answer by `answer_of` (None: nobody is ever there).

    The first call is an interview to its last question; the others take the shortest way.
    """
    with interviewer.database.transaction() as interviewer.session:
        calls = _all_calls(interviewer, answer_of, start=start)
    interviewer.session = None
    return calls


def _all_calls(interviewer: Interviewer, answer_of: Mapping[str, int | None], *, start: datetime) -> int:
    calls, now = 0, start
    while (case := interviewer.takes_next(now)) is not None:
        answer = answer_of[case.unit]
        if answer is None:
            interviewer.dials(now)
            interviewer.reaches_nobody(now=now)
        elif calls == 0:
            interviewer.completes(content(answer), now)
        else:
            interviewer.completes_briefly(answer, now)
        calls, now = calls + 1, now + timedelta(minutes=1)
        if answer is None:
            now += timedelta(hours=30)
    return calls


def units_by_grid(database: Database) -> dict[str, list[str]]:
    with database.reading() as session:
        rows = session.execute(select(FrameUnit.stratum, FrameUnit.unit).order_by(FrameUnit.unit))
        found: dict[str, list[str]] = {}
        for grid, unit in rows:
            found.setdefault(grid, []).append(unit)
        return found
