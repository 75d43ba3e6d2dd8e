"""Scans are summed in memory by poster and hour; programs that only fetch a preview count nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from feedback.posters.rules import scans
from feedback.posters.rules.scans import Tally

AT = datetime(2026, 11, 23, 2, 40, tzinfo=UTC)
HOUR = AT.replace(minute=0)
PHONE = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0"
)


def test_scans_of_an_hour_are_one_number():
    tally = Tally()
    for minute in range(0, 40, 10):
        tally.note("A", at=AT - timedelta(minutes=minute), user_agent=PHONE)
    tally.note("A", at=AT + timedelta(minutes=20), user_agent=PHONE)
    assert tally.take() == {("A", HOUR): 4, ("A", HOUR + timedelta(hours=1)): 1}
    assert tally.take() == {}


@pytest.mark.parametrize(
    "agent",
    [
        "facebookexternalhit/1.1",
        "WhatsApp/2.23.20.0",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "curl/8.4.0",
        "python-requests/2.32",
        "Mozilla/5.0 HeadlessChrome/130.0",
        "Slackbot-LinkExpanding 1.0",
        "SomebodysBot (+https://example.org)",
    ],
)
def test_a_program_that_fetches_a_link_is_nobody(agent):
    tally = Tally()
    tally.note("A", at=AT, user_agent=agent)
    assert tally.take() == {}


def test_a_telephone_in_a_chat_program_is_somebody():
    tally = Tally()
    tally.note("A", at=AT, user_agent=PHONE)
    assert tally.take()


def test_counts_are_due_when_there_are_many_or_a_minute_has_passed(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(scans.time, "monotonic", lambda: clock[0])
    tally = Tally()
    tally.note("A", at=AT, user_agent=PHONE)
    assert tally.take_due() == {}
    clock[0] += 59.9
    assert tally.take_due() == {}
    clock[0] += 0.1
    assert tally.take_due() == {("A", HOUR): 1}
    for _scan in range(499):
        tally.note("B", at=AT, user_agent=PHONE)
    assert tally.take_due() == {}
    tally.note("B", at=AT, user_agent=PHONE)
    assert tally.take_due() == {("B", HOUR): 500}


def test_forty_threads_lose_none():
    tally = Tally()
    threads = [
        Thread(target=lambda: [tally.note("A", at=AT, user_agent=PHONE) for _ in range(200)])
        for _ in range(40)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.take() == {("A", HOUR): 8000}
