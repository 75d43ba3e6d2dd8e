"""How far the making of scores is: the assessor sees it, stops it, and begins anew; without a script."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from huying.base import clock
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.installation import Installation
from survey.app import create_app
from survey.fieldwork.operations import close
from survey.scores.operations import carrying, making
from survey.scores.queries import making as queries
from survey.scores.rules import making as rules
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

PAGE, MAKING = f"/scores/{WAVE}", f"/scores/{WAVE}/making"
OVER = timedelta(days=61)


@pytest.fixture(scope="module")
def closed(stages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of a wave whose field is closed and that isn't scored."""
    folder = tmp_path_factory.mktemp("field") / "data"
    shutil.copytree(stages["open"], folder)
    settings = world.settings_in(folder)
    database = Database(settings.database_url)
    with database.transaction() as session:
        world.call_everybody(session, Vault(settings.keys))
        close.close(session, WAVE, now=clock.now() + OVER)
    database.dispose()
    return folder


@pytest.fixture
def assessor(closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """The assessor, for whom that wave counts as a large one."""
    monkeypatch.setattr(rules, "AT_ONCE", 0)
    shutil.copytree(closed, tmp_path / "data")
    app = create_app(world.settings_in(tmp_path / "data"))
    yield Visitor(app, "assessor")
    app.extensions["huying"].database.dispose()


def here(visitor: Visitor) -> Installation:
    found: Installation = visitor.app.extensions["huying"]
    return found


def begun(visitor: Visitor, *, now: datetime) -> int:
    """Somebody in the background begins what was asked for."""
    with here(visitor).database.transaction() as session:
        (number,) = queries.due(session, now=now)
        assert making.claim(session, number, holder="a", now=now)
        making.beat(session, number, holder="a", at=("figures", 3, 19), now=now)
    return number


def test_what_is_begun_is_seen_until_it_is_stopped_and_may_be_begun_again(assessor: Visitor) -> None:
    page = assessor.send(assessor.open(PAGE), PAGE)
    assert (page.path, page.response.headers["Refresh"]) == (MAKING, f"5; url={MAKING}?live=y")
    assert "已经排上" in page.text
    begun(assessor, now=clock.now())
    page = assessor.open(MAKING)
    assert "第 2 步，共 4 步：计算各项比例" in page.text
    assert 'value="28"' in page.main
    # It refreshes by itself only where somebody wishes so.
    assert "Refresh" not in page.response.headers
    scores = assessor.open(PAGE)
    assert (scores.actions.count(PAGE), "后台正在算" in scores.text) == (0, True)
    assert "正在计算" in assessor.open("/scores/").text
    page = assessor.send(page, "/making")
    assert "assessor 于" in page.text
    assert "停止了计算，什么都没有存下" in page.text
    assert "Refresh" not in assessor.open(f"{MAKING}?live=y").response.headers
    scores = assessor.open(PAGE)
    assert "上一次计算由 assessor 停止了" in scores.text
    assert assessor.send(scores, PAGE).path == MAKING


def test_who_comes_second_is_told_so_and_who_stops_too_late_as_well(assessor: Visitor) -> None:
    other = Visitor(assessor.app, "assessor")
    forms = [each.open(PAGE) for each in (assessor, other)]
    assessor.send(forms[0], PAGE)
    refused = other.send(forms[1], PAGE)
    assert (refused.status, "正在计算，不用再开始" in refused.text) == (409, True)
    page = assessor.open(MAKING)
    carrying.carry_out(here(assessor), begun_by_nobody(assessor))
    refused = assessor.send(page, "/making")
    assert (refused.status, "没有在计算，不用停" in refused.text) == (409, True)
    assert "算完，已经定下" in refused.text
    assert "全市" in assessor.open(PAGE).text


def begun_by_nobody(visitor: Visitor) -> int:
    with here(visitor).database.reading() as session:
        (number,) = queries.due(session, now=clock.now())
    return number


def test_a_maker_that_died_and_one_that_never_came_are_told_of(assessor: Visitor) -> None:
    long_ago = clock.now() - rules.LEASE - timedelta(seconds=5)
    with here(assessor).database.transaction() as session:
        making.start(session, making.MakingRequest(WAVE, "assessor"), now=long_ago)
    assert "后台程序可能没有运行" in assessor.open(MAKING).text
    begun(assessor, now=long_ago)
    assert "计算的程序中断了，什么都没有存下" in assessor.open(MAKING).text


def test_what_could_not_be_made_says_why(assessor: Visitor) -> None:
    assessor.send(assessor.open(PAGE), PAGE)
    number = begun(assessor, now=clock.now())
    with here(assessor).database.transaction() as session:
        row = making.held(session, number, holder="a")
        making.end(row, rules.FAILED, now=clock.now(), failure="账本写不进去。")
    assert "没有算成，什么都没有存下：账本写不进去。" in assessor.open(MAKING).text
    assert "上一次没有算成，什么都没有存下：账本写不进去。" in assessor.open(PAGE).text


def test_a_small_wave_is_made_within_the_request(assessor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    page = assessor.send(assessor.open(PAGE), PAGE)
    assert (page.path, "全市" in page.text) == (PAGE, True)
    assert "没有交给后台计算" in assessor.open(MAKING).text
    assert [rules.is_made_at_once(n) for n in (0, 5_000, 5_001)] == [True, True, False]


@pytest.mark.slow
def test_the_background_work_begins_a_process_that_makes_them(assessor: Visitor, tmp_path: Path) -> None:
    assessor.send(assessor.open(PAGE), PAGE)
    words = {"HUYING_DATA": str(tmp_path / "data"), "HUYING_DEMO": "1"}
    subprocess.run(
        [sys.executable, "-m", "huying", "survey", "work", "--once"],
        env=words,
        check=True,
        capture_output=True,
    )
    until = time.monotonic() + 120
    while "算完，已经定下" not in assessor.open(MAKING).text and time.monotonic() < until:
        time.sleep(0.5)
    assert "全市" in assessor.open(PAGE).text
