"""What a worker's own list would have said, against everybody; nobody sees who is listed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.deposit.sealing import Sealer
from huying.store.db import Database
from sampling.intervals import miettinen_nurminen
from survey.deposits import rules as deposit_keys
from survey.fieldwork.operations import close
from survey.models import AccessRecord, Deposit, ListEntry, ListMatch, SampleUnit
from survey.scores.queries import biases
from survey.scores.queries.biases import ReportedListBias, list_bias, pooled_list_bias
from survey.scores.rules.list_bias import Arm, ListArms, pooled, single
from survey.waves.operations import release
from tests.conftest import NOW
from tests.survey.stories import (
    END,
    Interviewer,
    drawn,
    ended,
    enrol,
    frozen,
    grids,
    register,
    works_through,
)


def hands_in(
    database: Database,
    vault: Vault,
    rows: list[tuple[str, str, str]],
    *,
    staff: str = "W1",
    grid: str = "G1",
) -> None:
    """A list that came with a deposit: rows of (code, number, address), sealed to us."""
    sealer = Sealer(deposit_keys.public_key(vault.keys), bytes(32))

    def sealed(code: str, column: str, text: str) -> str:
        return sealer.seal(text, table="lists", code=code, column=column) if text else ""

    with database.transaction() as session:
        if session.get(Deposit, "2026W47") is None:
            session.add(
                Deposit(
                    period="2026W47",
                    origin="public.example",
                    sha256="0" * 64,
                    made_at=NOW,
                    accepted_at=NOW,
                    checkpoint="",
                    counts="{}",
                )
            )
            session.flush()
        session.execute(
            insert(ListEntry),
            [
                {
                    "code": code,
                    "period": "2026W47",
                    "staff_code": staff,
                    "grid_code": grid,
                    "sealed_contact": sealed(code, "contact", number),
                    "sealed_address": sealed(code, "address", address),
                    "handed_in_at": NOW,
                }
                for code, number, address in rows
            ],
        )


def matched(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(ListMatch.staff_code)))


def field(database: Database, vault: Vault, *, sample: int, other: int = 2) -> None:
    with database.transaction() as session:
        frozen(session, {"G1": (sample, 0), "G2": (other, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    """Two grids of thirty households."""
    with survey_db.transaction() as session:
        register(session, grids({"G1": 30, "G2": 30}), vault=vault)
    return survey_db


def number(place: int, *, grid: int = 0) -> str:
    return f"+9991{grid:02d}{place:05d}"


def test_the_listed_are_found_by_number_else_by_address_in_their_own_grid(
    database: Database, vault: Vault
) -> None:
    rows = [
        ("L1", number(0), ""),
        ("L2", "", "G1-1　室"),
        ("L3", "+99999999999", "G1-2 室"),
        ("L4", number(3, grid=1), ""),
        ("L5", "+99999999998", "哪里也不是"),
    ]
    hands_in(database, vault, rows)
    field(database, vault, sample=3)
    assert matched(database) == ["W1"] * 3


def test_the_match_leaves_one_record_and_no_name(database: Database, vault: Vault) -> None:
    hands_in(database, vault, [(f"L{place}", number(place), "") for place in range(4)])
    field(database, vault, sample=3)
    with database.reading() as session:
        record = session.scalars(select(AccessRecord)).one()
    assert (record.by, record.unit, record.what) == ("freeze", "w1", "lists matched: 4 of 4")


def works(database: Database, vault: Vault, *, content: set[str]) -> None:
    """Call everybody; units that stand in `content` say 5, the others 2."""
    with database.reading() as session:
        units = session.scalars(select(SampleUnit.unit)).all()
    told: dict[str, int | None] = {unit: 5 if unit in content else 2 for unit in units}
    (account,) = enrol(database)
    works_through(Interviewer(database, account, vault=vault), told)
    with database.transaction() as session:
        ended(session, keys=vault.keys)


def test_a_list_of_the_content_is_found_out(database: Database, vault: Vault) -> None:
    hands_in(database, vault, [(f"L{place}", number(place), "") for place in range(12)])
    field(database, vault, sample=30, other=10)
    with database.reading() as session:
        listed = set(session.scalars(select(ListMatch.unit)))
    works(database, vault, content=listed)
    with database.reading() as session:
        (row,) = list_bias(session, "w1")
        pooled = pooled_list_bias(session, "w1")
    assert (row.staff_code, row.grid_code, row.status) == ("W1", "G1", "F")
    assert (row.frame_listed, row.n_listed, row.n_unlisted) == (12, 12, 18)
    assert row.coverage == pytest.approx(0.4)
    assert row.bias == pytest.approx(0.6)
    assert (row.mean_listed, row.mean_all) == (pytest.approx(1.0), pytest.approx(0.4))
    assert 0 < row.lo95 < 0.6 == pytest.approx(row.hi95)
    assert row.q_value < 1e-6
    assert pooled is not None
    assert pooled.bias == pytest.approx(0.6)


def test_a_list_says_nothing_of_a_grid_that_the_scores_hide(database: Database, vault: Vault) -> None:
    hands_in(database, vault, [(f"L{place}", number(place), "") for place in range(12)])
    field(database, vault, sample=30)
    with database.reading() as session:
        # The other grid has two answers: the first is hidden with it, else the city would tell them.
        units = session.scalars(select(SampleUnit.unit)).all()
    works(database, vault, content=set(units[::2]))
    with database.reading() as session:
        (row,) = list_bias(session, "w1")
        pooled = pooled_list_bias(session, "w1")
    assert (row.n_listed, row.n_unlisted, row.status) == (12, 18, "D")
    assert pooled is not None
    assert (pooled.status, pooled.bias, pooled.mean_listed) == ("D", None, None)
    assert {row.bias, row.lo95, row.hi95, row.mean_listed, row.mean_all, row.q_value} == {None}


def arms(listed: tuple[int, int, int], unlisted: tuple[int, int, int]) -> ListArms:
    return ListArms(Arm(*listed), Arm(*unlisted))


def test_twenty_four_of_twenty_four_against_none_of_eleven_has_a_width() -> None:
    found = single(arms((24, 24, 50), (0, 11, 450)), response_rate=1.0)
    assert found.value == pytest.approx(0.9)
    assert found.low == pytest.approx(0.9 * float(miettinen_nurminen(24, 24, 0, 11).low))
    assert found.high == pytest.approx(0.9)
    assert found.low < 0.8
    together = pooled([arms((24, 24, 50), (0, 11, 450)), arms((10, 10, 50), (0, 10, 450))], response_rate=1.0)
    assert together.high - together.low > 0.05
    assert together.p_value is None


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_score_and_bias_together_are_what_the_list_alone_would_have_said(n, m, data) -> None:
    k, j = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    made = arms((k, n, n + data.draw(st.integers(0, 99))), (j, m, m + data.draw(st.integers(0, 999))))
    found = single(made, response_rate=1.0)
    assert made.everybody + found.value == pytest.approx(made.listed.share)
    assert found.low <= found.value + 1e-9
    assert found.value <= found.high + 1e-9


def test_an_honest_list_of_acquaintances_is_no_finding() -> None:
    assert single(arms((33, 40, 60), (31, 40, 440)), response_rate=1.0).p_value > 0.4
    assert single(arms((38, 40, 60), (20, 40, 440)), response_rate=1.0).p_value < 0.01


def shown(grid: str, listed: int, unlisted: int, *, status: str = "F") -> ReportedListBias:
    figure = 0.1 if status == "F" else None
    return ReportedListBias("W", grid, 9, 0.3, listed, unlisted, status, figure, mean_all=figure)


def test_the_lists_that_are_shown_leave_no_few_answers_over_from_all_lists_together() -> None:
    rows = [shown("a", 4, 30, status="A"), shown("b", 5, 30, status="A"), shown("c", 20, 20)]
    rows += [shown("d", 30, 30)]
    assert [row.status for row in biases.protected(rows, hidden=frozenset())] == ["A", "A", "D", "F"]
    assert [row.status for row in biases.protected(rows[1:], hidden=frozenset())] == ["A", "D", "F"]
    assert [row.status for row in biases.protected(rows[2:], hidden=frozenset())] == ["F", "F"]
    assert [row.status for row in biases.protected(rows[2:], hidden=frozenset("d"))] == ["D", "D"]


def test_few_listed_answers_are_hidden_and_none_at_all_says_so(database: Database, vault: Vault) -> None:
    hands_in(database, vault, [(f"L{place}", number(place), "") for place in range(3)])
    hands_in(database, vault, [("M1", "+99999999999", "")], staff="W2", grid="G2")
    field(database, vault, sample=30)
    works(database, vault, content=set())
    with database.reading() as session:
        few, none = list_bias(session, "w1")
        pooled = pooled_list_bias(session, "w1")
    assert (few.staff_code, few.status, few.bias, few.n_listed) == ("W1", "A", None, 3)
    assert (none.staff_code, none.status, none.frame_listed, none.n_listed) == ("W2", "O", 0, 0)
    assert pooled is not None
    assert pooled.status == "A"


def test_lists_wait_for_the_scores_that_say_what_is_hidden(database: Database, vault: Vault) -> None:
    field(database, vault, sample=2)
    with database.transaction() as session:
        close.close(session, "w1", now=END)
    with pytest.raises(Refused, match="先计算得分"), database.reading() as session:
        list_bias(session, "w1")


def test_a_wave_without_lists_has_no_bias(database: Database, vault: Vault) -> None:
    field(database, vault, sample=2)
    with pytest.raises(Refused, match="还没有结束"), database.reading() as session:
        list_bias(session, "w1")
    works(database, vault, content=set())
    with database.reading() as session:
        assert list_bias(session, "w1") == []
        assert pooled_list_bias(session, "w1") is None
