"""Which rows of a release that follows another stand as before, are new or withheld, and what they note."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from survey.scores.rules.release import (
    DIRECT,
    HIDDEN,
    ScoreRow,
    city_row,
    corrected,
    repeated,
    statuses_of,
)

SHOWN = ScoreRow(
    "w1", "street", "S1", "北街", "", "overall", "rated",
    asked=120, n=60, estimate=0.71, low=0.6, high=0.8, unweighted=0.7, frame_covered=1.0,
    position="above", footnotes="4;19", status=DIRECT,
)  # fmt: skip
BLANK = replace(
    SHOWN, n=None, estimate=None, low=None, high=None, unweighted=None, position=None, frame_covered=None,
    footnotes="1", status=HIDDEN,
)  # fmt: skip
NOW = replace(SHOWN, wave="w1#2", estimate=0.72)


def made(now: ScoreRow, before: ScoreRow, *, again: bool, undone: bool = True) -> ScoreRow:
    (row,) = corrected(
        [now],
        [before],
        repeated={"overall": {"S1"} if again else set()},
        touched={"S1"} if undone else set(),
    )
    return row


def test_a_row_that_is_repeated_stands_to_the_last_digit() -> None:
    assert made(NOW, SHOWN, again=True, undone=False) == SHOWN


def test_a_row_that_is_repeated_though_something_was_undone_says_so() -> None:
    assert made(NOW, SHOWN, again=True) == replace(SHOWN, footnotes="4;19;20")


def test_a_row_that_was_made_again_says_so() -> None:
    assert made(NOW, SHOWN, again=False) == replace(NOW, footnotes="4;12;19")
    assert made(replace(NOW, footnotes=""), SHOWN, again=False).footnotes == "12"
    assert made(replace(NOW, footnotes="12"), SHOWN, again=False).footnotes == "12"


def test_a_row_that_shows_nothing_notes_nothing() -> None:
    assert made(BLANK, SHOWN, again=False) == BLANK
    assert made(NOW, BLANK, again=True) == BLANK


@pytest.mark.parametrize(
    ("wave", "same"), [("w1#2+w0", True), ("w0+w1", True), ("w1", False), ("w1+w9", False)]
)
def test_a_row_of_other_waves_than_before_is_withheld(wave: str, same: bool) -> None:
    row = made(replace(NOW, wave=wave), replace(SHOWN, wave="w1+w0"), again=False)
    assert (row.status != HIDDEN) is same


def test_of_a_withheld_row_nothing_stays_but_its_name_and_how_many_were_asked() -> None:
    row = made(replace(NOW, wave="w1+w9"), SHOWN, again=False)
    told = {name: value for name, value in asdict(row).items() if value is not None}
    assert told == {
        "wave": "w1+w9", "level": "street", "unit": "S1", "name": "北街", "type": "", "item": "overall",
        "den": "rated", "asked": 120, "footnotes": "2", "status": HIDDEN,
    }  # fmt: skip


def test_what_was_hidden_before_stays_as_it_is_where_the_waves_are_others() -> None:
    blank = replace(BLANK, wave="w1+w9")
    assert made(blank, SHOWN, again=False) == blank


def test_a_release_must_have_as_many_rows_as_the_one_before() -> None:
    with pytest.raises(ValueError, match="shorter"):
        corrected([NOW], [], repeated={"overall": set()}, touched=())


def test_a_row_tells_by_its_wave_whether_it_was_made_for_this_release() -> None:
    rows = [replace(NOW, unit="S1"), replace(SHOWN, unit="S2"), replace(SHOWN, unit="S3", item="kind")]
    assert repeated(rows, number=2) == {"overall": {"S2"}, "kind": {"S3"}}
    assert repeated(rows, number=1) == {}
    assert repeated([replace(NOW, unit="S4")], number=12) == {"overall": {"S4"}}


def test_a_row_tells_by_its_marks_why_it_is_hidden() -> None:
    rows = [
        replace(SHOWN, unit="shown", footnotes="1;4"),
        replace(BLANK, unit="few", footnotes="1;4"),
        replace(BLANK, unit="second", footnotes="2"),
        replace(BLANK, unit="uncovered", footnotes="17"),
        replace(SHOWN, unit="shown", item="kind"),
    ]
    assert statuses_of(rows) == {
        "overall": {"shown": "F", "few": "A", "second": "D", "uncovered": "F"},
        "kind": {"shown": "F"},
    }


def test_the_citys_row_is_found_by_item_and_denominator() -> None:
    city = replace(SHOWN, level="city", unit="C")
    rows = [SHOWN, replace(city, den="all"), replace(city, item="kind"), city]
    assert city_row(rows, item="overall", den="rated") is city
    assert city_row(rows, item="kind", den="all") is None
