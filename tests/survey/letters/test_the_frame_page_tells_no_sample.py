"""The frame page tells every registered household the same bytes: called, drawn, resting or none of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.store.db import Database
from survey.app import create_app
from survey.letters import operations
from survey.models import FrameUnit, LetterCode, SampledCase, SampleUnit
from survey.waves.operations import freeze, release
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest
from tests.conftest import NOW
from tests.support.examples import examples
from tests.survey import stories, world

HOUSEHOLDS, GRIDS, SAMPLE = 1_000, ("G0", "G1", "G2", "G3"), 3
WAVES = ("w1", "w2", "w3")
REST = 1
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="[^"]*"')


@dataclass
class City:
    """An app whose third wave is in the field, the code on each letter, and households by kind."""

    app: Flask
    codes: dict[str, str]
    kinds: dict[str, list[str]]
    addresses: Iterator[int] = field(default_factory=itertools.count)

    def answer(self, household: str) -> tuple[int, bytes]:
        """What the page says; all that the household itself has typed is taken out."""
        code = self.codes[household]
        visitor = self.app.test_client()
        form = visitor.get("/frame", base_url=world.ORIGIN)
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]*)"', form.data)
        asked = visitor.post(
            "/frame",
            base_url=world.ORIGIN,
            data={"code": code, **({"csrf_token": token[1].decode()} if token else {})},
            # From another address each time: whoever asks often is refused.
            environ_base={
                "REMOTE_ADDR": f"10.0.{next(self.addresses) // 4 % 250}.{next(self.addresses) % 250}"
            },
        )
        return asked.status_code, TOKEN.sub(b"", asked.data).replace(code.encode(), b"")


def leads(database: Database, label: str, *, vault: Vault, start: datetime, whole: bool) -> None:
    """A small wave that leaves out who was called in the last one; the newest stays in the field."""
    with database.transaction() as session:
        request = FreezeRequest(
            label=label,
            sizes=dict.fromkeys(GRIDS, (SAMPLE, SAMPLE)),
            rules=replace(stories.QUICK, plan=SAMPLE),
            beacon_source=stories.dice_after(start),
            scope=FrameScope(rest=REST),
        )
        freeze.freeze(session, request, vault=vault, now=start)
        stories.drawn(session, label, now=start)
        release.open_field(session, label, now=start)
    (caller,) = stories.enrol(database) if label == WAVES[0] else (interviewer(database),)
    somebody = stories.Interviewer(database, caller, vault=vault)
    with database.transaction() as somebody.session:
        for at in range(len(GRIDS) * SAMPLE if whole else SAMPLE):
            now = start + timedelta(minutes=5 + at)
            assert somebody.takes_next(now)
            somebody.completes(stories.content(5), now)
    if whole:
        with database.transaction() as session:
            stories.ended(session, label, keys=vault.keys, now=start + timedelta(days=61))


def interviewer(database: Database):
    with database.reading() as session:
        return session.scalars(select(world.Account)).one()


def kinds(session: Session) -> dict[str, list[str]]:
    """Every household once, by what the newest wave and its rest mean for it."""
    units = session.execute(select(FrameUnit.household_code, FrameUnit.wave_label, FrameUnit.unit)).all()
    home = {unit: code for code, label, unit in units if label == WAVES[-1]}
    drawn = {home[unit] for unit in session.scalars(select(SampleUnit.unit)) if unit in home}
    cases = {
        home[each.unit]: each.final_code for each in session.scalars(select(SampledCase)) if each.unit in home
    }
    everybody = {code for code, _, _ in units}
    resting = everybody - set(home.values())
    return {
        "called": sorted(code for code, final in cases.items() if final),
        "drawn": sorted(code for code, final in cases.items() if not final),
        "held in reserve": sorted(drawn - cases.keys()),
        "resting": sorted(resting),
        "not drawn": sorted(everybody - resting - drawn),
    }


@pytest.fixture(scope="module")
def city(tmp_path_factory, sqlite_templates: dict[str, Path]) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "survey.db").write_bytes(Path(sqlite_templates["survey"]).read_bytes())
    settings = world.settings_in(folder)
    vault, database = Vault(settings.keys), Database(settings.database_url)
    with database.transaction() as session:
        rows = stories.grids(dict.fromkeys(GRIDS, HOUSEHOLDS // len(GRIDS)))
        stories.register(session, rows, vault=vault)
        list(operations.issue(session, grid=None, now=NOW))
    for at, label in enumerate(WAVES):
        leads(database, label, vault=vault, start=NOW + timedelta(days=70 * at), whole=label != WAVES[-1])
    with database.reading() as session:
        codes = dict(session.execute(select(LetterCode.household_code, LetterCode.code)).all())
        found = kinds(session)
    database.dispose()
    app = create_app(settings)
    yield City(app, codes, found)
    app.extensions["huying"].database.dispose()


@pytest.fixture(scope="module")
def said(city: City) -> tuple[int, bytes]:
    """What some household that was never drawn is told."""
    answer = city.answer(city.kinds["not drawn"][0])
    assert answer[0] == 200
    assert "您家在 w3 这一轮冻结的名册里" in answer[1].decode()
    return answer


def test_there_are_households_of_every_kind(city):
    assert {kind: len(homes) for kind, homes in city.kinds.items()} == {
        "called": 3, "drawn": 9, "held in reserve": 12, "resting": 12, "not drawn": 964
    }  # fmt: skip


@examples(60)
@given(data=st.data())
def test_whatever_a_wave_means_for_a_household_it_is_told_the_same_bytes(city, said, data):
    kind = data.draw(st.sampled_from(sorted(city.kinds)))
    assert city.answer(data.draw(st.sampled_from(city.kinds[kind]))) == said, kind


@pytest.mark.slow
def test_all_thousand_are_told_the_same_bytes(city, said):
    homes = [home for found in city.kinds.values() for home in found]
    assert len(homes) == HOUSEHOLDS
    assert {city.answer(home) for home in homes} == {said}
