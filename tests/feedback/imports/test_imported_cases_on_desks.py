"""Open cases of another system stand on their department's desk, and are worked on there by page."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from feedback import roles
from feedback.imports.operations import cases
from feedback.imports.operations.mapping import find_mapping
from feedback.models import Account, Case
from huying.base import clock

EXCERPT = Path(__file__).parents[2] / "data" / "nyc_311_excerpt.csv"


def test_an_officer_whistles_and_reports_done_what_an_import_brought(sign_in, backstage):
    with backstage.ground.database.transaction() as session:
        counts = cases.import_cases(
            session, EXCERPT.read_bytes(), mapping=find_mapping("nyc311"), now=clock.now()
        )
        assert counts.created == 60
        mine = select(Account).where(Account.role == roles.DEPARTMENT_OFFICER)
        session.scalars(mine).one().department_code = "DSNY"
        held = select(Case.id).where(Case.holder == "dept:DSNY", Case.declared_at.is_(None))
        first, second, *others = session.scalars(held.order_by(Case.id)).all()
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    assert len(others) == 11
    queue = officer.open("/department/").html
    assert all(f"/department/cases/{number}" in queue for number in (first, second, *others))
    page = officer.press(officer.open(f"/department/cases/{first}"), "/accept")
    officer.press(page, "/declare", note="清走了")
    officer.press(officer.open(f"/department/cases/{second}"), "/whistle", department="DPR", request="树倒了")
    assert officer.open(f"/department/cases/{second}").status == 404
    found = {case.id: (case.state, case.holder) for case in backstage.cases()}
    assert found[first] == ("declared", "resident")
    assert found[second] == ("whistled", "dept:DPR")
