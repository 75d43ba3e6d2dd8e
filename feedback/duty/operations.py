"""Who is on duty where: rows are added, closed or retracted, never erased, so the past stays answerable.

Whoever changes duty also brings the open cases to who is on duty then (`cases.operations.handover`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.duty.queries import overlapping
from feedback.duty.rules import EMERGENCY, HOLDER, Assignment
from feedback.models import Area, Duty, Worker
from huying.base import clock
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.store import locks

LONGEST_REASON = 80


def assign(session: Session, wanted: Assignment, *, by: str, now: datetime) -> Duty:
    """Put a worker on duty.

    Raise Invalid for what can't be, Conflict where the layer is taken for a part of that time.
    """
    _check(session, wanted)
    locks.hold(session, "duty", wanted.grid_code)
    _check_free(session, wanted)
    duty = Duty(
        grid_code=wanted.grid_code,
        worker_code=wanted.worker_code,
        layer=wanted.layer,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        reason=wanted.reason.strip()[:LONGEST_REASON],
        recorded_at=now,
        recorded_by=by,
    )
    session.add(duty)
    _flush(session)
    _record(session, "duty.assign", duty, by=by, now=now)
    return duty


def close(session: Session, duty_id: int, *, at: datetime, by: str, now: datetime) -> None:
    """End a duty at `at`, now or later, earlier than planned; the ledger keeps which account did it."""
    duty = _load(session, duty_id)
    if at < now:
        raise Invalid(_("值守只能从现在起结束，不能往前改。"))
    if at <= duty.valid_from:
        raise Invalid(_("这条值守到那时还没有开始；录错了请用“撤销”。"))
    if duty.valid_to is not None and duty.valid_to <= at:
        raise Conflict(_("这条值守在那之前已经结束。"))
    duty.valid_to = at
    session.flush()
    _record(session, "duty.close", duty, by=by, now=now)


def retract(session: Session, duty_id: int, *, by: str, now: datetime) -> None:
    """Take back a duty that was entered by mistake: as if it had never held."""
    duty = _load(session, duty_id)
    duty.retracted_at = now
    session.flush()
    _record(session, "duty.retract", duty, by=by, now=now)


def _check(session: Session, wanted: Assignment) -> None:
    area = session.get(Area, wanted.grid_code)
    if area is None or area.level != "grid" or area.retired_at is not None:
        raise Invalid(_("没有编号为 %(grid_code)s 的网格。", grid_code=wanted.grid_code))
    worker = session.get(Worker, wanted.worker_code)
    if worker is None or not worker.active:
        raise Invalid(_("没有工号为 %(worker_code)s 的在岗网格员。", worker_code=wanted.worker_code))
    if not HOLDER <= wanted.layer <= EMERGENCY:
        raise Invalid(_("请选择值守方式。"))
    if wanted.valid_to is not None and wanted.valid_to <= wanted.valid_from:
        raise Invalid(_("值守的结束时间要晚于开始时间。"))


def _check_free(session: Session, wanted: Assignment) -> None:
    taken = overlapping(session, wanted)
    if taken is None:
        return
    worker = session.get_one(Worker, taken.worker_code)
    end = (
        _("至 %(local)s", local=f"{clock.local(taken.valid_to):%Y-%m-%d %H:%M}")
        if taken.valid_to
        else _("起，没有结束时间")
    )
    span = f"{clock.local(taken.valid_from):%Y-%m-%d %H:%M} {end}"
    raise Conflict(
        _("这段时间已经安排了 %(name)s（%(span)s）；请先结束或撤销那一条。", name=worker.name, span=span)
    )


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("同一网格、同一方式在这段时间刚刚已有安排，请刷新后再看。")) from error


def _load(session: Session, duty_id: int) -> Duty:
    duty = session.get(Duty, duty_id, with_for_update=True, populate_existing=True)
    if duty is None:
        raise NotFound(_("没有这条值守。"))
    if duty.retracted_at is not None:
        raise Conflict(_("这条值守已经撤销了。"))
    return duty


def _record(session: Session, kind: str, duty: Duty, *, by: str, now: datetime) -> None:
    ledger.write(
        session,
        kind,
        at=now,
        b=by,
        g=duty.grid_code,
        w=duty.worker_code,
        i=duty.id,
        l=duty.layer,
        f=clock.iso(duty.valid_from),
        u=clock.iso(duty.valid_to) if duty.valid_to else "",
    )
