"""What calls and scores found comes into a period: false visits, posters that nobody answers, conduct."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.attribution import operations
from survey.attribution.queries import attributions, inputs
from survey.attribution.rules.periods import attributed_period
from survey.attribution.rules.weights import WEIGHTS
from survey.campaigns.operations import counting
from survey.fieldwork.operations import close
from survey.kinds import TEST_CALL, VISIT_CHECK
from survey.scores.queries import export, releases
from tests.survey.attribution.a_week import LATER, posts
from tests.survey.browsing import Visitor
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import after, answers_as, asked
from tests.survey.campaigns.test_visits_and_posters_are_tried import CAME, HOTLINE, NEVER, NOBODY, REACHED
from tests.survey.stories import END, Interviewer, enrol
from tests.survey.world import WAVE


def called(
    database: Database, keys: Keyring, label: str, person: Interviewer, said: Callable[[int], dict[str, str]]
) -> None:
    calls = 0
    with database.transaction() as person.session:
        while person.takes_next(after(calls)) is not None:
            person.dials(after(calls))
            answers_as(person, said(calls), now=after(calls))
            calls += 1
    with database.transaction() as session:
        close.close(session, label, now=END)
        counting.count_and_publish(session, label, keys=keys, now=END)


# Two campaigns, led one after the other.
@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_claimed_visits_and_dialled_posters_come_in_from_their_campaigns(
    survey_db: Database, vault: Vault, keys: Keyring
) -> None:
    visits = [deposited.visit(place, vault=vault) for place in range(30)]
    posters = [{"code": f"{10 + place}", "area": "G2", "state": "posted"} for place in range(14)]
    with survey_db.transaction() as session:
        deposited.take(session, visits=visits, posters=posters, posts=posts())
        deposited.in_field(session, asked(VISIT_CHECK, label="v1", sample=20), vault=vault)
    person = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    called(survey_db, keys, "v1", person, lambda n: NEVER if n % 5 == 0 else CAME)
    with survey_db.transaction() as session:
        request = asked(TEST_CALL, label="t1", sample=12, hotline=HOTLINE)
        deposited.in_field(session, request, vault=vault)
    called(survey_db, keys, "t1", person, lambda n: NOBODY if n % 4 == 0 else REACHED)
    with survey_db.transaction() as session:
        operations.attribute(session, "2026W47", by="assessor", now=LATER)
        week = attributions.get(session, "2026W47").found
        operations.attribute(session, "2026W48", by="assessor", now=LATER)
        next_week = attributions.get(session, "2026W48").found
    city, _street, worker = week.visits
    assert (city.all, city.reached, city.counted, worker.staff) == (30, 20, 4, "W1")
    assert city.low < 0.2 == city.share < city.high
    # Posters count where their campaign was frozen.
    assert (week.test_calls, [row.area for row in next_week.test_calls]) == ([], ["all", "S2", "G2"])
    assert [(row.all, row.reached, row.counted) for row in next_week.test_calls] == [(14, 12, 9)] * 3
    assert set(week.campaigns) == {"v1", "t1"}


def test_conduct_is_that_of_the_last_release_and_what_is_hidden_stays_so(
    visit: Callable[..., Visitor],
) -> None:
    database = visit("closed").app.extensions["huying"].database
    with database.reading() as session:
        made = releases.get(session, WAVE)
        read = inputs.read(session, attributed_period("2026W40", tz=clock.LOCAL), weights=WEIGHTS)
    assert read.wave == (WAVE, export.digest_of(made))
    rows = [
        row
        for row in releases.rows_of(made)
        if (row.level, row.item, row.den) == ("grid", "conduct", "rated")
    ]
    shown = {row.unit: row.estimate for row in rows if row.estimate is not None}
    assert len(shown) < len(rows)
    assert {grid: each.estimate for grid, each in read.conduct.items()} == shown
    city = [row for row in releases.rows_of(made) if (row.item, row.den) == ("department", "rated")]
    assert set(read.departments) <= {"all", *(row.unit for row in city if row.estimate is not None)}
    assert inputs.digest(read) == inputs.digest(read)
