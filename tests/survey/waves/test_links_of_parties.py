"""A party's link takes one thing, once, in its time; a part that was used before is never sealed again."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from huying.base.errors import Conflict, Gone, Invalid, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.drawing import parts
from survey.models import LEDGER, Party, PartyLink
from survey.waves.operations import draw, parties
from survey.waves.rules.parties import LIFE, OPEN, SEAL
from tests.conftest import NOW
from tests.survey.stories import PART, SOON, THEN, THROWN, drawn, frozen, grids, register

OTHER = "22" * 32
AFTER = NOW + THEN


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    """A frozen wave, a minute before its event."""
    with survey_db.transaction() as session:
        register(session, grids({"G1": 4}), vault=vault)
        frozen(session, {"G1": (2, 0)}, vault=vault)
    return survey_db


def link(database, keys, *, party="audit", now=NOW):
    with database.transaction() as session:
        return parties.make_link(session, "w1", party=party, keys=keys, by="drawer", now=now)


def hands_in(database, keys, token, *, part=OTHER, now=NOW):
    with database.transaction() as session:
        return parties.hand_in(session, token, commitment=parts.seal(part), keys=keys, now=now)


def opens(database, keys, token, *, part=OTHER, now=AFTER):
    with database.transaction() as session:
        return parties.open_part(session, token, part=part, keys=keys, now=now)


def called(database):
    with database.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=AFTER)


def test_a_digest_comes_by_a_link_and_after_the_event_the_part_by_another(database, vault):
    keys = vault.keys
    assert hands_in(database, keys, link(database, keys)).purpose == SEAL
    called(database)
    assert opens(database, keys, link(database, keys, now=AFTER)).purpose == OPEN
    with database.reading() as session:
        row = session.scalars(select(Party)).one()
        lines = [json.loads(line) for line in LEDGER.lines(session)]
    assert (row.party, row.commitment, row.part) == ("audit", parts.seal(OTHER), OTHER)
    assert [line["t"] for line in lines[3:]] == ["commit", "beacon", "reveal"]


def test_only_a_keyed_digest_of_a_link_is_kept(database, vault, tmp_path):
    token = link(database, vault.keys)
    with database.reading() as session:
        (row,) = session.scalars(select(PartyLink)).all()
    assert token.encode() not in row.digest
    assert row.digest != sha256(token.encode()).digest()
    with pytest.raises(Gone):
        hands_in(database, Keyring(tmp_path / "other"), token)


def test_a_link_is_good_once(database, vault):
    token = link(database, vault.keys)
    hands_in(database, vault.keys, token)
    with pytest.raises(Gone):
        hands_in(database, vault.keys, token, part="33" * 32)


def test_a_refused_digest_leaves_the_link_good(database, vault):
    token = link(database, vault.keys)
    with database.transaction() as session:
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    with pytest.raises(Conflict, match="已经出现过"):
        hands_in(database, vault.keys, token, part=PART)
    hands_in(database, vault.keys, token)


def test_a_new_link_ends_the_old_one_of_that_party_alone(database, vault):
    old, others = link(database, vault.keys), link(database, vault.keys, party="court")
    new = link(database, vault.keys)
    with pytest.raises(Gone):
        hands_in(database, vault.keys, old)
    hands_in(database, vault.keys, new)
    hands_in(database, vault.keys, others, part="33" * 32)


@pytest.mark.parametrize("token", ["", "x", "é" * 40])
def test_a_link_that_never_was_opens_nothing(database, vault, token):
    with pytest.raises(Gone), database.reading() as session:
        parties.followed(session, token, keys=vault.keys, now=NOW)


def test_a_link_ends_with_the_event_and_none_is_made_from_then_on(database, vault):
    token = link(database, vault.keys)
    with pytest.raises(Gone):
        hands_in(database, vault.keys, token, now=AFTER)
    with pytest.raises(Conflict, match="已经开始"):
        link(database, vault.keys, now=AFTER)


def test_a_link_of_one_purpose_serves_no_other(database, vault):
    keys = vault.keys
    token = link(database, keys)
    with pytest.raises(Gone):
        opens(database, keys, token, now=NOW)
    hands_in(database, keys, token)
    called(database)
    later = link(database, keys, now=AFTER)
    with pytest.raises(Gone):
        hands_in(database, keys, later, now=AFTER)
    with pytest.raises(Gone):
        opens(database, keys, later, now=AFTER + LIFE + timedelta(seconds=1))
    with pytest.raises(Refused, match="不一致"):
        opens(database, keys, later, part=PART)
    opens(database, keys, later)
    with pytest.raises(Conflict, match="已经公开"):
        link(database, keys, now=AFTER)


def test_no_link_is_made_for_what_was_done_or_can_t_be(database, vault):
    hands_in(database, vault.keys, link(database, vault.keys))
    with pytest.raises(Conflict, match="已经封存"):
        link(database, vault.keys)
    with pytest.raises(Invalid):
        link(database, vault.keys, party="审计局")
    called(database)
    with pytest.raises(Conflict, match="没有封存"):
        link(database, vault.keys, party="court", now=AFTER)


def test_a_part_that_was_used_in_another_wave_is_refused(database, vault):
    with database.transaction() as session:
        drawn(session)
        draw_ended(session)
        frozen(session, {"G1": (2, 0)}, vault=vault, label="w2")
    with pytest.raises(Conflict, match="用过的份额不能再用"), database.transaction() as session:
        draw.commit(session, "w2", party="somebody", commitment=parts.seal(PART), now=NOW)
    with database.transaction() as session:
        draw.commit(session, "w2", party="somebody", commitment=parts.seal(OTHER), now=NOW)


def draw_ended(session):
    from survey.models import Wave

    session.get_one(Wave, "w1").state = "closed"
    session.flush()


def test_nothing_is_sealed_from_the_event_on_and_no_value_recorded_before_it(database):
    with pytest.raises(Conflict, match="已经开始"), database.transaction() as session:
        draw.commit(session, "w1", party="late", commitment=parts.seal(OTHER), now=NOW + SOON)
    with database.transaction() as session:
        draw.commit(session, "w1", party="early", commitment=parts.seal(OTHER), now=NOW)
    with pytest.raises(Refused, match="才发生"), database.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW)
    called(database)
