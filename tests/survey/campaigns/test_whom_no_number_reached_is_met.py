"""Households whose numbers are all dead are drawn again from the wave that found so, and met at the door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from sampling.estimates.two_phase import FirstPhase
from survey.campaigns.operations import counting, freeze
from survey.campaigns.queries import offers, results
from survey.campaigns.rules.second_phase import BothPhases, TelephoneShare, both
from survey.fieldwork.operations import close
from survey.fieldwork.queries import interviews
from survey.kinds import PHASE2
from survey.models import CAMPAIGN_LEDGER, AccessRecord, Account, FrameUnit, Interview
from survey.scores.operations import releasing as scores
from survey.waves.operations import bundle, release
from tests.conftest import NOW
from tests.survey.campaigns.deposited import after, asked
from tests.survey.conftest import Led
from tests.survey.stories import (
    END,
    Interviewer,
    brief,
    dice_after,
    drawn,
    enrol,
    frozen,
    grids,
    household,
    register,
)
from tests.survey.verify import bundles

ELDERS = [household(f"E{place}", "G1", "", address=f"春一路{place}号") for place in range(4)]
"""Without a telephone."""


def lead(database: Database, vault: Vault) -> None:
    """A wave of one grid is called to its end: the elders can't be."""
    enrol(database)
    with database.transaction() as session:
        register(session, [*grids({"G1": 6}), *ELDERS], vault=vault)
        frozen(session, {"G1": (10, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    person, calls = caller(database, vault), 0
    with database.transaction() as person.session:
        while person.takes_next(after(calls)) is not None:
            if person.dials(after(calls)):
                person.is_answered(after(calls))
                for item, raw in brief(5).items():
                    person.enters(item, raw, after(calls))
                person.ends("complete", after(calls))
            calls += 1
    with database.transaction() as session:
        close.close(session, "w1", now=END)


def caller(database: Database, vault: Vault) -> Interviewer:
    with database.reading() as session:
        return Interviewer(database, session.scalars(select(Account)).one(), vault=vault)


@pytest.fixture
def database(led: Led) -> Database:
    return led("a wave with elders without telephones", lead)


def met(database: Database, vault: Vault, *, out: int = 0) -> list[tuple[str, ...]]:
    """Lead the second phase, meet everybody, so many being `out`; return where people went."""
    with database.transaction() as session:
        request = asked(PHASE2, sample=3, phase_of="w1", beacon_source=dice_after(END))
        freeze.freeze(session, request, vault=vault, now=END)
        drawn(session, "k1", now=END)
        release.open_field(session, "k1", now=END)
    person, went = caller(database, vault), []
    with database.transaction() as person.session:
        while person.takes_next(END) is not None:
            went.append(person.dials(END))
            if len(went) <= out:
                person.reaches_nobody(now=END)
                continue
            person.is_answered(END)
            for item, raw in brief(2).items():
                person.enters(item, raw, END)
            person.ends("complete", END)
    return went


def test_the_frame_is_the_wave_s_dead_numbers_and_says_whose_they_are(
    database: Database, vault: Vault
) -> None:
    assert len(met(database, vault)) == 3
    with database.reading() as session:
        homes = session.scalars(select(FrameUnit.household_code).where(FrameUnit.wave_label == "k1")).all()
        first = json.loads(CAMPAIGN_LEDGER.lines(session)[0])
    assert sorted(map(str, homes)) == ["E0", "E1", "E2", "E3"]
    assert (first["kind"], first["phase_of"], first["nophone"]) == (PHASE2, "w1", [["G1", 4]])


def test_an_interviewer_is_shown_the_address_at_that_try_alone_and_it_is_logged(
    database: Database, vault: Vault
) -> None:
    went = met(database, vault, out=1)
    assert all(where.startswith("春一路") for (where,) in went)
    with database.reading() as session:
        seen = session.scalars(select(AccessRecord.what).where(AccessRecord.at == END)).all()
        modes = set(session.scalars(select(Interview.mode).where(Interview.started_at == END)))
    assert seen == ["address shown"] * 3
    assert modes == {"visit"}


def test_the_same_questions_are_asked_with_another_opening(database: Database, vault: Vault) -> None:
    met(database, vault)
    with database.reading() as session:
        unit = session.scalars(select(Interview.unit).where(Interview.mode == "visit")).first()
        talk = interviews.so_far(session, str(unit))
    assert talk.form.questionnaire.name == "v1.doorstep"
    assert talk.headline == 2
    assert "工作证" in talk.form.questionnaire.calls[talk.form.situation][0].text


def test_an_outsider_checks_the_second_phase_like_any_wave(
    database: Database, vault: Vault, keys: Keyring, tmp_path: Path
) -> None:
    met(database, vault)
    later = END.replace(year=END.year + 1)
    with database.transaction() as session:
        close.close(session, "k1", now=later)
        with pytest.raises(Refused, match="先计算 w1"):
            counting.count(session, "k1", now=later)
        scores.estimate(session, "w1", now=later)
        made = counting.count_and_publish(session, "k1", keys=keys, now=later)
        # Three were met, fewer than ten: nothing of them is told.
        assert results.both_of(made) == BothPhases(3)
        (tmp_path / "k1.zip").write_bytes(bundle.write(session, "k1", keys=keys, now=later))
        vkey = bundle.vkey_of(session, "k1", keys=keys)
    status, said = bundles.run([str(tmp_path / "k1.zip"), "--key", vkey, "--wave", "k1"])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said


def test_it_begins_when_the_wave_has_ended_and_found_any(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 6}), vault=vault)
        frozen(session, {"G1": (5, 0)}, vault=vault)
        assert offers.now(session).kinds == []
        with pytest.raises(Refused, match="还没有结束"):
            freeze.freeze(session, asked(PHASE2, phase_of="w1"), vault=vault, now=NOW)


def test_the_city_s_share_is_that_of_both_parts_by_their_size() -> None:
    strata = [FirstPhase(1000, 100, 20), FirstPhase(1000, 100, 10)]
    answers = [(place, at % 2 == 0) for place in (0, 1) for at in range(6)]
    found = both(strata, telephone=TelephoneShare(0.8, 0.7, 0.9), answers=answers, asked=20)
    assert (found.dead, found.met, found.telephone) == (0.15, 0.5, 0.8)
    assert found.rate == pytest.approx(0.85 * 0.8 + 0.15 * 0.5)
    assert found.low < found.rate < found.high  # type: ignore[operator]
    for telephone, few in ((None, answers), (TelephoneShare(0.8, 0.7, 0.9), answers[:9])):
        assert both(strata, telephone=telephone, answers=few, asked=20) == BothPhases(20)
