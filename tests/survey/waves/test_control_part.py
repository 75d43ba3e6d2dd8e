"""Some households are drawn apart from the sample; the registrar finds out whether their numbers are true."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from huying.base import clock
from huying.base.phones import Vault
from survey.drawing import parts
from survey.models import ControlCheck, FrameUnit, SampleUnit, Wave
from survey.waves.operations import draw, freeze
from survey.waves.queries import control
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.browsing import Visitor
from tests.survey.stories import THEN, dice_after
from tests.survey.world import DICE, SIZES


@pytest.fixture
def app(app_at: Callable[[str], Flask]) -> Flask:
    """A drawn wave whose rules sealed a control part of ten."""
    made = app_at("settled")
    database, vault = made.extensions["huying"].database, Vault(made.extensions["huying"].settings.keys)
    now, part = clock.now() - 2 * THEN, parts.new_part()
    with database.transaction() as session:
        freeze.freeze(
            session,
            FreezeRequest(
                label="c",
                sizes=SIZES,
                rules=WaveRules(control=10, hours="any"),
                beacon_source=dice_after(now),
            ),
            vault=vault,
            now=now,
        )
        assert control.units(session, session.get_one(Wave, "c")) == ()
        draw.commit(session, "c", party="operator", commitment=parts.seal(part), now=now)
        draw.announce(session, "c", value=DICE, now=now + THEN)
        draw.reveal(session, "c", party="operator", part=part, now=now)
        draw.draw(session, "c", now=now)
    return made


def _noted(visitor: Visitor, place: str, result: str) -> int:
    page = visitor.open("/registry/control/c")
    return visitor.send(page, "/control/c", unit=place, result=result, source="物业的登记").status


def test_the_control_part_is_drawn_apart_and_shows_no_code(app):
    with app.extensions["huying"].database.reading() as session:
        chosen = control.units(session, session.get_one(Wave, "c"))
        sample = set(session.scalars(select(SampleUnit.unit)))
        frame = list(session.scalars(select(FrameUnit.unit)))
    assert len(chosen) == len(set(chosen)) == 10
    assert set(chosen) - sample
    page = Visitor(app, "registrar").open("/registry/control/c")
    assert "还有 10 户没有核对" in page.text
    assert not [unit for unit in frame if unit in page.html]


def test_what_was_found_is_kept_once_and_told_with_its_limits(app):
    visitor = Visitor(app, "registrar")
    for place, result in enumerate(["false", "false", *["true"] * 7, "unknown"], start=1):
        assert _noted(visitor, str(place), result) == 200
    text = visitor.open("/rounds/c").text
    told = re.search(r"查清 (\d+) 户，其中 (\d+) 户的号码不对：名册里的假号码估计占 ([\d.]+)%", text)
    assert told.groups() == ("9", "2", "22.2")
    assert "在 2.8% 到 60.0% 之间" in text
    with app.extensions["huying"].database.reading() as session:
        assert len(session.scalars(select(ControlCheck)).all()) == 10


def test_a_household_is_noted_once_and_only_from_the_list(app):
    visitor = Visitor(app, "registrar")
    assert _noted(visitor, "1", "true") == 200
    assert _noted(visitor, "1", "false") == 422
    assert _noted(visitor, "99", "true") == 422
    assert _noted(visitor, "2", "perhaps") == 422


def test_nobody_else_sees_the_control_part(app):
    for role in ("draw_officer", "interviewer", "supervisor", "assessor", "auditor", "administrator"):
        assert Visitor(app, role).open("/registry/control/c").status == 403
