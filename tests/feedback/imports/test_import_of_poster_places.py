"""Posters come by a file of places: each gets codes of its own, once; a leader comes by the offices' file."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from feedback.contacts.queries import answer as contacts
from feedback.imports.operations import bringing, kinds
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from feedback.models import Poster
from feedback.posters.operations import posters
from huying.base.errors import Refused
from huying.sheets import read

PLACES = "网格编号,张贴地点\nG1,1号楼大厅\nG1,2号楼大厅\nG2,门卫室\n"


def bring(town, kind, text):
    scope = ImportScope(now=town.now, by="keeper", vault=town.vault, region="CN", allowed="invented")
    found, data = kinds.find(kind), text.encode()
    table = read(data, file=f"{kind}.csv", layout=found.layout)
    with town.database.transaction() as session:
        return bringing.bring(session, found, table, data=data, scope=scope)[0]


def places(town):
    with town.database.reading() as session:
        return sorted(session.execute(select(Poster.grid_code, Poster.place)).all())


def test_each_place_gets_a_poster_with_codes_of_its_own(town):
    assert bring(town, "posters", PLACES).created == 3
    with town.database.reading() as session:
        codes = session.scalars(select(Poster.code)).all()
    assert len(set(codes)) == len(codes) == 4


def test_the_same_file_again_issues_nothing(town):
    bring(town, "posters", PLACES)
    before = places(town)
    assert bring(town, "posters", PLACES) == ImportCounts(3, 0, 0, 3)
    assert places(town) == before


def test_a_place_whose_poster_was_retired_gets_a_new_one(town):
    with town.database.transaction() as session:
        posters.retire(session, "7K3M9QDA", reason="torn", replaced_by=None, now=town.now)
    assert bring(town, "posters", "网格编号,张贴地点\nG1,3号楼大厅\n").created == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("网格编号,张贴地点\nM,大厅\n", "没有编号为“M”的网格"),
        ("网格编号,张贴地点\nG1,大厅\nG1,大厅\n", "重复"),
        ("网格编号,张贴地点\nG1,\n", "张贴地点"),
    ],
)
def test_one_bad_row_and_nothing_is_issued(town, text, names):
    before = places(town)
    with pytest.raises(Refused, match=names):
        bring(town, "posters", text)
    assert places(town) == before


HEADINGS = "区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束,网格长\n"
OFFICES = HEADINGS + "M,5,赵网格长,+99913900005,2026-11-22,,,{}\n"


def test_a_grid_leader_comes_before_every_office(town):
    bring(town, "offices", OFFICES.format("是"))
    with town.database.reading() as session:
        answer = contacts.answer(session, "G2", at=town.now, vault=town.vault)
    assert answer.leader == "赵网格长"
    assert answer.line[0] == "+99913900005"
    assert bring(town, "offices", OFFICES.format("是")).unchanged == 1
    assert bring(town, "offices", OFFICES.format("否")).changed == 1


def test_whoever_is_neither_is_refused(town):
    with pytest.raises(Refused, match="只能填“是”或“否”"):
        bring(town, "offices", OFFICES.format("也许"))
