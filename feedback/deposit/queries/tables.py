"""What a deposit holds, table by table, as cells of text; numbers leave sealed or not at all."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from feedback.areas.queries.history import tree_at
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules import invitations, word
from feedback.deposit.queries import remit
from feedback.deposit.queries.posts import posts
from feedback.deposit.queries.scope import DepositRow, DepositScope
from feedback.deposit.queries.visits import visits
from feedback.models import Case, DepositRun, ListRow, OutboxMessage, Poster, Rating, Worker, WorkerList
from feedback.worker.queries import lists as list_queries
from huying.base.clock import iso
from huying.deposit.tables import CASES, VISITS, DepositTable
from huying.ledger import canonical
from huying.messaging.outbox import WENT

UNSAID = "unsaid"
OPTIONS = {
    "solved": ("solved", "not_solved", "unsure"),
    "conduct": ("1", "2", "3", "4", "5", UNSAID),
    "result": ("1", "2", "3", "4", "5", UNSAID),
}


def tables(session: Session, scope: DepositScope) -> dict[str, list[DepositRow]]:
    """Return the rows of each table that has any, in no particular order."""
    held = {code for code, _visited in _held(session, VISITS, "visited")}
    return {
        "areas": _areas(session, scope),
        "posts": posts(session, scope),
        "cases": _cases(session, scope),
        "visits": visits(session, scope, held=held),
        "ratings": list(_ratings(session, scope)),
        "posters": _posters(session),
        "lists": list(_lists(session, scope)),
        "remit": remit.changes(session, scope),
    }


def _areas(session: Session, scope: DepositScope) -> list[DepositRow]:
    """Return the tree as it was at the period's end; grids dissolved before stay, for what they hold."""
    return [
        {
            "code": area.code,
            "parent": area.parent_code or "",
            "level": area.level,
            "name": area.name,
            "grid_type": area.grid_type,
        }
        for area in tree_at(session, min(scope.stop, scope.now)).values()
    ]


def _cases(session: Session, scope: DepositScope) -> list[DepositRow]:
    allowed = case_queries.allowed_hours(session)
    return [_case(case, scope, allowed=allowed) for case in _due(session, scope)]


def _due(session: Session, scope: DepositScope) -> list[Case]:
    """Return every case due by the end of the period that no deposit told as it is now.

    What isn't over has other hours each time; what is over goes once more when its state changed. So what was
    opened or confirmed after its period had been deposited isn't lost, and nobody chooses.
    """
    told = _told(session, CASES)
    due = (
        select(Case)
        .where(Case.due_at < scope.stop, Case.opened_at <= scope.now)
        .options(selectinload(Case.steps), selectinload(Case.whistles))
    )
    return [case for case in session.scalars(due) if case.holder or _changed(case, told.get(case.code))]


def _changed(case: Case, told: dict[str, str] | None) -> bool:
    declared = iso(case.declared_at) if case.declared_at else ""
    now = {"state": case.state, "due": iso(case.due_at), "declared": declared, "area": case.grid_code or ""}
    now["word"] = _word(case)
    return told is None or any(told.get(name, cell) != cell for name, cell in now.items())


def _told(session: Session, table: DepositTable) -> dict[str, dict[str, str]]:
    """Return the cells of each row of a table as the last deposit that holds it tells them, by its code."""
    told: dict[str, dict[str, str]] = {}
    for file in session.scalars(select(DepositRun.file).order_by(DepositRun.period)):
        with zipfile.ZipFile(BytesIO(file)) as members:
            header, *rows = members.read(table.file).decode().split("\n")
        told |= {
            row.partition("\t")[0]: dict(zip(header.split("\t"), row.split("\t"), strict=True))
            for row in rows
            if row
        }
    return told


def _held(session: Session, table: DepositTable, column: str) -> set[tuple[str, str]]:
    """Return the code and one column of all rows of a table in deposits made before."""
    held: set[tuple[str, str]] = set()
    place = table.header.index(column)
    for file in session.scalars(select(DepositRun.file)):
        with zipfile.ZipFile(BytesIO(file)) as members:
            rows = members.read(table.file).decode().splitlines()[1:]
        held |= {(cells[0], cells[place]) for cells in (row.split("\t") for row in rows)}
    return held


def _case(case: Case, scope: DepositScope, *, allowed: Mapping[str, float]) -> DepositRow:
    seconds: Counter[str] = Counter()
    for part in case_queries.held(case, until=scope.now):
        seconds[part.holder] += int(part.duration.total_seconds())
    contact = ""
    if case.contact_sealed is not None:
        number = scope.vault.open(case.contact_sealed, where=case_queries.contact_context(case))
        contact = scope.sealer.seal(number, table="cases", code=case.code, column="contact")
    return {
        "code": case.code,
        "area": case.grid_code or "",
        "category": case.category,
        "source": case.source,
        "state": case.state,
        "opened": iso(case.opened_at),
        "due": iso(case.due_at),
        "declared": iso(case.declared_at) if case.declared_at else "",
        "custody_seconds": canonical.dump(dict(seconds)),
        "whistles": canonical.dump(_whistles(case)),
        "contact": contact,
        "word": _word(case),
        "declared_by": case_queries.declared_by(case) or "",
        "allowed_hours": canonical.dump(_allowed(seconds, allowed)),
    }


def _allowed(held: Mapping[str, int], allowed: Mapping[str, float]) -> dict[str, int]:
    """Return the hours agreed for those who had the case, as they are agreed now."""
    return {holder: int(allowed[holder]) for holder in held if holder in allowed}


def _word(case: Case) -> str:
    """Return how the resident's last word came, by the step that it made; empty where there is none."""
    said = [step.actor for step in case.steps if step.event in word.EVENTS]
    return word.channel_of(said[-1]) if said else ""


def _whistles(case: Case) -> list[DepositRow]:
    return [
        {
            "answered": iso(whistle.answered_at) if whistle.answered_at else "",
            "department": whistle.department_code,
            "due": iso(whistle.due_at),
            "sounded": iso(whistle.sounded_at),
            **({"ended": iso(whistle.ended_at)} if whistle.ended_at else {}),
        }
        for whistle in case.whistles
    ]


def _ratings(session: Session, scope: DepositScope) -> Iterator[DepositRow]:
    """Yield counts up to the end of the period by grid, holder and item; never a single answer."""
    invited: Counter[tuple[str, str, str]] = Counter()
    delivered: Counter[tuple[str, str, str]] = Counter()
    options: Counter[tuple[tuple[str, str, str], str]] = Counter()
    for rating, area, sent in _invitations(session, scope):
        for item, (holder, option) in _answers(rating).items():
            key = (area, holder, item)
            invited[key] += 1
            delivered[key] += sent
            if rating.settled_at is not None and rating.channel == "link":
                options[key, option] += 1
    for key, count in invited.items():
        chosen = {option: options[key, option] for option in OPTIONS[key[2]]}
        yield _rating_row(key, invited=count, delivered=delivered[key], chosen=chosen)


def _invitations(session: Session, scope: DepositScope) -> list[tuple[Rating, str, bool]]:
    sent = select(OutboxMessage.subject, OutboxMessage.round).where(
        OutboxMessage.purpose == invitations.PURPOSE, OutboxMessage.state.in_(WENT)
    )
    went_out = {(subject, turn) for subject, turn in session.execute(sent)}
    issued = select(Rating, Case.code, Case.grid_code).join(Case)
    found = session.execute(issued.where(Rating.issued_at < scope.stop, Case.grid_code.is_not(None)))
    return [(rating, str(grid), (code, rating.round) in went_out) for rating, code, grid in found]


def _answers(rating: Rating) -> Mapping[str, tuple[str, str]]:
    """Return, by item, whom the answer is about and what it is."""
    return {
        "solved": (rating.result_of, str(rating.solved)),
        "conduct": ("worker", str(rating.conduct or UNSAID)),
        "result": (rating.result_of, str(rating.result or UNSAID)),
    }


def _rating_row(
    key: tuple[str, str, str], *, invited: int, delivered: int, chosen: Mapping[str, int]
) -> DepositRow:
    area, holder, item = key
    return {
        "code": "/".join(key),
        "area": area,
        "holder": holder,
        "item": item,
        "invited": str(invited),
        "delivered": str(delivered),
        "answered": str(sum(chosen.values())),
        "options": canonical.dump(dict(chosen)),
    }


def _posters(session: Session) -> list[DepositRow]:
    live = session.scalars(select(Poster).where(Poster.retired_at.is_(None)))
    return [
        {
            "code": poster.dial_code,
            "area": poster.grid_code,
            "state": "posted" if poster.posted_at else "issued",
        }
        for poster in live
    ]


def _lists(session: Session, scope: DepositScope) -> Iterable[DepositRow]:
    handed_in = (
        select(ListRow, WorkerList, Worker)
        .join(WorkerList, WorkerList.id == ListRow.list_id)
        .join(Worker, Worker.code == WorkerList.worker_code)
        .where(WorkerList.handed_in_at < scope.stop)
    )
    for row, listed, worker in session.execute(handed_in):
        number, address = (
            list_queries.number_of(row, vault=scope.vault),
            list_queries.address_of(row, vault=scope.vault),
        )
        yield {
            "code": row.code,
            "staff": worker.code,
            "area": worker.area_code,
            "handed_in": iso(listed.handed_in_at),
            "contact": scope.sealer.seal(number, table="lists", code=row.code, column="contact"),
            "address": scope.sealer.seal(address, table="lists", code=row.code, column="address"),
        }
