"""Tables in and out: columns keep what they are, and text is aligned and rounded to what can be read."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import Factor, Table, factor
from sampling.errors import BadInput
from sampling.tables.printing import SHOWN, plain, rounded, text_of
from tests.support.examples import examples


class Categorical:
    """As pandas and polars give a column of labels."""

    class dtype:  # noqa: N801
        categories = ("good", "bad")

    def __init__(self, labels):
        self.labels = labels

    def __array__(self, dtype=None, copy=None):
        return np.array(self.labels, dtype=object)


class Frame:
    """As pandas and polars give a table."""

    def __init__(self, columns):
        self.held, self.columns = columns, list(columns)

    def __getitem__(self, name):
        return self.held[name]


def test_columns_of_a_frame_keep_their_numbers_labels_and_order_of_categories():
    table = Table(Frame({"n": np.array([1, 2, 3]), "word": Categorical(["bad", "good", None])}))
    assert table.names == ("n", "word")
    assert table["n"].dtype.kind == "i"
    assert table.column("word").levels == ("good", "bad")
    assert table["word"].tolist() == ["bad", "good", None]
    assert Table(table).to_rows() == table.to_rows()


def test_columns_of_a_mapping_are_read_by_what_they_hold():
    table = Table({"yes": [True, False], "x": [1, None], "label": ["b", "a"], "none": [None, "z"]})
    assert table["yes"].dtype == bool
    assert np.isnan(table["x"][1])
    assert table.column("label").levels == ("a", "b")
    assert table["none"].tolist() == [None, "z"]
    assert len(table) == 2
    assert len(Table({})) == 0


def test_what_pandas_puts_where_nothing_is_is_missing():
    gap = type("NAType", (), {})()
    table = Table({"n": np.array([1, gap], dtype=object), "word": ["a", gap]})
    assert np.isnan(table["n"][1])
    assert table["word"].tolist() == ["a", None]


def test_columns_cannot_be_changed():
    given = np.array([1.0, 2.0])
    table = Table({"x": given})
    given[0] = 9
    assert table["x"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        table["x"][0] = 5
    with pytest.raises(TypeError):
        table.columns["x"] = given


@examples(15)
@given(st.lists(st.tuples(st.text("ab甲,\"'", min_size=1, max_size=4), st.integers(-99, 99)), max_size=9))
def test_what_is_written_as_csv_is_read_back(rows):
    table = Table({"word": factor([word for word, _ in rows]), "n": [n for _, n in rows]})
    found = list(csv.DictReader(io.StringIO(table.to_csv())))
    assert [(row["word"], int(row["n"])) for row in found] == rows


def test_a_file_is_read_with_codes_as_labels_and_gaps_as_missing(tmp_path):
    path = tmp_path / "rows.csv"
    text = "﻿code,id,n,x,word,empty\n007,1234567890123456789,3,1.5,甲,\n010,2,-4,NA,,\n"
    path.write_text(text, encoding="utf-8")
    table = Table.read(path)
    assert table.to_rows()[0] | {"empty": None} == {
        "code": "007", "id": "1234567890123456789", "n": 3, "x": 1.5, "word": "甲", "empty": None,
    }  # fmt: skip
    assert table["n"].dtype.kind == "i"
    assert np.isnan(table["x"][1])
    assert table["word"].tolist() == ["甲", None]
    again = tmp_path / "again.csv"
    assert table.to_csv(again) == again.read_text(encoding="utf-8")
    assert Table.read(again).to_csv() == table.to_csv()


def test_a_file_of_dates_holds_labels(tmp_path):
    (tmp_path / "rows.csv").write_text("day\n2026-01-02\n2025-01-02\n", encoding="utf-8")
    assert Table.read(tmp_path / "rows.csv").column("day").levels == ("2025-01-02", "2026-01-02")
    (tmp_path / "rows.csv").write_text("", encoding="utf-8")
    assert Table.read(tmp_path / "rows.csv").names == ()


@pytest.mark.parametrize("text", ["a,b\n1\n", "a,a\n1,2\n"])
def test_a_ragged_file_is_refused(tmp_path, text):
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="line"):
        Table.read(tmp_path / "rows.csv")


def test_columns_that_make_no_table_are_refused():
    with pytest.raises(BadInput, match="one length"):
        Table({"a": [1, 2], "b": [1]})
    with pytest.raises(BadInput, match="one dimension"):
        Table({"a": [[1, 2]]})
    with pytest.raises(BadInput, match="no column 'b'"):
        Table({"a": [1]})["b"]


@examples(15)
@given(st.lists(st.sampled_from("abc"), min_size=1), st.permutations("abc"))
def test_a_factor_keeps_labels_and_the_order_of_its_levels(labels, levels):
    column = factor(labels, levels)
    assert column.labels.tolist() == labels
    assert column.levels == tuple(levels)


def test_levels_must_hold_every_label_once():
    for levels in (["a"], ["a", "b", "b"]):
        with pytest.raises(BadInput, match="every label once"):
            factor(["a", "b"], levels)
    with pytest.raises(BadInput, match="don't sort"):
        factor(["a", 3])
    assert factor([float("nan"), "a"]).codes.tolist() == [-1, 0]
    assert Factor(np.array([], dtype=np.int64), ()).labels.tolist() == []


def test_rows_are_chosen_and_columns_added():
    table = Table({"a": ["x", "y"], "b": [1, 2]}).update({"c d": [0.5, 1.5]}, b=[3, 4])
    assert table.where([False, True]).to_rows() == [{"a": "y", "b": 4, "c d": 1.5}]


def test_text_is_aligned_where_letters_take_two_places():
    lines = str(Table({"街道": ["东街", "a"], "n": [5, 1234]})).splitlines()
    assert lines == ["街道     n", "东街     5", "a     1234"]


def test_a_long_table_says_how_many_rows_it_leaves_out():
    text = str(Table({"n": range(SHOWN + 5)}))
    assert text.endswith("… and 5 more rows")
    assert len(text.splitlines()) == SHOWN + 2


@examples(15)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_numbers_of_a_column_have_the_same_places(values):
    cells = plain(values)
    assert len({len(cell.partition(".")[2]) for cell in cells}) == 1
    largest = max(map(abs, values))
    for cell, value in zip(cells, values, strict=True):
        assert abs(float(cell) - value) <= 5e-4 * largest + 1e-12


def test_what_is_not_known_is_said_so():
    assert [text_of(value, places=1) for value in (None, float("nan"), np.inf, -np.inf, "a", 2)] == [
        "", "–", "∞", "-∞", "a", "2",
    ]  # fmt: skip
    assert rounded(5.0, float("nan")) == 3
    assert rounded(0.0, 0.0) == 0
