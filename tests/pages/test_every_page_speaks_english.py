"""Every page in English: what is left in Chinese is data, a name, or the interview's own words."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import String, Text, select

import feedback.models
import survey.models
from huying.store.db import Database
from tests.pages.every import NOBODY, WHO, EveryPage
from tests.support.crawl import visitor

pytestmark = pytest.mark.server

CHINESE = re.compile("[\u4e00-\u9fff]+[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*")
IN_CHINESE = re.compile(r'<(\w+)[^>]*\blang="zh[^"]*"[^>]*>.*?</\1>', re.DOTALL)
MODELS = {"public": feedback.models.Base, "survey": survey.models.Base}


def _data(database: Database, base: type) -> list[str]:
    """Return every text that lies in the database: names, places, what people wrote."""
    found: set[str] = set()
    with database.reading() as session:
        for table in base.metadata.tables.values():
            columns = [each for each in table.columns if isinstance(each.type, String | Text)]
            for row in session.execute(select(*columns)) if columns else ():
                found.update(CHINESE.findall(" ".join(text for text in row if text)))
    return sorted(found, key=len, reverse=True)


def _left(page: str, data: list[str]) -> list[str]:
    text = unescape(re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))
    text = IN_CHINESE.sub("", text)
    found = set(CHINESE.findall(text))
    return sorted(each for each in found if not any(each in known or known in each for known in data))


@pytest.fixture(scope="module")
def data(every_page: EveryPage) -> dict[str, list[str]]:
    """What lies in either side's database."""
    apps = every_page.apps.items()
    return {side: _data(app.extensions["huying"].database, MODELS[side]) for side, app in apps}


@pytest.mark.parametrize(("side", "login"), WHO)
def test_every_page_speaks_english(
    every_page: EveryPage, data: dict[str, list[str]], side: str, login: str
) -> None:
    client = visitor(every_page.apps[side], None if login == NOBODY else login)
    client.get("/?lang=en")
    left = {}
    for address in every_page.of(side, login).pages:
        answer = client.get(address.path)
        assert '<html lang="en"' in answer.text, address
        if found := _left(answer.text, data[side]):
            left[address.path] = found
    assert left == {}
