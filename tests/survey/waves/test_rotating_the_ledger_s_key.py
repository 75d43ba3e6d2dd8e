"""The ledger's own key changes by an entry that the old key signs; what was signed before still verifies."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from huying.base.errors import Conflict, Invalid
from huying.base.phones import Vault
from huying.ledger import note, rotation, witnessed
from huying.ledger.keys import VerifierKey, parse_vkey
from huying.store.db import Database
from survey import campaign, ledger_key, verify
from survey.models import LEDGER
from survey.waves.operations import bundle, release
from survey.waves.queries import waves
from tests.conftest import NOW
from tests.survey.stories import (
    Interviewer,
    drawn,
    ended,
    enrol,
    frozen,
    in_field,
    works_through,
)

ORIGIN = ledger_key.ORIGIN


def key_now(vault: Vault) -> VerifierKey:
    return parse_vkey(ledger_key.vkey(vault.keys))


def signed(database: Database, vault: Vault) -> str:
    with database.transaction() as session:
        return bundle.checkpoint(session, keys=vault.keys)


def announced(database: Database, vault: Vault) -> VerifierKey:
    with database.transaction() as session:
        return rotation.announce(LEDGER, session, keys=vault.keys, origin=ORIGIN, at=NOW)


class Lost(Exception):
    """The power went."""


def announced_and_lost(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        rotation.announce(LEDGER, session, keys=vault.keys, origin=ORIGIN, at=NOW)
        raise Lost


def rotated(database: Database, vault: Vault) -> VerifierKey:
    key = announced(database, vault)
    rotation.take_over(vault.keys)
    return key


def entry(database: Database, text: bytes = b'{"t":"test"}') -> None:
    with database.transaction() as session:
        LEDGER.append(session, text, at=NOW)


def test_both_keys_sign_the_announcement_and_the_new_one_all_that_follows(survey_db, vault) -> None:
    old = key_now(vault)
    entry(survey_db)
    before = signed(survey_db, vault)
    new = rotated(survey_db, vault)
    announcement = signed(survey_db, vault)
    entry(survey_db)
    after = signed(survey_db, vault)
    assert new == key_now(vault) != old
    assert note.verify_checkpoint(before, log=old).size == 1
    assert {note.verify_checkpoint(announcement, log=key).size for key in (old, new)} == {3}
    assert note.verify_checkpoint(after, log=new).size == 4
    with pytest.raises(Invalid):
        note.verify_checkpoint(after, log=old)
    with survey_db.reading() as session:
        said = [json.loads(line) for line in LEDGER.lines(session, 1, 3)]
    assert said == [
        {"t": "key", "op": "add", "role": "log", "vkey": new.text},
        {"t": "key", "op": "drop", "role": "log", "vkey": old.text},
    ]


def test_a_rotation_that_was_interrupted_goes_on_and_says_nothing_twice(survey_db, vault) -> None:
    first = announced(survey_db, vault)
    assert announced(survey_db, vault) == first
    rotation.take_over(vault.keys)
    assert key_now(vault) == first
    with survey_db.reading() as session:
        assert LEDGER.size(session) == 2


def test_a_kill_after_the_key_took_over_leaves_no_old_key_to_announce(survey_db, vault) -> None:
    first = announced(survey_db, vault)
    vault.keys.put(witnessed.SIGNING, vault.keys.text(rotation.NEXT))
    second = rotated(survey_db, vault)
    assert second == key_now(vault) != first


def test_what_could_not_be_stored_leaves_the_old_key_in_force(survey_db, vault) -> None:
    old = key_now(vault)
    with pytest.raises(Lost):
        announced_and_lost(survey_db, vault)
    assert key_now(vault) == old
    with survey_db.reading() as session:
        assert LEDGER.size(session) == 0


def test_no_key_changes_while_a_wave_runs(survey_db, vault) -> None:
    in_field(survey_db, {"G1": (9, 2, 0)}, vault=vault)
    with pytest.raises(Conflict, match="w1"), survey_db.reading() as session:
        campaign.check_none_runs(session)


def verified(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", verify.__file__, str(path), "--wave", path.stem, *options]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def closed(database: Database, vault: Vault, label: str, *, begin: bool) -> None:
    with database.transaction() as session:
        if not begin:
            frozen(session, {"G1": (3, 0)}, vault=vault, label=label)
            drawn(session, label)
            release.open_field(session, label, now=NOW)
        units = {unit.unit: 4 for unit in waves.drawn_units(session, label)}
    if begin:
        (account,) = enrol(database)
        works_through(Interviewer(database, account, vault=vault), units)
    with database.transaction() as session:
        ended(session, label, keys=vault.keys)


def test_a_stranger_checks_waves_before_and_after_a_rotation(survey_db, vault, tmp_path: Path) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    closed(survey_db, vault, "w1", begin=True)
    old = key_now(vault).text
    with survey_db.transaction() as session:
        first = bundle.write(session, "w1", keys=vault.keys, now=NOW)
    seen = tmp_path / "seen"
    seen.write_text(signed(survey_db, vault), encoding="utf-8")
    new = rotated(survey_db, vault).text
    closed(survey_db, vault, "w2", begin=False)
    with survey_db.transaction() as session:
        assert bundle.write(session, "w1", keys=vault.keys, now=NOW) == first
        assert bundle.vkey_of(session, "w1", keys=vault.keys) == old
        second = bundle.write(session, "w2", keys=vault.keys, now=NOW)
        assert bundle.vkey_of(session, "w2", keys=vault.keys) == new
    one, two = tmp_path / "w1.zip", tmp_path / "w2.zip"
    one.write_bytes(first)
    two.write_bytes(second)
    assert verified(one, "--key", old).returncode == 0
    assert verified(two, "--key", new, "--key", old, "--seen", str(seen)).returncode == 0
    assert verified(two, "--key", old).returncode == 1
