"""A week at one interviewer's desk, in a real browser by the keyboard alone, while the clock moves on.

A child fetches its grandmother; somebody wishes never to be called again, and the next wave doesn't; the
server is killed in question 7; a household is busy, doesn't answer, makes an appointment, is let lapse, and
completes on the sixth day, with a public holiday between.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import accounts
from huying.base import clock
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import lapses
from survey.models import (
    Account,
    Answer,
    Appointment,
    Area,
    Attempt,
    AttemptAnswer,
    FrameUnit,
    Holiday,
    Offer,
    SampledCase,
)
from survey.roles import INTERVIEWER
from survey.waves.operations import release
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.support import later
from tests.support.browser import chromium
from tests.support.servers import Installation, free_port, stop
from tests.survey.hands import SCREEN, Hands
from tests.survey.stories import QUICK, drawn, ended, frozen, in_field
from tests.survey.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOUSEHOLDS, SAMPLE = 5, 4
THURSDAY = NOW + 3 * DAY
"""The first day on which every window is open to a household that was never called."""
HOLIDAY = THURSDAY + DAY
FIELD = WaveRules(unworked=1000, armcap=1000)
"""Six attempts over three windows and five days, in the hours in which people may be called."""
AREAS = (("N", None, "community", "春一社区"), ("G1", "N", "grid", "第1网格"))
CALLER = {"role": INTERVIEWER, "password": PASSWORD, "code": "801"}
ANSWERS = {"A3": "3", "V1": "2", "E1": "2", "G1": "4", "O1": ""}
SEVENTH = 7
OVERDUE = 1
"""The class in the queue of an appointment whose time is past."""


@dataclass
class Desk:
    """A seat: its installation under a clock that is moved, its server, the hands at it."""

    side: Installation
    clock: Path
    database: Database
    browser: Browser
    vault: Vault
    servers: list[BaseProcess] = field(default_factory=list)
    hands: Hands = field(init=False)
    now: datetime = NOW

    def at(self, now: datetime) -> None:
        """Move the clock, and sit down; after hours away one signs in again."""
        self.now = now
        self.clock.write_text(str((now - clock.now()).total_seconds()))
        self.hands.page.goto(f"{self.side.url}/interview/")
        if "sign-in" in self.hands.page.url:
            self.signs_in()

    def sits_down(self) -> None:
        """Open a browser of one's own."""
        self.hands = Hands(self.browser.new_context(viewport=SCREEN, locale="zh-CN").new_page())

    def signs_in(self) -> None:
        page = self.hands.page
        page.locator("[name=login]").focus()
        page.keyboard.type("caller")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.goto(f"{self.side.url}/interview/")

    def is_answered(self) -> str:
        """Take the next household and reach somebody; return its unit."""
        self.hands.takes_the_next()
        self.hands.enter()
        self.hands.enter("0")
        return self.unit

    def misses(self, code: str) -> str:
        """Take the next household and reach nobody; return its unit."""
        self.hands.takes_the_next()
        unit = self.unit
        self.hands.enter()
        self.hands.enter(code)
        return unit

    def asks_all(self) -> None:
        while self.hands.item != "coding":
            self.hands.enter(ANSWERS.get(self.hands.item, "1"))

    @property
    def unit(self) -> str:
        return self.hands.page.url.partition("/interview/")[2].split("/")[0]

    @property
    def text(self) -> str:
        return self.hands.page.locator("main").inner_text()

    def reads(self) -> Session:
        return self.database.reading()

    def outcome(self, unit: str) -> tuple[str, str | None]:
        with self.reads() as session:
            case = session.get_one(SampledCase, unit)
            return case.state, case.final_code

    def ends_of(self, unit: str) -> list[tuple[str | None, str | None]]:
        with self.reads() as session:
            ended = select(Attempt.code, Attempt.ended_by).where(Attempt.unit == unit).order_by(Attempt.n)
            return [tuple(row) for row in session.execute(ended)]


@pytest.fixture(scope="module")
def desk(sqlite_templates, tmp_path_factory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    data, ahead = folder / "data", folder / "clock"
    data.mkdir()
    shutil.copy(sqlite_templates["survey"], data / "survey.db")
    vault, database = Vault(Keyring(data / "keys" / "survey")), Database(f"sqlite:///{data / 'survey.db'}")
    with database.transaction() as session:
        for code, parent, level, name in AREAS:
            session.add(Area(code=code, parent_code=parent, level=level, name=name))
            session.flush()
        accounts.create(session, Account, login="caller", name="访问员", now=NOW, **CALLER)
    in_field(database, {"G1": (HOUSEHOLDS, SAMPLE, 0)}, vault=vault, rules=FIELD)
    ahead.write_text("0")
    side = Installation("survey", data, free_port(), {later.FILE: str(ahead)})
    with chromium() as browser:
        found = Desk(side, ahead, database, browser, vault)
        found.servers.append(side.start())
        found.sits_down()
        yield found
        stop(found.servers[-1], signal.SIGTERM)
    database.dispose()


def test_a_child_fetches_its_grandmother_who_is_greeted_anew_and_completes(desk: Desk) -> None:
    desk.at(THURSDAY)
    unit, hands = desk.is_answered(), desk.hands
    for item, code in (("C1", "1"), ("S1", "1"), ("S3", "2")):
        assert hands.item == item
        hands.enter(code)
    assert hands.item == "C1R"
    assert "想用五分钟听听您对社区网格服务的看法" in desk.text
    hands.enter("1")
    assert "您家是由计算机从住户名册中随机抽到的" in desk.text, "she is told again how she was drawn"
    desk.asks_all()
    hands.enter()
    assert desk.outcome(unit) == ("closed", "complete")
    with desk.reads() as session:
        of_call = dict(session.execute(select(AttemptAnswer.item, AttemptAnswer.value)).all())
        asked = set(session.scalars(select(Answer.item).where(Answer.unit == unit)))
    assert of_call == {"C1": "1", "S1": "1", "S3": "2", "C1R": "1"}
    assert not asked & {"C1", "S1", "S3"}, "what a call asks isn't the interview's"
    assert {"S2A", "S2B", "A1"} <= asked, "nobody but she was screened"


def test_a_refusal_with_never_again_is_two_keys(desk: Desk) -> None:
    desk.at(THURSDAY + 20 * MINUTE)
    unit, hands = desk.is_answered(), desk.hands
    hands.enter("3")
    hands.keys = 0
    hands.goes("x")
    assert "已记下：以后不再打给这一户" in desk.text
    hands.goes("u")
    assert "已撤回" in desk.text
    hands.goes("x")
    hands.enter()
    assert hands.keys == 4, "X and Enter; here it was undone and said again"
    assert desk.outcome(unit) == ("closed", "refusal_person")


def test_the_server_is_killed_in_question_7_and_a_new_browser_goes_on_there(desk: Desk) -> None:
    desk.at(THURSDAY + 30 * MINUTE)
    unit, hands = desk.is_answered(), desk.hands
    while "第 7 题" not in desk.text:
        hands.enter(ANSWERS.get(hands.item, "1"))
    seventh = hands.item
    hands.press("1")
    stop(desk.servers[-1], signal.SIGKILL)
    hands.page.context.close()
    desk.servers.append(desk.side.start())
    desk.sits_down()
    desk.at(THURSDAY + 32 * MINUTE)
    assert "有一户已经在您手上" in desk.text
    desk.hands.takes_the_next()
    assert (desk.unit, desk.hands.item) == (unit, seventh)
    assert desk.hands.page.locator("[data-box]").input_value() == "", "what wasn't saved isn't claimed to be"
    with desk.reads() as session:
        saved = session.scalars(select(Answer.item).where(Answer.unit == unit)).all()
    assert seventh not in saved
    assert len(saved) >= SEVENTH - 1
    desk.asks_all()
    desk.hands.enter()
    assert desk.outcome(unit) == ("closed", "complete")


def writes_when(hands: Hands, at: datetime) -> None:
    """Go back from the code to the time, fill it in, and return; browsers differ in what comes first."""
    wanted = f"{clock.local(at):%Y-%m-%dT%H:%M}"
    for parts in (("%m%d%Y", "%H%M"), ("%Y", "%m%d%H%M")):
        hands.tabs_to("[name=when]", "Shift+Tab")
        hands.tabs_to(":not([name=when])", "Shift+Tab")
        hands.press("Tab")
        for number, part in enumerate(parts):
            if number:
                hands.press("ArrowRight")
            for sign in f"{clock.local(at):{part}}":
                hands.press(sign)
        hands.tabs_to("[data-box]")
        if hands.page.locator("[name=when]").input_value() == wanted:
            return
    pytest.fail("the time can't be written by keys")


def test_busy_no_answer_appointment_lapse_and_complete_over_six_days_with_a_holiday(desk: Desk) -> None:
    with desk.database.transaction() as session:
        day = clock.local(HOLIDAY).date()
        session.add(Holiday(day=day, kind="holiday", name="虚构节", by="admin", at=NOW))
    desk.at(THURSDAY + 45 * MINUTE)
    unit = desk.misses("2")
    desk.at(THURSDAY + 5 * HOUR)
    assert desk.misses("1") == unit

    desk.at(HOLIDAY)
    desk.hands.takes_the_next()
    assert f"{clock.local(HOLIDAY + DAY):%-m月%-d日} 09:00 再开始" in desk.text

    desk.at(saturday := HOLIDAY + DAY + HOUR)
    assert desk.is_answered() == unit
    desk.hands.enter("2")
    desk.hands.enter("1")
    appointed = saturday + 2 * DAY + 8 * HOUR
    desk.hands.press("1")
    writes_when(desk.hands, appointed)
    desk.hands.goes("Enter")
    with desk.reads() as session:
        assert session.scalars(select(Appointment.at).where(Appointment.unit == unit)).one() == appointed

    desk.at(appointed - 3 * MINUTE)
    desk.hands.takes_the_next()
    assert desk.unit == unit
    desk.hands.enter()
    with desk.database.transaction() as session:
        assert lapses.sweep(session, now=appointed) == 1
    desk.hands.enter("1")
    assert "没有保存" in desk.text
    assert desk.ends_of(unit)[-1] == ("no_answer", "lease")

    desk.at(appointed + 15 * HOUR)
    assert desk.is_answered() == unit
    with desk.reads() as session:
        classes = session.scalars(select(Offer.offered_as).where(Offer.unit == unit).order_by(Offer.seq))
        assert classes.all()[-1] == OVERDUE, "its class outlived the lapse"
    desk.asks_all()
    desk.hands.enter()
    assert desk.outcome(unit) == ("closed", "complete")
    assert [code for code, _by in desk.ends_of(unit)] == [
        "busy",
        "no_answer",
        "appointment_respondent",
        "no_answer",
        "complete",
    ]
    assert (clock.local(desk.now).date() - clock.local(THURSDAY).date()).days + 1 == len(range(6))
    assert date(2026, 11, 27) not in dialled(desk, unit)


def dialled(desk: Desk, unit: str) -> set[date]:
    with desk.reads() as session:
        at = session.scalars(select(Attempt.dialled_at).where(Attempt.unit == unit)).all()
    return {clock.local(each).date() for each in at if each}


def test_the_next_wave_does_not_call_who_wished_never_to_be_called(desk: Desk) -> None:
    over = NOW + 90 * DAY
    with desk.reads() as session:
        refused = session.scalars(select(SampledCase.unit).where(SampledCase.final_code == "refusal_person"))
        wished = household(session, refused.one())
    with desk.database.transaction() as session:
        ended(session, keys=desk.vault.keys, now=over)
        frozen(session, {"G1": (HOUSEHOLDS, 0)}, vault=desk.vault, label="w2", now=over, rules=QUICK)
        drawn(session, "w2", now=over)
        release.open_field(session, "w2", now=over)
    desk.at(over + HOUR)
    offered = [desk.misses("1") for _household in range(HOUSEHOLDS - 1)]
    desk.hands.takes_the_next()
    assert "现在没有可以拨打的户" in desk.text
    with desk.reads() as session:
        assert wished not in {household(session, unit) for unit in offered}
        assert len(set(offered)) == HOUSEHOLDS - 1


def household(session: Session, unit: str) -> str:
    return session.get_one(FrameUnit, unit).household_code
