"""The one-file sealing page, opened from disk without a network, computes what the ledger's vectors say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from survey.drawing import parts, thrown_part
from survey.waves.rules.parties import digest_of, digest_text
from tests.support.browser import DESK, PHONE, SIDEWAYS, chromium, keep, violations

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "static" / "seal.html"
LOG = ROOT / "tests" / "vectors" / "draw" / "example_bundle" / "log.txt"
PART = re.compile("[0-9a-f]{64}")
THROWN = "3 5 4 2 1, " * 10


def vectors() -> list[tuple[str, str]]:
    """Parts and digests of the published example, and two of FIPS 180's function over 32 equal bytes."""
    lines = [json.loads(line) for line in LOG.read_text(encoding="utf-8").splitlines()]
    sealed = {line["by"]: line["c"] for line in lines if line["t"] == "commit"}
    return [
        *((line["r"], sealed[line["by"]]) for line in lines if line["t"] == "reveal"),
        ("00" * 32, "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"),
        ("ff" * 32, "af9613760f72635fbdb44a5a0a63c39f12af30f950a6ee5c971be188e89c4051"),
    ]


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser):
    """The page in a window that is offline, without our test's reach into its policy."""
    window = browser.new_context(viewport=PHONE, offline=True, accept_downloads=True)
    opened = window.new_page()
    opened.goto(PAGE.as_uri())
    yield opened
    window.close()


def test_a_digest_is_the_one_of_the_vectors(page):
    for part, digest in vectors():
        page.get_by_label("份额 · Part").fill(part)
        page.get_by_role("button", name="算指纹").click()
        page.wait_for_function(
            "digest => document.getElementById('checked').textContent.endsWith(digest)", arg=digest
        )
        assert page.locator("#checked").text_content() == digest_text(digest)


def test_a_random_part_has_its_digest_and_no_two_are_alike(page):
    made = set()
    for _each in range(3):
        before = page.locator("#digest").text_content()
        page.get_by_role("button", name="由本机随机生成").click()
        page.wait_for_function(
            "before => document.getElementById('digest').textContent !== before", arg=before
        )
        part = page.locator("#part").text_content()
        assert PART.fullmatch(part)
        assert digest_of(page.locator("#digest").text_content()) == parts.seal(part)
        made.add(part)
    assert len(made) == 3


def test_dice_make_the_part_that_the_command_makes(page):
    page.get_by_label("骰子的点数").fill(THROWN)
    page.get_by_role("button", name="用这些点数").click()
    page.locator("#made").wait_for()
    assert page.locator("#part").text_content() == thrown_part.part_of(THROWN)


def test_too_few_dice_and_what_is_no_part_are_refused(page):
    page.get_by_label("骰子的点数").fill("12345")
    page.get_by_role("button", name="用这些点数").click()
    page.get_by_text("骰子太少").wait_for()
    assert not page.locator("#made").is_visible()
    page.get_by_label("份额 · Part").fill("sha256:" + "0" * 64)
    page.get_by_role("button", name="算指纹").click()
    page.get_by_text("份额是 64 位十六进制数字").wait_for()
    assert not page.locator("#checked").is_visible()


def test_the_part_is_kept_in_a_file_of_one_s_own(page, tmp_path):
    page.get_by_role("button", name="由本机随机生成").click()
    page.locator("#made").wait_for()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="存成文件").click()
    downloading.value.save_as(tmp_path / "part")
    assert (tmp_path / "part").read_text() == page.locator("#part").text_content() + "\n"


def test_the_page_can_speak_to_nobody(page):
    assert re.search(r"default-src 'none'", PAGE.read_text(encoding="utf-8"))
    assert "connect-src" not in PAGE.read_text(encoding="utf-8")
    asked = []
    page.context.set_offline(False)
    page.on("request", lambda request: asked.append(request.url))
    said = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')")
    assert (said, asked) == ("refused", [])


def test_it_shuts_nobody_out_and_fits_a_telephone(browser):
    window = browser.new_context(viewport=PHONE, bypass_csp=True, device_scale_factor=2)
    page = window.new_page()
    page.goto(PAGE.as_uri())
    page.get_by_role("button", name="由本机随机生成").click()
    page.locator("#made").wait_for()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate(SIDEWAYS) == 0
        keep(page, f"seal-{size['width']}", full_page=True)
    assert violations(page) == []
    window.close()
