"""The board's counts: kept by triggers, whatever happens to the cases; equal to counting anew."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import close, corrections, field_counts, lapses
from survey.fieldwork.queries.board import counts
from survey.models import FieldCount
from survey.roles import AUDITOR, SUPERVISOR
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW
from tests.survey.stories import END, Interviewer, enrol, in_field, supervisor

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST = "w1"


def field(database: Database, vault: Vault) -> Interviewer:
    in_field(database, {"G1": (8, 6, 0), "G2": (6, 4, 0)}, vault=vault)
    return Interviewer(database, enrol(database)[0], vault=vault)


def agree(database: Database) -> None:
    with database.reading() as session:
        assert counts.differing(session, FIRST) == []


def work(someone: Interviewer, database: Database) -> None:
    """End calls in every way that counts, a lapse and a hand-back among them."""
    someone.takes_next(NOW)
    someone.completes_briefly(4, NOW)
    someone.takes_next(NOW + MINUTE)
    someone.reaches_somebody(NOW + MINUTE)
    someone.ends("appointment_other", NOW + MINUTE, appointment=NOW + 60 * MINUTE)
    someone.takes_next(NOW + 2 * MINUTE)
    someone.reaches_somebody(NOW + 2 * MINUTE)
    someone.ends("language_callback", NOW + 3 * MINUTE, language="yue")
    someone.takes_next(NOW + 4 * MINUTE)
    someone.dials(NOW + 4 * MINUTE)
    with database.transaction() as session:
        assert lapses.sweep(session, now=NOW + 20 * MINUTE) == 1
    someone.takes_next(NOW + 21 * MINUTE)
    boss = supervisor(database)
    with database.transaction() as session:
        lapses.hand_back(session, someone.unit, by=boss, reason="不在", now=NOW + 22 * MINUTE)
    someone.takes_next(NOW + 60 * MINUTE)
    someone.dials(NOW + 60 * MINUTE)
    someone.reaches_nobody(now=NOW + 61 * MINUTE)


def test_counts_kept_by_triggers_equal_counting_anew_from_release_to_the_end(
    survey_db: Database, vault: Vault
) -> None:
    someone = field(survey_db, vault)
    agree(survey_db)
    work(someone, survey_db)
    agree(survey_db)
    with survey_db.reading() as session:
        assert counts.of(session, FIRST, "kept") == {"1": 1}
        assert counts.of(session, FIRST, "outcome") == {"complete": 1}
        seats = counts.of(session, FIRST, "seat")
        assert [key for key in seats if "|lease|" in key]
        assert [key for key in seats if "|hand_back|" in key]
    with survey_db.transaction() as session:
        close.close(session, FIRST, now=END)
    agree(survey_db)


def test_an_outcome_put_right_is_counted_as_put_right(survey_db: Database, vault: Vault) -> None:
    someone = field(survey_db, vault)
    someone.takes_next(NOW)
    someone.completes_briefly(4, NOW)
    first, second = Signer("lead", SUPERVISOR), Signer("audit", AUDITOR)
    with survey_db.transaction() as session:
        asked = {"unit": someone.unit, "to": "refusal", "why": "查过了"}
        row = corrections.ask(session, FIRST, **asked, by=first, now=NOW)
    with survey_db.reading() as session:
        assert counts.of(session, FIRST, "outcome") == {"complete": 1}, "nobody confirmed it yet"
    with survey_db.transaction() as session:
        corrections.confirm(session, row.id, by=second, now=NOW)
    with survey_db.reading() as session:
        assert counts.of(session, FIRST, "outcome") == {"refusal": 1}
    agree(survey_db)


def test_gathering_changes_no_sum_and_leaves_a_row_a_count(
    survey_db: Database, vault: Vault, monkeypatch
) -> None:
    someone = field(survey_db, vault)
    work(someone, survey_db)
    with survey_db.transaction() as session:
        before = session.scalar(select(func.count()).select_from(FieldCount))
        assert field_counts.gather(session) == 0, "few rows are left as they are"
        monkeypatch.setattr(field_counts, "MANY", 1)
        assert field_counts.gather(session) > 0
        after = session.scalar(select(func.count()).select_from(FieldCount))
        assert counts.spare(session) == 0
    assert after < before
    agree(survey_db)


def test_a_count_that_somebody_changed_is_named(survey_db: Database, vault: Vault) -> None:
    field(survey_db, vault)
    with survey_db.transaction() as session:
        session.add(FieldCount(wave_label=FIRST, what="outcome", key="complete", n=2))
    with survey_db.reading() as session:
        assert counts.differing(session, FIRST) == [("outcome", "complete", 2, 0)]
