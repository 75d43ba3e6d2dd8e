"""Claimed visits are asked about and posters are dialled: drawn, called, counted as silent cases are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.errors import Invalid
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.campaigns.operations import counting
from survey.campaigns.queries import results
from survey.campaigns.rules.request import CampaignRequest
from survey.fieldwork.operations import close
from survey.fieldwork.questionnaire import texts, versions
from survey.kinds import HEADLINES, PHASE2, TEST_CALL, VISIT_CHECK
from survey.models import CAMPAIGN_LEDGER, FrameUnit
from survey.waves.operations import bundle
from survey.waves.rules import wave_rules
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import after, answers_as, asked
from tests.survey.stories import END, Interviewer, enrol
from tests.survey.verify import bundles

HOTLINE = "+99920000001"
CAME = {
    "C1": "1",
    "S1": "1",
    "S3": "1",
    "K1": "5",
    "K2": "1",
    "K3": "1",
    "K4": "2",
    "B1": "2",
    "B1A": "2",
    "O1": "",
}
NEVER = {"C1": "1", "S1": "1", "S3": "1", "K1": "1", "K4": "2", "B1": "2", "B1A": "2", "O1": ""}
REACHED, NOBODY = {"T1": "5", "T2": "1"}, {"T1": "1", "T3": "1"}


def campaign(
    database: Database, vault: Vault, keys: Keyring, *, yes: dict[str, str], no: dict[str, str]
) -> str:
    """Call everybody, every fourth says no; count; return what was dialled last."""
    person, calls, dialled = Interviewer(database, enrol(database)[0], vault=vault), 0, ""
    with database.transaction() as person.session:
        while person.takes_next(after(calls)) is not None:
            (dialled,) = person.dials(after(calls))
            answers_as(person, no if calls % 4 == 3 else yes, now=after(calls))
            calls += 1
    with database.transaction() as session:
        close.close(session, "k1", now=END)
        counting.count_and_publish(session, "k1", keys=keys, now=END)
    return dialled


def verified(database: Database, keys: Keyring, folder: Path) -> bool:
    with database.transaction() as session:
        (folder / "k1.zip").write_bytes(bundle.write(session, "k1", keys=keys, now=END))
        vkey = bundle.vkey_of(session, "k1", keys=keys)
    return bundles.run([str(folder / "k1.zip"), "--key", vkey, "--wave", "k1"])[0] == 0


# Visits and posters lie in one table: what PostgreSQL makes of it shows in the posters.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_of_the_visits_that_workers_claim_some_are_asked_about(
    survey_db: Database, vault: Vault, keys: Keyring, tmp_path: Path
) -> None:
    visits = [deposited.visit(place, grid="G1" if place < 14 else "G2", vault=vault) for place in range(26)]
    with survey_db.transaction() as session:
        deposited.take(session, visits=visits)
        deposited.in_field(session, asked(VISIT_CHECK, sample=12), vault=vault)
    assert campaign(survey_db, vault, keys, yes=CAME, no=NEVER) == deposited.number(
        int(_last_row(survey_db)[1:])
    )
    with survey_db.reading() as session:
        city, *streets = results.rows_of(results.release(session, "k1"))  # type: ignore[arg-type]
    assert (city.due, city.replied, city.silent, city.reached) == (26, 0, 26, 24)
    assert city.rate is not None
    assert city.low < city.rate < city.high
    assert [row.reached for row in streets] == [12, 12]
    assert verified(survey_db, keys, tmp_path)


def _last_row(database: Database) -> str:
    with database.reading() as session:
        last = [json.loads(line) for line in CAMPAIGN_LEDGER.lines(session)]
        unit = [line["u"] for line in last if line["t"] == "final"][-1]
        return str(session.scalars(select(FrameUnit.row_code).where(FrameUnit.unit == unit)).one())


def test_posters_are_dialled_as_any_resident_does(
    survey_db: Database, vault: Vault, keys: Keyring, tmp_path: Path
) -> None:
    posters = [{"code": f"{10 + place}", "area": "G1", "state": "posted"} for place in range(20)]
    with survey_db.transaction() as session:
        deposited.take(session, posters=posters)
        deposited.in_field(session, asked(TEST_CALL, sample=16, hotline=HOTLINE), vault=vault)
    dialled = campaign(survey_db, vault, keys, yes=REACHED, no=NOBODY)
    assert dialled == f"{HOTLINE};ext={_last_row(survey_db)}"
    with survey_db.reading() as session:
        city = results.rows_of(results.release(session, "k1"))[0]  # type: ignore[arg-type]
    assert (city.rate, city.reached, city.confirmed_on_call) == (0.75, 16, 12)
    assert verified(survey_db, keys, tmp_path)


def test_each_campaign_reads_its_own_words_and_leaves_no_blank_open() -> None:
    assert {kind: each.wording_hash for kind, each in versions.OF_CAMPAIGNS.items()} == (
        wave_rules.CAMPAIGN_WORDINGS
    )
    known = {"调查机构", "工号", "小区", "日期", "事项", "天数", "受访人", texts.SCALE}
    for kind, each in versions.OF_CAMPAIGNS.items():
        assert each.headline == HEADLINES[kind]
        said = [item.text for item in each.every_item] + [each.texts["INTRO2"]]
        assert {blank for text in said for blank in texts.BLANK.findall(text)} <= known


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "household"},
        {"kind": PHASE2},
        {"kind": TEST_CALL},
        {"kind": VISIT_CHECK, "hotline": HOTLINE},
        {"kind": VISIT_CHECK, "phase_of": "w1"},
        {"kind": VISIT_CHECK, "sample": 0},
    ],
)
def test_what_a_campaign_lacks_is_said_before_anything_is_frozen(more: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        CampaignRequest(**{"label": "k1", "sample": 5, "beacon_source": "dice:x", **more})  # type: ignore[arg-type]
