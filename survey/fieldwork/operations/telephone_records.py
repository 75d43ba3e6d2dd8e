"""Call records of the telephone system are taken in: numbers as keyed indexes, nothing of them in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import sheets
from huying.base.clock import midnight
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets import Row
from survey.fieldwork.rules import telephone_records as rules
from survey.fieldwork.rules.telephone_records import AT, DURATION, EXTENSION, LAYOUT, NUMBER, SystemCall
from survey.models import TelephoneFile, TelephoneRecord
from survey.registry.rules.sealing import PURPOSE


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """The calls of a file, and the lines whose time or number nobody can read."""

    sha256: str
    calls: Sequence[SystemCall]
    unread: Sequence[int]


def read(data: bytes, *, file: str, vault: Vault, region: str, allowed: str) -> RecordsRead:
    """Return the calls of a file; raise Invalid where it is none of call records."""
    table = sheets.read(data, file=file, layout=LAYOUT)
    calls: list[SystemCall] = []
    unread: list[int] = []
    for row in table.rows:
        try:
            calls.append(_call(row, vault=vault, region=region, allowed=allowed))
        except Invalid:
            unread.append(row.line)
    if not calls:
        raise Invalid(_("%(file)s 里没有一行读得出时间和号码。", file=table.file))
    return RecordsRead(sha256(data).hexdigest(), calls, unread)


def _call(row: Row, *, vault: Vault, region: str, allowed: str) -> SystemCall:
    dialled = rules.number(row[NUMBER.name], region=region, allowed=allowed)
    return SystemCall(
        rules.moment(row[AT.name]),
        row[EXTENSION.name][:32],
        vault.index(dialled, purpose=PURPOSE),
        rules.seconds(row[DURATION.name]),
    )


def keep(session: Session, found: RecordsRead, *, by: str, now: datetime) -> int:
    """Keep the calls that aren't known yet; return how many. Raises Conflict for a file that was taken in.

    The file covers whole days up to its last call: what was claimed in that time ought to be in it.
    """
    if session.scalar(select(TelephoneFile.id).where(TelephoneFile.sha256 == found.sha256)) is not None:
        raise Conflict(_("这份话单已经导入过了。"))
    first, last = min(call.at for call in found.calls), max(call.at for call in found.calls)
    file = TelephoneFile(
        sha256=found.sha256,
        covers_from=midnight(first),
        covers_until=last,
        taken=len(found.calls),
        unread=len(found.unread),
        by=by,
        at=now,
    )
    session.add(file)
    session.flush()
    fresh = list(_fresh(session, found.calls, since=midnight(first)))
    session.add_all(_row(call, file=file) for call in fresh)
    session.flush()
    return len(fresh)


def _fresh(session: Session, calls: Sequence[SystemCall], *, since: datetime) -> Iterator[SystemCall]:
    """Yield the calls that no earlier file, and no earlier line, held."""
    columns = (
        TelephoneRecord.at,
        TelephoneRecord.extension,
        TelephoneRecord.number_index,
        TelephoneRecord.seconds,
    )
    known = {tuple(row) for row in session.execute(select(*columns).where(TelephoneRecord.at >= since))}
    for call in calls:
        key = (call.at, call.extension, call.number, call.seconds)
        if key not in known:
            known.add(key)
            yield call


def _row(call: SystemCall, *, file: TelephoneFile) -> TelephoneRecord:
    return TelephoneRecord(
        file_id=file.id,
        at=call.at,
        extension=call.extension,
        number_index=call.number,
        seconds=call.seconds,
    )
