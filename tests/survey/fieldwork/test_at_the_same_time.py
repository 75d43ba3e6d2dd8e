"""Two people do the same step at the same moment: it happens once, and the second reads a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.drawing import parts
from survey.fieldwork.operations import batches, close
from survey.models import LEDGER, Account, Household, SampledCase, SampleUnit, ScoreRelease, Wave
from survey.scores.operations import releasing
from survey.waves.operations import bundle, draw, release
from survey.web import operations as staff
from survey.web.rules import StaffAccount
from tests.conftest import NOW
from tests.survey.stories import (
    END,
    PART,
    QUICK,
    THEN,
    THROWN,
    Interviewer,
    enrol,
    frozen,
    grids,
    in_field,
    register,
    units_by_grid,
    works_through,
)

Step = Callable[[Session], object]


def both(database: Database, step: Step) -> tuple[list[object], list[str]]:
    """Do a step in two transactions at once; return what they gave, and the sentences of refusals."""
    barrier = threading.Barrier(2)
    done: list[object] = []
    refused: list[str] = []

    def once() -> None:
        barrier.wait()
        try:
            with database.transaction() as session:
                given = step(session)
            done.append(given)
        except Refused as refusal:
            refused.append(refusal.message)

    threads = [threading.Thread(target=once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done, refused


def kinds(database: Database, kind: str) -> int:
    with database.reading() as session:
        return sum(f'"t":"{kind}"'.encode() in line for line in LEDGER.lines(session))


def count(database: Database, column: object) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]


def test_a_file_of_households_sent_twice_is_one_import(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 20})
    done, _ = both(survey_db, lambda session: register(session, rows, vault=vault).created)
    assert sorted(map(str, done)) == ["0", "20"]
    assert count(survey_db, Household.code) == 20


def test_two_freezes_give_one_wave(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
    done, refused = both(survey_db, lambda session: frozen(session, {"G1": (3, 0)}, vault=vault).label)
    assert (len(done), len(refused)) == (1, 1)
    assert count(survey_db, Wave.label) == kinds(survey_db, "frame") == 1


def test_two_draws_give_one_sample_and_two_openings_one_field(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault)
        drawn_until_the_draw(session)
    _, refused = both(survey_db, lambda session: draw.draw(session, "w1", now=NOW))
    assert len(refused) == 1
    assert (count(survey_db, SampleUnit.unit), kinds(survey_db, "draw")) == (3, 1)
    _, refused = both(survey_db, lambda session: release.open_field(session, "w1", now=NOW))
    assert len(refused) == 1
    assert count(survey_db, SampledCase.unit) == 3


def drawn_until_the_draw(session: Session) -> None:
    draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
    draw.reveal(session, "w1", party="operator", part=PART, now=NOW)


def test_a_replicate_goes_out_once(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 2, 2)}, vault=vault, rules=replace(QUICK, most=2))
    (account,) = enrol(survey_db)
    nobody = dict.fromkeys(units_by_grid(survey_db)["G1"], None)
    works_through(Interviewer(survey_db, account, vault=vault), nobody)
    done, refused = both(survey_db, lambda session: release.release_due(session, "w1", now=NOW))
    assert (sorted(map(str, done)), refused) == (["['G1']", "[]"], [])
    assert (count(survey_db, SampledCase.unit), kinds(survey_db, "release")) == (4, 1)


def test_a_wave_is_closed_scored_and_bundled_once(survey_db: Database, vault: Vault, keys: Keyring) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    _, refused = both(survey_db, lambda session: close.close(session, "w1", now=END))
    assert (len(refused), kinds(survey_db, "close"), kinds(survey_db, "final")) == (1, 1, 3)
    done, _ = both(survey_db, lambda session: releasing.estimate(session, "w1", now=END).id)
    assert len(set(done)) == count(survey_db, ScoreRelease.id) == 1
    _, refused = both(survey_db, lambda session: releasing.publish(session, "w1", keys=keys, now=END).label)
    assert (len(refused), kinds(survey_db, "score")) == (1, 1)
    bundles, _ = both(survey_db, lambda session: bundle.write(session, "w1", keys=keys, now=NOW))
    assert (len(bundles), len(set(bundles))) == (2, 1)


def test_one_code_is_given_to_one_interviewer(survey_db: Database) -> None:
    def make(session: Session) -> Account:
        login = threading.current_thread().name
        account = StaffAccount(login, name="n", role="interviewer", code="801")
        return staff.create(session, account, password="some sentence", now=NOW)

    done, refused = both(survey_db, make)
    assert (len(done), refused) == (1, ["工号 801 已经有人用了。"])


def test_the_first_two_dials_of_a_day_seal_the_day_before_once(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (6, 6, 6)}, vault=vault)
    seat = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    for _ in range(3):
        seat.takes_next()
        seat.completes_briefly(4)
    tomorrow, second = NOW + timedelta(days=1), list[int]()

    def dials_too() -> None:
        with survey_db.transaction() as other:
            second.append(batches.seal_earlier(other, "w1", now=tomorrow))

    thread = threading.Thread(target=dials_too)
    with survey_db.transaction() as session:
        assert batches.seal_earlier(session, "w1", now=tomorrow) == 3
        thread.start()
        thread.join(0.3)  # it waits for the first, having seen nothing of it
    thread.join()
    assert second == [0]
    assert kinds(survey_db, "answers") == 1
