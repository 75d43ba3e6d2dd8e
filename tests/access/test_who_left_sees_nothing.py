"""Whoever left sees nothing: with a page still open, by signing in again, by the number of a former case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from feedback import roles
from feedback.models import Account as Member
from feedback.models import Case, Duty
from feedback.roster.operations import posts, retirement
from huying.base import clock
from tests.access.visiting import PASSWORDS, ROLES, SIDES, Caller, Opens, routes


@pytest.mark.parametrize("side", SIDES)
def test_an_account_out_of_use_opens_no_page_that_needs_one(opens: Opens, side: str) -> None:
    app = opens(side)
    people = {role: Caller(app, side, role) for role in sorted(ROLES[side])}
    model = app.extensions["huying.accounts"].account
    with app.extensions["huying"].database.transaction() as session:
        session.execute(update(model).values(active=False))
    for role, person in people.items():
        for route in routes(app):
            if route.open or route.for_programs:
                continue
            answer = person.send(route.method, route.path)
            assert answer.status_code in {302, 303, 403}, (role, route)
            assert answer.headers.get("Location", "/sign-in").startswith("/sign-in"), (role, route)
        login = {"login": role, "password": PASSWORDS[side]}
        again = Caller(app, side)
        assert again.send("POST", "/sign-in", **login).status_code == 422, role


@pytest.mark.parametrize("how", ["retired", "off duty"])
def test_a_worker_who_left_finds_no_former_case_by_list_or_number(opens: Opens, how: str) -> None:
    app = opens("public")
    person, database = Caller(app, "public", roles.WORKER), app.extensions["huying"].database
    with database.reading() as session:
        cases = [case.id for case in session.scalars(select(Case).where(Case.grid_code == "g3"))]
    assert [person.send("GET", f"/worker/cases/{each}").status_code for each in cases].count(200) >= 3
    with database.transaction() as session:
        row = session.scalars(select(Duty).where(Duty.worker_code == "w1", Duty.grid_code == "g3")).one()
        if how == "retired":
            retirement.retire(session, "w1", by="office", now=clock.now())
        else:
            posts.close(session, row, by="office", now=clock.now() + timedelta(seconds=1))
    for each in cases:
        for path in (
            f"/worker/cases/{each}",
            f"/worker/cases/{each}/answer",
            f"/worker/cases/{each}/declare",
        ):
            answer = person.send("POST" if path.count("/") > 3 else "GET", path, note="x")
            assert answer.status_code in {303, 302, 404}, path
    desk = person.send("GET", "/worker/")
    assert desk.status_code == (200 if how == "off duty" else 303)
    assert "/worker/cases/" not in desk.text
    with database.reading() as session:
        held = select(Case.id).where(Case.worker_code == "w1", Case.holder != "")
        assert session.scalars(held).all() == []
        member = session.scalars(select(Member).where(Member.worker_code == "w1")).one()
        assert member.active is (how == "off duty")
