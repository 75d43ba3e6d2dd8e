"""The grid office changes the map by page; what was dissolved stays as it was left."""

from __future__ import annotations

from collections.abc import Callable

from feedback import roles
from tests.feedback.browsing import Visitor

AREA = "/office/areas/g4"


def test_a_form_that_was_open_when_its_grid_was_dissolved_is_refused_and_changes_nothing(
    sign_in: Callable[[str], Visitor],
) -> None:
    office = sign_in(roles.GRID_OFFICE)
    form = office.open(AREA)
    gone = office.press(form, f"{AREA}/dissolve", **{"dissolve-into": "g3", "dissolve-reason": "并到第3网格"})
    assert gone.status == 200, gone.text
    late = office.press(form, f"{AREA}/revise", **{"revise-name": "新名字", "revise-reason": "改名"})
    assert late.status == 409
    assert "网格 g4 已经撤并，不能再用。" in late.text
    assert "新名字" not in office.open("/office/areas/").text
