"""Whatever is entered, ended or taken back later: who answered at a past instant stays who answered then."""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from feedback.contacts.queries import answer as contacts
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models.base import Area
from feedback.models.people import Duty
from huying.base.errors import Conflict, Invalid
from tests.feedback.town import Town, put_on_duty
from tests.support.examples import examples

HOUR = timedelta(hours=1)
GRIDS = itertools.count(100)

deeds = st.one_of(
    st.tuples(
        st.just("assign"),
        st.sampled_from(["W1", "W2"]),
        st.integers(0, 3),
        st.integers(-6, 6),
        st.one_of(st.none(), st.integers(1, 8)),
    ),
    st.tuples(st.sampled_from(["close", "retract"]), st.integers(0, 5)),
)


def fresh_grid(town: Town) -> str:
    code = f"X{next(GRIDS)}"
    with town.database.transaction() as session:
        session.add(Area(code=code, parent_code="M", level="grid", name=code, grid_type=""))
    return code


def do(town: Town, grid: str, deed: tuple, *, now: datetime) -> None:
    with town.database.transaction() as session:
        if deed[0] == "assign":
            _kind, worker, layer, offset, hours = deed
            start = now + offset * HOUR
            end = start + hours * HOUR if hours else None
            put_on_duty(session, worker, grid, start=start, end=end, layer=layer, now=now)
            return
        rows = duty_queries.every(session, grid)
        if not rows:
            return
        row = rows[deed[1] % len(rows)]
        if deed[0] == "close":
            duty.close(session, row.id, at=now, by="office", now=now)
        else:
            duty.retract(session, row.id, by="office", now=now)


def answered(town: Town, grid: str, instants: list[datetime]) -> list[tuple]:
    with town.database.reading() as session:
        found = [contacts.answer(session, grid, at=at, vault=town.vault) for at in instants]
    return [(each.state == "vacant", each.worker_code) for each in found]


@given(st.lists(deeds, min_size=1, max_size=8))
@examples(12)
def test_what_was_answered_at_a_past_instant_never_changes(town, story):
    grid = fresh_grid(town)
    told: dict[datetime, tuple] = {}
    for hour, deed in enumerate(story):
        now = town.now + hour * HOUR
        with suppress(Conflict, Invalid):
            do(town, grid, deed, now=now)
        instants = [now, now + HOUR / 2]
        told.update(zip(instants, answered(town, grid, instants), strict=True))
        assert answered(town, grid, list(told)) == list(told.values())


def test_a_duty_cannot_be_ended_in_the_past(town):
    with town.database.transaction() as session:
        row = duty_queries.current(session, "G1", at=town.now)
        with pytest.raises(Invalid, match="不能往前改"):
            duty.close(session, row.id, at=town.now - HOUR, by="office", now=town.now)


def row_of(town: Town, *, start: int, end: int | None, layer: int = 2, retracted: bool = False) -> dict:
    return {
        "grid_code": "G1",
        "worker_code": "W2",
        "layer": layer,
        "valid_from": town.now + start * HOUR,
        "valid_to": None if end is None else town.now + end * HOUR,
        "reason": "",
        "recorded_at": town.now,
        "recorded_by": "somebody with SQL",
        "retracted_at": town.now if retracted else None,
    }


@pytest.mark.parametrize(
    ("start", "end"), [(0, 10), (2, 3), (-1, 1), (9, 20), (-5, None), (9, None)], ids=str
)
def test_the_database_itself_refuses_two_rows_of_a_layer_at_once(town, start, end):
    with town.database.transaction() as session:
        session.execute(insert(Duty).values(**row_of(town, start=0, end=10)))
    with pytest.raises(IntegrityError), town.database.transaction() as session:
        session.execute(insert(Duty).values(**row_of(town, start=start, end=end)))


@pytest.mark.parametrize(
    "other",
    [
        {"start": 10, "end": 12},
        {"start": -2, "end": 0},
        {"start": 0, "end": 10, "layer": 3},
        {"start": 0, "end": 10, "retracted": True},
    ],
    ids=str,
)
def test_it_admits_neighbours_other_layers_and_what_was_taken_back(town, other):
    with town.database.transaction() as session:
        session.execute(insert(Duty).values(**row_of(town, start=0, end=10)))
        session.execute(insert(Duty).values(**row_of(town, **other)))
    with town.database.reading() as session:
        stored = session.scalars(
            select(Duty).where(Duty.recorded_by == "somebody with SQL").order_by(Duty.id)
        )
        kept = [row_of(town, start=0, end=10), row_of(town, **other)]
        assert [{name: getattr(row, name) for name in kept[0]} for row in stored] == kept


def test_a_row_cannot_be_moved_into_another_by_sql_either(town):
    with town.database.transaction() as session:
        session.execute(insert(Duty).values(**row_of(town, start=0, end=10)))
        session.execute(insert(Duty).values(**row_of(town, start=10, end=12)))
    with pytest.raises(IntegrityError), town.database.transaction() as session:
        session.query(Duty).where(Duty.valid_from == town.now + 10 * HOUR).update(
            {"valid_from": town.now + 9 * HOUR}
        )
