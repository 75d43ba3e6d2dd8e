"""What a grid worker can and can't do, as residents are told: the official list, or until then the seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import Power
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _, mark
from huying.store import locks

LONGEST = 80
MOST = 12
"""Lines that a page has room for."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: what can, or can't, be done, and who does it instead, with a number."""

    kind: str
    text: str
    instead: str = ""
    number: str = ""


SEED = (
    Line("can", mark("登记您的问题并上报")),
    Line("can", mark("替您联系部门，告诉您进展")),
    Line("can", mark("上门看望有困难的老人")),
    Line("can", mark("告诉您去哪里办、带什么")),
    Line("cannot", mark("罚款或收费"), instead=mark("找执法部门")),
    Line("cannot", mark("要验证码、密码、转账"), instead=mark("要了就打 12345")),
    Line("cannot", mark("代替部门办结"), instead=mark("部门逾期算部门的")),
)
"""What holds everywhere until a city enters its own list."""


def of_type(session: Session, grid_type: str, *, at: datetime) -> Sequence[Line]:
    """Return the list of a kind of grid at an instant: its own, else the one for all kinds, else the seed."""
    rows = session.scalars(_live(at).where(Power.grid_type.in_({grid_type, ""}))).all()
    own = [row for row in rows if row.grid_type == grid_type]
    chosen = own or list(rows)
    return [Line(row.kind, row.text, row.instead, row.number) for row in chosen] or SEED


def listed(session: Session, *, at: datetime) -> list[Power]:
    """Return all lines in force, by kind of grid."""
    return list(session.scalars(_live(at).order_by(None).order_by(Power.grid_type, Power.position, Power.id)))


def add(session: Session, line: Line, *, grid_type: str, now: datetime) -> Power:
    """Add a line to the list of a kind of grid (empty: of all) from now on; raise Invalid if it is unfit."""
    if line.kind not in {"can", "cannot"}:
        raise Invalid(_("请选择“能”或“不能”。"))
    if not line.text.strip():
        raise Invalid(_("请写一句，说明能做或不能做什么。"))
    if max(map(len, (line.text, line.instead))) > LONGEST:
        raise Invalid(_("请不要超过 %(longest)s 个字。", longest=LONGEST))
    locks.hold(session, "powers", grid_type)
    standing = session.scalars(_live(now).where(Power.grid_type == grid_type)).all()
    if len(standing) >= MOST:
        raise Conflict(_("一种网格最多写 %(most)s 条，否则手机上看不完。请先停用一条。", most=MOST))
    power = Power(
        grid_type=grid_type,
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


def _live(at: datetime) -> Select[Power]:
    return (
        select(Power)
        .where(Power.valid_from <= at, or_(Power.valid_to.is_(None), Power.valid_to > at))
        .order_by(Power.kind, Power.position, Power.id)
    )
