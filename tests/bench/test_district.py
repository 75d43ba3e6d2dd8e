"""The invented district: some days of it go by without a fault, and a real one is seen."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bench import district
from bench.district import Options
from bench.quarter.audit import Audit
from feedback.cases.operations import opening
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Account
from huying.base.phones import Vault
from tests.conftest import NOW
from tests.feedback.cases import staffed
from tests.support.seeds import Seed

STAFFED = Seed("public", "staffed", lambda session, vault: staffed.build(session, vault=vault, now=NOW))


@pytest.mark.slow
def test_some_days_of_a_small_district_pass_without_a_fault():
    lived = district.run(Options(grids=4, cases=24, days=2))
    assert lived.faults() == []
    assert lived.audit.hours == 48


def test_a_case_that_nobody_could_act_on_is_a_fault(seeds, tmp_path, keys):
    audit = Audit()
    with seeds.copy("sqlite", STAFFED, folder=tmp_path, keys=keys) as database:
        with database.transaction() as session:
            vault, asked = Vault(keys), HelpRequest("其他", "请来看看")
            once, how = "form-0123456789ab", "operator"
            opening.open_case(session, asked, grid_code="G1", once=once, source=how, vault=vault, now=NOW)
        with database.reading() as session:
            audit.hour(session, NOW, census=True)
            assert audit.faults == []
        with database.transaction() as session:
            session.execute(update(Account).values(active=False))
        with database.reading() as session:
            audit.hour(session, NOW, census=True)
    assert audit.without_desk == 1
    assert any("is on no desk" in each for each in audit.faults)
