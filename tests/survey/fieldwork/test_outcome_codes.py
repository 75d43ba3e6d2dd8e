"""With which codes a call may end: before anybody answered, in the talk, and after it."""

from __future__ import annotations

import pytest

from survey.fieldwork.questionnaire.items import Ending
from survey.fieldwork.rules.outcome_codes import (
    AFTER,
    BROKEN,
    LATER,
    NOT_REACHED,
    NOT_THERE,
    OBSTACLES,
    REFUSALS,
    codes_now,
    kept,
)
from survey.waves.rules.final_codes import FINAL
from survey.web.views.labels import TEMPORARY


def test_before_anybody_answered_only_the_reasons_of_a_failed_try_are_there():
    assert codes_now(is_talk=False, ending=None, completeness=None, is_begun=True) == NOT_REACHED


@pytest.mark.parametrize("completeness", ["complete", "partial", "break_off"])
def test_a_finished_interview_ends_as_complete_as_it_is(completeness):
    codes = codes_now(is_talk=True, ending=Ending.FINISHED, completeness=completeness, is_begun=True)
    assert codes == (completeness,)


@pytest.mark.parametrize("ending", sorted(AFTER))
def test_an_answer_that_ends_the_talk_leaves_the_codes_that_fit_it(ending):
    assert codes_now(is_talk=True, ending=ending, completeness=None, is_begun=True) == AFTER[ending]


def test_in_the_talk_a_call_can_be_put_off_refused_or_hindered():
    codes = codes_now(is_talk=True, ending=None, completeness=None, is_begun=False)
    assert codes == (*BROKEN, *LATER, *REFUSALS, *NOT_THERE, *OBSTACLES)


def test_only_an_interview_that_was_begun_can_be_suspended():
    begun = codes_now(is_talk=True, ending=None, completeness=None, is_begun=True)
    assert begun[0] == "suspended_partial"
    assert "suspended_partial" not in codes_now(is_talk=True, ending=None, completeness=None, is_begun=False)


def test_what_is_answered_so_far_can_stand_as_the_outcome_of_a_talk_that_stops():
    codes = codes_now(is_talk=True, ending=None, completeness="partial", is_begun=True)
    assert codes[:2] == ("partial", "suspended_partial")


def test_only_who_was_found_refuses_in_person_and_only_before_that_a_household_does():
    def now(found: bool | None) -> set[str]:
        return set(
            codes_now(is_talk=True, ending=Ending.REFUSED, completeness=None, is_begun=True, is_found=found)
        )

    assert now(None) == set(REFUSALS)
    assert now(True) == {"soft_refusal", "refusal_person", "never_again"}
    assert now(False) == {"soft_refusal", "refusal_household", "refusal", "never_again"}


def test_a_wish_for_no_more_calls_is_kept_as_a_refusal_in_person():
    assert kept("never_again") == kept("refusal_person") == "refusal_person"
    assert kept("refusal_household") == "refusal_household"


def test_every_code_has_a_name_for_the_page():
    offered = {*NOT_REACHED, *LATER, *REFUSALS, *NOT_THERE, *OBSTACLES, "suspended_partial"}
    assert offered <= TEMPORARY.keys() | FINAL.keys()
