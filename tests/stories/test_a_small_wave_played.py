"""A visitor plays a small wave: a sentence sealed, dice, three households answered for, all verified."""

from __future__ import annotations

import re
import threading

import pytest
from werkzeug.serving import make_server

from demo.play.table import Table
from tests.support.browser import PHONE, SIDEWAYS, chromium, picture, violations, window
from tests.support.servers import free_port

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A game, served on loopback."""
    port = free_port()
    table = Table(tmp_path_factory.mktemp("play") / "play", port)
    server = make_server("127.0.0.1", port, table, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield table
    server.shutdown()
    server.server_close()
    table.app.extensions["huying"].database.dispose()


@pytest.mark.browser
def test_a_wave_is_sealed_thrown_answered_and_verified(table):
    with chromium() as browser:
        page = window(browser, script=True).new_page()
        page.set_viewport_size(PHONE)

        def looks_right(name: str) -> None:
            picture(page, f"play-{name}")
            assert page.evaluate(SIDEWAYS) <= 0, name
            assert violations(page) == [], name

        page.goto(f"http://127.0.0.1:{table.port}/play")
        looks_right("begun")
        page.get_by_label("您的一句话").fill("芝麻开门")
        page.get_by_role("button", name="封存").click()
        looks_right("sealed")
        page.get_by_label("您封存的那句话").fill("芝麻关门")
        page.get_by_role("button", name="掷骰子").click()
        assert "这句话和封存的不一样" in page.locator("main").inner_text()
        page.get_by_label("您封存的那句话").fill("芝麻开门")
        page.get_by_role("button", name="掷骰子").click()
        assert "抽出了 40 户" in page.locator("main").inner_text()
        for heard in range(3):
            page.get_by_role("button", name="电话响了").click()
            if heard == 0:
                looks_right("asked")
            page.get_by_label("拒绝" if heard == 2 else "愿意").check()
            page.get_by_role("button", name="回答", exact=True).click()
            if heard < 2:
                page.get_by_role("button", name="替这一户答完").click()
        assert "已经接了 3 户" in page.locator("main").inner_text()
        looks_right("heard")
        page.get_by_role("button", name="其余的由演示来答").click()
        shown = page.locator("main").inner_text()
        assert "核对通过" in shown
        page.get_by_text("那个程序说的每一句").click()
        report = page.locator(".report").inner_text()
        assert re.search(r"^verified 核查通过 \(failed: none", report, re.MULTILINE)
        looks_right("verified")
        page.get_by_role("link", name="这一轮的结果").click()
        assert "满意" in page.locator("main").inner_text()


def test_a_game_that_is_over_makes_room_for_another_city(table):
    before, client = table.app.config["PLAY_SEED"], table.app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/play").text)
    assert client.post("/play/again", data={"csrf_token": token[1]}).status_code == 303
    assert table.app.config["PLAY_SEED"] != before
    assert "五个网格，120 户" in table.app.test_client().get("/play").text
