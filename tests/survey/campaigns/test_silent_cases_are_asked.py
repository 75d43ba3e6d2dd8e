"""Of cases that were reported solved and stayed silent some are drawn and called: the rate follows."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from huying.base.errors import Conflict, NotFound, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.ledger import rotation
from huying.store.db import Database
from huying.store.insert_only import lifted
from sampling.comparing.resolution import CalledStratum, stratified
from survey import ledger_key
from survey.campaigns.operations import counting, freeze
from survey.campaigns.queries import results
from survey.campaigns.rules.figures import StreetCounts, figures
from survey.deposits.operations import discard
from survey.fieldwork.operations import close, return_calls
from survey.fieldwork.queries.frozen_records import frozen_record
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller
from survey.kinds import CASE_FOLLOWUP
from survey.models import (
    CAMPAIGN_LEDGER,
    LEDGER,
    AccessRecord,
    Account,
    DoNotCall,
    FrameUnit,
    SampledCase,
    Wave,
)
from survey.registry.rules.sealing import PURPOSE
from survey.scores import operations as scores
from survey.waves.operations import bundle
from survey.waves.queries import waves
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import SAYS_SOLVED, after, answers_as, asked, case
from tests.survey.conftest import Led
from tests.survey.stories import END, Interviewer, enrol, frozen, grids, register
from tests.survey.verify import bundles

SILENT = {"G1": 20, "G2": 16}


def cases(vault: Vault) -> list[dict[str, str]]:
    """Of two streets: silent ones with a sealed number, and those of which more, or nothing, is known."""
    silent = [
        case(1000 * at + place, "unconfirmed", grid=grid, vault=vault)
        for at, (grid, n) in enumerate(SILENT.items(), start=1)
        for place in range(n)
    ]
    return [
        *silent,
        *(case(place, "confirmed", grid="G1", word="link") for place in range(8)),
        *(case(10 + place, "contested", grid="G2", word="link") for place in range(4)),
        case(20, "unconfirmed", word="link"),
        case(21, "answered"),
        case(22, "answered", due=deposited.AHEAD),
        case(23, "declared"),
        case(24, "ended"),
        case(25, "confirmed", source="staff"),
    ]


def lead(database: Database, vault: Vault) -> None:
    """Take a deposit in, and lead its follow-up to the field."""
    with database.transaction() as session:
        deposited.take(session, cases=cases(vault))
        deposited.in_field(session, asked(CASE_FOLLOWUP, sample=12), vault=vault)
    enrol(database)


@pytest.fixture
def database(led: Led) -> Database:
    """The independent side with a deposit taken in, and its follow-up in the field."""
    return led("a follow-up in its field", lead)


@pytest.fixture
def worked(led: Led) -> Database:
    """The same, everybody called: of each street every third says that it isn't solved."""
    return led(
        "a follow-up that was worked", lambda database, vault: (lead(database, vault), work(database, vault))
    )


def caller(database: Database, vault: Vault) -> Interviewer:
    with database.reading() as session:
        return Interviewer(database, session.scalars(select(Account)).one(), vault=vault)


def work(database: Database, vault: Vault) -> None:
    person, seen, calls = caller(database, vault), Counter[str](), 0
    with database.transaction() as person.session:
        while (found := person.takes_next(after(calls))) is not None:
            seen[found.stratum] += 1
            said = {"R1": "1", "R2": "1"} if seen[found.stratum] % 3 == 0 else {"R1": "5"}
            opening = {item: SAYS_SOLVED[item] for item in ("C1", "S1", "S3")}
            closing = {item: SAYS_SOLVED[item] for item in ("R3", "R4", "B1", "B1A", "O1")}
            answers_as(person, {**opening, **said, **closing}, now=after(calls))
            calls += 1


def finish(database: Database, keys: Keyring) -> None:
    with database.transaction() as session:
        close.close(session, "k1", now=END)
        counting.count_and_publish(session, "k1", keys=keys, now=END)


def test_the_frame_is_every_case_that_was_reported_solved_and_stayed_silent(database: Database) -> None:
    with database.reading() as session:
        units = session.execute(select(FrameUnit.stratum, FrameUnit.row_code, FrameUnit.household_code)).all()
        lines = [json.loads(line) for line in CAMPAIGN_LEDGER.lines(session)]
    assert Counter(stratum for stratum, _row, _home in units) == {"S1": 20, "S2": 16}
    assert all(row.startswith(("K1", "K2")) and home is None for _stratum, row, home in units)
    assert (lines[0]["t"], lines[0]["kind"], lines[0]["n"]) == ("frame", CASE_FOLLOWUP, 36)
    assert lines[1]["item"] == "R1"


def test_it_stands_in_a_ledger_of_its_own_beside_a_wave_of_households(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        before = LEDGER.size(session)
        register(session, grids({"G1": 5}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w1")
        assert [json.loads(line)["t"] for line in LEDGER.lines(session, before)][-2:] == ["frame", "design"]
        with pytest.raises(Conflict, match="k1"):
            freeze.freeze(session, asked(CASE_FOLLOWUP, label="k2"), vault=vault, now=NOW)


def test_the_rate_adds_who_was_called_to_who_replied_and_an_outsider_can_check_the_sample(
    worked: Database, keys: Keyring, tmp_path: Path
) -> None:
    finish(worked, keys)
    with worked.transaction() as session:
        rows = results.rows_of(results.release(session, "k1"))  # type: ignore[arg-type]
        (tmp_path / "k1.zip").write_bytes(bundle.write(session, "k1", keys=keys, now=END))
        (tmp_path / "openings").write_bytes(waves.openings_tsv(session, "k1"))
        (tmp_path / "minutes").write_bytes(waves.minutes_tsv(session, "k1"))
        vkey = bundle.vkey_of(session, "k1", keys=keys)
        score = json.loads(CAMPAIGN_LEDGER.lines(session)[-1])
    # S1: 20 silent, 8 confirmed, one unsure, one overdue; S2: 16 silent, 4 contested.
    expected = stratified([CalledStratum(30, 10, 8, 12, 8), CalledStratum(20, 4, 0, 12, 8)])
    city = rows[0]
    assert (city.due, city.replied, city.overdue, city.silent, city.reached) == (50, 14, 1, 36, 24)
    assert (city.rate, city.low, city.high) == pytest.approx(
        (expected.value, expected.low, expected.high), abs=1e-4
    )
    assert [row.name for row in rows] == ["全部", "S1街道", "S2街道"]
    assert vkey.startswith(f"{ledger_key.ORIGIN}{ledger_key.CAMPAIGNS}+")
    words = [
        str(tmp_path / "k1.zip"),
        "--key",
        vkey,
        "--wave",
        "k1",
        "--openings",
        str(tmp_path / "openings"),
    ]
    status, said = bundles.run([*words, "--minutes", str(tmp_path / "minutes")])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert score["direct"] == f"{100 * expected.value:.1f}"


def test_a_contact_is_opened_only_in_the_hand_that_calls_and_that_is_logged(
    database: Database, vault: Vault
) -> None:
    person = caller(database, vault)
    with database.reading() as session:
        wave, waiting = session.get_one(Wave, "k1"), session.scalars(select(SampledCase.unit)).first()
        with pytest.raises(Refused, match="没有人接手"):
            frozen_record(session, wave, str(waiting), vault=vault)
    person.takes_next()
    (dialled,) = person.dials()
    with database.reading() as session:
        row = session.get_one(FrameUnit, person.unit).row_code
        seen = session.scalars(select(AccessRecord.what).where(AccessRecord.unit == person.unit)).all()
    assert dialled == deposited.number(int(str(row)[1:]))
    assert sorted(seen) == ["contact opened", "number shown"]


def test_a_deposited_line_that_was_changed_since_is_not_dialled(database: Database, vault: Vault) -> None:
    person = caller(database, vault)
    person.takes_next()
    with as_owner(database) as session, lifted(session, "deposited_case"):
        session.execute(text("UPDATE deposited_case SET line = line || 'x'"))
    with pytest.raises(Refused, match="不一致"):
        person.dials()


def test_who_wishes_no_call_is_known_by_the_number_and_whoever_rings_back_is_the_one_who_was_dialled(
    database: Database, vault: Vault
) -> None:
    person = caller(database, vault)
    person.takes_next()
    (dialled,) = person.dials()
    person.reaches_nobody()
    first = person.unit
    with database.transaction() as session:
        told = {"interviewer": person.account, "now": NOW, "vault": vault}
        back = return_calls.take(session, ReturnCaller(dialled), **told)
        assert (back.answered, back.case and back.case.unit) == (Answered.TAKEN, first)
        person.unit, person.fence = back.case.unit, back.case.fence  # type: ignore[union-attr]
    person.ends("never_again")
    with database.reading() as session:
        (wish,) = session.scalars(select(DoNotCall)).all()
    assert (wish.household_code, wish.number_index) == (None, vault.index(dialled, purpose=PURPOSE))


def test_the_deposit_of_a_campaign_is_not_thrown_out(database: Database) -> None:
    registrar = Account(login="r", name="r", role="registrar", password_hash="", active=True, created_at=NOW)
    with database.transaction() as session:
        session.add(registrar)
        session.flush()
        with pytest.raises(Conflict, match="k1"):
            discard.discard(session, "2026W48", by=registrar, reason="文件不对，见工单", now=NOW)


def test_what_a_campaign_is_of_never_changes(database: Database) -> None:
    for change in ("kind = 'household', deposit_period = NULL", "deposit_period = NULL", "phase_of = 'k1'"):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.execute(text(f"UPDATE wave SET {change} WHERE label = 'k1'"))
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(text("DELETE FROM campaign_entry"))


def test_nothing_is_counted_before_its_end_or_of_a_wave_of_households(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        with pytest.raises(Refused, match="还没有结束"):
            counting.count(session, "k1", now=NOW)
        register(session, grids({"G1": 5}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w1")
        with pytest.raises(NotFound):
            counting.count(session, "w1", now=NOW)


def test_without_a_deposit_or_without_silence_there_is_nothing_to_ask(
    survey_db: Database, vault: Vault
) -> None:
    with survey_db.transaction() as session:
        with pytest.raises(Refused, match="还没有收过"):
            freeze.freeze(session, asked(CASE_FOLLOWUP), vault=vault, now=NOW)
        deposited.take(session, cases=[case(1, "confirmed", word="link")])
        with pytest.raises(Refused, match="没有要核实的"):
            freeze.freeze(session, asked(CASE_FOLLOWUP), vault=vault, now=NOW)


@pytest.mark.parametrize(
    ("reached", "shown"),
    [
        ((9, 30), ["F", "A", "D"]),
        ((9, 9), ["F", "A", "A"]),
        ((12, 30), ["F", "F", "F"]),
        ((0, 3), ["A", "F", "A"]),
    ],
)
def test_few_answers_are_hidden_and_what_would_give_them_away(
    reached: tuple[int, int], shown: list[str]
) -> None:
    streets = {f"S{at}": StreetCounts(100, 20, 10, 0, 40, n, n // 2) for at, n in enumerate(reached)}
    rows = figures(streets, names={})
    assert [row.status for row in rows] == shown
    assert all(
        (row.rate is None) == (row.status != "F" or row.area == "S0") for row in rows if row.reached == 0
    )
    assert all(row.rate is None and row.reached is None for row in rows if row.status != "F")


def test_a_second_count_is_the_first(worked: Database, keys: Keyring) -> None:
    finish(worked, keys)
    with worked.transaction() as session:
        first = results.release(session, "k1")
        assert counting.count_and_publish(session, "k1", keys=keys, now=END + timedelta(days=1)) is first


def test_a_campaign_is_not_scored_as_a_wave(worked: Database) -> None:
    with worked.transaction() as session:
        close.close(session, "k1", now=END)
        with pytest.raises(Refused, match="核实"):
            scores.estimate(session, "k1", now=END)


def test_its_bundle_stays_as_it_was_when_the_key_changes(worked: Database, keys: Keyring) -> None:
    finish(worked, keys)
    told = {"keys": keys, "now": END}
    with worked.transaction() as session:
        before, known = bundle.write(session, "k1", **told), bundle.vkey_of(session, "k1", keys=keys)
        for ledger, is_campaign in ((LEDGER, False), (CAMPAIGN_LEDGER, True)):
            origin = ledger_key.origin_of(is_campaign=is_campaign)
            rotation.announce(ledger, session, keys=keys, origin=origin, at=END)
    rotation.take_over(keys)
    with worked.transaction() as session:
        assert bundle.write(session, "k1", **told) == before
        assert bundle.vkey_of(session, "k1", keys=keys) == known
