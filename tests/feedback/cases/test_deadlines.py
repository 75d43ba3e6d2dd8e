"""Deadlines: four classes of urgency, each with its hours to be taken up and to be resolved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.cases.rules.deadlines import URGENCIES, accept_due, due, lapses_at, urgency
from huying.base.errors import Invalid

instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None)
@given(code=st.sampled_from(sorted(URGENCIES)), since=instants)
def test_a_case_is_to_be_taken_up_before_it_is_to_be_resolved(code, since):
    assert since < accept_due(code, since=since) < due(code, since=since)


@settings(deadline=None)
@given(since=instants)
def test_the_more_urgent_class_is_due_first(since):
    ordered = [due(code, since=since) for code in ("life", "utility", "ordinary", "hard")]
    assert ordered == sorted(set(ordered))


@pytest.mark.parametrize(
    ("code", "dispatch", "resolve"),
    [("life", 1, 2), ("utility", 2, 24), ("ordinary", 24, 168), ("hard", 24, 360)],
)
def test_the_classes_have_the_hours_of_the_rules(code, dispatch, resolve):
    since = datetime(2025, 10, 1, 8, tzinfo=UTC)
    assert accept_due(code, since=since) - since == timedelta(hours=dispatch)
    assert due(code, since=since) - since == timedelta(hours=resolve)


def test_silence_counts_after_fourteen_days():
    declared = datetime(2025, 10, 1, 8, tzinfo=UTC)
    assert lapses_at(declared) == datetime(2025, 10, 15, 8, tzinfo=UTC)


def test_each_class_has_a_name_for_people():
    assert all(each.label and each.code == code for code, each in URGENCIES.items())


def test_an_unknown_class_is_refused():
    with pytest.raises(Invalid, match="紧急程度"):
        urgency("whenever")
