"""The draw officer's pages: the ceremony in its order, each step with its entry, and never the sample."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from survey import verify
from survey.models import Party, SampleUnit, Wave
from tests.survey.browsing import Page, Visitor
from tests.survey.stories import after_the_event, soon
from tests.survey.world import DICE, WAVE

Visit = Callable[..., Visitor]
DESIGN = {
    "label": "2026W48",
    "sample": "5",
    "rest": "0",
    "method": "equal",
    "replicate": "2",
    "plan": "3",
    "most": "1",
    "attempts": "2",
    "control": "0",
}


def frozen(officer: Visitor) -> Page:
    return officer.send(officer.open("/waves/freeze"), "/freeze", **DESIGN, beacon=soon())


@pytest.fixture
def pass_the_event() -> Iterator[Callable[[], None]]:
    """Let the event of a wave that was just frozen be over."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(after_the_event())


def sealed(officer: Visitor, *, party: str = "operator") -> tuple[Page, str]:
    page = officer.open("/waves/2026W48?make=1")
    part = re.search(r'<code class="part">([0-9a-f]{64})</code>', page.html)
    assert part
    return officer.send(page, "/commit", party=party, part=part[1]), part[1]


def now_to_do(page: Page) -> str:
    """The title of the step that the page says to do next."""
    found = re.search(r'aria-current="step"[^>]*>\s*<h2>\s*(\S+)', page.html)
    assert found
    return found[1]


def test_the_whole_ceremony_by_its_pages(visit: Visit, pass_the_event) -> None:
    officer = visit("settled", "draw_officer")
    assert now_to_do(frozen(officer)) == "各方封存密钥份额"
    page, part = sealed(officer)
    assert now_to_do(page) == "记下公开随机事件的结果"
    pass_the_event()
    page = officer.send(page, "/beacon", value=DICE)
    assert now_to_do(page) == "各方公开密钥份额"
    page = officer.send(page, "/reveal", party="operator", part=part)
    assert now_to_do(page) == "抽签"
    page = officer.send(page, "/draw")
    assert now_to_do(page) == "放出首批，开始拨打"
    page = officer.send(page, "/open")
    assert now_to_do(page) == "结束访问"
    assert "已放出 15 户" in page.text
    for number in range(1, 7):
        assert f"账本第 {number} 条" in page.text


def test_the_generated_part_is_shown_once_and_only_its_digest_is_stored(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    frozen(officer)
    page, part = sealed(officer)
    assert part not in page.html
    with officer.app.extensions["huying"].database.reading() as session:
        party = session.scalars(select(Party)).one()
    assert party.part is None
    assert part not in party.commitment


def test_a_wrong_part_or_value_is_named_and_the_step_stays(visit: Visit, pass_the_event) -> None:
    officer = visit("settled", "draw_officer")
    frozen(officer)
    page = officer.open("/waves/2026W48")
    assert officer.send(page, "/commit", party="operator", part="abc").status == 422
    page, part = sealed(officer)
    pass_the_event()
    short = officer.send(page, "/beacon", value="123")
    assert short.status == 422
    assert "20 颗骰子" in short.text
    page = officer.send(page, "/beacon", value=DICE)
    other = officer.send(page, "/reveal", party="operator", part="0" * 64)
    assert other.status >= 400
    assert "不一致" in other.text
    assert now_to_do(officer.open("/waves/2026W48")) == "各方公开密钥份额"
    assert officer.send(page, "/reveal", party="operator", part=part).status == 200


def test_a_step_out_of_order_is_refused(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    page = frozen(officer)
    _, hidden = page.hidden("/commit")
    for step in ("draw", "open", "close"):
        refused = officer.post("/waves/2026W48/" + step, hidden)
        assert refused.status == 409, step
    assert officer.post("/waves/2026W48/anything", hidden).status == 404
    assert officer.open("/waves/none").status == 404


def test_whoever_refuses_to_open_a_part_is_named_and_the_wave_is_void(visit: Visit, pass_the_event) -> None:
    officer = visit("settled", "draw_officer")
    frozen(officer)
    sealed(officer)
    page, _ = sealed(officer, party="statistics-office")
    pass_the_event()
    page = officer.send(page, "/beacon", value=DICE)
    page = officer.send(page, "/void", refused_by="statistics-office")
    assert "作废" in page.text
    with officer.app.extensions["huying"].database.reading() as session:
        assert session.get_one(Wave, "2026W48").state == "void"
    assert 'aria-current="step"' not in page.html


def test_the_sample_stands_on_no_page_of_the_draw_officer(visit: Visit) -> None:
    officer = visit("open", "draw_officer")
    with officer.app.extensions["huying"].database.reading() as session:
        drawn = session.scalars(select(SampleUnit.unit)).all()
    for path in ("/waves/", f"/waves/{WAVE}", "/waves/freeze"):
        page = officer.open(path)
        assert page.status == 200
        assert not [unit for unit in drawn if unit in page.html]


def test_ending_early_says_how_many_wait(visit: Visit) -> None:
    page = visit("open", "draw_officer").open(f"/waves/{WAVE}")
    assert "还有 48 户没有结果" in page.text
    assert "提前结束" in page.text


def test_a_faulty_design_says_what_to_mend(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    page = officer.open("/waves/freeze")
    wrong = officer.send(page, "/freeze", **(DESIGN | {"sample": "0", "label": "第 一", "beacon": ""}))
    assert wrong.status == 422
    assert "不小于 1" in wrong.text
    assert officer.send(page, "/freeze", **(DESIGN | {"beacon": "dice:x,3d6"})).status == 422
    assert officer.send(page, "/freeze", **(DESIGN | {"label": "第一", "beacon": soon()})).status == 422


def test_frame_and_design_are_open_to_everybody_from_the_freeze_on_and_the_bundle_from_the_end(
    visit: Visit,
) -> None:
    stranger = visit("open")
    assert stranger.open(f"/waves/{WAVE}/frame.tsv").html.count("\n") == 90
    assert stranger.open(f"/waves/{WAVE}/design.tsv").html.startswith("G1\t30\t24\t0\n")
    assert stranger.open(f"/waves/{WAVE}/bundle.zip").status == 409
    assert stranger.open("/waves/none/frame.tsv").status == 404
    later = visit("closed")
    bundle = later.open(f"/waves/{WAVE}/bundle.zip")
    assert bundle.status == 200
    assert bundle.response.data[:2] == b"PK"
    assert f"/rounds/{WAVE}" in later.open("/").html
    assert f"{WAVE}.zip" in later.open(f"/rounds/{WAVE}").text


def test_the_program_that_checks_a_bundle_is_offered_beside_it_as_one_file(visit: Visit) -> None:
    stranger = visit("closed")
    assert 'href="/verify.py"' in stranger.open("/").html
    program = stranger.open("/verify.py")
    assert program.status == 200
    assert program.response.data == Path(verify.__file__).read_bytes()
    assert "attachment" in program.response.headers["Content-Disposition"]


MEANS = dict.fromkeys(("share", "response", "eligible", "pace", "hours", "weeks", "dials", "price"), "1") | {
    "half_width": "0.1",
    "seats": "1",
}


def plan_of(means: dict[str, str]) -> str:
    return "/waves/plan?" + "&".join(f"{name}={value}" for name, value in means.items())


def test_the_planner_names_the_finest_level_before_anything_else(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    page = officer.open("/waves/plan")
    assert "最细能说清到：网格" not in page.text
    assert page.text.index("说不到这么准") < page.text.index("各个层次要多少")
    assert "连全市都说不到这么准" in officer.open(plan_of(MEANS)).text


def test_a_plan_of_nonsense_names_the_field(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    for wrong in (MEANS | {"weeks": "x"}, MEANS | {"share": "NaN"}, MEANS | {"pace": "0"}):
        page = officer.open(plan_of(wrong))
        assert page.status == 422
        assert "请先修改下面的内容" in page.text
