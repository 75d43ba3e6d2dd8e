"""What `huying feedback check` holds the tables to, each law recomputed from what it follows from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from feedback.cases.operations import log
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import lifecycle, retention
from feedback.models import (
    LEDGER,
    Badge,
    Case,
    Contact,
    DepositRun,
    LogEntry,
    Poster,
    Power,
    PrintJob,
    Rating,
    RatingVersion,
    Remit,
    Visit,
    WorkerList,
)
from huying.base import clock
from huying.base.i18n import lazy
from huying.keeping.laws import Law, LawFinding, found, of_guards, of_ledger
from huying.store.installation import Installation

BATCH = 500
BY_FILE = "import"
"""Where a case's steps come of a file: the ledger has the file's digest, not the steps."""
NAMED: Mapping[str, tuple[str, InstrumentedAttribute[Any]]] = {
    "badge.issue": ("b", Badge.dial_code),
    "contact.fail": ("i", Contact.id),
    "deposit": ("p", DepositRun.period),
    "list": ("i", WorkerList.id),
    "poster.issue": ("p", Poster.dial_code),
    "power.add": ("i", Power.id),
    "print.proof": ("j", PrintJob.id),
    "remit.amend": ("i", Remit.id),
    "visit": ("i", Visit.code),
}
"""Lines that name a row: by which field, of which column. A line of a case names the case."""


@dataclass(slots=True)
class LedgerCase:
    """What the ledger has of a case: its steps as event, round, state and digest; whether it was erased."""

    steps: list[tuple[str, int, str, str]] = field(default_factory=list)
    erased: bool = False


def _lines(session: Session) -> Iterator[dict[str, Any]]:
    bodies = session.scalars(select(LogEntry.body).order_by(LogEntry.idx))
    yield from map(json.loads, bodies.yield_per(BATCH))


def _logged(session: Session) -> dict[str, LedgerCase]:
    known: dict[str, LedgerCase] = {}
    for line in _lines(session):
        if not line["t"].startswith("case."):
            continue
        case = known.setdefault(line["c"], LedgerCase())
        if "d" in line:
            case.steps.append((line["t"].removeprefix("case."), line["n"], line["s"], line["d"]))
        case.erased |= line["t"] == "case.erased"
    return known


def _cases(session: Session) -> Iterator[Case]:
    query = select(Case).options(selectinload(Case.steps)).order_by(Case.id)
    for case in session.scalars(query.execution_options(yield_per=BATCH)):
        yield case
        session.expunge(case)


def _each(broken: Callable[[Case, datetime], bool]) -> Callable[[Session, Installation], LawFinding]:
    """Return what holds every case to a law of its own."""

    def look(session: Session, _here: Installation) -> LawFinding:
        now, looked, named = clock.now(), 0, list[str]()
        for case in _cases(session):
            looked += 1
            named += [case.code] if broken(case, now) else []
        return found(looked, named)

    return look


def _miscounts(case: Case, now: datetime) -> bool:
    """Tell whether the hours of all holders aren't the time from a case's opening to its end."""
    held = case_queries.held(case, until=now)
    total = sum((part.duration for part in held), timedelta())
    return bool(held) and total != held[-1].end - case.opened_at


def _misplaced(case: Case, _now: datetime) -> bool:
    """Tell whether state or holder of a case aren't those of its last step."""
    return not case.steps or (case.state, case.holder) != (case.steps[-1].state, case.steps[-1].holder)


def _steps(session: Session, _here: Installation) -> LawFinding:
    """Hold steps to the ledger's lines, and what was written in them to its digests while it must stand."""
    known, now = _logged(session), clock.now()
    looked, broken = 0, list[str]()
    for case in _cases(session):
        if case.source == BY_FILE:
            continue
        logged = known.get(case.code, LedgerCase())
        looked += len(case.steps)
        kept = [(step.event, step.round, step.state) for step in case.steps]
        agrees = kept == [each[:3] for each in logged.steps]
        if agrees and not _may_be_blank(case, logged, now=now):
            agrees = [log.digest(case, step) for step in case.steps] == [each[3] for each in logged.steps]
        broken += [] if agrees else [case.code]
    return found(looked, broken)


def _may_be_blank(case: Case, logged: LedgerCase, *, now: datetime) -> bool:
    """Tell whether what was written in a case may be gone by now: erased, or its time over."""
    ended = case.steps[-1].at if case.steps else now
    late = ended <= retention.ended_before(retention.TEXT, now=now)
    return case.holder == lifecycle.NOBODY and (logged.erased or late)


def _rows(session: Session, _here: Installation) -> LawFinding:
    """Hold each line that names a row to that row."""
    have = {column: set(session.scalars(select(column))) for _name, column in NAMED.values()}
    codes = set(session.scalars(select(Case.code)))
    looked, broken = 0, list[str]()
    for line in _lines(session):
        kind = line["t"]
        name, among = ("c", codes) if kind.startswith("case.") else ("", set[Any]())
        if kind in NAMED:
            name, among = NAMED[kind][0], have[NAMED[kind][1]]
        if name:
            looked += 1
            broken += [] if line[name] in among else [f"{kind} {line[name]}"]
    return found(looked, broken)


def _deposits(session: Session, _here: Installation) -> LawFinding:
    logged = {line["d"] for line in _lines(session) if line["t"] == "deposit"}
    broken, looked = list[str](), 0
    for run in session.scalars(select(DepositRun).order_by(DepositRun.period)):
        looked += 1
        whole = sha256(run.file).hexdigest() == run.sha256 and run.sha256 in logged
        broken += [] if whole else [run.period]
        session.expunge(run)
    return found(looked, broken)


def _ratings(session: Session, _here: Installation) -> LawFinding:
    """Hold each rating to its last version, which alone counts."""
    last = select(func.max(RatingVersion.id)).group_by(RatingVersion.rating_id)
    pairs = select(Rating, RatingVersion).join(RatingVersion, RatingVersion.rating_id == Rating.id)
    looked, broken = 0, list[str]()
    for rating, version in session.execute(pairs.where(RatingVersion.id.in_(last)).order_by(Rating.id)):
        looked += 1
        broken += [] if _said(rating) == _said(version) else [str(rating.id)]
    return found(looked, broken)


def _said(answer: Rating | RatingVersion) -> tuple[object, ...]:
    return answer.solved, answer.conduct, answer.result, answer.words


LAWS = (
    of_ledger(LEDGER),
    of_guards("feedback"),
    Law(lazy("账本里提到的每一行都在"), _rows),
    Law(lazy("经过：每一步都在账本里，写的话打开它的摘要"), _steps),
    Law(lazy("事项：状态和经手人与最后一步一致"), _each(_misplaced)),
    Law(lazy("时间：各经手人的小时加起来是登记到结束的时间"), _each(_miscounts)),
    Law(lazy("评价：与最后一次给的一致"), _ratings),
    Law(lazy("交存：每份文件的摘要都在账本里"), _deposits),
)
