"""The longest case that there can be comes out of a printer on one page of A4."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from feedback.cases.operations import handling, opening
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.requests import HelpRequest
from feedback.posters.queries import posters
from huying.base import clock
from tests.feedback.neighbourhood import POSTER, Backstage
from tests.support.browser import chromium, violations, window

pytestmark = pytest.mark.browser

STYLES = Path(__file__).parents[3] / "static" / "huying.css"


@pytest.fixture
def sheet(sign_in, backstage: Backstage, moment) -> str:
    """The page of a case whose every field is as long as it may be, with forty steps."""
    words = "三楼水管漏水，已经漏到楼下两家，" * 60
    with backstage.ground.database.transaction() as session:
        vault, now = backstage.ground.vault, clock.now()
        asked = HelpRequest("道路和公共设施", words[:1000], "和平里小区" * 40, contact="+99913900009")
        kept = {"poster": posters.find(session, POSTER), "once": "a sheet of paper-------"}
        case = opening.open_case(session, asked, source="poster", vault=vault, now=now, **kept).case
        own = Desk("worker", worker_code="w1")
        for number in range(20):
            at = now + timedelta(minutes=number)
            handling.ask(session, case.id, desk=own, question="几楼？" * 60, now=at)
            handling.reply(session, case.id, text="三楼，" * 100, now=at)
    worker = sign_in("worker")
    page = worker.press(worker.open(f"/worker/cases/{case.id}"), f"/printed/{case.id}/", numbered="y")
    assert "+999 1390" in page.text
    return page.html


def test_the_longest_case_fills_one_page(sheet: str) -> None:
    style = f"<style>{STYLES.read_text(encoding='utf-8')}</style>"
    html = re.sub(r'<link rel="stylesheet"[^>]*>', lambda _link: style, sheet)
    with chromium() as browser:
        page = window(browser, script=True).new_page()
        page.set_content(html)
        assert violations(page) == []
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
