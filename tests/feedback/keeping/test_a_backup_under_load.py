"""A backup that is taken while residents write comes back whole: every answered request, every key."""

from __future__ import annotations

import shutil
from dataclasses import replace
from threading import Event, Thread

import pytest

from feedback.app import create_app
from feedback.codes import print_receipt
from feedback.side import SIDE
from huying.base.errors import Conflict, Invalid
from huying.deposit.sealing import new_keypair
from huying.keeping.backups import Backup
from huying.store.installation import Installation
from tests.conftest import NOW
from tests.feedback.town import Town
from tests.support import kept, kept_copies

BEFORE = 5


class Residents(Thread):
    """Write case after case until they are told to stop; `receipts` are those that were answered."""

    def __init__(self, here: Installation) -> None:
        super().__init__(daemon=True)
        self.town, self.receipts, self.enough = Town(here.database, here.vault, NOW), [], Event()
        self.some = Event()

    def run(self) -> None:
        while not self.enough.is_set():
            once = f"form-{len(self.receipts):012d}"
            self.receipts.append(self.town.open(once=once, proven=False).receipt)
            if len(self.receipts) >= BEFORE:
                self.some.set()


def test_what_was_answered_before_is_there_and_every_law_holds(here, elsewhere, tmp_path):
    (here.settings.data / "print" / "1").mkdir(parents=True)
    (here.settings.data / "print" / "1" / "M.pdf").write_bytes(b"%PDF")
    residents = Residents(here)
    residents.start()
    assert residents.some.wait(60)
    answered = list(residents.receipts)
    done = kept_copies.backed_up(SIDE, here, tmp_path / "backups")
    residents.enough.set()
    residents.join(60)
    again = kept_copies.restored(SIDE, done, elsewhere(here.settings))
    assert kept.broken(SIDE, again) == {}
    app = create_app(again.settings)
    client = app.test_client()
    for receipt in answered:
        page = client.get(f"/receipt/{receipt}")
        assert (page.status_code, print_receipt(receipt) in page.text) == (200, True)
    assert (again.settings.data / "print" / "1" / "M.pdf").read_bytes() == b"%PDF"
    Town(again.database, again.vault, NOW).open(once="form-after-restoring")
    app.extensions["huying"].database.dispose()
    again.database.dispose()


def test_it_is_put_where_nothing_is_and_nowhere_else(here, elsewhere, tmp_path):
    done, settings = kept_copies.backed_up(SIDE, here, tmp_path / "backups"), elsewhere(here.settings)
    settings.data.mkdir()
    (settings.data / "something").touch()
    with pytest.raises(Conflict):
        kept_copies.restored(SIDE, done, settings)
    assert [each.name for each in settings.data.iterdir()] == ["something"]


def test_a_damaged_file_leaves_nothing_behind(here, elsewhere, tmp_path):
    done, settings = kept_copies.backed_up(SIDE, here, tmp_path / "backups"), elsewhere(here.settings)
    whole = done.file.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole[:999] + b"x" + whole[1000:], b""):
        done.file.write_bytes(damaged)
        with pytest.raises(Invalid):
            kept_copies.restored(SIDE, done, settings)
        assert not settings.data.exists()
    done.file.write_bytes(whole)
    with pytest.raises(Invalid):
        kept_copies.restored(SIDE, done, settings, private=new_keypair()[0])
    settings.data.mkdir()
    kept_copies.restored(SIDE, done, settings).database.dispose()
    assert all(not each.name.startswith(".") for each in settings.data.iterdir())


def test_a_database_may_lie_elsewhere(here, tmp_path):
    if here.database.engine.dialect.name != "sqlite":
        return
    done = kept_copies.backed_up(SIDE, here, tmp_path / "backups")
    settings = replace(
        here.settings, data=tmp_path / "elsewhere", database_url=f"sqlite:///{tmp_path / 'apart' / 'db'}"
    )
    again = kept_copies.restored(SIDE, done, settings)
    assert kept.broken(SIDE, again) == {}
    again.database.dispose()
    shutil.rmtree(settings.data)
    with pytest.raises(Conflict):
        kept_copies.restored(SIDE, done, settings)
    assert not settings.data.exists()


def test_keys_of_another_backup_are_refused(here, elsewhere, tmp_path):
    first = kept_copies.backed_up(SIDE, here, tmp_path / "first")
    Town(here.database, here.vault, NOW).open(once="form-in-between-01")
    second = kept_copies.backed_up(SIDE, here, tmp_path / "second")
    mixed = Backup(first.file, second.keys, first.held)
    with pytest.raises(Invalid):
        kept_copies.restored(SIDE, mixed, elsewhere(here.settings))


def test_neither_file_tells_anything_in_clear(here, tmp_path):
    done = kept_copies.backed_up(SIDE, here, tmp_path / "backups")
    held = done.file.read_bytes() + done.keys.read_bytes()
    assert "三楼水管漏水".encode() not in held
    assert here.keys.text("contacts").encode() not in held
    assert [each.suffix for each in sorted((tmp_path / "backups").iterdir())] == [".backup", ".keys"]
