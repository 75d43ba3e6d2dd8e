"""Changes of the map are decided and a bad deposit is discarded by page; everybody reads who and why."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import time_machine

from survey.models import Area, Deposit
from tests.conftest import NOW
from tests.survey.browsing import Page, Visitor
from tests.survey.deposits.test_accepting_a_deposit import LOG_VKEY, VKEY, deposit
from tests.survey.world import AREAS as SETTLED


def given(level: str) -> bytes:
    """The settled map, with the first grid of another level."""
    rows = [
        {"code": code, "parent": parent or "", "level": kind, "name": name, "grid_type": grid_type}
        for code, parent, kind, name, grid_type in SETTLED
    ]
    changed = [{**row, "level": level} if row["code"] == "G1" else row for row in rows]
    return deposit("2026W48", size=9, areas=changed, posts=[], cases=[], ratings=[], lists=[])


@pytest.fixture
def registrar(visit: Callable[..., Visitor]) -> Visitor:
    with time_machine.travel(NOW, tick=False):
        visitor = visit("settled", "registrar")
        keys = visitor.app.extensions["huying"].settings.keys
        keys.put("depositor", VKEY)
        keys.put("public-ledger", LOG_VKEY)
        yield visitor


def taken(registrar: Visitor, data: bytes) -> Page:
    page = registrar.open("/registry/deposits")
    return registrar.send(page, "/registry/deposits", file=(io.BytesIO(data), "deposit.zip"))


def held(registrar: Visitor) -> tuple[str, int]:
    with registrar.app.extensions["huying"].database.reading() as session:
        return session.get_one(Area, "G1").level, session.query(Deposit).count()


def test_a_grid_that_a_deposit_calls_a_community_waits_and_stands_on_the_public_page(
    registrar: Visitor,
) -> None:
    assert "已收下" in taken(registrar, given("community")).text
    public = Visitor(registrar.app)
    assert "等待名册管理员" in public.open("/registry/log").text
    page = registrar.open("/registry/map")
    assert "层级 网格 → 社区" in page.text
    assert registrar.send(page, "/map/1", reason=" ").status == 422
    assert held(registrar)[0] == "grid"
    registrar.send(page, "/map/1", reason="那里还有 30 户", refuse="1")
    assert held(registrar)[0] == "grid"
    assert "那里还有 30 户" in public.open("/registry/log").text


def test_a_registrar_may_take_the_change_over(registrar: Visitor) -> None:
    taken(registrar, given("community"))
    registrar.send(registrar.open("/registry/map"), "/map/1", reason="并入社区，见公告")
    assert held(registrar)[0] == "community"
    assert "并入社区，见公告" in Visitor(registrar.app).open("/registry/log").text


def test_a_bad_deposit_is_discarded_by_page_and_the_right_one_taken_in(registrar: Visitor) -> None:
    page = taken(registrar, given("community"))
    page = registrar.open("/registry/deposits/2026W48/discard")
    assert registrar.send(page, "/discard", reason="").status == 422
    page = registrar.send(page, "/discard", reason="对方发错了")
    assert "已作废" in page.text
    assert held(registrar)[1] == 0
    assert registrar.open("/registry/deposits/2026W48/discard").status == 404
    assert "作废了 2026W48 的交存文件：对方发错了" in Visitor(registrar.app).open("/registry/log").text
    assert "已收下" in taken(registrar, given("grid")).text
