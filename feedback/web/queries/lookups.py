"""What several pages read: names of areas and departments, lists to choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import literal, select, text
from sqlalchemy.orm import Session

from feedback.models import Account, Area, Department, Worker
from feedback.roles import OFFICES
from feedback.web.queries.paging import page_of
from feedback.web.rules.paging import Paged
from huying.base.i18n import _

ACCOUNTS = 100
"""How many accounts a page lists."""


def answer(session: Session) -> None:
    """Ask the database anything at all: it raises where it can't answer."""
    session.execute(text("SELECT 1"))


def accounts(session: Session, *, sought: str = "", page: int = 1) -> Paged[Account]:
    """Return a page of the accounts by role and login, or of those whose login or name holds a text."""
    query = select(Account).order_by(Account.role, Account.login)
    if sought:
        named = Account.name.icontains(sought, autoescape=True)
        query = query.where(named | Account.login.icontains(sought, autoescape=True))
    return page_of(session, query, page=page, size=ACCOUNTS)


def departments(session: Session) -> dict[str, str]:
    """Return the departments' names by code."""
    rows = session.execute(select(Department.code, Department.name).order_by(Department.name))
    return {code: name for code, name in rows}  # noqa: C416


def departments_to_call(session: Session) -> dict[str, str]:
    """Return the names of the departments that can be called, by code: not the offices above them."""
    return {code: name for code, name in departments(session).items() if code not in OFFICES}


def workers(
    session: Session, *, grids: Iterable[str] | None = None, within: Collection[str] | None = None
) -> dict[str, str]:
    """Return the names of the workers in service by code, only of the areas `within`; of `grids` first."""
    query = select(Worker.code, Worker.name, Worker.area_code).where(Worker.active).order_by(Worker.name)
    near = frozenset(grids or ())
    rows = sorted(session.execute(query), key=lambda row: row.area_code not in near)
    return {code: name for code, name, area in rows if within is None or area in within}


def workers_near(session: Session, grids: Iterable[str]) -> dict[str, str]:
    """Return the names of the workers in service in the streets of these grids; those of `grids` first.

    Where a grid lies in no street, of what its community lies in. Without grids there is nobody near.
    """
    known, own = areas(session), frozenset(grids)
    around = {_street(known, known.get(code)) for code in own}
    near = {code for code, area in known.items() if around & set(_upward(known, area))}
    return workers(session, grids=own, within=near)


def workers_of_communities(session: Session, grids: Iterable[str]) -> set[str]:
    """Return the codes of the workers in service of the communities in which these grids lie."""
    known = areas(session)
    communities = {area.parent_code for code in grids if (area := known.get(code)) is not None}
    own = {code for code, area in known.items() if area.parent_code in communities} | communities
    return set(session.scalars(select(Worker.code).where(Worker.active, Worker.area_code.in_(own))))


def _street(known: Mapping[str, Area], area: Area | None) -> str | None:
    """Return the street that an area lies in, else what its community lies in."""
    upward = list(_upward(known, area))
    street = next((code for code in upward if known[code].level == "street"), None)
    return street or (upward[min(2, len(upward) - 1)] if upward else None)


def _upward(known: Mapping[str, Area], area: Area | None) -> Iterator[str]:
    while area is not None:
        yield area.code
        area = known.get(area.parent_code or "")


def workers_of(session: Session, grids: Iterable[str]) -> dict[str, str]:
    """Return the names of the workers in service of these grids by code."""
    query = select(Worker.code, Worker.name).where(Worker.active, Worker.area_code.in_(set(grids)))
    return {code: name for code, name in session.execute(query.order_by(Worker.name))}  # noqa: C416


def names_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return the names of these workers by code, also of those who left."""
    rows = session.execute(select(Worker.code, Worker.name).where(Worker.code.in_(codes)))
    return {code: name for code, name in rows}  # noqa: C416


def areas(session: Session) -> dict[str, Area]:
    """Return all areas by code."""
    return {area.code: area for area in session.scalars(select(Area).order_by(Area.code))}


def area_name(session: Session, code: str | None) -> str:
    """Return an area's name with its community's, e.g. `和平里社区 第3网格`."""
    area = session.get(Area, code) if code else None
    above = session.get(Area, area.parent_code) if area and area.parent_code else None
    return " ".join(each.name for each in (above, area) if each) or _("未分配网格")


def full_name(known: dict[str, Area], area: Area) -> str:
    """Return an area's name led by its parent's."""
    above = known.get(area.parent_code or "")
    return f"{above.name} {area.name}" if above else area.name


def grids_below(known: dict[str, Area], top: str | None) -> list[Area]:
    """Return the grids in use inside the area `top`, or all where there is no `top`."""
    grids = (area for area in known.values() if area.level == "grid" and area.retired_at is None)
    return [area for area in grids if is_inside(known, area, top)]


def line(known: Mapping[str, Area], code: str) -> tuple[str, ...]:
    """Return the codes from the city down to an area: what areas are sorted by, street by street."""
    found: list[str] = []
    area = known.get(code)
    while area is not None:
        found.insert(0, area.code)
        area = known.get(area.parent_code or "")
    return tuple(found)


def is_inside(known: dict[str, Area], area: Area | None, top: str | None) -> bool:
    """Tell whether an area is `top` or lies in it; everything does where there is no `top`."""
    while area is not None and top is not None and area.code != top:
        area = known.get(area.parent_code or "")
    return area is not None


def around(session: Session, top: str | None) -> set[str]:
    """Return the codes of the areas inside `top` (all where there is none), and of those above it."""
    known = areas(session)
    found = {code for code, area in known.items() if is_inside(known, area, top)}
    above = known.get(top or "")
    while above is not None:
        found.add(above.code)
        above = known.get(above.parent_code or "")
    return found


def names_in(session: Session, text: str) -> list[str]:
    """Return the names of workers and account holders that a text holds."""
    found = [
        session.scalars(select(each.name).where(literal(text).contains(each.name)))
        for each in (Worker, Account)
    ]
    return [name for names in found for name in names]
