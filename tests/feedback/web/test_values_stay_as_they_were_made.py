"""Whatever was decided by a value, the value stays as it was: nobody sets a field again."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from feedback import codes
from feedback.calls import rules as ivr
from feedback.cases.rules import custody, deadlines, lifecycle
from feedback.contacts import rules as contact_choice
from feedback.posters.rules import qr
from feedback.roster.rules import gaps, pasted
from feedback.web.rules import guesses

MODULES = (codes, contact_choice, custody, deadlines, gaps, guesses, ivr, lifecycle, pasted, qr)
KINDS = [
    each
    for module in MODULES
    for each in vars(module).values()
    if is_dataclass(each) and isinstance(each, type) and each.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__qualname__)
def test_no_field_is_set_again(kind):
    made = object.__new__(kind)
    with pytest.raises(FrozenInstanceError):
        setattr(made, fields(kind)[0].name, None)
