"""The remit says who answers for what, where and when; what is in force can be ended, not rewritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.deposit import operations
from feedback.imports.operations.runs import ImportCounts
from feedback.models import Remit
from feedback.remit import queries as remit
from huying.base.errors import Invalid
from huying.base.keys import Keyring
from huying.deposit import archive
from huying.deposit.sealing import new_keypair
from huying.ledger.keys import verifier_key
from tests.feedback.imports.bringing import bring, plan
from tests.feedback.town import Town

HEAD = "事项类别,区域编号,牵头部门,配合部门,生效日期,失效日期,议定单位\n"
LIST = HEAD + "噪音扰民,C,urban,water,2026-11-01,,区网格办\n噪音扰民,M,water,,2026-11-01,,街道办\n"


def _lead(town: Town, area: str, *, days: int = 0, category: str = "噪音扰民") -> str | None:
    with town.database.reading() as session:
        at = town.now + timedelta(days=days)
        found = remit.responsible(session, category=category, area_code=area, at=at)
        return found.lead if found else None


def test_the_nearest_area_that_says_something_counts(town: Town) -> None:
    assert bring(town, "remit", LIST) == ImportCounts(2, 2, 0, 0)
    assert (_lead(town, "G1"), _lead(town, "S"), _lead(town, "C")) == ("water", "urban", "urban")
    assert _lead(town, "G1", category="停车秩序") is None
    assert _lead(town, "G1", days=-30) is None
    with town.database.reading() as session:
        row = session.scalars(select(Remit).where(Remit.area_code == "C")).one()
        assert remit.supporting(row) == ("water",)


def test_a_second_time_writes_nothing(town: Town) -> None:
    bring(town, "remit", LIST)
    assert bring(town, "remit", LIST) == ImportCounts(2, 0, 0, 2)


def test_a_successor_comes_with_the_end_of_the_one_before(town: Town) -> None:
    bring(town, "remit", LIST)
    new = "噪音扰民,C,water,,2026-12-01,,区网格办\n"
    with pytest.raises(Invalid, match=r"第 2 行.*请写明前一条的失效日期"):
        bring(town, "remit", HEAD + new)
    ended = "噪音扰民,C,urban,water,2026-11-01,2026-12-01,区网格办\n"
    assert bring(town, "remit", HEAD + new + ended) == ImportCounts(2, 1, 1, 0)
    assert (_lead(town, "S"), _lead(town, "S", days=10)) == ("urban", "water")


def test_what_is_in_force_isnt_rewritten_and_what_isnt_yet_may_be(town: Town) -> None:
    bring(town, "remit", LIST)
    with pytest.raises(Invalid, match="已经生效的规定不能改"):
        bring(town, "remit", LIST.replace("噪音扰民,M,water", "噪音扰民,M,urban"))
    with pytest.raises(Invalid, match="已经过去的日期不能改"):
        bring(town, "remit", LIST.replace("2026-11-01,,街道办", "2026-11-01,2026-11-10,街道办"))
    coming = HEAD + "停车秩序,C,urban,,2027-01-01,,区网格办\n"
    bring(town, "remit", coming)
    assert bring(town, "remit", coming.replace("urban", "water")) == ImportCounts(1, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",C,urban,,2026-11-01,,区网格办", "事项类别", "事项类别应为"),
        ("停车秩序,X,urban,,2026-11-01,,区网格办", "区域编号", "没有编号为“X”的区域"),
        ("停车秩序,C,police,,2026-11-01,,区网格办", "牵头部门", "没有编号为“police”的部门"),
        ("停车秩序,C,urban,water、fire,2026-11-01,,区网格办", "配合部门", "没有编号为“fire”的部门"),
        ("停车秩序,C,urban,urban,2026-11-01,,区网格办", "配合部门", "也不能是牵头部门"),
        ("停车秩序,C,urban,,,,区网格办", "生效日期", "请填写生效日期"),
        ("停车秩序,C,urban,,2026-11-01,2026-10-01,区网格办", "失效日期", "结束要晚于开始"),
        ("停车秩序,C,urban,,2026-11-01,,", "议定单位", "议定单位应为"),
        ("噪音扰民,C,water,,2026-11-01,,区网格办", "", "和第 2 行是同一类别"),
    ],
)
def test_a_bad_row_is_named_with_its_column(town: Town, row: str, column: str, reason: str) -> None:
    (fault, *_rest) = plan(town, "remit", f"{LIST}{row}\n").faults
    assert (fault.line, fault.column) == (4, column)
    assert reason in fault.reason
    with pytest.raises(Invalid):
        bring(town, "remit", f"{LIST}{row}\n")
    with town.database.reading() as session:
        assert session.scalars(select(Remit)).all() == []


def test_a_deposit_tells_each_change_once(town: Town, keys: Keyring) -> None:
    keys.put(operations.RECIPIENT, new_keypair()[1])
    bring(town, "remit", LIST)
    assert [row["lead"] for row in _deposited(town, keys, "2026W48")] == ["urban", "water"]
    assert not _deposited(town, keys, "2026W49")
    bring(town, "remit", LIST.replace("2026-11-01,,街道办", "2026-11-01,2026-12-31,街道办"))
    (changed,) = _deposited(town, keys, "2026W50")
    assert (changed["area"], changed["valid_to"]) == ("M", "2026-12-30T16:00:00Z")


def _deposited(town: Town, keys: Keyring, period: str) -> Sequence[Mapping[str, str]]:
    vkey = verifier_key("public.example", key=keys.signing(operations.SIGNING)).text
    with town.database.transaction() as session:
        now = town.now + timedelta(weeks=4)
        made = operations.make(session, period=period, keys=keys, origin="public.example", now=now)
        return archive.read(made.file, vkey=vkey).tables["remit"]
