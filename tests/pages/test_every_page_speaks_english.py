"""Every page in English: what is left in Chinese is data, a name, or the interview's own words."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import String, Text, select

import feedback.models
import survey.models
from demo import people
from demo.place import DemoFolder
from huying.store.db import Database
from tests.pages.every import MODULES, NOBODY, WHO, pages

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


@pytest.mark.parametrize(("side", "login"), WHO)
def test_every_page_speaks_english(place: DemoFolder, side: str, login: str) -> None:
    app = MODULES[side].create_app(getattr(place, side)())
    database = app.extensions["huying"].database
    client = app.test_client()
    if login != NOBODY:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)[1]
        form = {"login": login, "password": people.PASSWORD, "csrf_token": token}
        assert client.post("/sign-in", data=form).status_code == 303
    client.get("/?lang=en")
    known = _data(database, MODELS[side])
    left = {}
    for address in pages(place, side, login):
        answer = client.get(address.path)
        assert '<html lang="en"' in answer.text, address
        if found := _left(answer.text, known):
            left[address.path] = found
    database.dispose()
    assert left == {}
