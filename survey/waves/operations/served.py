"""Before a field is opened: whoever shall ring its households must be able to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.telephone_cells import EXTENSION_MARK
from huying.telephony.voice import NotServed
from survey.models import FrameUnit, SampleUnit
from survey.waves.operations import release
from survey.waves.rules.records import record_context


def open_field(
    session: Session, label: str, *, serves: Callable[[str], bool], vault: Vault, now: datetime
) -> int:
    """Release the main sample, once, where every number of it may be rung; return how many cases."""
    check(session, label, serves=serves, vault=vault)
    return release.open_field(session, label, now=now)


def check(session: Session, label: str, *, serves: Callable[[str], bool], vault: Vault) -> None:
    """Raise NotServed where the drawn households of a wave have numbers that this dialler doesn't ring."""
    rows = (
        select(FrameUnit.unit, FrameUnit.record)
        .join(SampleUnit, SampleUnit.unit == FrameUnit.unit)
        .where(SampleUnit.wave_label == label)
    )
    missed = sum(
        not all(
            serves(number.partition(EXTENSION_MARK)[0])
            for number in _numbers(vault.open(record, where=record_context(unit)))
        )
        for unit, record in session.execute(rows)
    )
    if missed:
        raise NotServed(
            _(
                "抽中的住户里有 %(n)d 户的号码，现在设的拨号方式拨不通：请改用手工拨号或境内运营商，再放出。",
                n=missed,
            )
        )


def _numbers(record: str) -> Iterator[str]:
    fields = json.loads(record)
    yield from (
        number for number in (fields.get("tel"), *fields.get("also", ()), *fields.get("adults", ())) if number
    )
