"""A table of margins is read with plain sentences, kept for good, and chosen at the freeze by its digest."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Invalid
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Wave
from survey.registry.operations import margins as margin_tables
from survey.registry.queries import margins as kept
from survey.registry.rules.margins import CityMargins, of_sealed, read
from survey.waves.operations import freeze
from survey.waves.rules.freeze_request import FreezeRequest
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.browsing import Visitor
from tests.survey.stories import DICE, QUICK, grids, register
from tests.survey.waves.test_ceremony import seen
from tests.survey.web.test_commands import environment, file, run

__all__ = ["environment", "file", "run"]

TABLE = (
    "18-39岁 300\n40到59岁：400户\n60岁及以上, 300\n户籍 620\n租住 380\n没有能用的电话 100\n有能用的电话 900"
)
COUNTS = {"age": (300, 400, 300), "tenure": (620, 380), "phone": (100, 900)}


def without(line: str) -> str:
    return "\n".join(each for each in TABLE.splitlines() if not each.startswith(line))


def test_a_table_is_read_as_people_write_it():
    assert read(TABLE) == COUNTS


@pytest.mark.parametrize(
    ("given_text", "sentence"),
    [
        (without("租住"), "缺少：租住。每一类都要有户数。"),
        (
            "",
            "缺少：18-39岁、40-59岁、60岁及以上、户籍、租住、没有能用的电话、有能用的电话。每一类都要有户数。",
        ),
        (TABLE + "\n租住 380", "第 8 行：租住 写了两次。"),
        (TABLE.replace("380", "-380"), "第 5 行：户数不能是负数。"),
        (TABLE.replace("380", "0"), "第 5 行：户数应当是大于 0 的整数。"),
        (TABLE.replace("380", "三百"), "第 5 行：户数应当是大于 0 的整数。"),
        (TABLE.replace("租住", "学生"), "第 5 行看不懂，写法如：40-59岁 8220"),
        (
            TABLE.replace("380", "480"),
            "三组加起来应当是同样多的住户，现在是：年龄 1000，户籍和租住 1100，电话 1000。",
        ),
    ],
)
def test_a_faulty_table_gets_a_sentence(given_text, sentence):
    with pytest.raises(Invalid) as refused:
        read(given_text)
    assert refused.value.message == sentence


@given(st.text(max_size=60))
def test_whatever_is_sent_is_read_or_refused_in_words(anything):
    with suppress(Invalid):
        assert set(read(anything)) == set(COUNTS)


def test_what_is_sealed_is_read_back_and_another_count_has_another_digest():
    table = CityMargins("统计局", NOW.date(), COUNTS)
    assert of_sealed(json.loads(json.dumps(table.sealed))) == table
    assert of_sealed("none") is None
    other = CityMargins("统计局", NOW.date(), {**COUNTS, "tenure": (621, 379)})
    assert other.sha256 != table.sha256


def test_a_table_is_kept_once_sealed_with_the_design_and_never_changed(survey_db: Database, vault: Vault):
    with survey_db.transaction() as session:
        with pytest.raises(Invalid, match="还没有到"):
            margin_tables.keep(
                session, TABLE, source="统计局", day=(NOW + timedelta(days=2)).date(), by="anna", now=NOW
            )
        table = margin_tables.keep(session, TABLE, source="统计局", day=NOW.date(), by="anna", now=NOW)
        with pytest.raises(Conflict, match="已经记下"):
            margin_tables.keep(session, TABLE, source="统计局", day=NOW.date(), by="ben", now=NOW)
        assert kept.every(session) == [table]
        register(session, grids({"G1": 20}), vault=vault)
        request = FreezeRequest("w1", {"G1": (2, 0)}, QUICK, DICE, margins="0" * 64)
        with pytest.raises(Invalid, match="没有这张外部数字表"):
            freeze.freeze(session, request, vault=vault, now=NOW)
    with survey_db.transaction() as session:
        request = FreezeRequest("w1", {"G1": (2, 0)}, QUICK, DICE, margins=table.sha256)
        freeze.freeze(session, request, vault=vault, now=NOW)
        sealed = json.loads(session.get_one(Wave, "w1").terms)["margins"]
    assert (sealed["sha256"], sealed["source"], sealed["day"]) == (table.sha256, "统计局", f"{NOW.date()}")
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text("UPDATE margin_table SET content = '{}'"))


def test_the_registrar_brings_a_table_and_the_freeze_shows_what_will_be_sealed(visit):
    registrar = visit("settled", "registrar")
    page = registrar.open("/registry/margins")
    wrong = registrar.send(page, "/margins", source="统计局", day="2026-06-30", counts=without("户籍"))
    assert (wrong.status, "缺少：户籍" in wrong.text) == (422, True)
    page = registrar.send(page, "/margins", source="统计局", day="2026-06-30", counts=TABLE)
    assert page.status == 200
    with registrar.app.extensions["huying"].database.reading() as session:
        (table,) = kept.every(session)
    assert table.sha256 in page.html
    officer = Visitor(registrar.app, "draw_officer")
    form = officer.open("/waves/freeze")
    assert re.search(rf'<input checked[^>]*value="{table.sha256}"', form.html)
    shown, fields = seen(officer, margins=table.sha256)
    assert f"统计局，2026-06-30，指纹 {table.sha256}" in shown.text
    assert "谁愿意接电话不校正，这一轮的得分" not in shown.text
    assert officer.send(shown, "/freeze", **fields, confirm="2026W48").path == "/waves/2026W48"
    with officer.app.extensions["huying"].database.reading() as session:
        assert json.loads(session.get_one(Wave, "2026W48").terms)["margins"] == table.sealed


def test_without_a_table_the_freeze_says_what_that_means(visit):
    page, _ = seen(visit("settled", "draw_officer"))
    assert "谁愿意接电话不校正，这一轮的得分不能用于奖惩" in page.text


def test_a_file_is_brought_by_command(run, file):
    made = run("registry", "margins", file("m.txt", TABLE), "--source", "统计局", "--day", "2026-06-30")
    assert (made.exit_code, len(made.output.strip())) == (0, 64)
