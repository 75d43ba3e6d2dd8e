"""What a program reads is the frozen table, cell by cell, by any filter; nothing hidden is a number."""

from __future__ import annotations

import csv
import io
from itertools import product
from random import Random
from typing import Any

import pytest
from flask import Flask

from huying.web import access
from survey.api.rules import selection
from survey.api.rules.selection import ScoreFilter
from survey.scores.queries import export, releases
from survey.scores.rules import table
from survey.scores.rules.release import ScoreRow
from tests.survey.api.programs import FIRST, SECOND, Program
from tests.survey.browsing import Visitor
from tests.survey.world import ORIGIN, WAVE

INSIDE = {
    "C": {"S", "N", "G1", "G2", "G3"},
    "S": {"N", "G1", "G2", "G3"},
    "N": {"G1", "G2", "G3"},
    "G1": set(),
}
ASKED: dict[str, list[str | None]] = {
    "level": [None, "city", "street", "community", "grid"],
    "parent": [None, "C", "S", "N", "G1"],
    "unit": [None, "C", "G1", "G3"],
    "type": [None, "老旧小区", "商品房"],
    "item": [None, "conduct", "overall", "awareness"],
    "denominator": [None, "rated", "all"],
}


def csv_of(app: Flask, number: int) -> tuple[bytes, list[dict[str, str]]]:
    """The CSV that the assessor takes along, and its rows."""
    with app.extensions["huying"].database.reading() as session:
        data = export.csv_of(releases.get(session, WAVE, number=number))
    return data, list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def as_cells(row: dict[str, Any]) -> dict[str, str]:
    return {name: table.cell(value) for name, value in row.items()}


def fits(row: dict[str, str], asked: dict[str, str | None]) -> bool:
    named = {"denominator": "den"}
    plain = all(
        value is None or row[named.get(name, name)] == value
        for name, value in asked.items()
        if name != "parent"
    )
    return plain and (asked["parent"] is None or row["unit"] in INSIDE[asked["parent"]])


@pytest.mark.parametrize(("named", "number"), [(FIRST, 1), (SECOND, 2)])
def test_every_cell_is_the_cell_of_the_csv(program: Program, named: str, number: int) -> None:
    _data, written = csv_of(program.app, number)
    told = program.rows(f"/releases/{named}/scores", "scores")
    digest = {row["release_sha256"] for row in written}
    assert [list(row) for row in told] == [list(written[0])[:-1]] * len(written)
    assert [as_cells(row) | {"release_sha256": min(digest)} for row in told] == written


@pytest.mark.parametrize(("named", "number"), [(FIRST, 1), (SECOND, 2)])
def test_the_csv_of_everything_is_the_assessors_byte_for_byte(
    program: Program, named: str, number: int
) -> None:
    answer = program.ask(f"/releases/{named}/scores", {"format": "csv"})
    assert answer.data == csv_of(program.app, number)[0]
    assert answer.mimetype == "text/csv"


def test_any_filters_choose_rows_of_the_csv_and_change_none(program: Program) -> None:
    _data, written = csv_of(program.app, 2)
    dice = Random(1)
    every = [dict(zip(ASKED, chosen, strict=True)) for chosen in product(*ASKED.values())]
    single = [each for each in every if sum(value is not None for value in each.values()) == 1]
    for asked in single + dice.sample(every, 25):
        wanted = [row for row in written if fits(row, asked)]
        given = {name: value for name, value in asked.items() if value is not None}
        told = program.ask(f"/releases/{SECOND}/scores", {**given, "per_page": 1000}).get_json()
        cells = [as_cells(row) for row in told["scores"]]
        assert cells == [{name: row[name] for name in list(row)[:-1]} for row in wanted], asked
        assert told["total"] == len(wanted)
        for row in told["scores"]:
            if row["estimate"] is not None:
                assert None not in (row["low"], row["high"])
            if row["status"] in "QO":
                assert {row[name] for name in ("n", "estimate", "low", "high", "unweighted")} == {None}


def test_a_parent_on_no_map_holds_what_the_map_says() -> None:
    row = ScoreRow("w", "grid", "G", "", "", "overall", "rated", *[None] * 8, "", "O")  # type: ignore[arg-type]
    city = ScoreRow("w", "city", "all", "", "", "overall", "rated", *[None] * 8, "", "O")  # type: ignore[arg-type]
    for parents in ({}, {"G": "X", "X": "G"}, {"G": None}):
        assert selection.select([row, city], ScoreFilter(parent="all"), parents) == [row]
        assert selection.areas([row, city], parents)[0].parent == "all"


def test_both_releases_of_a_wave_are_listed_each_saying_which_follows(program: Program) -> None:
    first, second = program.rows("/releases", "releases")
    assert (first["id"], first["corrected_by"], first["corrects"]) == (FIRST, SECOND, None)
    assert (second["corrects"], second["undone"], second["why"]) == (FIRST, 2, "两户要求撤回。")
    assert program.ask(f"/releases/{FIRST}").get_json() == first
    assert program.ask(f"/releases/{FIRST}/scores").get_json()["corrected_by"] == SECOND


def test_the_etag_is_the_digest_and_unchanged_is_304(program: Program) -> None:
    digest = csv_of(program.app, 2)[1][0]["release_sha256"]
    answer = program.ask(f"/releases/{SECOND}/scores")
    assert answer.headers["ETag"] == f'"{digest}"'
    assert "Authorization" in answer.headers["Vary"]
    again = program.ask(f"/releases/{SECOND}/scores", **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    # What was corrected since looks different to whoever kept it.
    former = program.ask(f"/releases/{FIRST}/scores").headers["ETag"]
    assert former.endswith('+2"')
    for path in ("/releases", f"/releases/{FIRST}", f"/releases/{FIRST}/areas", "/qr-ratings"):
        mark = program.ask(path).headers["ETag"]
        assert program.ask(path, **{"If-None-Match": mark}).status_code == 304


def test_areas_name_the_one_above(program: Program) -> None:
    told = {row["unit"]: row["parent"] for row in program.rows(f"/releases/{FIRST}/areas", "areas")}
    assert told == {"C": None, "S": "C", "N": "S", "G1": "N", "G2": "N", "G3": "N"}


ODD = (
    str(2**63),
    str(10**40),
    "-1",
    "٣",
    "1.0",
    " 1",
    "9" * 4000,
    "长" * 900,
    "\ud7ff\U0010ffff",
    "",
    "' OR 1=1 --",
)


def test_odd_values_of_every_parameter_are_refused_with_a_sentence(program: Program) -> None:
    pages = {"page", "per_page"}
    asked = {
        "/releases": pages,
        f"/releases/{FIRST}/areas": pages,
        f"/releases/{FIRST}/scores": {*ASKED, "format", *pages},
        "/qr-ratings": {"wave", "level", "item", *pages},
    }
    for path, names in asked.items():
        for name, value in product(sorted(names), ODD):
            answer = program.ask(path, {name: value})
            assert answer.status_code in {404, 422}, (path, name, value[:20])
            assert answer.mimetype == "application/problem+json"
            assert answer.get_json()["title"]
    for odd in ODD[:-2]:
        assert program.ask(f"/releases/{odd}/scores").status_code == 404, odd[:20]
    assert program.ask("/releases", {"page": "2"}).status_code == 404


@pytest.mark.parametrize("asked", ["level=grid&level=city", "levels=grid", "lang=en", "page=1&page=1"])
def test_nothing_unknown_or_twice_is_passed_over(program: Program, asked: str) -> None:
    answer = program.ask(f"/releases/{FIRST}/scores?{asked}")
    assert answer.status_code == 422
    assert asked.split("=", maxsplit=1)[0] in answer.get_json()["title"]


def test_no_cookie_and_no_account_stands_in_for_a_token(app: Flask) -> None:
    assessor = Visitor(app, "assessor")
    answer = assessor.client.get("/v1/releases", base_url=ORIGIN)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    stranger = app.test_client().get("/v1/releases?lang=en", base_url=ORIGIN)
    assert stranger.status_code == 401
    assert "Set-Cookie" not in stranger.headers


def test_a_refusal_speaks_the_programs_language_and_a_wrong_method_names_the_right_ones(
    program: Program,
) -> None:
    answer = program.ask("/releases", {"page": "x"}, **{"Accept-Language": "en"})
    assert answer.get_json()["title"].isascii()
    posted = program.client.post("/v1/releases", base_url=ORIGIN)
    assert posted.status_code == 405
    assert "GET" in posted.headers["Allow"]


def test_the_document_names_every_address_column_and_refusal(app: Flask) -> None:
    client = app.test_client()
    document = client.get("/v1/openapi.json", base_url=ORIGIN).get_json()
    assert document["openapi"] == "3.1.0"
    rules = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    served = {rule for rule in rules if rule.startswith("/v1/")} - {"/v1/openapi.json", "/v1/docs"}
    assert set(document["paths"]) == served
    score = document["components"]["schemas"]["Score"]
    assert tuple(score["properties"]) == table.COLUMNS[:-1]
    for path in document["paths"].values():
        assert {"200", "304", "401", "403", "404", "422", "429"} <= set(path["get"]["responses"])
    english = client.get("/v1/openapi.json", base_url=ORIGIN, headers={"Accept-Language": "en"}).get_json()
    assert english["info"]["title"].isascii()
    told = client.get("/v1/docs", base_url=ORIGIN).text
    assert "Q 不公布" in told
    for path in document["paths"].values():
        assert f"<h2>{path['get']['summary']}</h2>" in told
        assert all(f"<code>{each['name']}</code>" in told for each in path["get"].get("parameters", []))


def test_an_app_that_looks_at_no_token_starts_with_no_route_that_wants_one(app: Flask) -> None:
    bare = Flask("bare")
    bare.add_url_rule("/x", view_func=access.by_token(lambda: ""))
    with pytest.raises(RuntimeError, match="/x"):
        access.guard(bare, frozenset())
