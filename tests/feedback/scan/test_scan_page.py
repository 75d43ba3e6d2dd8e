"""The scan page: whom to call now, small, uncached, without cookie or script."""

from __future__ import annotations

import base64
import gzip
import re
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from flask import Flask
from time_machine import Traveller

from feedback.contacts import operations as contact_numbers
from feedback.contacts.queries import numbers as contacts_numbers
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.reach.operations import reports
from feedback.remit import operations as powers
from feedback.remit import rules as powers_rules
from feedback.scan.views import page as scan_page
from tests.feedback.browsing import ORIGIN, Page, Visitor
from tests.feedback.neighbourhood import NOW, POSTER, RETIRED, VACANT, Backstage

BUDGET = 14_000


def fresh(resident: Visitor, code: str = POSTER) -> str:
    return resident.get(f"/{code}").headers["Location"]


def test_a_code_leads_by_one_relative_redirect_to_an_address_that_is_new(
    resident: Visitor, moment: Traveller
) -> None:
    answer = resident.get(f"/{POSTER}")
    assert answer.status_code == 303
    stamped = rf"/p/{POSTER}/{int(NOW.timestamp())}\.[0-9A-HJKMNP-TV-Z]{{8}}"
    assert re.fullmatch(stamped, answer.headers["Location"])
    moment.shift(1)
    assert fresh(resident) != answer.headers["Location"]


@pytest.mark.parametrize("spelling", ["7k3m9qda", "7K3M-9QDA", "７Ｋ３Ｍ９ＱＤＡ"])
def test_the_code_however_it_is_typed_leads_to_the_same_page(resident: Visitor, spelling: str) -> None:
    assert fresh(resident, spelling).startswith(f"/p/{POSTER}/")


def test_whoever_is_on_duty_is_one_tap_away(resident: Visitor) -> None:
    page = resident.open(f"/{POSTER}")
    assert page.status == 200
    assert "第3网格 · 找网格员" in page.text
    assert "现在值班：王网格员" in page.text
    assert 'href="tel:+99913800001"' in page.html
    assert "今天 09:00 核对过，打得通" in page.text
    assert "王秀兰" not in page.html


def test_an_institution_and_the_emergency_numbers_are_always_below(resident: Visitor) -> None:
    page = resident.open(f"/{POSTER}")
    calls = re.findall(r'href="tel:([^"]+)"', page.html)
    assert calls == ["+99913800001", "+99921000001", "+99921000002", "12345", "110", "119", "120", "12345"]


def test_what_stands_on_the_page_stands_in_the_order_agreed(resident: Visitor) -> None:
    html = resident.open(f"/{POSTER}").html
    order = ["3号楼大厅", "<h1>", "现在值班", "拨打", "打得通", "和平里居委会", "有生命危险", "写下来"]
    order += ["号码不对 / 没人接", "网格员能帮什么", "查进度", "大字", "<footer>"]
    places = [html.index(words) for words in order]
    assert places == sorted(places)


def test_a_cover_is_named_as_such(resident: Visitor, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        duty.assign(
            session,
            Assignment(
                grid_code="g4",
                worker_code="w1",
                layer=1,
                valid_from=NOW - timedelta(hours=1),
                valid_to=NOW + timedelta(hours=8),
                reason="培训",
            ),
            by="test",
            now=NOW,
        )
    assert "现在由王网格员代班（至 18:00）" in resident.open(f"/{VACANT}").text


def test_a_number_that_was_not_verified_is_not_shown(resident: Visitor, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        duty.assign(
            session,
            Assignment(grid_code="g4", worker_code="w2", layer=0, valid_from=NOW - timedelta(hours=1)),
            by="test",
            now=NOW,
        )
    page = resident.open(f"/{VACANT}")
    assert "值班人的号码还没核对上，请先打下面的号码" in page.text
    assert "+99913800002" not in page.html


def test_a_vacant_grid_is_answered_for_by_the_community(resident: Visitor) -> None:
    page = resident.open(f"/{VACANT}")
    assert "这个网格现在没有网格员" in page.text
    assert "和平里居委会负责接听" in page.text
    assert 'id="call" href="tel:+99921000001"' in " ".join(page.html.split())


def test_a_retired_poster_is_gone_and_says_where_to_go(resident: Visitor) -> None:
    page = resident.open(f"/{RETIRED}")
    assert page.status == 410
    assert "这张海报已停用" in page.text
    assert f'href="/{POSTER}"' in page.html
    assert "tel:+99921000001" in page.html


@pytest.mark.parametrize("code", ["7K3M9QDB", "nothing", "123456"])
def test_an_unknown_code_says_so_and_gives_a_number(resident: Visitor, code: str) -> None:
    page = resident.open(f"/{code}")
    assert page.status == 404
    assert "没有这个编号" in page.text
    assert "tel:12345" in page.html


@pytest.mark.parametrize("seconds", [601, -5])
def test_an_old_stamp_or_one_from_the_future_shows_nothing(
    resident: Visitor, moment: Traveller, seconds: int
) -> None:
    stamped = fresh(resident)
    moment.shift(seconds)
    answer = resident.get(stamped)
    assert answer.status_code == 303
    assert answer.headers["Location"] != stamped
    assert b"tel:" not in answer.data


def test_a_stamp_of_another_poster_or_a_forged_one_shows_nothing(resident: Visitor) -> None:
    stamp = fresh(resident).rpartition("/")[2]
    for forged in (stamp[:-1] + ("0" if stamp[-1] != "0" else "1"), "1.AAAAAAAA", "x", f"9{stamp}"):
        assert resident.get(f"/p/{POSTER}/{forged}").status_code == 303
    assert resident.get(f"/p/{VACANT}/{stamp}").status_code == 303


@pytest.mark.parametrize("code", [POSTER, RETIRED, "7K3M9QDB"])
def test_no_cache_and_no_stranger_keeps_any_of_its_answers(resident: Visitor, code: str) -> None:
    answers = [resident.get(f"/{code}")]
    if answers[0].status_code == 303:
        answers.append(resident.get(answers[0].headers["Location"]))
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store, max-age=0"
        assert answer.headers["Expires"] == "0"
        assert answer.headers["Pragma"] == "no-cache"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not {"ETag", "Last-Modified", "Set-Cookie"} & set(answer.headers.keys())


def test_its_policy_admits_one_style_sheet_and_one_script_by_hash_and_nothing_else(resident: Visitor) -> None:
    answer = resident.get(fresh(resident))
    html = answer.get_data(as_text=True)
    found = {tag: re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL) for tag in ("style", "script")}
    assert [len(texts) for texts in found.values()] == [1, 1]
    style, script = (
        base64.b64encode(sha256(texts[0].encode()).digest()).decode() for texts in found.values()
    )
    assert answer.headers["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def test_its_script_has_no_more_than_eight_lines_and_calls_nobody() -> None:
    assert len(scan_page.script().splitlines()) <= 8
    assert not re.search(r"tel:|fetch|XMLHttp|location|import", scan_page.script())


def test_a_page_without_a_persons_number_has_no_script(resident: Visitor) -> None:
    assert "<script" not in resident.open(f"/{VACANT}").html


def test_a_grid_leader_comes_before_the_community(resident: Visitor, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        contact_numbers.set_office(
            session,
            area_code="g4",
            position=1,
            name="周网格长",
            number="+99913800077",
            vault=backstage.ground.vault,
            verified_at=NOW - timedelta(hours=1),
            leader=True,
        )
    page = resident.open(f"/{VACANT}")
    assert "周网格长负责接听" in page.text
    assert "拨打周网格长" in page.text
    assert "tel:+99913800077" in page.html


def test_a_number_in_doubt_is_labelled_and_stays(resident: Visitor, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        contact = contacts_numbers.of_worker(session, "w1")[0]
        reports.doubt(session, contact.id, now=NOW)
    page = resident.open(f"/{POSTER}")
    assert "有居民说这个号码打不通，我们正在核对" in page.text
    assert 'href="tel:+99913800001"' in page.html


def test_the_city_s_own_list_of_powers_replaces_the_seed(resident: Visitor, backstage: Backstage) -> None:
    assert "登记您的问题并上报" in resident.open(f"/{POSTER}").text
    with backstage.ground.database.transaction() as session:
        line = powers_rules.PowerLine("cannot", "修水管", instead="找自来水公司", number="+99921000009")
        powers.add(session, line, now=NOW - timedelta(minutes=1))
    page = resident.open(f"/{POSTER}")
    assert "登记您的问题并上报" not in page.text
    assert "修水管" in page.text
    assert "（找自来水公司）" in page.text
    assert "tel:+99921000009" in page.html


def test_it_carries_no_cookie_even_for_somebody_who_has_one(resident: Visitor) -> None:
    resident.open(f"/help/{POSTER}")
    answer = resident.get(fresh(resident))
    assert "Set-Cookie" not in answer.headers


def test_it_fits_the_first_packets(resident: Visitor) -> None:
    answer = resident.get(fresh(resident))
    headers = str(answer.headers).encode()
    assert len(headers) + len(answer.data) <= BUDGET
    assert len(headers) + len(gzip.compress(answer.data)) <= BUDGET // 3


def test_it_asks_for_nothing_more(resident: Visitor) -> None:
    html = resident.open(f"/{POSTER}").html
    assert not re.search(r"<(script \w|link|img|iframe|form)\b|style=|<[^>]+\bon\w+=", html)


def test_big_letters_stay_big_over_a_fresh_stamp(resident: Visitor, moment: Traveller) -> None:
    stamped = fresh(resident)
    moment.shift(700)
    page = resident.open(f"{stamped}?big=1")
    assert '<body class="big">' in page.html
    assert "恢复字号" in page.text


def test_no_page_holds_a_number_of_a_worker_in_its_address(resident: Visitor) -> None:
    assert urlsplit(fresh(resident)).query == ""


def test_a_route_that_reads_like_a_poster_code_stops_the_app(app: Flask) -> None:
    from feedback.app import check_roots

    check_roots(app)
    app.add_url_rule("/progress", "progress", lambda: "")
    with pytest.raises(RuntimeError, match="/progress"):
        check_roots(app)


def test_the_page_is_the_same_for_everybody(resident: Visitor, app: Flask) -> None:
    other = Visitor(app.test_client())
    stamped = fresh(resident)
    assert resident.get(stamped).data == other.get(stamped).data
    assert Page(other.get(stamped)).response.request.base_url.startswith(ORIGIN)
