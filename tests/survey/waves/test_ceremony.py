"""The draw officer's pages: the ceremony in its order, each step with its entry, and never the sample."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from survey import verify
from survey.drawing import parts
from survey.models import SampleUnit, Wave
from survey.waves.rules.parties import digest_text
from tests.survey.browsing import Page, Visitor
from tests.survey.stories import soon
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
    "response": "100",
    "eligible": "100",
}
OPERATOR = "11" * 32
"""The operator's part, which no page is ever told before the event."""


def seen(officer: Visitor, **changed: str) -> tuple[Page, dict[str, str]]:
    """The form, sent once: what the design will tell."""
    fields = {"beacon": soon(), **DESIGN, **changed}
    return officer.send(officer.open("/waves/freeze"), "/freeze", **fields), fields


def frozen(officer: Visitor) -> Page:
    page, fields = seen(officer)
    return officer.send(page, "/freeze", **fields, confirm="2026W48")


def sealed(officer: Visitor, *, party: str = "operator", part: str = OPERATOR) -> Page:
    page = officer.open("/waves/2026W48")
    return officer.send(page, "/commit", party=party, digest=digest_text(parts.seal(part)))


def called(officer: Visitor, page: Page) -> Page:
    return officer.send(page, "/beacon", value=DICE, again=DICE)


def now_to_do(page: Page) -> str:
    """The title of the step that the page says to do next."""
    found = re.search(r'aria-current="step"[^>]*>\s*<h2>\s*(\S+)', page.html)
    assert found
    return found[1]


def test_the_whole_ceremony_by_its_pages(visit: Visit, event_passes) -> None:
    officer = visit("settled", "draw_officer")
    assert now_to_do(frozen(officer)) == "各方封存密钥份额"
    page = sealed(officer)
    assert now_to_do(page) == "记下公开随机事件的结果"
    event_passes()
    page = called(officer, page)
    assert now_to_do(page) == "各方公开密钥份额"
    page = officer.send(page, "/reveal", party="operator", part=OPERATOR)
    assert now_to_do(page) == "抽签"
    page = officer.send(page, "/draw")
    assert now_to_do(page) == "放出首批，开始拨打"
    page = officer.send(page, "/open")
    assert now_to_do(page) == "结束访问"
    assert "已放出 15 户" in page.text
    for number in range(1, 7):
        assert f"账本第 {number} 条" in page.text


def test_a_wrong_digest_or_value_is_named_and_the_step_stays(visit: Visit, event_passes) -> None:
    officer = visit("settled", "draw_officer")
    page = frozen(officer)
    refused = officer.send(page, "/commit", party="operator", digest=OPERATOR)
    assert refused.status == 422
    assert "可能是份额本身" in refused.text
    page = sealed(officer)
    early = called(officer, page)
    assert early.status == 409
    assert "才发生" in early.text
    event_passes()
    short = officer.send(page, "/beacon", value="123", again="123")
    assert short.status == 422
    assert "20 颗骰子" in short.text
    differ = officer.send(page, "/beacon", value=DICE, again="7" + DICE[1:])
    assert differ.status == 422
    assert "第 1 位" in differ.text
    page = called(officer, page)
    other = officer.send(page, "/reveal", party="operator", part="0" * 64)
    assert other.status >= 400
    assert "不一致" in other.text
    assert now_to_do(officer.open("/waves/2026W48")) == "各方公开密钥份额"
    assert officer.send(page, "/reveal", party="operator", part=OPERATOR).status == 200


def test_a_step_out_of_order_is_refused(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    page = frozen(officer)
    _, hidden = page.hidden("/commit")
    for step in ("draw", "open", "close"):
        refused = officer.post("/waves/2026W48/" + step, hidden)
        assert refused.status == 409, step
    assert officer.post("/waves/2026W48/anything", hidden).status == 404
    assert officer.open("/waves/none").status == 404


def test_whoever_refuses_to_open_a_part_is_named_and_the_wave_is_void(visit: Visit, event_passes) -> None:
    officer = visit("settled", "draw_officer")
    frozen(officer)
    sealed(officer)
    page = sealed(officer, party="statistics-office", part="22" * 32)
    event_passes()
    page = called(officer, page)
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
    wrong, _ = seen(officer, sample="0", label="第 一", beacon="")
    assert wrong.status == 422
    assert "不小于 1" in wrong.text
    for faulty in (
        {"beacon": "dice:2099-01-01T10:00+08:00,3d6"},
        {"label": "第一"},
        {"beacon": "dice:x,20d10"},
    ):
        page, fields = seen(officer, **faulty)
        page = (
            page if page.status != 200 else officer.send(page, "/freeze", **fields, confirm=fields["label"])
        )
        assert page.status == 422, faulty


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
    assert "能比较到网格" not in page.text
    assert page.text.index("说不到这么准") < page.text.index("各个层次要多少")
    assert "先按模拟城市的 0.0064 算" in page.text
    assert "连全市都说不到这么准" in officer.open(plan_of(MEANS)).text


def test_a_plan_of_nonsense_names_the_field(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    for wrong in (MEANS | {"weeks": "x"}, MEANS | {"share": "NaN"}, MEANS | {"pace": "0"}):
        page = officer.open(plan_of(wrong))
        assert page.status == 422
        assert "请先修改下面的内容" in page.text
