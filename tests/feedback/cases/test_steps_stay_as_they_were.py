"""Nobody makes hours look shorter: a step stays as it was written, and hours follow from steps alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback.cases.operations import whistles
from feedback.cases.queries import cases as queries
from feedback.models import Case
from tests.support.owner import as_owner

HOUR = timedelta(hours=1)
DEEDS = {
    "date a step back": "UPDATE case_step SET at = '2020-01-01 00:00:00'",
    "say that somebody else held it": "UPDATE case_step SET holder = 'resident'",
    "say that somebody else did it": "UPDATE case_step SET actor = 'system'",
    "let it have ended": "UPDATE case_step SET state = 'declared'",
    "write another note": "UPDATE case_step SET note = ''",
    "drop a step": "DELETE FROM case_step",
}
AROUND = (
    "UPDATE help_case SET opened_at = '2020-01-01 00:00:00', holder = 'resident', declared_at = NULL",
    "UPDATE whistle SET sounded_at = '2030-01-01 00:00:00', answered_at = NULL",
)


@pytest.fixture
def accepted(town):
    """A case that a department took eighteen hours to accept; it holds it since the whistle."""
    case = town.open().case
    town.answer(case, at=town.now + HOUR)
    whistle = town.whistle(case, at=town.now + 2 * HOUR)
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=town.now + 20 * HOUR)
    return case


def steps(town) -> list[str]:
    with town.database.reading() as session:
        return sorted(map(repr, session.execute(text("SELECT * FROM case_step"))))


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_can_by_sql(town, accepted, deed):
    before = steps(town)
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(town.database) as session:
        session.execute(text(DEEDS[deed]))
    assert steps(town) == before


def test_what_stands_around_the_steps_says_nothing_of_hours(town, accepted):
    def hours() -> dict[str, float]:
        with town.database.reading() as session:
            return queries.custody_hours(session.get_one(Case, accepted.id), now=town.now + 25 * HOUR)

    before = hours()
    with town.database.transaction() as session:
        for deed in AROUND:
            session.execute(text(deed))
    assert hours() == before == {"worker": 2, "dept:water": 23}
