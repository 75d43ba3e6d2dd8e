"""Three offices and a draw officer lead a wave by browsers, from its design to its verified score.

No part is seen before the event, no sample before the end; two witnesses sign from processes of their own.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from huying.base import clock
from huying.base.keys import Keyring
from survey.drawing import parts
from survey.models import db
from tests.stories.meeting import WAVE, Meeting, opened
from tests.support import apart, memory
from tests.support.browser import DESK, PHONE, SIDEWAYS, chromium, keep, picture
from tests.support.later import JUMP, dice_at
from tests.support.seeds import EMPTY, Seeds

pytestmark = [pytest.mark.browser, pytest.mark.server]

DICE = "60417739025518840263"
LATE = 2
SMALLEST = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const sizes = [];
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    const seen = walker.currentNode.data.trim() && box.checkVisibility();
    if (seen) sizes.push(parseFloat(getComputedStyle(box).fontSize));
  }
  document.querySelectorAll("input:not([type=hidden]), button").forEach(
    (each) => sizes.push(parseFloat(getComputedStyle(each).fontSize)));
  return Math.min(...sizes);
}"""


NIGHTLY = [pytest.mark.slow]


@pytest.fixture(
    scope="module",
    params=[
        ("sqlite", False),
        pytest.param(("sqlite", True), marks=NIGHTLY),
        pytest.param(("postgresql", False), marks=[*NIGHTLY, pytest.mark.postgres]),
        pytest.param(("postgresql", True), marks=[*NIGHTLY, pytest.mark.postgres]),
    ],
    ids=str,
)
def meeting(request: pytest.FixtureRequest, tmp_path_factory, seeds: Seeds) -> Iterator[Meeting]:
    """On either database; by night the server is killed between any two steps."""
    engine, kills = request.param
    folder = tmp_path_factory.mktemp("ceremony")
    (folder / "survey").mkdir()
    with ExitStack() as stack:
        keys = Keyring(folder / "survey" / "keys" / "survey")
        database = stack.enter_context(
            seeds.copy(engine, EMPTY["survey"], folder=folder / "survey", keys=keys)
        )
        url = database.engine.url.render_as_string(hide_password=False)
        browser = stack.enter_context(chromium())
        more = {"HUYING_SURVEY_DATABASE_URL": url}
        yield stack.enter_context(opened(folder, browser, database=more, kills=kills))


@pytest.fixture(scope="module")
def frozen(meeting: Meeting) -> Meeting:
    """The planner's figures fill the form; what the design will tell is seen; the name is typed."""
    meeting.step()
    page = meeting.officer_opens(
        "/waves/plan?half_width=10&share=70&response=80&eligible=100&seats=1&pace=10"
        "&hours=10&weeks=1&dials=2&price=1"
    )
    meeting.officer.looks("plan")
    meeting.officer.follows("带着这些数去冻结")
    page = meeting.looked_at()
    assert page.get_by_label("平均每个网格首批户数").input_value() == "25"
    assert page.get_by_label("预计打通并答完的百分比").input_value() == "80"
    meeting.officer.writes("轮次名称", WAVE)
    meeting.officer.writes("每批补充户数", "0")
    meeting.officer.writes("公开随机事件", dice_at(meeting.now + timedelta(minutes=10)))
    meeting.officer.writes("每层晚放出几户", str(LATE))
    meeting.officer.writes("晚的一批哪一天放出", f"{clock.local(meeting.now) + timedelta(days=1):%Y-%m-%d}")
    meeting.officer.writes("要几家见证单位签名", "2")
    meeting.officer.presses("先看能说清什么")
    meeting.officer.reads("最细能公布到：网格")
    meeting.officer.looks("outlook")
    meeting.officer.presses("冻结")
    meeting.officer.reads(f"请在最下面原样再写一遍轮次名称 {WAVE}")
    meeting.officer.writes("看清楚了，请再写一遍轮次名称", WAVE)
    meeting.officer.presses("冻结")
    meeting.looked_at()
    meeting.officer.reads("各方封存密钥份额")
    meeting.officer.looks("frozen")
    return meeting


def audit_office_seals(meeting: Meeting) -> None:
    """By the page that it downloaded, in a window without a network."""
    meeting.step()
    office = meeting.party("audit-office")
    office.opens(meeting.link_for("audit-office", button="做一个链接"))
    meeting.officer.looks("link")
    office.looks("party")
    stays_within(office.page)
    with office.page.expect_download() as downloading:
        office.follows("下载封存页 seal.html")
    file = meeting.folder / "seal.html"
    downloading.value.save_as(file)
    offline = meeting.browser.new_context(viewport=PHONE, offline=True).new_page()
    offline.goto(file.as_uri())
    offline.get_by_role("button", name="由本机随机生成").click()
    offline.locator("#made").wait_for()
    meeting.parts["audit-office"] = offline.locator("#part").text_content() or ""
    office.writes("指纹", offline.locator("#digest").text_content() or "")
    office.presses("交出指纹")
    office.reads("已记下 audit-office 的指纹")
    office.looks("round")


def court_seals(meeting: Meeting) -> None:
    """By the command, on a machine of its own."""
    meeting.step()
    office = meeting.party("court")
    file = meeting.folder / "court" / "part"
    digest = apart.run(["party", "make", str(file)], meeting.survey.environment).stdout.strip()
    meeting.parts["court"] = file.read_text().strip()
    office.opens(meeting.link_for("court", button="做一个链接"))
    office.writes("指纹", meeting.parts["court"])
    office.presses("交出指纹")
    office.reads("另做一份")
    office.looks("mistaken")
    # As it was told: what was typed in can't be used any more.
    file.unlink()
    digest = apart.run(["party", "make", str(file)], meeting.survey.environment).stdout.strip()
    meeting.parts["court"] = file.read_text().strip()
    office.writes("指纹", digest)
    office.presses("交出指纹")
    office.reads("已记下 court 的指纹")


@pytest.fixture(scope="module")
def sealed(frozen: Meeting) -> Meeting:
    """Our own part by a command, two others by links."""
    frozen.survey.run("wave", "commit", WAVE)
    own = frozen.survey.data / "keys" / "survey" / "parts" / f"{WAVE}.operator"
    assert own.stat().st_mode & 0o777 == 0o600
    frozen.parts["operator"] = own.read_text().strip()
    audit_office_seals(frozen)
    court_seals(frozen)
    frozen.step()
    frozen.is_witnessed()
    return frozen


def digests_on(page: Page) -> str:
    return re.sub(r"\s", "", page.locator("main").inner_text())


def stays_within(page: Page) -> None:
    """At a desk and on a telephone nothing leads sideways out of the page."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate(SIDEWAYS) == 0, (page.url, size)


def looked_at_from_four_metres(meeting: Meeting, name: str) -> None:
    meeting.officer.page.wait_for_load_state()
    for size in (DESK, PHONE):
        meeting.officer.page.set_viewport_size(size)
        keep(meeting.officer.page, f"wall-{name}-{size['width']}", full_page=True)
        assert meeting.officer.page.evaluate(SIDEWAYS) == 0, (name, size)
        assert meeting.officer.page.evaluate(SMALLEST) >= 32, (name, size)


def test_the_wall_shows_every_digest_in_type_of_32_pixels_or_more(sealed):
    page = sealed.officer_opens(f"/waves/{WAVE}/wall")
    looked_at_from_four_metres(sealed, "sealed")
    for part in sealed.parts.values():
        assert parts.seal(part) in digests_on(page)
    sealed.officer_opens(f"/waves/{WAVE}")
    sealed.officer.looks("sealed")
    stays_within(sealed.officer.page)


def test_before_the_event_nobody_else_holds_a_part(sealed):
    """Neither the officer's browser nor the server's memory, log, database or other files."""
    sealed.officer_opens("/waves/")
    told = "".join(sealed.seen)
    assert not [party for party, part in sealed.parts.items() if part in told]
    keys = sealed.survey.data / "keys" / "survey" / "parts"
    files = [each for each in sealed.survey.data.rglob("*") if each.is_file() and keys not in each.parents]
    assert files
    for file in [*files, sealed.survey.log]:
        data = file.read_bytes()
        assert not [needle for needle in sealed.needles if needle in data], file
    with sealed.field() as (database, _), database.reading() as session:
        stored = b"".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in db.metadata.tables.values()
            for row in session.execute(select(table))
            for value in row
        )
    assert parts.seal(sealed.parts["court"]).encode() in stored
    assert not [needle for needle in sealed.needles if needle in stored]


@pytest.fixture(scope="module")
def servers(meeting: Meeting) -> list[int]:
    """The processes that serve the pages."""
    found = memory.group_of(meeting.survey.process_id)
    assert found
    return found


def test_before_the_event_the_server_s_memory_holds_no_part(sealed, servers):
    # What a page once showed may be overwritten any moment; its settings a server always holds.
    always = str(sealed.survey.data).encode()
    held = {needle for pid in servers for needle in memory.held(pid, sealed.needles | {always})}
    assert always in held, "the search finds what is there"
    assert not held & sealed.needles


def record_the_dice(meeting: Meeting) -> None:
    page = meeting.officer_opens(f"/waves/{WAVE}/wall")
    for entry in ("first", "second"):
        for number, digit in enumerate(DICE):
            meeting.officer.presses(digit)
            if number == 7:
                looked_at_from_four_metres(meeting, f"{entry}-entry")
        if entry == "first":
            meeting.officer.reads("请大声读出来")
            looked_at_from_four_metres(meeting, "read-back")
            meeting.officer.presses("读对了，换一个人再录一遍")
    looked_at_from_four_metres(meeting, "agree")
    meeting.officer.presses("记下结果")
    meeting.officer.reads("各方打开封存的份额")
    assert DICE in digests_on(page)
    looked_at_from_four_metres(meeting, "called")


@pytest.fixture(scope="module")
def drawn(sealed: Meeting) -> Meeting:
    """The event is over: dice, parts, the draw."""
    sealed.passes(JUMP)
    record_the_dice(sealed)
    sealed.step()
    sealed.survey.run("wave", "reveal", WAVE)
    for party in ("audit-office", "court"):
        sealed.step()
        office = sealed.party(party)
        office.opens(sealed.link_for(party, button="做一个公开用的链接"))
        office.writes("当初封存的密钥份额", sealed.parts[party])
        office.looks("opening")
        stays_within(office.page)
        office.presses("公开这一份")
        office.reads(f"{party} 的份额已公开，与指纹一致")
    sealed.step()
    sealed.officer_opens(f"/waves/{WAVE}")
    sealed.officer.looks("revealed")
    sealed.officer.presses("抽签")
    sealed.looked_at()
    return sealed


def test_after_the_event_each_opens_its_own_and_the_draw_shows_no_sample(drawn):
    drawn.officer_opens(f"/waves/{WAVE}/wall")
    drawn.officer.reads("已经抽签")
    looked_at_from_four_metres(drawn, "drawn")
    told = "".join(drawn.seen)
    assert not [party for party, part in drawn.parts.items() if part in told]
    assert "春一路" not in told


def test_the_protocol_prints_every_digest_with_the_checkpoint_s_symbol(drawn):
    page = drawn.officer_opens(f"/waves/{WAVE}/protocol")
    picture(page, "protocol")
    stays_within(page)
    page.emulate_media(media="print")
    page.set_viewport_size(DESK)
    keep(page, "protocol-print", full_page=True)
    page.emulate_media(media="screen")
    for part in drawn.parts.values():
        assert parts.seal(part) in digests_on(page)
    assert DICE in digests_on(page)


def test_the_ledger_says_what_the_meeting_saw(drawn):
    shown = drawn.party("stranger")
    shown.opens(f"/rounds/{WAVE}")
    for part in drawn.parts.values():
        shown.reads(parts.seal(part))
    shown.reads(DICE)
    shown.reads("最细能公布到：网格")


@pytest.fixture(scope="module")
def scored(drawn: Meeting) -> Meeting:
    """Worked in two days, the late replicate on the second; ended, scored; days and score witnessed."""
    drawn.step()
    drawn.officer_opens(f"/waves/{WAVE}")
    drawn.officer.presses("开始拨打")
    drawn.looked_at()
    drawn.calls()
    drawn.passes(timedelta(hours=8))
    drawn.is_witnessed()
    drawn.passes(timedelta(hours=16))
    drawn.survey.run("work", "--once")
    drawn.calls()
    drawn.passes(timedelta(hours=2))
    drawn.is_witnessed()
    drawn.step()
    drawn.officer.signs_in()
    drawn.officer_opens(f"/waves/{WAVE}")
    drawn.officer.presses("结束这一轮")
    drawn.step()
    assessor = drawn.staff("assessor")
    assessor.opens(f"/scores/{WAVE}")
    assessor.presses("计算并公布")
    drawn.is_witnessed()
    return drawn


def test_until_the_end_of_the_field_the_officer_saw_no_address(scored):
    assert "春一路" not in "".join(scored.seen)


def test_the_command_on_the_page_runs_as_it_stands_and_says_verified(scored, tmp_path):
    """Copied from the page into a shell, beside the two files that the page gives out."""
    stranger = scored.party("stranger")
    stranger.opens("/rounds/")
    stranger.looks("rounds")
    stays_within(stranger.page)
    stranger.follows(WAVE)
    stranger.looks("round-scored")
    stays_within(stranger.page)
    for link in (f"{WAVE}.zip", "verify.py"):
        with stranger.page.expect_download() as downloading:
            stranger.page.get_by_role("link", name=link, exact=True).first.click()
        downloading.value.save_as(tmp_path / link)
    command = stranger.page.locator("pre").inner_text()
    for more in ("", " --quorum 2"):
        done = subprocess.run(
            command + more, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        assert done.stdout.splitlines()[-1].startswith("verified")
    for told in ("days without: none", "unworked at the end: 0 of 54", "late minus the rest"):
        assert told in done.stdout
    assert "no calendar" not in done.stdout
