"""What statisticians take along is the database's own, opens in their programs, and names nobody."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import polars
import pyreadstat
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from survey.datafiles.queries import packages, studies
from survey.datafiles.rules.codebook import NAMESPACE
from survey.datafiles.rules.data_file import DataFile, Variable, moment
from survey.datafiles.rules.package import CODEBOOK, DIGESTS, package
from survey.datafiles.rules.report import report
from survey.datafiles.rules.writing import FORMATS
from survey.fieldwork.questionnaire.versions import V1
from survey.models import Account, Answer, Attempt, Dial, FrameUnit, Interview, Offer, SampledCase
from survey.roles import INTERVIEWER
from survey.scores.queries import releases
from tests.conftest import NOW
from tests.survey import world
from tests.survey.world import WAVE

SECRET = b"s" * 32
READERS = {"sav": pyreadstat.read_sav, "dta": pyreadstat.read_dta}


def _called(database, vault):
    with database.transaction() as session:
        world.settle(session, vault)
        world.open_wave(session, vault)
        world.hand_in_a_list(session)
        world.call_everybody(session, vault)
        world.close_wave(session, vault)


@pytest.fixture
def scored(led):
    return led("a wave called and scored", _called)


@pytest.fixture
def files(scored) -> dict[str, DataFile]:
    with scored.reading() as session:
        return {file.name: file for file in packages.of_wave(session, WAVE, secret=SECRET)}


def rows_of(file: DataFile) -> list[dict]:
    names = [variable.name for variable in file.variables]
    return [dict(zip(names, row, strict=True)) for row in file.rows]


def read_back(data: bytes, ending: str) -> polars.DataFrame:
    if ending == "parquet":
        return polars.read_parquet(io.BytesIO(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{ending}"
        path.write_bytes(data)
        return READERS[ending](path, output_format="polars", user_missing=True)[0]


def same_rows(file: DataFile, read: polars.DataFrame) -> None:
    """Every cell came back; these formats have one empty text for none and for nothing written."""
    for told, row in zip(read.iter_rows(), file.rows, strict=True):
        pairs = zip(row, told, strict=True)
        assert [pair for pair in pairs if pair[0] != pair[1] and {*pair} != {None, ""}] == []


def test_every_table_holds_a_row_for_each_row_of_the_database(scored, files):
    tables = {
        "cases": SampledCase,
        "interviews": Interview,
        "attempts": Attempt,
        "dials": Dial,
        "keystrokes": Answer,
        "offers": Offer,
    }
    with scored.reading() as session:
        stored = {
            name: session.scalar(select(func.count()).select_from(table)) for name, table in tables.items()
        }
    assert {name: len(files[name].rows) for name in tables} == stored


@pytest.mark.parametrize("ending", ["sav", "dta", "parquet"])
def test_what_other_programs_read_is_what_was_written(files, ending):
    for file in files.values():
        read = read_back(FORMATS[ending](file), ending)
        assert read.columns == [variable.name for variable in file.variables]
        same_rows(file, read)


def test_the_answers_are_those_on_the_path_of_the_interview(scored, files):
    rows = rows_of(files["interviews"])
    with scored.reading() as session:
        last = select(Answer.value).where(Answer.item == "G1").order_by(Answer.id)
        stored = Counter(int(value) for value in session.scalars(last))
    assert Counter(row["G1"] for row in rows) == stored
    asked = {column for row in rows for column, cell in row.items() if cell is not None}
    assert "E1R" not in asked
    assert "O1" not in {variable.name for variable in files["interviews"].variables}


def test_the_weights_make_the_published_figure(scored, files):
    rows = [row for row in rows_of(files["interviews"]) if row["weight"] and row["G1"] in range(1, 6)]
    share = sum(row["weight"] for row in rows if row["G1"] >= 4) / sum(row["weight"] for row in rows)
    with scored.reading() as session:
        shown = releases.rows_of(releases.get(session, WAVE))
    (city,) = [row for row in shown if (row.level, row.item, row.den) == ("city", "overall", "rated")]
    assert share == pytest.approx(city.estimate, abs=0.0006)
    held: dict[str, float] = {}
    for row in rows_of(files["cases"]):
        held[row["stratum"]] = held.get(row["stratum"], 0) + row["design_weight"]
        assert held[row["stratum"]] <= row["frame_households"] + 1e-9


def test_nobody_is_in_them_by_name_number_or_code(scored, files, vault):
    texts = [FORMATS["csv"](file).decode().partition("\r\n")[2] for file in files.values()]
    with scored.reading() as session:
        secret = {*session.scalars(select(FrameUnit.unit))}
        secret |= {*session.scalars(select(FrameUnit.household_code))}
        secret |= {*session.scalars(select(Account.login)), *session.scalars(select(Account.name))}
        secret |= world.numbers_of(session, vault)
    text = "".join(texts)
    secret -= {"", INTERVIEWER}  # whoever ended an attempt is named by role
    cells = {cell for row in csv.reader(io.StringIO(text)) for cell in row}
    assert secret & cells == set()
    assert [each for each in secret if each.startswith("+") and each in text] == []


def test_another_key_numbers_them_otherwise_and_the_same_key_alike(scored, files):
    with scored.reading() as session:
        again = {file.name: file for file in packages.of_wave(session, WAVE, secret=SECRET)}
        other = {file.name: file for file in packages.of_wave(session, WAVE, secret=b"o" * 32)}
    assert again["interviews"].rows == files["interviews"].rows
    assert other["interviews"].rows != files["interviews"].rows
    unnumbered = [Counter(row[1:] for row in each["cases"].rows) for each in (other, files)]
    assert unnumbered[0] == unnumbered[1]


def test_the_codebook_has_an_entry_for_each_variable_with_its_values(scored, files):
    with scored.reading() as session:
        made = package(studies.of_wave(session, WAVE), list(files.values()), formats=["csv"])
    root = fromstring(made[CODEBOOK])
    entries = {(each.get("files"), each.get("name")): each for each in root.iter(f"{{{NAMESPACE}}}var")}
    for number, file in enumerate(files.values(), start=1):
        for variable in file.variables:
            entry = entries.pop((f"F{number}", variable.name))
            assert entry.findtext(f"{{{NAMESPACE}}}labl") == variable.label
            values = [each.text for each in entry.iter(f"{{{NAMESPACE}}}catValu")]
            assert values == [str(value) for value in variable.values]
    assert not entries
    listed = {line.split("  ")[1] for line in made[DIGESTS].decode().splitlines()}
    assert listed == made.keys() - {DIGESTS}


def test_every_question_that_is_no_free_text_is_a_variable(files):
    names = {variable.name for variable in files["interviews"].variables}
    for item in V1.items:
        name = item.code.replace("-", "_")
        found = name in names or any(each.startswith(f"{name}_") for each in names)
        assert found == (item.kind != "text"), item.code


def test_the_report_adds_up(files):
    found = report(files.values())
    assert sum(found.whole.classes.values()) == found.whole.released == len(files["cases"].rows)
    assert sum(found.codes.values()) == sum(found.attempts.values()) == found.whole.released
    assert found.whole.rates is not None
    assert found.whole.rates["RR1"] == pytest.approx(found.whole.classes["I"] / found.whole.released)
    assert found.dials == len(files["dials"].rows)
    by_code = {each.item: each for each in found.silence}
    asked = [row["G1"] for row in rows_of(files["interviews"]) if row["G1"] is not None]
    assert by_code["G1"].asked == len(asked)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30).map(str.strip)
moments = st.integers(0, 600_000_000).map(lambda seconds: moment(NOW + timedelta(seconds=seconds)))
numbers, shares = st.integers(-(2**31), 2**31 - 100), st.floats(-1e9, 1e9)
cells = st.tuples(st.none() | numbers, st.none() | shares, words, st.none() | moments)
VARIABLES = [
    Variable("code", "一题" * 60, "code", {1: "是", 98: "说不清"}, (98,)),
    Variable("share", "份额", "decimal"),
    Variable("said", "文字", "text"),
    Variable("at", "时间", "moment"),
]


@pytest.mark.parametrize("ending", ["sav", "dta", "parquet"])
@given(rows=st.lists(cells, min_size=1, max_size=5))
def test_any_row_comes_back_as_it_went(ending, rows):
    file = DataFile("any", "题", "", VARIABLES, rows)
    same_rows(file, read_back(FORMATS[ending](file), ending))
