"""The questionnaires that come with the program, by the digest of their words; new waves take the last.

Campaigns have questionnaires of their own.
"""

from __future__ import annotations

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.fieldwork.questionnaire.doorstep import DOORSTEP
from survey.fieldwork.questionnaire.followup import FOLLOWUP
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.reach_test import TEST
from survey.fieldwork.questionnaire.shipped import V0, V1
from survey.fieldwork.questionnaire.visit_check import VISIT
from survey.kinds import CASE_FOLLOWUP, PHASE2, TEST_CALL, VISIT_CHECK

EVERY = (V0, V1)
CURRENT = EVERY[-1]
OF_CAMPAIGNS = {CASE_FOLLOWUP: FOLLOWUP, VISIT_CHECK: VISIT, TEST_CALL: TEST, PHASE2: DOORSTEP}
"""What each kind of campaign reads."""
BY_WORDING = {each.wording_hash: each for each in (*EVERY, *OF_CAMPAIGNS.values())}


def of(wording_hash: str) -> Questionnaire:
    """Return the questionnaire with these words; raise Refused where the program comes with none."""
    found = BY_WORDING.get(wording_hash)
    if found is None:
        raise Refused(_("这一轮封存的问卷在这个版本里没有，不能访问，请告诉督导。"), status=500)
    return found
