"""The invented district as it stands on its first day: areas, people, numbers, duty, remit, accounts."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from feedback import roles
from feedback.cases.rules.categories import CATEGORIES
from feedback.contacts import operations as contact_numbers
from feedback.duty.rules import Assignment
from feedback.models import Account, Area, Department, Remit, Worker
from feedback.posters.operations import posters
from feedback.roster.operations import posts
from huying import accounts
from huying.base.phones import Vault

STREETS, COMMUNITIES_A_STREET = 2, 4
DEPARTMENTS = (
    ("water", "水务局", 24, 72),
    ("urban", "城管局", 24, 120),
    ("traffic", "交警大队", 24, 120),
    ("housing", "住建局", 24, 168),
    ("ecology", "生态环境局", 24, 72),
    ("civil", "民政局", 48, 120),
)
SLOW = frozenset({"housing", "ecology"})
UNMANNED = "civil"
"""This department never gets an account: the coordinator stands in."""
LEADS = dict(
    zip(
        CATEGORIES,
        ("urban", "urban", "water", "ecology", "housing", "traffic", "civil", "housing"),
        strict=True,
    )
)


@dataclass
class Layout:
    """What the simulation remembers of the district: who is where, whose number is whose."""

    grids: list[str]
    workers: dict[str, str] = field(default_factory=dict)
    """Each worker's home grid."""
    hired: int = 0
    numbers: dict[str, str] = field(default_factory=dict)
    """Whose number is whose."""
    leaders: dict[str, str] = field(default_factory=dict)
    owners: dict[tuple[str, str], str] = field(default_factory=dict)
    """Which department a matter of a grid really is, where the remit errs."""


def build(session: Session, *, grids: int, chance: random.Random, vault: Vault, now: datetime) -> Layout:
    """Store the district and return what there is to remember of it."""
    layout = Layout(_areas(session, grids))
    _departments(session, now=now)
    for code in layout.grids:
        hire(session, layout, code, vault=vault, now=now, since=now - timedelta(days=30))
        posters.issue(session, grid_code=code, location="楼栋大厅", now=now)
        for category in CATEGORIES:
            if chance.random() < 0.1:
                layout.owners[category, code] = chance.choice(DEPARTMENTS)[0]
    for spare in range(max(1, grids // 8)):
        hire(session, layout, layout.grids[spare], vault=vault, now=now, since=None)
    _desks(session, layout, vault=vault, now=now)
    return layout


def hire(
    session: Session, layout: Layout, grid: str, *, vault: Vault, now: datetime, since: datetime | None
) -> str:
    """Take a worker into service, with a number and an account; on duty without an end from `since`."""
    layout.hired += 1
    code = f"W{layout.hired:03d}"
    session.add(Worker(code=code, name=f"员{layout.hired:03d}", area_code=grid))
    session.flush()
    number = f"+9991{layout.hired:08d}"
    contact_numbers.set_number(session, worker_code=code, number=number, vault=vault, verified_at=now)
    layout.workers[code], layout.numbers[number] = grid, code
    _account(session, code.lower(), roles.WORKER, now=now, worker_code=code)
    if since is not None:
        posts.assign(session, Assignment(grid, code, 0, since), by="office", now=now)
    return code


def _areas(session: Session, grids: int) -> list[str]:
    session.add(Area(code="C", parent_code=None, level="city", name="云川区", grid_type=""))
    session.flush()
    communities = []
    for street in range(STREETS):
        session.add(
            Area(code=f"S{street}", parent_code="C", level="street", name=f"{street}街道", grid_type="")
        )
        for number in range(COMMUNITIES_A_STREET):
            communities += [(f"M{street}{number}", f"S{street}")]
    session.flush()
    for code, above in communities:
        session.add(Area(code=code, parent_code=above, level="community", name=f"{code}社区", grid_type=""))
    session.flush()
    codes = [f"G{number:02d}" for number in range(grids)]
    for number, code in enumerate(codes):
        above = communities[number % len(communities)][0]
        session.add(Area(code=code, parent_code=above, level="grid", name=f"第{number}网格", grid_type=""))
    session.flush()
    return codes


def _departments(session: Session, *, now: datetime) -> None:
    for code, name, accept, resolve in DEPARTMENTS:
        session.add(Department(code=code, name=name, accept_hours=accept, resolve_hours=resolve))
    session.add(Department(code=roles.DISTRICT_CODE, name="区级兜底单位"))
    session.flush()
    for category, lead in LEADS.items():
        session.add(
            Remit(
                category=category,
                area_code="C",
                lead=lead,
                supporting="[]",
                valid_from=now - timedelta(days=365),
                agreed_by="区政府",
                recorded_at=now,
                recorded_by="office",
                changed_at=now,
            )
        )
    session.flush()


def _desks(session: Session, layout: Layout, *, vault: Vault, now: datetime) -> None:
    for code, *_rest in DEPARTMENTS:
        if code != UNMANNED:
            _account(session, code, roles.DEPARTMENT_OFFICER, now=now, department_code=code)
    _account(session, "district", roles.DEPARTMENT_OFFICER, now=now, department_code=roles.DISTRICT_CODE)
    for street in range(STREETS):
        area, leader, office = f"S{street}", f"+99918000000{street}", f"+9992100000{street}"
        _account(session, f"leader{street}", roles.GRID_LEADER, now=now, area_code=area)
        layout.leaders[leader] = area
        put = contact_numbers.set_office
        put(
            session,
            area_code=area,
            position=1,
            name="街道值班室",
            number=office,
            vault=vault,
            verified_at=now,
        )
        put(
            session,
            area_code=area,
            position=2,
            name="网格长",
            number=leader,
            vault=vault,
            verified_at=now,
            leader=True,
        )
    for login in ("coordinator1", "coordinator2"):
        _account(session, login, roles.COORDINATOR, now=now)
    for login, role in (("reviewer", roles.REVIEWER), ("operator", roles.OPERATOR)):
        _account(session, login, role, now=now)


def _account(session: Session, login: str, role: str, *, now: datetime, **seat: str) -> None:
    accounts.create(session, Account, login=login, name=login, role=role, password=None, now=now, **seat)
