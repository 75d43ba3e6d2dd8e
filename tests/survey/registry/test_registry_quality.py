"""The registry's quality is told grid by grid in counts, and tells of nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from huying.base.phones import Vault
from huying.deposit.sealing import Opener, Sealer, new_keypair
from huying.store.db import Database
from survey.models import Area, Attempt, Deposit, FrameUnit, Post, SampledCase, Wave
from survey.registry.queries import export, quality
from survey.registry.queries.quality import NOTHING, Quality, Report
from tests.conftest import NOW
from tests.survey.stories import drawn, enrol, frozen, grids, household, register

DAY = timedelta(days=1)
PRIVATE, PUBLIC = new_keypair()


def report(database: Database, vault: Vault, *, now: datetime = NOW) -> Report:
    with database.reading() as session:
        return quality.report(session, vault=vault, now=now, opener=Opener(PRIVATE))


def counts(database: Database, vault: Vault, *, now: datetime = NOW) -> Mapping[str, Quality]:
    return {grid.code: grid.counts for grid in report(database, vault, now=now).grids}


def take_in(
    database: Database, rows: Iterable[tuple[str, ...]], vault: Vault, *, now: datetime = NOW
) -> None:
    with database.transaction() as session:
        register(session, rows, vault=vault, now=now)


def deposit(database: Database, period: str, numbers: Mapping[str, str], *, public: str = PUBLIC) -> None:
    """A deposit whose posts have these numbers, by their codes."""
    sealer = Sealer(public, b"s" * 32)
    with database.transaction() as session:
        session.add(
            Deposit(
                period=period,
                origin="o",
                sha256=sha256(period.encode()).hexdigest(),
                made_at=NOW,
                accepted_at=NOW,
                checkpoint="",
                counts="{}",
            )
        )
        session.flush()
        for code, number in numbers.items():
            sealed = sealer.seal(number, table="posts", code=code, column="contact") if number else ""
            session.add(
                Post(
                    period=period,
                    code=code,
                    grid_code="G9",
                    staff_code="w",
                    valid_from=NOW,
                    sealed_contact=sealed,
                    stale_hours="0",
                )
            )


def test_an_empty_registry_has_nothing_amiss(survey_db: Database, vault: Vault) -> None:
    assert report(survey_db, vault) == Report((), NOTHING, 0)


def test_missing_shared_and_adults_are_counted_in_their_grid(survey_db: Database, vault: Vault) -> None:
    rows = [
        household("a", "G1", "+99910000001"),
        household("b", "G1", "", adults="+99910000008;+99910000009"),
        household("c", "G1", "+99910000003"),
        household("d", "G2", "+99910000001"),
        household("e", "G2", "+99910000005", adults="+99910000003"),
    ]
    take_in(survey_db, rows, vault)
    found = counts(survey_db, vault)
    assert (found["G1"].households, found["G2"].households) == (3, 2)
    assert (found["G1"].missing, found["G2"].missing) == (1, 0)
    assert (found["G1"].shared, found["G2"].shared) == (1, 1)
    assert (found["G1"].adults, found["G2"].adults) == (2, 1)


def test_who_has_left_counts_nowhere(survey_db: Database, vault: Vault) -> None:
    rows = [household(code, "G1", "+99910000001", adults="+99910000002") for code in "ab"]
    take_in(survey_db, rows, vault)
    take_in(survey_db, rows[:1], vault)
    assert counts(survey_db, vault)["G1"] == Quality(1, 0, 0, 0, 0, 0, 1, 0)


def test_a_households_number_that_staff_have_is_counted_once(survey_db: Database, vault: Vault) -> None:
    rows = [
        household("a", "G1", "+99910000001", adults="+99910000001;+99910000002"),
        household("b", "G1", "", adults="+99910000002"),
        household("c", "G2", "+99910000003"),
        household("d", "G2", "+99910000004"),
    ]
    take_in(survey_db, rows, vault)
    deposit(survey_db, "2026W40", {"D1-1": "+99910000004"})
    deposit(survey_db, "2026W41", {"D1-1": "+99910000001", "D2-1": "+99910000002", "D3-1": ""})
    found = counts(survey_db, vault)
    assert (found["G1"].staff, found["G2"].staff) == (2, 0)


def test_contacts_that_do_not_open_are_counted_and_told(survey_db: Database, vault: Vault) -> None:
    take_in(survey_db, grids({"G1": 2}), vault)
    deposit(survey_db, "2026W41", {"D1-1": "+99910000001"}, public=new_keypair()[1])
    assert report(survey_db, vault).unopened == 1


def test_a_changed_number_counts_for_thirty_and_for_ninety_days(survey_db: Database, vault: Vault) -> None:
    first = [household(code, "G1", f"+9991000000{place}") for place, code in enumerate("abc")]
    take_in(survey_db, first, vault)
    second = [household("a", "G1", "+99910000007"), *first[1:]]
    take_in(survey_db, second, vault, now=NOW + DAY)
    reconfirmed = (*first[1][:5], "2026-12-12", *first[1][6:])
    take_in(survey_db, [second[0], reconfirmed, first[2]], vault, now=NOW + 20 * DAY)
    seen = [
        (after, counts(survey_db, vault, now=NOW + after * DAY)["G1"]) for after in (0, 1, 31, 32, 91, 92)
    ]
    assert [(after, one.changed_30, one.changed_90) for after, one in seen] == [
        (0, 1, 1),
        (1, 1, 1),
        (31, 1, 1),
        (32, 0, 1),
        (91, 0, 1),
        (92, 0, 0),
    ]


def called(database: Database, vault: Vault, results: Mapping[str, list[tuple[int, str]]]) -> None:
    """A wave of one grid, of whose households some were called: days after NOW with their codes."""
    with database.transaction() as session:
        frozen(session, {"G1": (3, 0)}, vault=vault)
        drawn(session)
    interviewer = enrol(database)[0]
    with database.transaction() as session:
        units = dict(session.execute(select(FrameUnit.household_code, FrameUnit.unit)).all())
        for rank, (code, attempts) in enumerate(results.items(), start=1):
            session.add(SampledCase(unit=units[code], wave_label="w1", stratum="G1", next_due=NOW, rank=rank))
            session.flush()
            for n, (day, result) in enumerate(attempts, start=1):
                at = NOW + day * DAY
                session.add(
                    Attempt(
                        unit=units[code],
                        n=n,
                        interviewer_id=interviewer.id,
                        started_at=at,
                        dialled_at=at,
                        window="",
                        code=result,
                    )
                )
        session.execute(update(Wave).values(state="drawn"))


def close(database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(Wave).values(state="closed"))


RESULTS = {
    "G1-0": [(1, "number_suspect"), (2, "number_suspect")],
    "G1-1": [(1, "number_suspect"), (2, "number_suspect"), (3, "no_answer")],
    "G1-2": [(1, "busy"), (2, "number_suspect")],
}


def test_whom_no_number_reached_counts_when_the_wave_is_over(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 3})
    take_in(survey_db, rows, vault)
    called(survey_db, vault, RESULTS)
    assert counts(survey_db, vault)["G1"].unreachable == 0
    close(survey_db)
    assert counts(survey_db, vault)["G1"].unreachable == 1


def test_a_number_recorded_since_is_not_unreachable(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 3})
    take_in(survey_db, rows, vault)
    called(survey_db, vault, RESULTS)
    close(survey_db)
    take_in(survey_db, [household("G1-0", "G1", "+99919900000"), *rows[1:]], vault, now=NOW + 9 * DAY)
    assert counts(survey_db, vault)["G1"].unreachable == 0


@given(st.lists(st.lists(st.integers(0, 99), min_size=8, max_size=8), max_size=5))
def test_the_citys_total_is_the_sum_of_its_grids(rows: list[list[int]]) -> None:
    total = sum((Quality(*row) for row in rows), NOTHING)
    assert total == Quality(*map(sum, zip(*rows, strict=True))) if rows else total == NOTHING


def test_the_file_has_counts_and_the_city_last(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        session.add(Area(code="G1", level="grid", name="=一格", grid_type=""))
        session.add(Area(code="G2", level="grid", name="", grid_type=""))
    take_in(survey_db, [household("h1", "G1", "+99910000001"), household("h2", "G2", "")], vault)
    lines = export.csv_of(report(survey_db, vault)).decode().split("\r\n")
    assert lines == [
        "grid,name,households,missing,shared,staff,changed_30,changed_90,adults,unreachable,twins",
        "G1,'=一格,1,0,0,0,0,0,0,0,0",
        "G2,,1,1,0,0,0,0,0,0,0",
        "*,,2,1,0,0,0,0,0,0,0",
        "",
    ]
