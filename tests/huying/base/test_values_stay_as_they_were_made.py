"""Whatever was set, signed or heard, its value stays as it was: nobody sets a field again."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from huying.base import i18n, identity_provider, keys, phones, settings
from huying.ledger import keys as verifiers
from huying.ledger import note
from huying.sheets import plans as imports
from huying.telephony import choice, voice

MODULES = (i18n, identity_provider, imports, keys, phones, settings, verifiers, note, choice, voice)
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
