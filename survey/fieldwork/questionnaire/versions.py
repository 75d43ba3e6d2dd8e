"""The questionnaires that come with the program, by the digest of their words; new waves take the last."""

from __future__ import annotations

from pathlib import Path

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.fieldwork.questionnaire import files
from survey.fieldwork.questionnaire.instrument import Questionnaire

KEPT = Path(__file__).parent / "kept"


def _kept(name: str) -> Questionnaire:
    return files.read((KEPT / f"{name}.json").read_bytes())


V0, V1 = _kept("v0"), _kept("v1")
EVERY = (V0, V1)
CURRENT = EVERY[-1]
BY_WORDING = {each.wording_hash: each for each in EVERY}


def of(wording_hash: str) -> Questionnaire:
    """Return the questionnaire with these words; raise Refused where the program comes with none."""
    found = BY_WORDING.get(wording_hash)
    if found is None:
        raise Refused(_("这一轮封存的问卷在这个版本里没有，不能访问，请告诉督导。"), status=500)
    return found
