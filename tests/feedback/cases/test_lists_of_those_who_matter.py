"""A form offers the departments and colleagues who can matter to this case; the rest is one step away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.cases.operations import whistles
from feedback.models import Area, Case, Department, Remit, Worker
from feedback.remit import operations as remit_operations
from feedback.remit import queries as remit
from feedback.web.queries import lookups
from huying.base.errors import Invalid
from tests.conftest import NOW


def _row(category: str, lead: str, *, area: str = "C", supporting: str = "[]") -> Remit:
    return Remit(
        category=category,
        area_code=area,
        lead=lead,
        supporting=supporting,
        valid_from=NOW - timedelta(days=9),
        agreed_by="区网格办",
        recorded_at=NOW,
        recorded_by="office",
        changed_at=NOW,
    )


@pytest.fixture
def listed(town):
    """The remit names three departments here; a fourth serves another street, and thousands nobody named."""
    with town.database.transaction() as session:
        session.add_all(Department(code=f"d{n}", name=f"部门{n}") for n in range(30))
        session.add(Area(code="S2", parent_code="C", level="street", name="东风街道", grid_type=""))
        session.flush()
        session.add_all(
            [
                _row("水电气热", "water", supporting='["urban"]'),
                _row("噪音扰民", "d1"),
                _row("噪音扰民", "d2", area="S2"),
            ]
        )
        session.add(Worker(code="W9", name="远处的人", area_code="S2"))
    return town


def test_who_leads_comes_first_then_who_supports_then_whom_the_remit_names_here(listed):
    with listed.database.reading() as session:
        named = remit.who_matters(session, category="水电气热", area_code="G1", at=NOW)
        assert named == ["water", "urban", "d1"]
        assert remit.who_matters(session, category="水电气热", area_code=None, at=NOW) == []


def test_offices_above_are_on_no_list_of_departments(listed):
    with listed.database.transaction() as session:
        session.add(Department(code="coordination", name="协调办公室"))
    with listed.database.reading() as session:
        assert "coordination" not in lookups.departments_to_call(session)


def test_colleagues_are_those_of_the_street(listed):
    with listed.database.reading() as session:
        assert list(lookups.workers_near(session, ["G2"])) == ["W2", "W1"]
        assert lookups.workers_near(session, []) == {}, "who holds no grid has nobody near"


def test_a_whistle_elsewhere_asks_why_and_keeps_the_reason(listed):
    case = listed.open().case
    listed.answer(case)
    how = {"department_code": "urban", "request": "请来人", "worker_code": "W1", "now": NOW}
    with pytest.raises(Invalid, match="由水务局牵头"), listed.database.transaction() as session:
        whistles.sound(session, case.id, **how)
    with listed.database.transaction() as session:
        sounded = whistles.sound(session, case.id, why="井盖在路面上", **how)
        assert (sounded.why, sounded.remit_lead, sounded.sounded_by) == ("井盖在路面上", "water", "worker")


@pytest.mark.parametrize("office", ["coordination", "district", "grid_office", "nobody"])
def test_an_office_above_can_not_be_whistled_to(listed, office):
    case = listed.open().case
    listed.answer(case)
    with listed.database.transaction() as session:
        if office != "nobody":
            session.add(Department(code=office, name=office))
            session.flush()
        with pytest.raises(Invalid, match="请选择部门"):
            whistles.sound(
                session, case.id, department_code=office, request="请来人", worker_code="W1", now=NOW
            )
        assert session.get_one(Case, case.id).state == "answered"


def test_a_remit_that_is_amended_twice_in_one_instant_has_no_empty_row(town):
    with town.database.transaction() as session:
        session.add(_row("水电气热", "water"))
    for lead in ("urban", "water"):
        with town.database.transaction() as session:
            amended = remit_operations.amend(session, category="水电气热", area_code="G1", lead=lead, now=NOW)
            assert amended is not None
    with town.database.reading() as session:
        rows = session.scalars(select(Remit).where(Remit.category == "水电气热").order_by(Remit.id)).all()
        assert [(row.lead, row.valid_to) for row in rows] == [("water", NOW), ("water", None)]
        assert remit.supporting(rows[1]) == ("urban",)
