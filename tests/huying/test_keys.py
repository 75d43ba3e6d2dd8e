"""Key files are made once and readable by their owner alone."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor


def test_a_key_is_made_on_first_use_and_kept(keys):
    assert keys.text("session") == keys.text("session")
    assert len(keys.raw("session")) == 32


def test_nobody_else_can_read_it(keys):
    keys.text("session")
    assert stat.S_IMODE((keys.folder / "session").stat().st_mode) == 0o600


def test_twenty_that_start_at_once_agree(keys):
    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(keys.text, ["session"] * 20))) == 1


def test_a_key_made_elsewhere_replaces_the_old_one(keys):
    assert keys.find("recipient") is None
    keys.put("recipient", "one")
    keys.put("recipient", "two")
    assert keys.find("recipient") == "two"
