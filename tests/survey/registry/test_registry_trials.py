"""A tried file waits sealed: for one account, for some hours, and nothing of it lies in clear."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from huying.base.errors import NotFound
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import RegistryTrial
from survey.registry.operations import registry, trials
from survey.registry.operations.trials import SHOWN, Trial
from survey.registry.rules import file
from tests.conftest import NOW
from tests.survey.stories import grids, household, sheet

ROWS = [household("h1", "G1", "+99910000001", address="春一路 7 号"), household("h2", "G1", "12")]


def try_out(database: Database, data: bytes, vault: Vault, *, by: str = "anna") -> None:
    stated = file.read(data, file="f.csv", allowed="invented", today=NOW.date())
    with database.transaction() as session:
        plan = registry.compare(session, stated, vault=vault, by=by, now=NOW).plan
        trials.keep(session, data, stated=stated, plan=plan, vault=vault, by=by, now=NOW)


def waiting(
    database: Database, vault: Vault, *, by: str = "anna", after: timedelta = timedelta()
) -> Trial | None:
    with database.reading() as session:
        return trials.find(session, vault=vault, by="anna", now=NOW + after)


def test_the_kept_file_is_the_tried_one_byte_for_byte(survey_db: Database, vault: Vault) -> None:
    data = sheet(ROWS).decode().encode("gb18030")
    try_out(survey_db, data, vault)
    sha256 = file.digest(data)
    with survey_db.reading() as session:
        kept = trials.data(session, vault=vault, by="anna", now=NOW, sha256=sha256)
        assert kept == data
        with pytest.raises(NotFound):
            trials.data(session, vault=vault, by="bert", now=NOW, sha256=sha256)
        with pytest.raises(NotFound):
            trials.data(session, vault=vault, by="anna", now=NOW, sha256="0" * 64)


def test_nothing_of_it_lies_in_clear(survey_db: Database, vault: Vault) -> None:
    try_out(survey_db, sheet(ROWS), vault)
    with survey_db.reading() as session:
        row = session.scalars(select(RegistryTrial)).one()
    for stored in (bytes(row.sealed), bytes(row.findings)):
        # Long enough not to stand in a ciphertext by chance: two bytes would, once in some hundred runs.
        for clear in (b"99910000001", "春一路".encode(), b"f.csv"):
            assert clear not in stored


def test_the_findings_are_told_as_they_were(survey_db: Database, vault: Vault) -> None:
    try_out(survey_db, sheet(ROWS), vault)
    trial = waiting(survey_db, vault)
    assert trial is not None
    found = trial.findings
    assert (found.file, found.read, found.changes, found.faults) == ("f.csv", 1, 1, 1)
    (fault,) = found.of("fault")
    assert (fault.line, fault.what) == ("3", "电话")
    assert [each.what for each in found.of("new")] == ["h1"]


def test_only_the_first_findings_of_a_kind_are_kept_and_all_are_counted(
    survey_db: Database, vault: Vault
) -> None:
    try_out(survey_db, sheet(grids({"G1": SHOWN + 7})), vault)
    trial = waiting(survey_db, vault)
    assert trial is not None
    assert len(trial.findings.of("new")) == SHOWN
    assert trial.findings.counts == {"new": SHOWN + 7}


def test_another_try_replaces_the_first_and_others_keep_theirs(survey_db: Database, vault: Vault) -> None:
    for rows, by in ((ROWS, "anna"), (ROWS[:1], "bert"), (ROWS[1:], "anna")):
        try_out(survey_db, sheet(rows), vault, by=by)
    with survey_db.reading() as session:
        kept = dict(session.execute(select(RegistryTrial.by, RegistryTrial.sha256)).all())
    assert kept == {
        "anna": file.digest(sheet(ROWS[1:])),
        "bert": file.digest(sheet(ROWS[:1])),
    }


def test_a_file_that_nobody_applies_is_forgotten(survey_db: Database, vault: Vault) -> None:
    try_out(survey_db, sheet(ROWS), vault)
    assert waiting(survey_db, vault, after=RegistryTrial.kept) is not None
    late = RegistryTrial.kept + timedelta(seconds=1)
    assert waiting(survey_db, vault, after=late) is None
    with survey_db.transaction() as session:
        trials.sweep(session, now=NOW + RegistryTrial.kept)
        assert session.get(RegistryTrial, "anna")
        trials.sweep(session, now=NOW + late)
    with survey_db.reading() as session:
        assert session.get(RegistryTrial, "anna") is None


def test_a_dropped_file_is_gone(survey_db: Database, vault: Vault) -> None:
    try_out(survey_db, sheet(ROWS), vault)
    with survey_db.transaction() as session:
        trials.drop(session, by="anna")
    assert waiting(survey_db, vault) is None
