"""The public side of the city: offices, duty, posters, cases, and the lists that workers hand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo import fleet, people, tables
from demo.cases import DARK_LAMPS
from demo.city import City
from feedback.cases.operations import handling, opening, proofs
from feedback.cases.rules.codes import token_of
from feedback.cases.rules.requests import HelpRequest
from feedback.contacts import operations as contact_numbers
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.imports.operations import bringing
from feedback.posters.operations import posters
from feedback.posters.queries import posters as poster_queries
from feedback.worker.operations import lists
from huying.base.phones import Vault
from huying.store.db import Database

HELD_SINCE = timedelta(weeks=40)
"""Before the first of eight waves."""
LETTERS = "ABCDEFGHJK"
PLACES = ("一号楼大厅", "社区公告栏")


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """What the demo shows of the public side."""

    poster: str
    dial: str
    receipt: str
    rating: str


@dataclass(frozen=True, slots=True)
class Founded:
    """The first grid's poster, and its worker's badge as it is dialled."""

    poster: str
    badge: str


def found(database: Database, city: City, *, vault: Vault, now: datetime) -> Founded:
    """Bring areas, staff, offices, posters, badges and workers' lists."""
    begin = now - HELD_SINCE
    with database.transaction() as session:
        bringing.import_areas(session, tables.areas(city), now=begin)
        bringing.import_departments(session, tables.departments(), now=begin)
        staff = tables.staff(city, since=begin, verified=now - timedelta(hours=5))
        bringing.import_staff(
            session, staff, vault=vault, region="CN", allowed="invented", by="office", now=now
        )
        _offices(session, city, vault=vault, now=now)
        _cover(session, city, now=now)
        people.enrol_public(session, now=begin)
        _hand_in(session, city, vault=vault, now=now - timedelta(weeks=7))
        hung = _posters(session, city, now=begin)
        badge = fleet.equip(session, city, hung, vault=vault, now=now)
        return Founded(hung[city.grids[0].code], badge)


def show(database: Database, poster: str, *, vault: Vault, now: datetime) -> OpenedCase:
    """Leave one case for the visitor: reported as solved an hour ago, waiting to be rated."""
    with database.transaction() as session:
        _gas_leak(session, poster, vault=vault, now=now)
        return _shown(session, poster, vault=vault, now=now)


def _offices(session: Session, city: City, *, vault: Vault, now: datetime) -> None:
    def office(area: str, position: int, name: str, number: str) -> None:
        contact_numbers.set_office(
            session,
            area_code=area,
            position=position,
            name=name,
            number=number,
            vault=vault,
            verified_at=now - timedelta(days=2),
        )

    for index, code in enumerate(sorted({grid.code[:5] for grid in city.grids})):
        name = next(grid.community for grid in city.grids if grid.code.startswith(code))
        office(code, 1, f"{name}居委会（虚构）", f"+9992{index:07d}")
    for index, code in enumerate(sorted({grid.code[:4] for grid in city.grids})):
        office(code, 2, "街道值班室（虚构，24小时）", f"+99925{index:06d}")
    office(tables.CITY[0], 3, "市民热线（虚构）", "+99929000000")


def _cover(session: Session, city: City, *, now: datetime) -> None:
    # The second grid's worker is on leave this week; the first grid's covers.
    first, second = city.workers[:2]
    duty.assign(
        session,
        Assignment(
            grid_code=second.grid,
            worker_code=first.code,
            layer=1,
            valid_from=now - timedelta(days=1),
            valid_to=now + timedelta(days=6),
            reason="休假",
        ),
        by="office",
        now=now - timedelta(days=3),
    )


def _posters(session: Session, city: City, *, now: datetime) -> dict[str, str]:
    codes = {}
    for number, grid in enumerate(city.grids):
        # Codes are chosen here so that the demo's links stay the same; real ones are drawn at random.
        head = f"DEM{number:02d}" if number < len(LETTERS) ** 2 else f"DE{number:03d}"
        payload = f"{head}{LETTERS[number % len(LETTERS)]}"
        poster = posters.issue(
            session,
            grid_code=grid.code,
            location=f"{grid.community}{PLACES[number % len(PLACES)]}",
            now=now,
            payload=payload,
            dial_payload=str(20_000 + number * 7),
        )
        posters.mark_posted(session, poster.code, now=now + timedelta(days=1))
        codes[grid.code] = poster.code
    return codes


def _hand_in(session: Session, city: City, *, vault: Vault, now: datetime) -> None:
    for worker in city.workers:
        if worker.listed:
            rows = [(city.households[code].number, city.households[code].address) for code in worker.listed]
            lists.hand_in(session, worker_code=worker.code, rows=rows, vault=vault, now=now)


def _gas_leak(session: Session, code: str, *, vault: Vault, now: datetime) -> None:
    """Leave a matter of life that came in a few minutes ago and that nobody has answered yet."""
    text = "三单元楼道里有煤气味，家里的报警器一直在响。"
    opening.open_case(
        session,
        HelpRequest("水电气热", text, "3号楼3单元", urgency="life", contact="+99919999998"),
        poster=poster_queries.find(session, code),
        once="demo-case-gas-leak-now",
        source="poster",
        vault=vault,
        now=now - timedelta(minutes=9),
    )


def _shown(session: Session, code: str, *, vault: Vault, now: datetime) -> OpenedCase:
    poster = poster_queries.find(session, code)
    opened = opening.open_case(
        session,
        HelpRequest(DARK_LAMPS.category, DARK_LAMPS.text, "2号楼门口", contact="+99919999999"),
        poster=poster,
        once="demo-case-shown-first",
        source="poster",
        vault=vault,
        now=now - timedelta(hours=6),
    )
    identity = opened.case.id
    proofs.prove_by_call(session, identity, by="operator", vault=vault, now=now - timedelta(hours=6))
    worker = opened.case.worker_code
    handling.answer_case(session, identity, worker_code=worker, note="下午去看", now=now - timedelta(hours=5))
    done = now - timedelta(hours=1)
    handling.declare(session, identity, actor="worker", note="灯泡换好了", now=done, vault=vault)
    return OpenedCase(code, poster.dial_code, opened.receipt, token_of(vault, case=opened.case.code, round=1))
