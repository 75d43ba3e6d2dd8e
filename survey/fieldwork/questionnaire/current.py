"""The questionnaire in use; a new version changes the line that names it, while no wave is in the field."""

from survey.fieldwork.questionnaire.v0 import (
    BY_CODE,
    EXTRAS,
    FIVE_LEVEL,
    ITEMS,
    NAME,
    ROTATED,
    SCREENING,
    SWAPPED,
)

__all__ = ["BY_CODE", "EXTRAS", "FIVE_LEVEL", "ITEMS", "NAME", "ROTATED", "SCREENING", "SWAPPED"]
