"""A supervisor's afternoon in a real browser: an idle seat, a clash, a message, a forecast, a hand-back.

One seat took a household and left, two are idle, one talks; two households want the same person at nearly the
same time, and the field slips. The board says so in sentences, and renews itself.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from huying import accounts
from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import outcomes
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.models import Account, Attempt, SampledCase, SeatMessageCopy
from survey.roles import INTERVIEWER, SUPERVISOR
from tests.conftest import NOW
from tests.support import later
from tests.support.browser import SIDEWAYS, chromium, keep, violations
from tests.support.servers import Installation, free_port, stop
from tests.survey.stories import QUICK, Interviewer, enrol, in_field
from tests.survey.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server]

MINUTE = timedelta(minutes=1)
THREE = NOW + timedelta(hours=5)
"""Three in the afternoon; the field ends on the next day."""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 1024, "height": 768}
SOUGHT = "803"
LOOKS_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


@dataclass
class Centre:
    """A call centre with its server, and a browser for each who sits there."""

    side: Installation
    database: Database
    browser: Browser

    def sits_down(self, login: str) -> Page:
        page = self.browser.new_context(viewport=WIDE, locale="zh-CN").new_page()
        page.goto(f"{self.side.url}/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.click("main button[type=submit]")
        page.goto(f"{self.side.url}/desk")
        return page


@pytest.fixture(scope="module")
def centre(sqlite_templates, tmp_path_factory) -> Iterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    data, ahead = folder / "data", folder / "clock"
    data.mkdir()
    shutil.copy(sqlite_templates["survey"], data / "survey.db")
    vault, database = Vault(Keyring(data / "keys" / "survey")), Database(f"sqlite:///{data / 'survey.db'}")
    _morning(database, vault)
    ahead.write_text(str((THREE - clock.now()).total_seconds()))
    side = Installation("survey", data, free_port(), {later.FILE: str(ahead)})
    server = side.start()
    with chromium() as browser:
        yield Centre(side, database, browser)
    stop(server, signal.SIGTERM)
    database.dispose()


def _morning(database: Database, vault: Vault) -> None:
    """Twenty-two calls, two appointments with one person, a case left lying, a talk."""
    rules = replace(QUICK, plan=40)
    in_field(database, {"G1": (60, 50, 0)}, vault=vault, rules=rules, field_ends_at=NOW + timedelta(hours=30))
    with database.transaction() as session:
        for login, role, code in (("boss", SUPERVISOR, None), ("caller", INTERVIEWER, SOUGHT)):
            person = {"login": login, "name": login, "role": role, "code": code, "password": PASSWORD}
            caller = accounts.create(session, Account, now=NOW, **person)
    seats = [Interviewer(database, each, vault=vault) for each in enrol(database, interviewers=3)]
    wanted = Interviewer(database, caller, vault=vault)
    with database.transaction() as session:
        for seat in (*seats, wanted):
            seat.session = session
        for n in range(20):
            _misses(seats[n % 3], NOW + n * MINUTE)
        for n in (32, 37):
            wanted.takes_next(THREE - 12 * MINUTE)
            wanted.reaches_somebody(THREE - 12 * MINUTE)
            at = {"fence": wanted.fence, "interviewer": caller, "now": THREE - 10 * MINUTE}
            asked = CallOutcome("appointment_other", appointment=THREE + n * MINUTE, pinned=True)
            outcomes.finish(session, wanted.unit, asked, **at)
        seats[0].takes_next(THREE - 12 * MINUTE)
        _misses(seats[1], THREE - 11 * MINUTE)
        seats[2].takes_next(THREE - 4 * MINUTE)
        seats[2].reaches_somebody(THREE - 3 * MINUTE)


def _misses(seat: Interviewer, now) -> None:
    seat.takes_next(now)
    seat.dials(now)
    seat.reaches_nobody(now=now)


def test_a_supervisor_sees_what_is_so_says_something_and_takes_a_case_back(centre: Centre) -> None:
    boss, caller = centre.sits_down("boss"), centre.sits_down("caller")
    told = boss.inner_text("main")
    assert "工号 800 拿到一户五分钟还没有拨" in told
    assert "工号 801、803 空着五分钟以上，能打的还有 45 户" in told
    assert "15:32 起十分钟里有 2 户都约了工号 803" in told
    assert "照这个速度，到 11月24日 访问结束时还会剩下大约" in told
    assert "计划是 40 份" in told
    _looks_well(boss, "board")

    boss.fill("[name=seats]", "40")
    boss.press("[name=seats]", "Enter")
    boss.wait_for_selector("text=按明天起每天 40 个座席算，今天是 4 个")

    boss.click("text=口信")
    boss.fill("[name=text]", "三点半开会，先把手上的户打完。")
    boss.click("main button[type=submit]")
    boss.wait_for_selector("text=还没看的：800 801 802 803")
    _looks_well(boss, "messages")
    caller.reload()
    assert "三点半开会" in caller.inner_text("main")
    with caller.expect_navigation():
        caller.keyboard.press("Enter")
    assert "三点半开会" not in caller.inner_text("main")
    with centre.database.reading() as session:
        read = session.scalars(select(SeatMessageCopy.read_at).where(SeatMessageCopy.read_at.is_not(None)))
        assert len(read.all()) == 1

    other = boss.context.new_page()
    other.goto(f"{centre.side.url}/supervisor/")
    boss.goto(f"{centre.side.url}/supervisor/")
    boss.click(".seat-state.dialling a")
    boss.fill("[name=reason]", "人不在")
    _looks_well(boss, "seat")
    boss.click("text=收回 >> nth=-1")
    boss.wait_for_selector("text=这一户已经收回")
    assert other.locator(".seat-state.dialling").count() == 1
    other.evaluate(LOOKS_AGAIN)
    other.wait_for_selector(".seat-state.dialling", state="detached")
    assert "工号 800" not in other.inner_text("main"), "the page renewed itself"
    with centre.database.reading() as session:
        ended = session.scalars(select(Attempt.ended_by).order_by(Attempt.id)).all()
        assert ended.count("hand_back") == 1
        assert session.scalars(select(SampledCase.state).where(SampledCase.holder_id.is_not(None))).all() == [
            "talking"
        ]

    boss.goto(f"{centre.side.url}/supervisor/seats/")
    _looks_well(boss, "seats")


def _looks_well(page: Page, name: str) -> None:
    assert violations(page) == []
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        assert page.evaluate(SIDEWAYS) <= 0
        keep(page, f"supervisor-{name}-{size['width']}", full_page=True)
