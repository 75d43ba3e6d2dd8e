"""Whatever was decided or published by a value, the value stays as it was: nobody sets a field again."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from survey.drawing import answers, arms, design, draw_text, frame, sample
from survey.drawing import fields as forms
from survey.fieldwork.questionnaire import instrument, items, orders, path, spoken, talk
from survey.fieldwork.rules import attempts, dispositions, hours

DRAWING = (answers, arms, design, draw_text, forms, frame, sample)
MODULES = (attempts, dispositions, hours, *DRAWING, instrument, items, orders, path, spoken, talk)
KINDS = [
    each
    for module in MODULES
    for each in vars(module).values()
    if is_dataclass(each) and isinstance(each, type) and each.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_no_field_is_set_again(kind: type) -> None:
    made = object.__new__(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(made, fields(kind)[0].name, None)
