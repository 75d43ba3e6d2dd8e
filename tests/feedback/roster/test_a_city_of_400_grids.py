"""Duty pages of a city of 400 grids and 1,000 workers: small pages, as many statements as for one grid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from feedback.app import create_app
from feedback.contacts.queries import several
from feedback.contacts.queries.answer import answer
from feedback.models import Account, Area, Contact, Duty, Worker
from feedback.roles import GRID_OFFICE
from huying import accounts
from huying.store.db import Database
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import LONG_AGO, NOW, PASSWORD, settings_in
from tests.support.statements import statements

STREETS, COMMUNITIES, GRIDS, WORKERS = 2, 10, 20, 1000
MOST_BYTES = 300_000


def _build(database: Database) -> None:
    """Two streets of ten communities of twenty grids; every hundredth grid is vacant."""
    with database.transaction() as session:
        grids = []
        session.add(Area(code="C", level="city", name="云川市"))
        for street in range(STREETS):
            top = f"S{street}"
            session.add(Area(code=top, parent_code="C", level="street", name=f"第{street}街道"))
            for community in range(COMMUNITIES):
                code = f"{top}M{community}"
                name = f"第{street}街第{community}社区"
                session.add(Area(code=code, parent_code=top, level="community", name=name))
                for grid in range(GRIDS):
                    grids.append(f"{code}G{grid:02d}")
                    session.add(
                        Area(
                            code=grids[-1], parent_code=code, level="grid", name=f"第{grid}网格", grid_type=""
                        )
                    )
        session.flush()
        for number in range(WORKERS):
            home = grids[number % len(grids)]
            session.add(Worker(code=f"W{number:04d}", name=f"网格员{number:04d}", area_code=home))
        session.flush()
        for number, grid in enumerate(grids):
            if number % 100:
                since = {"valid_from": LONG_AGO, "recorded_at": LONG_AGO, "recorded_by": "office"}
                session.add(Duty(grid_code=grid, worker_code=f"W{number:04d}", layer=0, **since))
        person = {"login": "office", "name": "网格办", "role": GRID_OFFICE, "password": PASSWORD}
        accounts.create(session, Account, now=LONG_AGO, **person)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, sqlite_templates: dict[str, Path]) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "public.db").write_bytes(sqlite_templates["public"].read_bytes())
    made = create_app(settings_in(folder))
    with time_machine.travel(NOW, tick=False):
        _build(made.extensions["huying"].database)
        yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture(scope="module")
def office(city: Flask) -> Visitor:
    person = Visitor(city.test_client())
    person.press(person.open("/sign-in"), "/sign-in", login="office", password=PASSWORD)
    return person


PATHS = {
    "/office/": 14,
    "/roster/": 22,
    "/roster/?who=9": 22,
    "/office/grids/S0M0G01": 24,
    "/staff/": 12,
    "/badges": 12,
    "/office/areas/S0M0G01": 30,
}
"""The pages, and the most statements that each may send."""


@pytest.mark.parametrize("path", PATHS)
def test_a_page_stays_small_and_asks_nothing_grid_by_grid(city: Flask, office: Visitor, path: str) -> None:
    office.open(path)
    with statements(city.extensions["huying"].database.engine) as sent:
        page = office.open(path)
    assert page.status == 200
    assert len(page.html.encode()) <= MOST_BYTES, len(page.html.encode())
    assert len(sent) <= PATHS[path], (len(sent), sent)


def test_communities_with_gaps_stand_first_and_open(office: Visitor) -> None:
    html = office.open("/office/").html
    groups = html.split('<details class="card grids"')[1:]
    assert len(groups) == STREETS * COMMUNITIES
    assert ["个无人值守" in group for group in groups] == [True] * 4 + [False] * 16
    first = groups[0]
    assert first.index("无人值守") < first.index("第1网格")


def test_a_list_holds_the_community_and_whom_somebody_looks_for(office: Visitor) -> None:
    page = office.open("/office/grids/S0M0G01")
    assert "网格员0001" in page.text
    assert "网格员0399" not in page.text
    assert "网格员0199" in office.open("/office/grids/S0M0G01?who=0199").text
    assert "网格员0399" not in office.open("/office/grids/S0M0G01?who=0399").text, "of another street"


def test_the_answers_of_many_are_those_of_each(city: Flask) -> None:
    ground = city.extensions["huying"]
    with ground.database.reading() as session:
        assert session.query(Contact).count() == 0
        for moment in (NOW, NOW - timedelta(days=90)):
            grids = [f"S0M{community}G{grid:02d}" for community in (0, 5) for grid in range(GRIDS)]
            found = several.answers(session, grids, at=moment, vault=ground.vault)
            for grid in grids:
                assert found[grid] == answer(session, grid, at=moment, vault=ground.vault)
