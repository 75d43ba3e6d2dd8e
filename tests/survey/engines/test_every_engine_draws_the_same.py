"""Python, SQLite, DuckDB, PostgreSQL and Spark draw the same rows, wherever the bound lies."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

import pytest

from huying.base.errors import Invalid
from huying.ledger.tree import leaf_hash, root
from survey import engines
from survey.drawing import design, draw_text, frame, sample
from survey.drawing.design import DesignRow
from survey.drawing.draw_text import DrawText
from survey.drawing.frame import FrameRow
from survey.engines import bounds, files

BUNDLE = Path(__file__).parents[2] / "vectors" / "draw" / "example_bundle"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NO_COMMITMENT = "0" * 64


def library(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(importlib.util.find_spec(name) is None, reason=f"{name} isn't here")


ENGINES = (
    "python",
    "sqlite",
    pytest.param("duckdb", marks=library("duckdb")),
    pytest.param("postgresql", marks=pytest.mark.postgres),
    pytest.param("spark", marks=[pytest.mark.spark, library("pyspark")]),
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(engine: str, request: pytest.FixtureRequest) -> str:
    """PostgreSQL's address where it is asked for."""
    if engine == "spark" and shutil.which("java") is None:
        pytest.skip("Java isn't here")
    if engine != "postgresql":
        return ""
    cluster = request.getfixturevalue("cluster")
    return str(cluster.url(cluster.create("huying_survey"), "huying_survey"))


def code(number: int, *, beginning: str = "H") -> str:
    """A unit's code; those of one beginning differ in their last symbols alone."""
    bits = int.from_bytes(blake2b(str(number).encode(), digest_size=9).digest(), "big")
    return beginning + "".join(ALPHABET[bits >> 5 * at & 31] for at in range(14 - len(beginning)))


def hostile() -> list[FrameRow]:
    """Strata of one unit, of two, of a hundred and of 100,000, and codes that begin alike."""
    sizes = {"one": 1, "two": 2, "Hundred": 100, "_": 100_000, "alike": 3_000}
    units = iter(range(10**9))
    return [
        FrameRow(code(next(units), beginning="H0000000000" if name == "alike" else "H"), name, NO_COMMITMENT)
        for name, size in sizes.items()
        for _ in range(size)
    ]


PLAN = (
    DesignRow("one", 1, sample=1, replicate=1),
    DesignRow("two", 2, sample=2, replicate=0),
    DesignRow("Hundred", 100, sample=99, replicate=7),
    DesignRow("_", 100_000, sample=10, replicate=5),
    DesignRow("alike", 3_000, sample=5, replicate=3),
)
KEY = "ab" * 32


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[FrameRow]]:
    """The hostile frame as a file, and its rows."""
    rows = sorted({row.unit: row for row in hostile()}.values(), key=lambda row: row.unit)
    path = tmp_path_factory.mktemp("frame") / "frame.tsv"
    path.write_bytes(frame.build(rows))
    return path, rows


def plan_of(rows: Sequence[FrameRow]) -> tuple[DesignRow, ...]:
    sizes = frame.sizes(rows)
    return tuple(
        DesignRow(row.stratum, sizes[row.stratum], min(row.sample, sizes[row.stratum]), row.replicate)
        for row in sorted(PLAN, key=lambda row: row.stratum)
    )


EXPECTED: Mapping[str, Callable[[int], int]] = {
    "generous": bounds.generous,
    "one": lambda _wanted: 1,
    "none": lambda _wanted: 0,
    "all": lambda _wanted: 10**9,
}


@pytest.mark.parametrize("expected", EXPECTED)
def test_a_hostile_frame_gives_the_same_rows_wherever_the_bound_lies(engine, database, world, expected):
    path, rows = world
    plan = plan_of(rows)
    within = bounds.bounds(plan, replicates=1, late=2, expected=EXPECTED[expected])
    with engines.open_scan(engine, path, key=KEY, database=database) as scan:
        found = bounds.draw(scan, design=plan, within=within)
    assert found == sample.draw(rows, design=plan, key=KEY, replicates=1, late=2)


def test_the_published_example_is_drawn_again(engine, database):
    plan, said, key = files.read(BUNDLE / "design.tsv", BUNDLE / "draw.txt")
    files.check(BUNDLE / "frame.tsv", draw=said, plan=plan)
    with engines.open_scan(engine, BUNDLE / "frame.tsv", key=key, database=database) as scan:
        found = bounds.draw(scan, design=plan, within=bounds.bounds(plan))
    lines = (BUNDLE / "sample.tsv").read_bytes().splitlines(keepends=True)
    main = {row.stratum: row.sample for row in plan}
    released = [line for line in lines if int(line.split(b"\t")[1]) <= main[line.split(b"\t")[0].decode()]]
    assert sample.sample_tsv(found) == b"".join(released)


def test_a_design_that_draws_more_than_the_frame_holds_is_refused(engine, database, tmp_path):
    path = tmp_path / "frame.tsv"
    path.write_bytes(frame.build([FrameRow(code(1), "A", NO_COMMITMENT)]))
    plan = (DesignRow("A", 3, sample=2, replicate=0),)
    with (
        engines.open_scan(engine, path, key=KEY, database=database) as scan,
        pytest.raises(Invalid, match="层 A 要抽 2 户，抽样框里只找到 1 户"),
    ):
        bounds.draw(scan, design=plan, within=bounds.bounds(plan))


@library("duckdb")
def test_duckdb_draws_from_parquet_too(world, tmp_path):
    import duckdb

    path, rows = world
    parquet, plan = tmp_path / "frame.parquet", plan_of(rows)
    duckdb.sql(
        f"COPY (SELECT column0 AS unit, column1 AS stratum, column2 AS c FROM read_csv('{path}', delim='\t', "
        f"header=false, all_varchar=true)) TO '{parquet}' (FORMAT parquet)"
    )
    with engines.open_scan("duckdb", parquet, key=KEY) as scan:
        found = bounds.draw(scan, design=plan, within=bounds.bounds(plan))
    assert found == sample.draw(rows, design=plan, key=KEY)


def test_files_that_are_not_those_of_the_draw_are_refused(tmp_path):
    rows = [FrameRow(code(number), "A", NO_COMMITMENT) for number in range(20)]
    data, plan = frame.build(rows), design.build([DesignRow("A", 20, sample=3, replicate=0)])
    lines = data.splitlines(keepends=True)
    said = DrawText("w", 20, frame.frame_root(data), design.digest(plan), "dice:x", "1", {"a": "1" * 64})
    paths = {name: tmp_path / name for name in ("frame.tsv", "design.tsv", "draw.txt")}
    paths["design.tsv"].write_bytes(plan)
    paths["draw.txt"].write_bytes(draw_text.build(said))
    parsed, text, _key = files.read(paths["design.tsv"], paths["draw.txt"])
    refused = {
        b"".join(lines[1:]): "不是 draw.txt 里写明的那一份",
        b"".join([lines[1], lines[0], *lines[2:]]): "第 2 行",
        data.replace(b"\tA\t", b"\tB\t", 1): "不是 draw.txt 里写明的那一份",
        data.replace(b"\n", b"\r\n"): "第 1 行",
        data[:-1]: "第 20 行",
    }
    for content, sentence in refused.items():
        paths["frame.tsv"].write_bytes(content)
        with pytest.raises(Invalid, match=sentence):
            files.check(paths["frame.tsv"], draw=text, plan=parsed)
    paths["frame.tsv"].write_bytes(data)
    files.check(paths["frame.tsv"], draw=text, plan=parsed)
    assert text.frame_root == root(leaf_hash(line.removesuffix(b"\n")) for line in lines).hex()
    paths["design.tsv"].write_bytes(plan.replace(b"\t3\t", b"\t4\t"))
    with pytest.raises(Invalid, match=r"不是 draw\.txt 里写明的那一份"):
        files.read(paths["design.tsv"], paths["draw.txt"])
