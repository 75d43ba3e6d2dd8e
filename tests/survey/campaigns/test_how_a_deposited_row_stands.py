"""How a deposited row stands: whom a campaign may call, and what is known of the others without a call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from survey import kinds
from survey.campaigns.rules.standing import RowStanding, of, of_case

MADE = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SILENT, CONFIRMED, DENIED, OVERDUE = (
    RowStanding.SILENT,
    RowStanding.CONFIRMED,
    RowStanding.DENIED,
    RowStanding.OVERDUE,
)


def cells(state: str, *, due: datetime = MADE, source: str = "resident", word: str = "") -> dict[str, str]:
    return {"state": state, "due": due.isoformat(), "source": source, "word": word}


@pytest.mark.parametrize(
    ("state", "word", "standing"),
    [
        ("confirmed", "solved", CONFIRMED),
        ("contested", "unsolved", DENIED),
        ("unconfirmed", "", SILENT),
        ("unconfirmed", "unsure", DENIED),
        ("declared", "", None),
        ("ended", "", None),
    ],
)
def test_the_residents_word_decides_and_silence_is_asked(
    state: str, word: str, standing: RowStanding | None
) -> None:
    assert of_case(cells(state, word=word), made_at=MADE) is standing


def test_a_case_in_work_is_known_to_be_unsolved_from_the_instant_at_which_it_is_due() -> None:
    second = timedelta(seconds=1)
    assert of_case(cells("accepted", due=MADE), made_at=MADE) is OVERDUE
    assert of_case(cells("accepted", due=MADE + second), made_at=MADE) is None


@pytest.mark.parametrize("state", ["confirmed", "contested", "unconfirmed", "accepted"])
def test_what_workers_opened_themselves_counts_nowhere(state: str) -> None:
    assert of_case(cells(state, source="staff"), made_at=MADE) is None


def test_a_visit_or_a_poster_is_always_asked_about() -> None:
    for kind in set(kinds.KINDS) - {kinds.CASE_FOLLOWUP}:
        assert of(kind, cells("ended", source="staff"), made_at=MADE) is SILENT
    assert of(kinds.CASE_FOLLOWUP, cells("ended"), made_at=MADE) is None
    assert of(kinds.CASE_FOLLOWUP, cells("confirmed"), made_at=MADE) is CONFIRMED


def test_standings_are_kept_under_these_names() -> None:
    assert [*RowStanding] == ["silent", "confirmed", "denied", "overdue"]
