"""A void wave says why in a sentence, whatever code the ledger holds."""

from __future__ import annotations

import pytest

from survey.drawing import parts
from survey.models import Wave
from survey.waves.operations import draw
from survey.waves.queries import waves
from tests.conftest import NOW
from tests.survey.stories import BEFORE, PART, THROWN, frozen, grids, register


@pytest.fixture
def session(survey_db, vault):
    with survey_db.transaction() as session:
        register(session, grids({"G1": 4}), vault=vault)
        frozen(session, {"G1": (2, 0)}, vault=vault)
        yield session


def why(session) -> str:
    return waves.why_void(session, session.get_one(Wave, "w1"))


def test_a_refused_part_names_who_refused_it(session) -> None:
    draw.commit(session, "w1", party="auditors", commitment=parts.seal(PART), now=BEFORE)
    draw.announce(session, "w1", value=THROWN, now=NOW)
    assert why(session) == ""
    draw.void(session, "w1", why="refused_reveal", by=["auditors"], now=NOW)
    assert why(session) == "auditors 不肯打开封存的数，所以不能再抽，只能重来。"


def test_a_wave_stopped_before_the_public_number_says_so(session) -> None:
    draw.void(session, "w1", why="refused_reveal", by=(), now=NOW)
    assert why(session) == "公开的随机数出来以前就停下了，没有打开封存的数。"


def test_a_code_that_nobody_put_in_words_is_named_as_a_code(session) -> None:
    draw.void(session, "w1", why="wrong_frame", by=(), now=NOW)
    assert why(session) == "公开的随机数出来以前就停下了，账本里记的原因代码是 wrong_frame。"
