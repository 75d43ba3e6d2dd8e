"""Duty rows are half-open, layered, never overlap, and keep the past answerable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models.people import Duty
from huying.base.errors import Conflict, Invalid, NotFound
from tests.feedback.town import put_on_duty

MINUTE = timedelta(minutes=1)
END = {"by": "office"}


def _who(session, at):
    found = duty_queries.current(session, "G2", at=at)
    return found.worker_code if found else None


@pytest.fixture
def layered(town):
    """A [0,100), B [100,200), cover B [50,60), in minutes."""
    with town.database.transaction() as session:
        for worker, start, end, layer in (("W1", 0, 100, 0), ("W2", 100, 200, 0), ("W2", 50, 60, 1)):
            put_on_duty(
                session,
                worker,
                "G2",
                start=town.now + start * MINUTE,
                end=town.now + end * MINUTE,
                layer=layer,
                now=town.now,
            )
    return town


@pytest.mark.parametrize(
    ("minute", "who"),
    [
        (-1, None),
        (0, "W1"),
        (49, "W1"),
        (50, "W2"),
        (59, "W2"),
        (60, "W1"),
        (99, "W1"),
        (100, "W2"),
        (199, "W2"),
        (200, None),
    ],
)
def test_the_highest_live_row_answers(layered, minute, who):
    with layered.database.reading() as session:
        assert _who(session, layered.now + minute * MINUTE) == who


@pytest.mark.parametrize(("start", "end"), [(10, 20), (-5, 1), (99, 150), (-10, None)])
def test_an_overlap_on_one_layer_is_refused_with_who_is_there(layered, start, end):
    with pytest.raises(Conflict, match="已经安排了"), layered.database.transaction() as session:
        put_on_duty(
            session,
            "W2",
            "G2",
            start=layered.now + start * MINUTE,
            end=layered.now + end * MINUTE if end else None,
            now=layered.now,
        )


def test_neighbouring_spans_do_not_overlap(layered):
    with layered.database.transaction() as session:
        put_on_duty(session, "W1", "G2", start=layered.now + 200 * MINUTE, now=layered.now)
        put_on_duty(session, "W1", "G2", start=layered.now - 9 * MINUTE, end=layered.now, now=layered.now)
    with layered.database.reading() as session:
        assert [_who(session, layered.now + minute * MINUTE) for minute in (-10, -9, -1, 0, 199, 200)] == [
            *(None, "W1", "W1", "W1", "W2", "W1")
        ]
        assert len(duty_queries.rows(session, "G2")) == 5


def test_closing_keeps_the_past_and_frees_what_follows(layered):
    at = layered.now + 30 * MINUTE
    with layered.database.transaction() as session:
        row = duty_queries.current(session, "G2", at=layered.now)
        duty.close(session, row.id, at=at, now=at, **END)
        assert _who(session, at - MINUTE) == "W1"
        assert _who(session, at) is None
        with pytest.raises(Conflict):
            duty.close(session, row.id, at=at + MINUTE, now=at, **END)


def test_what_has_not_begun_is_retracted_not_closed(layered):
    with layered.database.transaction() as session:
        row = duty_queries.current(session, "G2", at=layered.now + 150 * MINUTE)
        with pytest.raises(Invalid, match="撤销"):
            duty.close(session, row.id, at=layered.now, now=layered.now, **END)
        duty.retract(session, row.id, by="office", now=layered.now)
        assert _who(session, layered.now + 150 * MINUTE) is None
        assert session.get(Duty, row.id) is not None
        with pytest.raises(Conflict, match="已经撤销"):
            duty.retract(session, row.id, by="office", now=layered.now)


@pytest.mark.parametrize(
    "wrong",
    [{"grid": "M"}, {"grid": "nowhere"}, {"worker": "nobody"}, {"layer": 4}, {"minutes": 0}, {"minutes": -1}],
)
def test_what_cannot_be_is_refused(town, wrong):
    end = town.now + timedelta(minutes=wrong.get("minutes", 5))
    with pytest.raises(Invalid), town.database.transaction() as session:
        put_on_duty(
            session,
            wrong.get("worker", "W1"),
            wrong.get("grid", "G2"),
            start=town.now,
            end=end,
            layer=wrong.get("layer", 0),
        )
    with town.database.reading() as session:
        assert not session.scalars(select(Duty).where(Duty.grid_code == "G2")).all()


def test_an_unknown_row_is_not_found(town):
    with town.database.transaction() as session, pytest.raises(NotFound):
        duty.close(session, 999, at=town.now, now=town.now, **END)
