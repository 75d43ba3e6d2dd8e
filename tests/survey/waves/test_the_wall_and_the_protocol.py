"""A room follows the ceremony on the wall: times, digests, dice entered twice; then it is printed."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
import zxingcpp
from PIL import Image

from huying.ledger import witnessed
from survey.models import LEDGER
from survey.waves.rules.parties import grouped
from tests.survey.browsing import Page, Visitor
from tests.survey.waves.test_ceremony import OPERATOR, frozen, sealed
from tests.survey.world import DICE

WALL = "/waves/2026W48/wall"


@pytest.fixture
def officer(visit) -> Visitor:
    entered = visit("settled", "draw_officer")
    frozen(entered)
    sealed(entered)
    return entered


def read(svg: str) -> str:
    """What a camera reads of a symbol that is drawn module by module."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    white = Image.new("L", (side, side), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1", svg):
        white.putpixel((int(x), int(y)), 0)
    (found,) = zxingcpp.read_barcodes(white.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    return found.text


def press(officer: Visitor, page: Page, key: str) -> Page:
    """Press a key of the pad: a form without script."""
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\w*)">', page.html))
    assert f'value="{key}"' in page.html
    return Page(
        officer.client.get(WALL, query_string=fields | {"key": key}, base_url="http://127.0.0.1:8001")
    )


def enter(officer: Visitor, page: Page, digits: str) -> Page:
    for digit in digits:
        page = press(officer, page, digit)
    return page


def read_back(officer: Visitor, page: Page) -> Page:
    """Press that it was read out as it stands on the board."""
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page.html)
    assert kept
    return officer.open(f"{WALL}?kept={kept[1]}")


def test_before_the_event_the_wall_shows_digests_and_when_it_will_be(officer):
    page = officer.open(WALL)
    assert "封存的份额，只有指纹" in page.text
    assert "公开事件：" in page.text
    assert 'name="key"' not in page.html
    assert OPERATOR not in page.html


def test_the_digits_are_pressed_read_back_pressed_again_and_recorded(officer, event_passes):
    event_passes()
    page = enter(officer, officer.open(WALL), DICE[:3])
    page = press(officer, page, "back")
    assert "第 3 颗" in page.text
    page = enter(officer, page, DICE[2:])
    assert "请大声读出来" in page.text
    assert " ".join(grouped(DICE, 5)) in page.text
    page = enter(officer, read_back(officer, page), DICE[:7])
    assert DICE[:5] + " " + DICE[5:7] + "···" in page.text
    assert DICE[7:12] not in page.main
    page = enter(officer, page, DICE[7:])
    assert "两遍一样" in page.text
    page = officer.send(page, "/wall")
    assert "各方打开封存的份额" in page.text
    assert " ".join(grouped(DICE, 5)) in page.text
    with officer.app.extensions["huying"].database.reading() as session:
        assert b'"value":"%s"' % DICE.encode() in LEDGER.lines(session)[-1]


def test_two_entries_that_differ_are_shown_with_the_place_and_nothing_is_recorded(officer, event_passes):
    event_passes()
    other = DICE[:6] + "9" + DICE[7:]
    page = read_back(officer, officer.open(f"{WALL}?first={DICE}"))
    page = enter(officer, page, other)
    assert "两遍不一样：第 7 位" in page.text
    assert "记下结果" not in page.main
    officer.app.config["WTF_CSRF_ENABLED"] = False
    refused = officer.post(WALL, {"value": DICE, "again": other})
    assert refused.status == 422
    assert "第 7 位" in refused.text


def test_the_protocol_carries_the_signed_checkpoint_as_text_and_symbol(officer):
    assert "还没有签名" in officer.open("/waves/2026W48/protocol").text
    ground = officer.app.extensions["huying"]
    with ground.database.transaction() as session:
        note = LEDGER.checkpoint(
            session, origin=ground.ledger_origin, key=ground.keys.signing(witnessed.SIGNING)
        )
    page = officer.open("/waves/2026W48/protocol")
    assert note.splitlines()[2] in page.text
    symbol = re.search(r'src="data:image/svg\+xml,([^"]+)"', page.html)
    assert symbol
    assert read(unquote(unescape(symbol[1]))) == note
    assert "签名" in page.text
    assert OPERATOR not in page.html


@pytest.mark.parametrize(
    "odd", ["kept=zz", "kept=31", "kept=" + "ab" * 60, "first=x&second=1&key=7", "key=%00x"]
)
def test_an_odd_address_is_never_our_failure(officer, event_passes, odd):
    event_passes()
    assert officer.open(f"{WALL}?{odd}").status in {200, 422}
