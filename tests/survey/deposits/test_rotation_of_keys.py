"""Keys are replaced without losing what was sealed before, and the ledger says when."""

from __future__ import annotations

import json

import pytest

from huying.base.errors import Invalid
from huying.deposit.sealing import Opener, Sealer
from huying.ledger.keys import verifier_key
from survey.deposits import rules as deposits_rules
from survey.deposits.operations import keys as deposit_keys
from survey.models import LEDGER
from tests.conftest import NOW

PLACE = {"table": "posts", "code": "P1", "column": "contact"}


def sealed(public: str) -> str:
    return Sealer(public, bytes(32)).seal("+99913800001", **PLACE)


def entries(database) -> list[dict[str, str]]:
    with database.reading() as session:
        return [json.loads(line) for line in LEDGER.lines(session)]


def rotate(database, keys) -> str:
    with database.transaction() as session:
        return deposit_keys.rotate(session, keys, now=NOW)


def test_what_was_sealed_to_a_replaced_key_still_opens(survey_db, keys):
    first = sealed(deposits_rules.public_key(keys))
    second = sealed(rotate(survey_db, keys))
    third = sealed(rotate(survey_db, keys))
    opener = deposits_rules.opener(keys)
    assert {opener.open(each, **PLACE) for each in (first, second, third)} == {"+99913800001"}


def test_each_rotation_gives_another_key_and_an_entry(survey_db, keys):
    publics = [deposits_rules.public_key(keys), rotate(survey_db, keys), rotate(survey_db, keys)]
    assert len(set(publics)) == 3
    logged = entries(survey_db)
    assert [entry["t"] for entry in logged] == ["recipient", "recipient"]
    assert logged[1]["was"] == logged[0]["k"]


def test_a_strangers_key_doesnt_open(survey_db, keys, tmp_path):
    from huying.base.keys import Keyring

    rotate(survey_db, keys)
    foreign = sealed(deposits_rules.public_key(Keyring(tmp_path / "other")))
    with pytest.raises(Invalid, match="另一把公钥"):
        deposits_rules.opener(keys).open(foreign, **PLACE)


def test_the_depositors_key_is_stored_once_and_logged(survey_db, keys):
    vkey = verifier_key("public.example", key=keys.signing("sample")).text
    for _ in range(2):
        with survey_db.transaction() as session:
            deposit_keys.store_depositor(session, keys, vkey, now=NOW)
    assert entries(survey_db) == [{"t": "depositor", "vkey": vkey}]
    assert keys.find(deposits_rules.DEPOSITOR) == vkey


def test_a_depositors_key_that_is_none_is_refused_and_nothing_logged(survey_db, keys):
    with pytest.raises(Invalid), survey_db.transaction() as session:
        deposit_keys.store_depositor(session, keys, "nonsense", now=NOW)
    assert entries(survey_db) == []
    assert keys.find(deposits_rules.DEPOSITOR) is None


def test_an_opener_of_one_key_knows_its_id(keys):
    public = deposits_rules.public_key(keys)
    assert isinstance(deposits_rules.opener(keys), Opener)
    assert deposits_rules.opener(keys).key_id == sealed(public).split(".")[0]
