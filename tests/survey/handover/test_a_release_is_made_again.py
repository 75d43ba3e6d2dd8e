"""From the auditors' package a release is made again to the last bit; whatever is changed in it is found."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.errors import Invalid, NotFound
from huying.store.db import Database
from survey.handover.queries import packages
from survey.handover.rules import auditing, rows, zipped
from survey.handover.rules.comparing import first_difference
from survey.models import AccessRecord, Account, FrameUnit, ScoreRelease
from survey.scores.queries import releases
from survey.scores.rules import items
from tests.survey import world
from tests.survey.datafiles.test_data_files import _called
from tests.survey.scores.test_scores_made_again import _released, corrected, units
from tests.survey.web.test_commands import run, surroundings
from tests.survey.world import WAVE

__all__ = ["run"]


@pytest.fixture
def scored(led) -> Database:
    return led("a wave called and scored", _called)


@pytest.fixture
def environment(scored: Database, tmp_path: Path) -> dict[str, str]:
    return surroundings(scored, tmp_path)


KEPT: dict[str, dict[str, bytes]] = {}
"""The package by kind of database: made once for the tests that read it."""


@pytest.fixture
def files(scored: Database) -> dict[str, bytes]:
    kind = scored.engine.dialect.name
    if kind not in KEPT:
        with scored.reading() as session:
            KEPT[kind] = packages.for_auditors(session, WAVE)
    return dict(KEPT[kind])


def test_a_package_read_makes_the_release_again_to_the_last_bit(scored, files):
    with scored.reading() as session:
        release = releases.get(session, WAVE)
        assert packages.made_again(session, WAVE) is None
        body = release.body
    held = auditing.read(files)
    assert held.body == body
    assert packages.remade(held) is None


def test_one_answer_changed_is_found_by_its_first_cell(files):
    lines = files[f"waves/{WAVE}.1/{rows.ROWS}"].decode().split("\r\n")
    place = next(at for at, line in enumerate(lines) if line.split(",")[3:5] == ["1", "1"])
    cells = lines[place].split(",")
    lines[place] = ",".join([*cells[:4], "0", *cells[5:]])
    changed = {**files, f"waves/{WAVE}.1/{rows.ROWS}": "\r\n".join(lines).encode()}
    with pytest.raises(Invalid):
        auditing.read(changed)
    del changed[auditing.DIGESTS]
    found = packages.remade(auditing.read(auditing.with_digests(changed)))
    assert found is not None
    assert found.column
    assert found.published != found.now


def test_cells_are_compared_to_the_last_bit():
    one = json.dumps({"rows": [{"level": "city", "low": 0.1}], "mean": "3"})
    assert first_difference(one, one) is None
    other = json.dumps({"rows": [{"level": "city", "low": 0.1 + 2**-56}], "mean": "3"})
    assert one != other
    found = first_difference(one, other)
    assert found is not None
    assert found.column == "low"
    found = first_difference(one, one.replace('"3"', '"4"'))
    assert found is not None
    assert (found.column, found.published, found.now) == ("mean", "3", "4")


def test_nobody_is_in_it_by_name_number_or_code(scored, files, vault):
    text = "".join(data.decode() for name, data in files.items() if name != "log.txt")
    with scored.reading() as session:
        secret = {*session.scalars(select(FrameUnit.unit))}
        secret |= {*session.scalars(select(FrameUnit.household_code))}
        secret |= {*session.scalars(select(Account.login))} - {"interviewer", "auditor", "supervisor"}
        secret |= world.numbers_of(session, vault)
    assert [each for each in secret if each and len(each) > 3 and each in text] == []


def test_the_script_for_r_finds_every_column_that_it_reads(files):
    import csv

    def heading(name: str) -> list[str]:
        return next(csv.reader(io.StringIO(files[name].decode(), newline="")))

    folder = f"waves/{WAVE}.1"
    assert heading(auditing.WAVES) == ["folder"]
    assert {"row", "stratum", "complete", *items.DENS, "age", "tenure", "phone"} <= {
        *heading(f"{folder}/rows.csv")
    }
    strata = {"stratum", "households", "grid", "grid_no", "type", "community_no", "street_no"}
    assert strata == {*heading(f"{folder}/strata.csv")}
    assert heading(f"{folder}/margins.csv") == ["margin", "category", "households", "met"]
    assert {"level", "place", "item", "den", "value", "se", "direct", "n_eff"} <= {*heading(auditing.FIGURES)}
    script = files[auditing.SCRIPT].decode()
    assert "library(survey)" in script
    assert "quit(status" in script


@pytest.mark.slow
def test_by_command_the_package_is_written_recorded_and_made_again(run, scored, tmp_path):
    path = tmp_path / "package.zip"
    with pytest.raises(Invalid):
        run("package", WAVE, "--out", str(path), "--purpose", " ")
    assert not path.exists()
    assert run("package", WAVE, "--out", str(path), "--purpose", "年度审计").exit_code == 0
    with scored.reading() as session:
        assert "data files: 年度审计" in set(session.scalars(select(AccessRecord.what)))
    for source in (str(path), WAVE):
        found = run("recompute", source)
        assert found.exit_code == 0, found.output
        assert "相同" in found.output
    _change(path)
    found = run("recompute", str(path))
    assert found.exit_code == 1
    assert "不同" in found.output
    with pytest.raises(NotFound):
        run("recompute", str(tmp_path / "none.zip"))


def _change(path: Path) -> None:
    """One published figure changed, and the digests with it."""
    files = zipped.unpacked(path)
    body = json.loads(files[auditing.RELEASE])
    row = next(row for row in body["rows"] if row["low"])
    row["low"] = round(row["low"] - 0.01, 3)
    del files[auditing.DIGESTS]
    files[auditing.RELEASE] = json.dumps(body).encode()
    path.write_bytes(zipped.packed(auditing.with_digests(files)))


def test_what_is_no_package_is_said_in_a_sentence(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(Invalid):
        zipped.unpacked(path)
    held = bytearray(zipped.packed({"a.txt": b"a" * 1000}))
    held[30 + len("a.txt")] = 0xFF  # the first byte of what was deflated
    path.write_bytes(held)
    with pytest.raises(Invalid):
        zipped.unpacked(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(Invalid):
        auditing.read(zipped.unpacked(path))


@pytest.mark.slow
def test_a_corrected_release_is_made_again_beside_the_first(led, vault):
    database = led("three grids scored", _released)
    label = corrected(database, *units(database, "G1", answer=5)).wave_label
    with database.reading() as session:
        for number in (1, 2):
            assert packages.made_again(session, label, number=number) is None
            held = auditing.read(packages.for_auditors(session, label, number=number))
            assert held.given.inputs.number == number
            assert packages.remade(held) is None
        assert session.scalar(select(ScoreRelease.inputs_sha256))
