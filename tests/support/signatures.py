"""The stranger's checker multiplies points in plain Python: one signature is checked once a process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from survey import verify


@contextmanager
def remembered() -> Iterator[None]:
    """Remember in the block what was found of a signature: it follows from the three things given alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "signed", cache(verify.signed))
        yield
