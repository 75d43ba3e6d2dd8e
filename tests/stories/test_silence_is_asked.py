"""Cases were reported solved and nobody said a word: some are drawn and called, and the rate is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from huying import accounts
from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import load
from huying.deposit.periods import period_of
from huying.store import migrate
from huying.store.db import Database
from survey import verify
from survey.models import Account
from survey.roles import ASSESSOR, DRAW_OFFICER, INTERVIEWER
from survey.waves.operations import release
from tests.support.actors import PASSWORD, Interviewer, Staff
from tests.support.browser import chromium
from tests.support.later import FILE, dice_at
from tests.support.servers import Installation, free_port
from tests.survey import stories
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import SAYS_SOLVED, answers_as

pytestmark = [pytest.mark.browser, pytest.mark.server]

CAMPAIGN, SILENT, SAMPLE = "F1", 16, 12
PEOPLE = {"drawer": DRAW_OFFICER, "interviewer": INTERVIEWER, "assessor": ASSESSOR}
TYPED = SAYS_SOLVED | {"R1": "1", "R2": "2", "O1": "楼道又堆上了"}
"""What the first resident says: it isn't solved."""


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def survey(tmp_path: Path) -> Installation:
    """The independent side: its people, and a deposit that tells of cases in two streets."""
    (tmp_path / "ahead").write_text("0")
    side = Installation("survey", tmp_path / "survey", free_port(), {FILE: str(tmp_path / "ahead")})
    side.data.mkdir()
    database, vault = opened(side)
    migrate.upgrade("survey", database)
    now = clock.now()
    with database.transaction() as session:
        for login, role in PEOPLE.items():
            code = "801" if role == INTERVIEWER else None
            more = {"role": role, "password": PASSWORD, "now": now, "code": code}
            accounts.create(session, Account, login=login, name=login, **more)
        period = period_of(clock.local(now).date())
        deposited.take(session, period=period, made_at=now, now=now, cases=_cases(vault))
    database.dispose()
    return side


def opened(side: Installation) -> tuple[Database, Vault]:
    settings = load("survey", "HUYING_SURVEY", side.environment)
    return Database(settings.database_url), Vault(settings.keys)


def _cases(vault: Vault) -> list[dict[str, str]]:
    silent = [
        deposited.case(1000 * street + place, "unconfirmed", grid=f"G{street}", vault=vault)
        for street in (1, 2)
        for place in range(SILENT)
    ]
    return [*silent, *(deposited.case(place, "confirmed", word="link") for place in range(8))]


def test_silence_is_asked(
    browser: Browser, survey: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with survey.serving():
        officer = Staff(browser, survey.url, "drawer")
        the_officer_freezes_what_is_to_be_asked(officer)
        the_draw_is_held(survey)
        the_interviewer_calls(browser, survey)
        officer.opens(f"/waves/{CAMPAIGN}")
        officer.presses("结束这一轮")
        officer.looks("ended")
        vkey, bundle = the_assessor_reads_the_rate(browser, survey, tmp_path)
    capsys.readouterr()
    status = verify.main([str(bundle), "--key", vkey, "--wave", CAMPAIGN])
    assert status == 0, capsys.readouterr().out


def the_officer_freezes_what_is_to_be_asked(officer: Staff) -> None:
    officer.signs_in()
    officer.opens("/waves/")
    officer.follows("冻结一次核实")
    officer.reads("32 件，2 个街道")
    officer.looks("freeze")
    officer.ticks("核实什么", "报了办结、没人评价的事")
    officer.page.locator("#label").fill(CAMPAIGN)
    officer.writes("每个街道抽几件", str(SAMPLE))
    officer.writes("未接通至少拨打几次", "1")
    officer.writes("公开随机事件", dice_at(clock.now() + timedelta(minutes=1)))
    officer.writes("看清楚了，请再写一遍名称", "F2")
    officer.presses("冻结")
    officer.reads("原样再写一遍名称")
    officer.writes("看清楚了，请再写一遍名称", CAMPAIGN)
    officer.presses("冻结")
    officer.reads("各方封存密钥份额")
    officer.looks("frozen")


def the_draw_is_held(survey: Installation) -> None:
    database, _vault = opened(survey)
    with database.transaction() as session:
        stories.drawn(session, CAMPAIGN, now=clock.now())
        release.open_field(session, CAMPAIGN, now=clock.now())
    database.dispose()


def the_interviewer_calls(browser: Browser, survey: Installation) -> None:
    person = Interviewer(browser, survey.url, "interviewer")
    person.signs_in()
    assert person.takes_the_next()
    person.looks("ready")
    person.reads("了解一件反映过的事办得怎么样")
    person.reaches()
    for item in ("C1", "S1", "S3"):
        person._types(TYPED[item])
    person.reads("您在11月3日反映过一件关于“楼道堆物”的事")
    person.looks("question")
    person.asks_all(TYPED)
    _others_are_called(survey)
    assert not person.takes_the_next()


def _others_are_called(survey: Installation) -> None:
    """The other calls go the same way without pages: of each four one says that it isn't solved."""
    database, vault = opened(survey)
    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == "interviewer")).one()
    person, calls = stories.Interviewer(database, account, vault=vault), 1
    with database.transaction() as person.session:
        while person.takes_next(clock.now()) is not None:
            said = {"R1": "1", "R2": "1"} if calls % 4 == 0 else {"R1": "5"}
            opening = {item: SAYS_SOLVED[item] for item in ("C1", "S1", "S3")}
            closing = {item: SAYS_SOLVED[item] for item in ("R3", "R4", "B1", "B1A", "O1")}
            answers_as(person, {**opening, **said, **closing}, now=clock.now())
            calls += 1
    assert calls == 2 * SAMPLE
    database.dispose()


def the_assessor_reads_the_rate(browser: Browser, survey: Installation, folder: Path) -> tuple[str, Path]:
    assessor = Staff(browser, survey.url, "assessor")
    assessor.signs_in()
    assessor.follows("核实")
    assessor.follows(CAMPAIGN)
    assessor.presses("计算并公布")
    assessor.reads("核实后的办结率")
    # 8 of 40 said so by themselves; of the 32 silent 24 were asked, and 18 say so: (8 + 32·18/24)/40.
    assessor.reads("80.0%")
    assessor.looks("rate")
    with assessor.page.expect_download() as download:
        assessor.follows(f"{CAMPAIGN}.zip")
    bundle = folder / f"{CAMPAIGN}.zip"
    download.value.save_as(bundle)
    assessor.follows("怎么抽的，怎么核查")
    assessor.looks("public")
    command = assessor.page.locator("pre").inner_text()
    return command.split('--key "')[1].split('"')[0], bundle
