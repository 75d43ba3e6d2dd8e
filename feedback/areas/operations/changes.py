"""Changes of the map. Each takes effect now, whole: what hangs on a grid goes to its successor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from feedback import ledger
from feedback.areas.operations import estate
from feedback.areas.queries.history import live_grid
from feedback.areas.rules import Decision, MergeRequest, NewGrid, Revision, SplitRequest
from feedback.cases.operations.handover import hand_over
from feedback.duty import operations as duty
from feedback.duty.rules import HOLDER, Assignment
from feedback.models import Area, AreaChange, AreaPast, Poster
from feedback.posters.queries import posters as poster_queries
from huying.base.errors import Conflict, Invalid, NotFound
from huying.base.i18n import _
from huying.store import locks
from huying.store.areas import LEVEL_NAMES, LEVELS

CODE = re.compile(r"[!-~]{1,32}", re.ASCII)
LONGEST = {"name": 80, "grid_type": 32, "reason": 200}


def split(session: Session, code: str, request: SplitRequest, decision: Decision) -> list[Area]:
    """Replace a grid by two or more. Posters and open cases go to the first part; posters are to be placed.

    Unless `vacant`, every part needs who holds it: else a scan would find nobody.
    """
    locks.hold(session, "areas")
    grid = live_grid(session, code)
    if len(request.into) < 2:
        raise Invalid(_("一个网格至少要拆成两个。"))
    _check_new(session, request.into, vacant=request.vacant)
    parts = _add(session, request.into, parent=grid.parent_code, now=decision.now)
    _pass_on(session, [grid], to=parts, decision=decision, undecided=True)
    _settle(session, request.into, decision)
    _note(session, "split", [grid], parts, decision)
    return parts


def merge(session: Session, request: MergeRequest, decision: Decision) -> Area:
    """Replace two or more grids of one community by a new one."""
    locks.hold(session, "areas")
    codes = sorted(set(request.codes))
    if len(codes) < 2:
        raise Invalid(_("至少要选两个网格才能合并。"))
    grids = [live_grid(session, code) for code in codes]
    if len({grid.parent_code for grid in grids}) > 1:
        raise Invalid(_("只能合并同一个社区的网格；请先调整所属社区。"))
    _check_new(session, [request.into], vacant=request.vacant)
    (merged,) = _add(session, [request.into], parent=grids[0].parent_code, now=decision.now)
    _pass_on(session, grids, to=[merged], decision=decision, undecided=False)
    _settle(session, [request.into], decision)
    _note(session, "merge", grids, [merged], decision)
    return merged


def dissolve(session: Session, code: str, *, into: str, decision: Decision) -> Area:
    """Give a grid up for another that exists, whose duty stays as it is."""
    locks.hold(session, "areas")
    grid, successor = live_grid(session, code), live_grid(session, into)
    if grid is successor:
        raise Invalid(_("不能并入自己。"))
    _pass_on(session, [grid], to=[successor], decision=decision, undecided=False)
    hand_over(session, now=decision.now, grids=[into], by=decision.by)
    _note(session, "dissolve", [grid], [successor], decision)
    return successor


def revise(session: Session, code: str, revision: Revision, decision: Decision) -> Area:
    """Rename an area, move it to another parent, or change its type; what isn't given stays."""
    locks.hold(session, "areas")
    area = session.get(Area, code, with_for_update=True, populate_existing=True)
    if area is None or area.retired_at is not None:
        raise NotFound(_("没有编号为 %(area)s 的区域。", area=code))
    new = (
        revision.name or area.name,
        revision.parent_code or area.parent_code,
        area.grid_type if revision.grid_type is None else revision.grid_type,
    )
    if new == (area.name, area.parent_code, area.grid_type):
        return area
    _check_words(name=new[0], grid_type=new[2], reason=decision.reason)
    if new[2] and area.level != "grid":
        raise Invalid(_("只有网格才有网格类型。"))
    if new[1] != area.parent_code:
        _check_parent(session, area, str(new[1]))
    _keep_past(session, area, now=decision.now)
    area.name, area.parent_code, area.grid_type = new
    _note(session, "revise", [area], [area], decision)
    return area


def place_poster(session: Session, code: str, *, grid_code: str, by: str, now: datetime) -> Poster:
    """Say in which grid a poster hangs, as after a split."""
    poster = poster_queries.find(session, code)
    if poster.retired_at is not None:
        raise Conflict(_("这张海报已经停用了。"))
    poster.grid_code, poster.undecided = live_grid(session, grid_code).code, False
    session.flush()
    ledger.write(session, "poster.place", at=now, p=poster.dial_code, g=grid_code, b=by)
    return poster


def _add(session: Session, grids: Sequence[NewGrid], *, parent: str | None, now: datetime) -> list[Area]:
    added = [
        Area(
            code=grid.code,
            parent_code=parent,
            level="grid",
            name=grid.name.strip(),
            grid_type=grid.grid_type.strip(),
            begun_at=now,
        )
        for grid in grids
    ]
    session.add_all(added)
    session.flush()
    return added


def _check_new(session: Session, grids: Sequence[NewGrid], *, vacant: bool) -> None:
    seen: set[str] = set()
    for grid in grids:
        if not CODE.fullmatch(grid.code):
            raise Invalid(_("网格编号“%(code)s”应为至多 32 位字母、数字或符号。", code=grid.code[:40]))
        if grid.code in seen or session.get(Area, grid.code) is not None:
            raise Conflict(_("编号 %(code)s 已经用过，请另选。", code=grid.code))
        _check_words(name=grid.name, grid_type=grid.grid_type)
        if grid.worker is None and not vacant:
            raise Conflict(
                _(
                    "网格 %(code)s 还没有安排网格员：改动之后扫码会找不到人。请选一位，或注明暂时空缺。",
                    code=grid.code,
                )
            )
        seen.add(grid.code)


def _check_words(*, name: str = "x", grid_type: str = "", reason: str = "x") -> None:
    for what, text in (("name", name), ("grid_type", grid_type), ("reason", reason)):
        if len(text.strip()) > LONGEST[what]:
            raise Invalid(_("请不要超过 %(longest)s 个字。", longest=LONGEST[what]))
    if not name.strip():
        raise Invalid(_("请填写名称。"))
    if not reason.strip():
        raise Invalid(_("请写明为什么改。"))


def _check_parent(session: Session, area: Area, code: str) -> None:
    above = session.get(Area, code)
    if above is None or above.retired_at is not None:
        raise Invalid(_("上级编号“%(code)s”不存在。", code=code[:40]))
    if LEVELS.index(above.level) >= LEVELS.index(area.level):
        names = {"level": LEVEL_NAMES[area.level], "above": LEVEL_NAMES[above.level]}
        raise Invalid(_("%(level)s的上级不能是%(above)s。", **names))


def _pass_on(
    session: Session, grids: Sequence[Area], *, to: Sequence[Area], decision: Decision, undecided: bool
) -> None:
    first, by, now = to[0].code, decision.by, decision.now
    for grid in grids:
        grid.retired_at = now
        estate.end_duty(session, grid.code, by=by, now=now)
        estate.move_posters(session, grid.code, to=first, undecided=undecided)
        estate.move_cases(session, grid.code, to=first, now=now)
        estate.move_people(session, grid.code, to=first)
        for area in to:
            if area.begun_at == now:
                estate.copy_offices(session, grid.code, to=area.code)
                estate.copy_remit(session, grid.code, to=area.code, by=by, now=now)
        estate.end_remit(session, grid.code, now=now)
    session.flush()


def _settle(session: Session, grids: Sequence[NewGrid], decision: Decision) -> None:
    for grid in grids:
        if grid.worker is not None:
            holder = Assignment(grid.code, grid.worker, HOLDER, valid_from=decision.now)
            duty.assign(session, holder, by=decision.by, now=decision.now)
    hand_over(session, now=decision.now, grids=[grid.code for grid in grids], by=decision.by)


def _keep_past(session: Session, area: Area, *, now: datetime) -> None:
    session.add(
        AreaPast(
            code=area.code,
            until=now,
            parent_code=area.parent_code,
            name=area.name,
            grid_type=area.grid_type,
        )
    )


def _note(
    session: Session, kind: str, before: Sequence[Area], after: Sequence[Area], decision: Decision
) -> None:
    _check_words(reason=decision.reason)
    codes = [" ".join(area.code for area in areas) for areas in (before, after)]
    by, now, reason = decision.by, decision.now, decision.reason.strip()
    session.add(AreaChange(kind=kind, at=now, before=codes[0], after=codes[1], reason=reason, by=by))
    session.flush()
    ledger.write(session, f"area.{kind}", at=now, f=codes[0], g=codes[1], b=by)
