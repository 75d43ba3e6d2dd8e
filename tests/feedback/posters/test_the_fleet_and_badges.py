"""The poster keeper's pages, and the check of a badge at the door."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from feedback import roles
from feedback.codes import print_dial
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.duty.rules import Assignment
from feedback.models import Poster
from feedback.posters.operations import badges, fleet, posters, print_jobs
from feedback.posters.press import printing
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import DIAL, NOW, POSTER, RETIRED, VACANT, WANG, Backstage
from tests.feedback.town import open_desks

PHONE = "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile"


@pytest.fixture
def keeper(sign_in) -> Visitor:
    return sign_in(roles.POSTER_KEEPER)


@pytest.fixture
def office(sign_in) -> Visitor:
    return sign_in(roles.GRID_OFFICE)


def change(backstage: Backstage, what, *args, **how):
    with backstage.ground.database.transaction() as session:
        return what(session, *args, **how)


@pytest.mark.parametrize(
    ("word", "found"), [("572 005", 1), (POSTER.lower(), 1), ("3号楼", 1), ("第3网格", 2), ("%", 0)]
)
def test_a_poster_is_found_by_code_place_or_grid(keeper: Visitor, word: str, found: int) -> None:
    page = keeper.client.get("/fleet/", query_string={"word": word}, base_url="https://hy.example.cn")
    assert f"共 {found} 张" in page.text


@pytest.mark.parametrize(
    ("state", "found"), [("", 3), ("unproven", 2), ("hanging", 0), ("retired", 1), ("x", 3)]
)
def test_states_narrow_the_list(keeper: Visitor, state: str, found: int) -> None:
    assert f"共 {found} 张" in keeper.open(f"/fleet/?state={state}").text


def test_fifty_at_a_time_and_no_page_beyond_the_last(keeper: Visitor, backstage: Backstage) -> None:
    for number in range(58):
        change(backstage, posters.issue, grid_code="g3", location=f"{number}号楼", now=NOW)
    first, last = keeper.open("/fleet/"), keeper.open("/fleet/?page=999")
    assert "第 1 页，共 2 页" in first.text
    assert "第 2 页，共 2 页" in last.text
    assert first.html.count('scope="row"') == 50
    assert last.html.count('scope="row"') == 11


def test_a_scan_is_counted_and_one_by_staff_or_a_preview_is_not(
    resident: Visitor, keeper: Visitor, backstage: Backstage, app
) -> None:
    for agent in (PHONE, PHONE, "Slackbot 1.0"):
        resident.get(f"/{POSTER}", **{"User-Agent": agent})
    keeper.get(f"/{POSTER}")
    resident.get(f"/{RETIRED}", **{"User-Agent": PHONE})
    counts = app.extensions["scans"].take()
    assert counts == {(POSTER, NOW): 2}
    change(backstage, fleet.store_scans, counts)
    assert "今天 10:00" in keeper.open("/fleet/?word=3号楼").text


def test_a_report_of_a_resident_is_looked_at_and_settled(
    resident: Visitor, keeper: Visitor, backstage: Backstage
) -> None:
    resident.press(resident.open(f"/unreached/{POSTER}"), POSTER, contact="", wish="report")
    page = keeper.open("/fleet/inspections")
    assert "3号楼大厅 居民报有问题" in page.text
    photo = io.BytesIO()
    Image.new("RGB", (300, 200)).save(photo, "PNG")
    form = keeper.open(f"/fleet/{POSTER}/look").form("/look")
    answer = keeper.client.post(
        form.action,
        data={
            **form.hidden,
            "genuine": "yes",
            "note": "擦干净了",
            "photo": (io.BytesIO(photo.getvalue()), "x.png"),
        },
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/"},
    )
    assert answer.status_code == 303
    assert "没有要去看的海报" in keeper.open("/fleet/inspections").text
    page = keeper.open(f"/fleet/{POSTER}/look")
    assert "擦干净了" in page.text
    picture = keeper.get("/fleet/photos/1")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")


def test_a_photo_that_is_none_is_refused_and_nothing_is_stored(keeper: Visitor, backstage: Backstage) -> None:
    form = keeper.open(f"/fleet/{POSTER}/look").form("/look")
    answer = keeper.client.post(
        form.action,
        data={**form.hidden, "genuine": "yes", "note": "", "photo": (io.BytesIO(b"<svg/>"), "x.jpg")},
        base_url="https://hy.example.cn",
        headers={"Referer": "https://hy.example.cn/"},
    )
    assert answer.status_code == 422
    assert "这不是能打开的照片" in answer.text
    with backstage.ground.database.reading() as session:
        assert session.query(Poster).filter(Poster.last_genuine_at.is_not(None)).count() == 0


@pytest.mark.server
def test_a_print_job_is_asked_for_made_and_downloaded(keeper: Visitor, backstage: Backstage) -> None:
    page = keeper.press(keeper.open("/fleet/print"), "/print", area="m1", paper="a4", language="both")
    assert "没有区级兜底单位的账号" in page.text
    change(backstage, open_desks, now=NOW)
    page = keeper.press(keeper.open("/fleet/print"), "/print", area="m1", paper="a4", language="both")
    assert "0 / 1 个社区" in page.text
    printing.carry_out(backstage.ground, 1, told=lambda _said: None)
    page = keeper.open("/fleet/print")
    assert "印好了" in page.text
    assert "2 张，逐张校对过" in page.text
    pdf = keeper.get("/fleet/print/1/m1.pdf")
    assert (pdf.status_code, pdf.mimetype, pdf.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert "2 张" in keeper.open("/fleet/?state=proven").text
    printing.file_of(backstage.ground, 1, "m1").write_bytes(b"%PDF-other")
    assert keeper.get("/fleet/print/1/m1.pdf").status_code == 404


@pytest.mark.server
def test_a_keeper_prints_posters_and_an_office_badges(
    keeper: Visitor, office: Visitor, backstage: Backstage
) -> None:
    change(backstage, badges.issue, worker_code="w1", now=NOW)
    change(backstage, open_desks, now=NOW)
    office.press(office.open("/fleet/print"), "/print", area="")
    keeper.press(keeper.open("/fleet/print"), "/print", area="", paper="a3", language="zh")
    with backstage.ground.database.reading() as session:
        assert [(job.kind, job.paper) for job in print_jobs.waiting(session)] == [
            ("badge", "a4"),
            ("poster", "a3"),
        ]
    for job in (1, 2):
        printing.carry_out(backstage.ground, job, told=lambda _said: None)
    assert office.get("/fleet/print/1/m1.pdf").status_code == 200
    assert office.get("/fleet/print/2/m1.pdf").status_code == 404
    assert keeper.get("/fleet/print/1/m1.pdf").status_code == 404


@pytest.fixture
def badge(backstage: Backstage):
    return change(backstage, badges.issue, worker_code="w1", now=NOW)


def test_the_scan_page_leads_to_the_check(resident: Visitor) -> None:
    page = resident.open(f"/{POSTER}")
    assert 'href="/badge"' in page.html
    assert "不要开门，请拨 12345" in resident.open("/badge").text


def test_a_valid_badge_says_the_surname_and_where_its_holder_is_on_duty(resident: Visitor, badge) -> None:
    for path in (f"/{badge.code}", f"/badge?number={badge.dial_code}"):
        page = resident.open(path)
        assert page.status == 200
        assert "工作证有效：王网格员，现在值班" in page.text
        assert "和平里社区 第3网格" in page.text
        assert "不姓王，就不是本人" in page.text
        assert WANG not in page.html
        assert "王秀兰" not in page.html
    page = resident.client.get(
        "/badge", query_string={"number": print_dial(badge.dial_code)}, follow_redirects=True
    )
    assert "工作证有效" in page.text


def test_off_duty_it_says_so(resident: Visitor, backstage: Backstage, badge) -> None:
    with backstage.ground.database.transaction() as session:
        row = duty_queries.current(session, "g3", at=NOW)
        duty.close(session, row.id, at=NOW, by="x", now=NOW)
    assert "王网格员现在不在值班" in resident.open(f"/{badge.code}").text


def test_where_somebody_covers_the_holder_isn_t_on_duty(
    resident: Visitor, backstage: Backstage, badge
) -> None:
    change(
        backstage,
        duty.assign,
        Assignment("g3", "w2", layer=1, valid_from=NOW, valid_to=NOW + timedelta(hours=8)),
        by="x",
        now=NOW,
    )
    assert "现在不在值班" in resident.open(f"/{badge.code}").text


def test_a_withdrawn_badge_warns(resident: Visitor, office: Visitor, badge) -> None:
    office.press(office.open("/badges"), "/retire", reason="left")
    page = resident.open(f"/{badge.code}")
    assert page.status == 410
    assert "拿它上门的人不是网格员" in page.text
    assert "tel:110" in page.html


def test_an_unknown_badge_warns(resident: Visitor) -> None:
    for path in ("/badge?number=123456", "/badge/AAAAAAAA", "/badge?number=x"):
        page = resident.open(path)
        assert page.status == 404
        assert "没有这张工作证" in page.text
    assert resident.open("/badge?number=").status == 422


def test_no_cache_keeps_what_a_check_said(resident: Visitor, badge) -> None:
    headers = resident.open(f"/badge/{badge.code}").response.headers
    assert headers["Cache-Control"] == "no-store, max-age=0"


def test_the_office_issues_a_badge_and_the_earlier_one_ends(
    office: Visitor, resident: Visitor, badge
) -> None:
    page = office.press(office.open("/badges"), "/badges", worker="w1")
    assert "w1 王秀兰" in page.text
    assert "在用" in page.text
    assert resident.get(f"/badge/{badge.code}").status_code == 410
    assert DIAL not in page.text
    assert VACANT not in page.text
