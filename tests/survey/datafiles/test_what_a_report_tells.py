"""What the fieldwork report computes from a wave's data files, each figure from a few rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from survey.datafiles.rules.data_file import DataFile, Kind, Variable
from survey.datafiles.rules.report import FieldworkReport, Hour, Silence, report
from survey.fieldwork.rules.agreement import ITEMS

NINE = datetime.fromisoformat("2026-11-23T09:00")
Row = dict[str, Any]


def file(name: str, rows: list[Row], *, missing: tuple[str, ...] = ()) -> DataFile:
    names = list(dict.fromkeys(key for row in rows for key in row))
    variables = [
        Variable(each, each.upper(), _kind(each), missing=(98, 99) if each in missing else ())
        for each in names
    ]
    return DataFile(name, name, "", variables, [[row.get(each) for each in names] for row in rows])


def _kind(name: str) -> Kind:
    return "moment" if name.endswith("_at") else "code"


def case(
    code: str = "complete", group: str = "I", *, street: str = "S1", weight: float = 1.0, attempts: int = 1
) -> Row:
    return {
        "outcome": code,
        "outcome_class": group,
        "street": street,
        "design_weight": weight,
        "attempts": attempts,
    }


def interview(
    *, status: str = "complete", minutes: float | None = 10, mode: str = "phone", **answers: int | None
) -> Row:
    ended = None if minutes is None else NINE + timedelta(minutes=minutes)
    told = {
        "status": status,
        "started_at": NINE,
        "finished_at": ended,
        "mode": mode,
        "order_overall": 0,
        "weight": None,
    }
    return told | answers


def dial(hour: int, *, answered: bool) -> Row:
    at = NINE.replace(hour=hour, minute=59)
    return {"started_at": at, "answered_at": at if answered else None}


def told(
    cases: list[Row] | None = None,
    interviews: list[Row] | None = None,
    dials: list[Row] | None = None,
    checks: list[Row] | None = None,
) -> FieldworkReport:
    files = [
        file("cases", cases or [case()]),
        file("interviews", interviews or [interview()], missing=("g1",)),
        file("dials", dials or [dial(9, answered=True)]),
    ]
    return report([*files, *([file("checks", checks)] if checks else [])])


REFUSED = case("refusal_person", "R", street="S2", weight=3.0, attempts=2)


def test_households_are_counted_by_outcome_class_and_street() -> None:
    found = told([case(), case(), REFUSED, case(street="")])
    assert found.whole.place == ""
    assert found.whole.released == 4
    assert found.whole.classes == {"I": 3, "R": 1}
    assert list(found.codes.items()) == [("complete", 3), ("refusal_person", 1)]
    assert [(each.place, each.released) for each in found.streets] == [("S1", 2), ("S2", 1)]
    assert list(found.attempts.items()) == [(1, 3), (2, 1)]


def test_rates_are_of_counts_and_of_what_each_household_stands_for() -> None:
    whole = told([case()] * 5 + [REFUSED] * 5).whole
    assert whole.rates is not None
    assert whole.weighted is not None
    assert whole.rates["RR1"] == 0.5
    assert whole.rates["REF1"] == 0.5
    assert whole.weighted["RR1"] == 0.25
    assert whole.rates.keys() == {"RR1", "RR3", "COOP1", "REF1", "CON1", "e"}


def test_no_rate_is_told_of_fewer_than_ten_households() -> None:
    assert told([case()] * 9).whole.rates is None
    assert told([case()] * 9).whole.weighted is None
    assert told([case()] * 10).whole.rates is not None


def test_a_rate_that_nobody_was_eligible_for_is_none() -> None:
    rates = told([case("not_resident", "NE")] * 10).whole.rates
    assert rates is not None
    assert rates["RR1"] is None


def test_an_interview_took_as_many_dials_as_were_made_for_all() -> None:
    dials = [dial(9, answered=False)] * 3
    assert told([case(), case()], dials=dials).dials_a_complete == 1.5
    assert told([case(), case()], dials=dials).dials == 3
    assert told([REFUSED], dials=dials).dials_a_complete is None


def test_an_hour_is_told_once_ten_were_dialled_in_it() -> None:
    dials = [dial(19, answered=True)] * 4 + [dial(10, answered=True)] * 9 + [dial(19, answered=False)] * 6
    assert told(dials=dials).hours == [Hour(19, 10, 0.4)]
    early = told(dials=[*dials, dial(10, answered=False)]).hours
    assert early == [Hour(10, 10, 0.9), Hour(19, 10, 0.4)]


def test_lengths_are_of_completes_that_were_finished_and_of_ten_at_least() -> None:
    ten = [interview(minutes=each) for each in range(1, 12)]
    others = [interview(status="partial", minutes=500), interview(minutes=None)]
    assert told(interviews=[*ten, *others]).minutes == pytest.approx((2.0, 6.0, 10.0))
    assert told(interviews=ten[:9]).minutes is None
    assert told(interviews=ten[:10]).minutes == pytest.approx((1.9, 5.5, 9.1))


def test_silence_is_a_share_of_those_who_were_asked() -> None:
    said = [1, 1, 1, 1, 1, 98, 98, 98, 99, 99, None]
    found = told(interviews=[interview(g1=each) for each in said]).silence
    assert found == [Silence("g1", "G1", 10, 0.3, 0.2)]
    assert told(interviews=[interview(g1=each) for each in said[1:]]).silence == []


def test_nothing_is_told_of_silence_where_none_is_possible() -> None:
    assert told(interviews=[interview(n1=98) for _ in range(12)]).silence == []


def test_interviews_are_counted_by_their_mode_and_a_split_ballot_is_named() -> None:
    found = told(interviews=[interview(), interview(), interview(mode="door")])
    assert found.modes == {"phone": 2, "door": 1}
    assert not found.is_split
    assert told(interviews=[interview(), interview(order_overall=1)]).is_split


def check(**known: int | str | None) -> Row:
    told_ = {f"{item.lower()}_{which}": None for item in ITEMS for which in ("interview", "again")}
    return {"reason": None, "verdict": None, "held": None, "dispute": 0, **told_, **known}


def test_a_wave_without_checks_says_nothing_of_them() -> None:
    assert told().verification is None


def test_checks_are_counted_by_what_became_of_them() -> None:
    item = ITEMS[-1].lower()
    found = told(
        checks=[
            check(reason="drawn", verdict=1, held=1, **{f"{item}_interview": 5, f"{item}_again": 5}),
            check(reason="drawn", verdict=1, dispute=2),
            check(reason="flag", verdict=4),
            check(dispute=3),
            check(dispute=1),
        ]
    ).verification
    assert found is not None
    assert (found.drawn, found.doubted, found.voided) == (3, 3, 1)
    assert found.verdicts == {1: 2, 4: 1}
    assert found.agreement.checked == 1
