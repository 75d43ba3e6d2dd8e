"""Respondent lists that workers hand in: sealed here, opened only by the independent side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.models import ListRow, Worker, WorkerList
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks

LONGEST_ADDRESS = 200


def hand_in(
    session: Session,
    *,
    worker_code: str,
    rows: Sequence[tuple[str, str]],
    vault: Vault,
    now: datetime,
    once: str | None = None,
) -> WorkerList:
    """Store a worker's list of (number in E.164, address); a later list stands beside the earlier ones.

    `once` marks one form: however often it is sent, there is one list.
    """
    if session.get(Worker, worker_code) is None:
        raise Invalid(_("没有工号为 %(worker_code)s 的网格员。", worker_code=worker_code))
    _check(rows)
    locks.hold(session, "list", worker_code)
    known = session.scalar(select(WorkerList).where(WorkerList.once == once)) if once else None
    if known is not None:
        return known
    listed = WorkerList(worker_code=worker_code, once=once, handed_in_at=now)
    session.add(listed)
    session.flush()
    sealed = [
        _seal(f"L{listed.id}-{position:05d}", row, list_id=listed.id, vault=vault)
        for position, row in enumerate(rows, start=1)
    ]
    session.add_all(sealed)
    session.flush()
    digest = sha256(b"".join(row.sealed_number + row.sealed_address for row in sealed)).hexdigest()
    ledger.write(session, "list", at=now, w=worker_code, i=listed.id, n=len(sealed), d=digest)
    return listed


def _seal(code: str, row: tuple[str, str], *, list_id: int, vault: Vault) -> ListRow:
    number, address = row
    return ListRow(
        code=code,
        list_id=list_id,
        sealed_number=vault.seal(number, where=f"worker_list_row.number:{code}"),
        sealed_address=vault.seal(address.strip(), where=f"worker_list_row.address:{code}"),
    )


def _check(rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        raise Invalid(_("名单是空的。"))
    seen: dict[str, int] = {}
    for position, (number, address) in enumerate(rows, start=1):
        if not address.strip() or len(address) > LONGEST_ADDRESS:
            raise Invalid(
                _(
                    "第 %(place)s 户：地址应为 1 到 %(longest_address)s 个字。",
                    place=position,
                    longest_address=LONGEST_ADDRESS,
                )
            )
        if number in seen:
            raise Invalid(_("第 %(place)s 户的电话和第 %(seen)s 户相同。", place=position, seen=seen[number]))
        seen[number] = position
