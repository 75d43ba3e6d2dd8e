"""The log of the field alone, its rows in any order, gives the same cases to the same interviewers."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import dnc, lapses, queue
from survey.fieldwork.queries import field_logs, field_rules
from survey.fieldwork.rules.field_log import FieldLog
from survey.fieldwork.rules.replay import Replay
from survey.models import Wave
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.stories import Interviewer, enrol, in_field

START = datetime(2026, 11, 23, 1, 35, tzinfo=UTC)
HOURS = [START + timedelta(days=day, hours=hour) for day in range(9) for hour in (0, 1, 5, 7, 9, 10)]
SPAN = timedelta(minutes=20)
"""In which the calls of an hour are made."""
CODES = ("no_answer",) * 6 + ("busy", "machine", "number_suspect", "talk", "talk", "talk", "lapse")
TALKS = ("soft_refusal", "callback_other", "appointment_other", "refusal_household", "never_again")


def worked(database: Database, vault: Vault, *, households: int, offers: int) -> None:
    """Let three interviewers work a wave over days, with every kind of end."""
    each = households // 4
    sizes = {f"G{at}": (each, each, each) for at in range(4)}
    in_field(database, sizes, vault=vault, rules=WaveRules(unworked=1000), now=START - timedelta(hours=1))
    seats = [Interviewer(database, account, vault=vault) for account in enrol(database, interviewers=3)]
    chance, made, turns = random.Random(7), 0, max(4, offers // len(HOURS) * 2)
    for hour in HOURS:
        if hour.day % 2:
            # On every second day the background work draws fits before their window begins.
            with database.transaction() as session:
                queue.prepare(session, now=hour - timedelta(minutes=15))
        # A transaction an hour: here the order of steps matters, not who waits for whom.
        with database.transaction() as session:
            for turn in range(turns):
                seat, now = seats[turn % 3], hour + SPAN * turn / turns
                seat.session = session
                before = seat.unit, seat.fence
                if made >= offers or seat.takes_next(now) is None:
                    break
                made += (seat.unit, seat.fence) != before
                _works(seat, chance, now)
                lapses.sweep(session, now=now + SPAN / turns)
    for seat in seats:
        seat.session = None


def _works(seat: Interviewer, chance: random.Random, now: datetime) -> None:
    code = chance.choice(CODES)
    if code == "lapse":
        if chance.random() < 0.5:
            seat.dials(now)
    elif code == "talk":
        seat.reaches_somebody(now)
        _talks(seat, chance.choice(TALKS), now)
    else:
        seat.dials(now)
        seat.reaches_nobody(code, now)


def _talks(seat: Interviewer, code: str, now: datetime) -> None:
    later = code in {"callback_other", "appointment_other"}
    seat.enters("C1", "2" if later else "3", now)
    if code == "never_again":
        with seat.step() as session:
            dnc.say(session, seat.unit, interviewer=seat.account, now=now)
        code = "soft_refusal"
    at = now.replace(minute=0, second=0) + timedelta(hours=1) if code == "appointment_other" else None
    seat.ends(code, now, appointment=at)


def _log(database: Database) -> tuple[FieldLog, Replay]:
    with database.reading() as session:
        wave = session.get_one(Wave, "w1")
        log = field_logs.of(session, wave)
        return log, Replay(log, rules=field_rules.of(session, wave))


def _shuffled(log: FieldLog) -> FieldLog:
    chance = random.Random(3)

    def mixed(rows):
        return chance.sample(list(rows), len(rows))

    return replace(
        log,
        cases=dict(mixed(log.cases.items())),
        offers=mixed(log.offers),
        placements=mixed(log.placements),
        refreshes=mixed(log.refreshes),
        traits=mixed(log.traits),
    )


def _holds(database: Database, *, offers: int) -> None:
    log, replay = _log(database)
    assert len(log.offers) >= offers
    assert [each for each in replay.run() if not each.agrees] == []
    mixed = Replay(_shuffled(log), rules=replay.rules)
    assert all(each.agrees for each in mixed.run())


def test_offers_come_out_the_same_and_a_forged_one_is_found_out(survey_db: Database, vault: Vault):
    worked(survey_db, vault, households=48, offers=72)
    _holds(survey_db, offers=60)
    log, replay = _log(survey_db)
    first, second = log.offers[0], log.offers[1]
    forged = replace(log, offers=[replace(first, unit=second.unit), *log.offers[1:]])
    assert not next(Replay(forged, rules=replay.rules).run()).agrees


@pytest.mark.slow
def test_ten_thousand_offers_come_out_the_same(survey_db: Database, vault: Vault):
    worked(survey_db, vault, households=4000, offers=10_000)
    _holds(survey_db, offers=9_000)
