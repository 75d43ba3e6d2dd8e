"""What a worker can and can't do, as residents are told; and the remit, amended where it was wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import Power, Remit
from feedback.remit.queries import in_force, responsible, supporting
from feedback.remit.rules import LONGEST, MOST, PowerLine
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _, mark
from huying.ledger import canonical
from huying.store import locks

AMENDED_BY = mark("协调办公室认定")


def amend(session: Session, *, category: str, area_code: str, lead: str, now: datetime) -> Remit | None:
    """Let another department lead from now on, where the list that held until now says; None if none does."""
    row = responsible(session, category=category, area_code=area_code, at=now)
    if row is None or row.lead == lead:
        return None
    others = canonical.dump(sorted({*supporting(row), row.lead} - {lead}))
    if row.valid_from == now:  # amended in this very instant: it never held, so no row has to end
        row.lead, row.supporting, row.changed_at = lead, others, now
        session.flush()
        ledger.write(session, "remit.amend", at=now, i=row.id, was=row.id)
        return row
    until, row.valid_to, row.changed_at = row.valid_to, now, now
    session.flush()
    amended = Remit(
        category=category,
        area_code=row.area_code,
        lead=lead,
        supporting=others,
        valid_from=now,
        valid_to=until,
        agreed_by=AMENDED_BY,
        recorded_at=now,
        recorded_by=AMENDED_BY,
        changed_at=now,
    )
    session.add(amended)
    session.flush()
    ledger.write(session, "remit.amend", at=now, i=amended.id, was=row.id)
    return amended


def add(session: Session, line: PowerLine, *, now: datetime) -> Power:
    """Add a line to the list of its kind of grid from now on; raise Invalid if it is unfit."""
    if line.kind not in {"can", "cannot"}:
        raise Invalid(_("请选择“能”或“不能”。"))
    if not line.text.strip():
        raise Invalid(_("请写一句，说明能做或不能做什么。"))
    if max(map(len, (line.text, line.instead))) > LONGEST:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=LONGEST))
    locks.hold(session, "powers", line.grid_type)
    standing = session.scalars(in_force(now).where(Power.grid_type == line.grid_type)).all()
    if len(standing) >= MOST:
        raise Conflict(_("一种网格最多写 %(most)s 条，否则手机上看不完。请先停用一条。", most=MOST))
    power = Power(
        grid_type=line.grid_type,
        position=max((row.position for row in standing), default=0) + 1,
        kind=line.kind,
        text=line.text.strip(),
        instead=line.instead.strip(),
        number=line.number.strip(),
        valid_from=now,
    )
    session.add(power)
    session.flush()
    ledger.write(session, "power.add", at=now, i=power.id)
    return power


def end(session: Session, power_id: int, *, now: datetime) -> None:
    """Take a line off the list; that it stood there, and until when, is kept."""
    power = session.get(Power, power_id)
    if power is None:
        raise NotFound(_("没有这一条。"))
    if power.valid_to is not None:
        raise Conflict(_("这一条已经停用了。"))
    power.valid_to = now
    session.flush()
    ledger.write(session, "power.end", at=now, i=power.id)
