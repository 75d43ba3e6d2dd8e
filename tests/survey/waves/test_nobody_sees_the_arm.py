"""Where a grid is drawn in two, no page of an interviewer, a supervisor or the public names an arm."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import insert, select

from huying.base import clock
from huying.base.phones import Vault
from huying.deposit.sealing import Sealer
from survey.deposits import rules as deposit_keys
from survey.drawing import parts
from survey.models import ListEntry, SampledCase
from survey.waves.operations import draw, freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.browsing import Visitor
from tests.survey.stories import THEN, dice_after
from tests.survey.world import DICE, SIZES, deposit_made

ARMS = ("G1.L", "G1.U", ">L<", ">U<")
LISTED = 12
PUBLIC = ("/", "/rounds/apart", "/frame", "/receipt", "/waves/apart/terms.json", "/log/checkpoint")

KEYS = re.compile("<kbd[^>]*>[A-Z]</kbd>")


def arms_in(html: str) -> list[str]:
    """What tells an arm on a page; letters of keys tell none."""
    return [arm for arm in ARMS if arm in KEYS.sub("", html)]


@pytest.fixture
def app(app_at) -> Flask:
    """A wave in the field; of the first grid twelve households stand on a list."""
    made = app_at("settled")
    ground = made.extensions["huying"]
    vault, now, part = Vault(ground.settings.keys), clock.now() - 2 * THEN, parts.new_part()
    sealer = Sealer(deposit_keys.public_key(vault.keys), bytes(32))
    with ground.database.transaction() as session:
        session.add(deposit_made(now, period="2026W40"))
        session.flush()
        session.execute(insert(ListEntry), [_row(sealer, place, now) for place in range(LISTED)])
        freeze.freeze(
            session,
            FreezeRequest(
                label="apart",
                sizes=SIZES,
                rules=WaveRules(hours="any", control=5, lists="apart", armcap=1000),
                beacon_source=dice_after(now),
            ),
            vault=vault,
            now=now,
        )
        draw.commit(session, "apart", party="operator", commitment=parts.seal(part), now=now)
        draw.announce(session, "apart", value=DICE, now=now + THEN)
        draw.reveal(session, "apart", party="operator", part=part, now=now)
        draw.draw(session, "apart", now=now)
        release.open_field(session, "apart", now=now)
        strata = set(session.scalars(select(SampledCase.stratum)))
    assert strata == {"G1.L", "G1.U", "G2", "G3"}
    return made


def _row(sealer: Sealer, place: int, now) -> dict[str, object]:
    number = f"+99910000{place:04}"
    return {
        "code": f"L{place}", "period": "2026W40", "staff_code": "W1", "grid_code": "G1",
        "sealed_contact": sealer.seal(number, table="lists", code=f"L{place}", column="contact"),
        "sealed_address": sealer.seal(
            f"虚构路{place}号", table="lists", code=f"L{place}", column="address"
        ),
        "handed_in_at": now,
    }  # fmt: skip


def test_an_interviewer_is_shown_no_arm_before_or_during_a_call(app):
    visitor = Visitor(app, "interviewer")
    page = visitor.send(visitor.open("/interview/"), "/next")
    assert page.status == 200
    assert not arms_in(page.html)
    page = visitor.send(page, "/dial")
    assert page.status == 200
    assert not arms_in(page.html)
    page = visitor.send(page, "/reached")
    assert page.status == 200
    assert not arms_in(page.html)


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_name_grids_alone(app, path):
    page = Visitor(app).glance(path)
    assert page.status in {200, 404}
    assert not arms_in(page.html)


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("supervisor", "/supervisor/"),
        ("registrar", "/registry/control/apart"),
        ("draw_officer", "/waves/apart"),
    ],
)
def test_pages_of_the_field_and_of_the_registry_name_grids_alone(app, login, path):
    page = Visitor(app, login).open(path)
    assert page.status == 200
    assert not arms_in(page.html)


def test_the_desk_offers_the_choice_where_a_list_was_handed_in(app, app_at):
    assert 'name="lists"' in Visitor(app, "draw_officer").open("/waves/freeze").html
    assert 'name="lists"' not in Visitor(app_at("settled"), "draw_officer").open("/waves/freeze").html
