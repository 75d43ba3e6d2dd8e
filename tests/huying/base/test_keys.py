"""Key files are made once and readable by their owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

from huying.base.keys import Keyring


def test_a_key_is_made_on_first_use_and_kept(keys):
    assert keys.text("session") == keys.text("session")
    assert len(keys.raw("session")) == 32


def test_nobody_else_can_read_it(keys):
    keys.text("session")
    keys.put("recipient", "one")
    for name in ("session", "recipient"):
        assert stat.S_IMODE((keys.folder / name).stat().st_mode) == 0o600


def test_every_folder_that_is_made_for_it_is_closed_to_others(tmp_path):
    Keyring(tmp_path / "data" / "keys" / "public").text("session")
    made = [tmp_path / "data", tmp_path / "data" / "keys", tmp_path / "data" / "keys" / "public"]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


def test_nobody_finds_a_gap_while_a_key_is_replaced(keys):
    keys.put("recipient", "0")
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda _: [keys.find("recipient") for _ in range(50)], range(3))
        for number in range(1, 30):
            keys.put("recipient", str(number))
        assert None not in {each for several in found for each in several}


def test_twenty_that_start_at_once_agree(keys):
    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(keys.text, ["session"] * 20))) == 1


def test_a_key_made_elsewhere_replaces_the_old_one(keys):
    assert keys.find("recipient") is None
    keys.put("recipient", "one")
    keys.put("recipient", "two")
    assert keys.find("recipient") == "two"


def test_a_key_is_64_hexadecimal_digits_and_its_signing_key_follows_from_it(keys):
    assert len(keys.text("session")) == 64
    assert bytes.fromhex(keys.text("session")) == keys.raw("session")
    assert keys.signing("log").private_bytes_raw() == keys.raw("log")


def test_nothing_else_is_left_in_the_folder(keys):
    keys.text("session")
    keys.put("recipient", "one")
    assert sorted(path.name for path in keys.folder.iterdir()) == ["recipient", "session"]
    assert (keys.folder / "recipient").read_text() == "one\n"


def test_a_dropped_key_is_gone_and_may_be_dropped_again(keys):
    keys.put("recipient", "one")
    keys.drop("recipient")
    keys.drop("recipient")
    assert keys.find("recipient") is None


def test_two_drafts_of_one_key_never_meet(keys):
    names = {keys._draft("session", "x").name for _ in range(20)}
    assert len(names) == 20
    assert all(name.startswith(".session.") for name in names)
