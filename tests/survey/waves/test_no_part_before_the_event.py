"""Before the event no table, file, page or log holds a part: planted ones are looked for."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from huying.base.phones import Vault
from huying.store.db import Database
from survey.app import create_app
from survey.commands import register
from survey.drawing import parts
from survey.models import Base
from survey.roles import NAMES
from survey.waves.rules.parties import digest_text
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.waves.test_a_party_s_page import PART, handed_over
from tests.survey.waves.test_ceremony import called, frozen

LABEL = "2026W48"
LINK = re.compile(r'href="(/[^"#]*)"')
LEFT_OUT = re.compile(r"^/static/|[?&](?:lang|before)=")


@pytest.fixture
def app(survey_db: Database, tmp_path: Path) -> Iterator[Flask]:
    """The app over a settled registry, on both databases."""
    url = survey_db.engine.url.render_as_string(hide_password=False)
    settings = replace(world.settings_in(tmp_path), database_url=url)
    with survey_db.transaction() as session:
        world.settle(session, Vault(settings.keys))
    made = create_app(settings)
    yield made
    made.extensions["huying"].database.dispose()


@pytest.fixture
def command(survey_db: Database, tmp_path: Path):
    """The commands of the same installation."""
    url = survey_db.engine.url.render_as_string(hide_password=False)
    environment = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}
    return lambda *words: CliRunner().invoke(register, words, env=environment, catch_exceptions=False).output


def stored(app: Flask) -> bytes:
    """Everything that the tables hold."""
    with app.extensions["huying"].database.reading() as session:
        rows = [session.execute(select(table)).all() for table in Base.metadata.sorted_tables]
    return "".join(map(_text, (value for table in rows for row in table for value in row))).encode()


def _text(value: object) -> str:
    return f"{value.hex()} {value.decode('latin-1')}" if isinstance(value, bytes) else str(value)


def kept(app: Flask, folder: Path) -> bytes:
    """Everything in the installation's folder but our own part's file."""
    own = app.extensions["huying"].keys.folder / "parts"
    files = [each for each in folder.rglob("*") if each.is_file() and own not in each.parents]
    return b"".join(each.read_bytes() for each in files)


def shown(app: Flask) -> bytes:
    """Every page of every role."""
    begin = ("/", "/desk", f"/waves/{LABEL}", f"/waves/{LABEL}/wall", f"/rounds/{LABEL}")
    return b"".join(page for role in (None, *NAMES) for page in followed(Visitor(app, role), begin).values())


def followed(visitor: Visitor, begin: Iterable[str]) -> dict[str, bytes]:
    """Follow every link."""
    seen: dict[str, bytes] = {}
    waiting = [*begin]
    while waiting:
        if (path := waiting.pop()) not in seen:
            page = visitor.open(path)
            seen[path] = page.response.data
            links = map(unescape, LINK.findall(page.html)) if page.response.mimetype == "text/html" else ()
            waiting.extend(each for each in links if not LEFT_OUT.search(each))
    return seen


def test_planted_parts_are_found_nowhere_before_the_event_and_in_the_table_after_it(
    app, command, event_passes, tmp_path, caplog
):
    caplog.set_level(logging.DEBUG)
    officer = Visitor(app, "draw_officer")
    frozen(officer)
    command("wave", "commit", LABEL)
    file = app.extensions["huying"].keys.folder / "parts" / f"{LABEL}.operator"
    assert file.stat().st_mode & 0o777 == 0o600
    path = handed_over(officer)
    party = Visitor(app)
    mistaken = party.send(party.open(path), path, digest="a1" * 32)
    assert mistaken.status == 422
    party.send(party.open(path), path, digest=digest_text(parts.seal(PART)))
    planted = [part.encode() for part in (file.read_text().strip(), PART, "a1" * 32)]
    planted += [bytes.fromhex(part.decode()) for part in planted]
    for held in (stored(app), kept(app, tmp_path), shown(app), caplog.text.encode()):
        assert not [part for part in planted if part in held]
    assert parts.seal(PART).encode() in stored(app)
    page = officer.open(f"/waves/{LABEL}")
    event_passes()
    called(officer, page)
    command("wave", "reveal", LABEL)
    assert planted[0] in stored(app)
    assert planted[0] not in shown(app)
