"""Cases: opened, followed by receipt, answered, declared solved, withdrawn, or left to lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import codes, custody, deadlines, lifecycle
from feedback.duty import queries as duty
from feedback.models import Area, Case, Poster, Step
from feedback.operations import case_codes, invitations
from feedback.operations.steps import UNKNOWN, keep, load, take
from feedback.web.rules.texts import needed
from huying.base.errors import Gone, Invalid, NotFound
from huying.base.i18n import _, lazy
from huying.base.phones import Vault
from huying.store import locks

LONGEST_CATEGORY, LONGEST_TEXT, LONGEST_PLACE = 80, 1000, 200
ONCE_LENGTHS = range(16, 65)
OPENED_BY = {"poster": "resident", "voice": "resident", "operator": "operator", "staff": "worker"}
"""Sources from which a case is opened here, and the actor that each stands for."""

NO_RECEIPT = lazy("没有这个回执编号，请对照短信或记下的编号再看一遍。")


@dataclass(frozen=True, slots=True)
class Opened:
    """A case and the receipt by which its resident follows it."""

    case: Case
    receipt: str


def open_case(
    session: Session,
    *,
    poster: Poster | None = None,
    grid_code: str | None = None,
    category: str,
    text: str,
    place: str,
    urgency: str,
    contact: str | None,
    once: str,
    source: str,
    vault: Vault,
    now: datetime,
) -> Opened:
    """Open a case in the grid of `poster`, or of `grid_code`; `contact` (E.164) is frozen with it.

    `once` marks one form: however often it is sent, there is one case and one receipt. Raise Invalid for
    what is missing or too long, Gone for a retired poster, NotFound for an unknown grid.
    """
    if len(once) not in ONCE_LENGTHS:
        raise Invalid(_("这张表单不完整，请回到上一页重新打开。"))
    locks.hold(session, "once", once)
    receipt = case_codes.receipt_of(vault, once=once)
    known = session.scalar(select(Case).where(Case.once == once))
    if known is not None:
        return Opened(known, receipt)
    grid = _grid(session, poster, grid_code)
    on_duty = duty.current(session, grid, at=now)
    case = Case(
        code=case_codes.case_code(f"{grid}/{once}".encode(), at=now),
        receipt_hash=case_codes.receipt_hash(vault, receipt),
        once=once,
        source=source,
        poster_id=poster.id if poster else None,
        grid_code=grid,
        worker_code=on_duty.worker_code if on_duty else None,
        category=_within(needed(category, otherwise=_("请选择是什么事。")), LONGEST_CATEGORY),
        text=_within(text.strip(), LONGEST_TEXT),
        place=_within(place.strip(), LONGEST_PLACE),
        urgency=deadlines.urgency(urgency).code,
        opened_at=now,
        due_at=deadlines.due(urgency, since=now),
        round=1,
    )
    _freeze_contact(case, contact, vault=vault)
    _begin(session, case, actor=_opener(source), now=now)
    return Opened(case, receipt)


def open_for_unit(
    session: Session, *, grid_code: str, category: str, text: str, once: str, now: datetime
) -> Case:
    """Open a case that the unit answers for, whoever is on duty: a vacancy, a number that is dead.

    `once` names the cause: however often it is seen, there is one case. Nobody is asked to rate it.
    """
    locks.hold(session, "once", once)
    key = f"unit:{sha256(once.encode()).hexdigest()[:40]}"
    known = session.scalar(select(Case).where(Case.once == key))
    if known is not None:
        return known
    case = Case(
        code=case_codes.case_code(f"{grid_code}/{key}".encode(), at=now),
        once=key,
        source="staff",
        grid_code=_grid(session, None, grid_code),
        category=category,
        text=text,
        opened_at=now,
        due_at=deadlines.due("ordinary", since=now),
        round=1,
    )
    _begin(session, case, actor="unit", now=now)
    return case


def by_receipt(session: Session, text: str, *, vault: Vault) -> Case:
    """Return the case of a receipt, however it was typed; raise NotFound."""
    receipt = codes.normalise_receipt(text)
    case = None
    if receipt is not None and codes.is_receipt(receipt):
        digest = case_codes.receipt_hash(vault, receipt)
        case = session.scalar(select(Case).where(Case.receipt_hash == digest))
    if case is None:
        raise NotFound(NO_RECEIPT)
    return case


def one(session: Session, case_id: int, *, worker_code: str | None = None) -> Case:
    """Return a case; where a worker asks, only the worker's own. Raise NotFound for any other."""
    case = session.get(Case, case_id)
    if case is None or (worker_code is not None and case.worker_code != worker_code):
        raise NotFound(UNKNOWN)
    return case


def of_worker(session: Session, worker_code: str) -> list[Case]:
    """Return a worker's cases that somebody still holds, the most urgent first."""
    own = select(Case).where(Case.worker_code == worker_code, Case.holder != lifecycle.NOBODY)
    return list(session.scalars(own.order_by(Case.due_at, Case.id)))


def answer_case(session: Session, case_id: int, *, worker_code: str | None, note: str, now: datetime) -> Case:
    """Take a case up; `worker_code` None stands for the unit."""
    case = _own(session, case_id, worker_code=worker_code)
    actor = "worker" if worker_code else "unit"
    take(session, case, "answer", actor=actor, by=named(actor, worker_code), note=note, now=now)
    return case


def declare(session: Session, case_id: int, *, actor: str, note: str, now: datetime, vault: Vault) -> Case:
    """Report a case as solved; `actor` is its holder. A resident who left a number is asked whether it is."""
    case = load(session, case_id)
    what = needed(note, otherwise=_("请写明做了什么。"))
    take(session, case, "declare", actor=actor, by=named(actor, case.worker_code), note=what, now=now)
    case.declared_at = now
    session.flush()
    invitations.invite(session, case, holder=actor, vault=vault, now=now)
    return case


def withdraw(session: Session, case_id: int, *, now: datetime) -> Case:
    """End a case at its resident's wish; a rating link that is out opens no more."""
    case = load(session, case_id)
    take(session, case, "withdraw", actor="resident", now=now)
    invitations.revoke(session, case, now=now)
    return case


def lapse(session: Session, *, now: datetime) -> int:
    """Leave unconfirmed what residents were silent about for too long; return how many cases.

    Imported cases stay declared: nobody was asked about them.
    """
    declared = select(Case.id).where(
        Case.state == "declared",
        Case.source != "import",
        Case.declared_at <= now - deadlines.RATING_OPEN,
    )
    silent = session.scalars(declared.order_by(Case.id)).all()
    for case_id in silent:
        take(session, load(session, case_id), "lapse", actor="clock", now=now)
    return len(silent)


def custody_hours(case: Case, *, now: datetime) -> dict[str, float]:
    """Return the hours that each holder had the case, up to `now` or to its end."""
    return custody.hours(held(case, until=now))


def held(case: Case, *, until: datetime) -> tuple[custody.Segment, ...]:
    """Return who held the case when, up to `until` or to its end."""
    return custody.segments([_policy_step(step) for step in case.steps], until=until)


def named(actor: str, worker_code: str | None) -> str:
    """Return the actor with the code of the worker it was, as histories keep it: `worker:W001`."""
    return f"worker:{worker_code}" if actor == "worker" and worker_code else actor


def _policy_step(step: Step) -> custody.Step:
    return custody.Step(
        at=step.at, event=step.event, actor=step.actor, holder_after=step.holder, round=step.round
    )


def _own(session: Session, case_id: int, *, worker_code: str | None) -> Case:
    one(session, case_id, worker_code=worker_code)
    return load(session, case_id)


def _grid(session: Session, poster: Poster | None, grid_code: str | None) -> str:
    if poster is not None:
        if poster.retired_at is not None:
            raise Gone(_("这张海报已停用，请拨打 12345，或扫附近的新海报。"))
        return poster.grid_code
    area = session.get(Area, grid_code) if grid_code else None
    if area is None or area.level != "grid":
        raise NotFound(_("没有这个网格。"))
    return area.code


def _freeze_contact(case: Case, contact: str | None, *, vault: Vault) -> None:
    if contact is not None:
        case.contact_sealed = vault.seal(contact, where=invitations.contact_place(case))
        case.contact_index = vault.index(contact, purpose="case")


def _opener(source: str) -> str:
    if source not in OPENED_BY:
        raise Invalid(_("没有这种来源。"))
    return OPENED_BY[source]


def _begin(session: Session, case: Case, *, actor: str, now: datetime) -> None:
    desk = "worker" if case.worker_code else "unit"
    standing = lifecycle.next_state(None, "open", actor=actor, desk=desk)
    case.state, case.holder = standing.state, standing.holder
    session.add(case)
    session.flush()
    keep(session, case, "open", actor=actor, now=now)


def _within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=longest))
    return text
