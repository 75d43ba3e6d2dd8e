"""Whoever tries many codes waits for an hour; whoever mistypes doesn't; reviewers see it once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from feedback.models import LimitedRequest, WrongCode
from feedback.web import operations
from feedback.web.queries import guesses as counted
from feedback.web.rules import guesses
from feedback.web.rules.guesses import CODES, DIALLED

LIMITS = st.sampled_from([CODES, DIALLED])


@given(LIMITS, st.integers(0, 200))
def test_exactly_one_wrong_code_is_the_last(limit, wrong):
    assert guesses.is_held(wrong, limit) is (wrong >= limit.most)
    assert guesses.is_the_last(wrong, limit) is (guesses.is_held(wrong, limit) and wrong == limit.most)


def _tries(database, keys, times, *, address="203.0.113.7", limit=DIALLED, now):
    with database.transaction() as session:
        for _n in range(times):
            for key, most in counted.counts(address, limit, keys):
                operations.count_wrong_code(session, key, most, now=now)


def _wrong(database, keys, *, address="203.0.113.7", limit=DIALLED, now) -> int:
    with database.reading() as session:
        ((key, _most), *_around) = counted.counts(address, limit, keys)
        return counted.wrong(session, key, limit, now=now)


def test_each_network_and_kind_answers_for_itself_and_every_hour_begins_anew(public_db, keys, now):
    _tries(public_db, keys, 5, now=now)
    _tries(public_db, keys, 2, limit=CODES, now=now)
    assert _wrong(public_db, keys, now=now) == 5
    assert _wrong(public_db, keys, limit=CODES, now=now) == 2
    assert _wrong(public_db, keys, address="203.0.113.8", now=now) == 0
    assert _wrong(public_db, keys, now=now + guesses.WITHIN) == 0
    _tries(public_db, keys, 1, now=now + guesses.WITHIN + timedelta(seconds=1))
    with public_db.reading() as session:
        assert len(session.scalars(select(WrongCode)).all()) == 1, "what no longer counts is gone"


def test_what_a_clock_ahead_has_counted_holds_nobody_once_it_is_right(public_db, keys, now):
    _tries(public_db, keys, DIALLED.most, now=now + timedelta(days=30))
    assert _wrong(public_db, keys, now=now) == 0
    _tries(public_db, keys, 1, now=now)
    assert _wrong(public_db, keys, now=now) == 1


def test_an_ipv6_subscriber_is_one_however_many_addresses(public_db, keys, now):
    for number in range(4):
        _tries(public_db, keys, 1, address=f"2001:db8:1:2::{number}", now=now)
    assert _wrong(public_db, keys, address="2001:db8:1:2:ffff::1", now=now) == 4
    assert _wrong(public_db, keys, address="2001:db8:1:3::1", now=now) == 0


def test_a_reviewer_is_told_once_and_no_address_is_stored(public_db, keys, now):
    _tries(public_db, keys, DIALLED.most + 3, now=now)
    with public_db.reading() as session:
        assert [row.kind for row in session.scalars(select(LimitedRequest))] == ["dial"]
        assert {len(row.key) for row in session.scalars(select(WrongCode))} == {16}


def test_an_address_that_nobody_knows_is_never_held(keys):
    assert counted.counts("", CODES, keys) == counted.counts("unknown", CODES, keys) == []


@pytest.mark.parametrize("row", [{"kind": "other", "key": b"k" * 16}, {"kind": "dial", "key": b"k"}])
def test_the_database_refuses_what_is_no_wrong_code(public_db, now, row):
    with pytest.raises(IntegrityError), public_db.transaction() as session:
        session.add(WrongCode(at=now, **row))
