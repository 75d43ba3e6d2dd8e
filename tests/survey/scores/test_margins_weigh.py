"""Margins from outside weigh the completes: other figures than without, and no footnote 19."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.base.phones import Vault
from huying.store.db import Database
from survey.registry.operations import margins as margin_tables
from survey.registry.rules.margins import CityMargins
from survey.scores.queries import releases, score_inputs
from survey.scores.rules import categories, items
from survey.scores.rules.areas import places
from survey.scores.rules.columns import UNKNOWN
from survey.scores.rules.estimation import Unit, area_figures, columns, met
from survey.scores.rules.release import Facts, as_published
from survey.waves.operations import freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from tests.conftest import NOW
from tests.survey.conftest import Led
from tests.survey.registry.test_margins_from_outside import COUNTS, TABLE
from tests.survey.scores.test_scores import areas
from tests.survey.stories import DICE, QUICK, Interviewer, brief, drawn, ended, enrol, grids, register

MARGINS = categories.margins(CityMargins("统计局", NOW.date(), COUNTS))
REST = {"B1": "2", "O1": "", "D1": "1"}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"D2": 1, "D3": 1}, {"age": 0, "tenure": 0, "phone": 1}),
        ({"D2": 4, "D3": 2}, {"age": 1, "tenure": 1, "phone": 1}),
        ({"D2": 6, "D3": 3}, {"age": 2, "phone": 1}),
        ({"D2": 99}, {"phone": 1}),
    ],
)
def test_what_a_household_told_is_a_category_or_unknown(answers, expected):
    assert categories.told(answers, reached=True) == expected


def test_whoever_was_not_dialled_has_no_known_telephone():
    assert categories.told({"D2": 2}, reached=False) == {"age": 0}


def sample(count: int, **told: int) -> list[Unit]:
    return [
        Unit("G1", "complete", items.read({"G1": 5 if at % 3 else 1}), {"age": at % 2, **told})
        for at in range(count)
    ]


def test_a_category_that_nobody_told_is_unknown_in_the_columns():
    found = columns(sample(4), places(areas("G1"), sizes={"G1": 90}))
    assert found.categories["age"].tolist() == [0, 1, 0, 1]
    assert found.categories["phone"].tolist() == [UNKNOWN] * 4


def test_margins_need_answers_in_two_categories_and_a_telephone_alone_is_none():
    sizes, where = {"G1": 90}, areas("G1")
    assert met(sample(40, phone=1), sizes=sizes, areas=where, margins=MARGINS) == ("age",)
    assert met(sample(20, phone=1), sizes=sizes, areas=where, margins=MARGINS) == ()
    assert met([], sizes=sizes, areas=where, margins=MARGINS) == ()


def test_a_figure_of_several_waves_is_corrected_only_where_each_was():
    facts = Facts(margins=True, uncorrected=frozenset({"w1"}))
    assert [facts.corrected(pooled) for pooled in ((), ("w2", "w3"), ("w1", "w2"))] == [True, True, False]
    assert not Facts().corrected(())


def _called(database: Database, vault: Vault) -> None:
    """The young, half of those who answer, are content; by the margins they are three in ten."""
    with database.transaction() as session:
        register(session, grids({"G1": 60}), vault=vault)
        table = margin_tables.keep(session, TABLE, source="统计局", day=NOW.date(), by="anna", now=NOW)
        freeze.freeze(
            session,
            FreezeRequest("w1", {"G1": (42, 0)}, QUICK, DICE, margins=table.sha256),
            vault=vault,
            now=NOW,
        )
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    (account,) = enrol(database)
    person = Interviewer(database, account, vault=vault)
    with database.transaction() as person.session:
        for number in range(42):
            at = NOW + timedelta(minutes=number)
            person.takes_next(at)
            person.reaches_somebody(at)
            young = number % 2 == 0
            content = young if number % 7 else not young
            said = {**brief(5 if content else 2), **REST, "D2": "1" if young else "3", "D3": "1"}
            for item, raw in said.items():
                person.enters(item, raw, at)
            person.ends("complete", at)
    with database.transaction() as session:
        ended(session, keys=vault.keys)


@pytest.fixture
def scored(led: Led) -> Database:
    return led("a wave with margins scored", _called)


def test_a_wave_with_margins_has_other_figures_than_without_and_no_footnote_19(scored):
    with scored.reading() as session:
        made = releases.get(session, "w1")
        inputs = score_inputs.of_wave(session, "w1")
        used = releases.margins(made)
    rows = {(row.level, row.item, row.den): row for row in releases.rows_of(made)}
    row = rows["city", "overall", "rated"]
    plain = area_figures(list(inputs.units.values()), sizes=inputs.sizes, areas=inputs.areas)
    (without,) = [
        each.figure
        for each in plain
        if (each.area.level, each.item, each.den) == ("city", "overall", "rated")
    ]
    assert row.estimate is not None
    assert row.estimate < as_published(without)[0]
    assert not [each for each in rows.values() if "19" in each.footnotes.split(";")]
    assert "9" in row.footnotes.split(";")
    assert (used.met, used.without_phone, inputs.facts.margins) == (["age"], 0.1, True)
