"""Who may ask for a correction, who may confirm it, and what can't be corrected."""

from __future__ import annotations

import pytest

from huying.base.errors import Conflict, Forbidden, Invalid
from survey.fieldwork.rules import corrections
from survey.roles import ASSESSOR, AUDITOR, REGISTRAR, ROLES, SUPERVISOR
from survey.waves.rules.early_ending import Signer


def _signer(role: str, login: str = "") -> Signer:
    return Signer(login=login or role, role=role)


def test_what_has_no_outcome_yet_isn_t_corrected():
    with pytest.raises(Conflict, match="还没有最终结果"):
        corrections.check(None, after="refused", why="entered_wrongly")


def test_an_outcome_isn_t_corrected_to_itself():
    with pytest.raises(Invalid, match="一样"):
        corrections.check("break_off", after="break_off", why="entered_wrongly")


@pytest.mark.parametrize("after", sorted(corrections.COMPLETES))
def test_nothing_becomes_complete_afterwards(after):
    with pytest.raises(Invalid, match="不能更正成完成"):
        corrections.check("break_off", after=after, why="entered_wrongly")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_supervisor_or_an_auditor_asks(role):
    if role in {SUPERVISOR, AUDITOR}:
        corrections.check_asker(_signer(role))
        return
    with pytest.raises(Forbidden):
        corrections.check_asker(_signer(role))


@pytest.mark.parametrize(("login", "role"), [("a", AUDITOR), ("b", SUPERVISOR)])
def test_neither_the_same_person_nor_the_same_role_confirms(login, role):
    with pytest.raises(Conflict):
        corrections.check_second(_signer(SUPERVISOR, "a"), _signer(role, login))


def test_whoever_sees_scores_confirms_nothing():
    with pytest.raises(Forbidden):
        corrections.check_second(_signer(SUPERVISOR), _signer(ASSESSOR))
    corrections.check_second(_signer(SUPERVISOR), _signer(REGISTRAR))
