"""The household questionnaires that come with the program, read from their files."""

from __future__ import annotations

from pathlib import Path

from survey.fieldwork.questionnaire import files
from survey.fieldwork.questionnaire.instrument import Questionnaire

KEPT = Path(__file__).parent / "kept"


def _kept(name: str) -> Questionnaire:
    return files.read((KEPT / f"{name}.json").read_bytes())


V0, V1 = _kept("v0"), _kept("v1")
