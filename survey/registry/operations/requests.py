"""Files that take more than one registrar may: handed to a second one, who applies or refuses them."""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base import public_text
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets.plans import Plan
from survey.models import Account, RegistryRequest
from survey.registry.operations import registry
from survey.registry.rules import curation
from survey.registry.rules.curation import Approval
from survey.registry.rules.file import RegistryFile

LIGHT = 1
"""How hard a file is pressed together: more costs seconds and saves little."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that waits: who brought it, its name, its bytes."""

    by: str
    file: str
    data: bytes


def hand_over(
    session: Session, data: bytes, *, stated: RegistryFile, why: str, vault: Vault, by: str, now: datetime
) -> RegistryRequest:
    """Let a tried file wait for a second registrar, with the reason of whoever brings it.

    Raises Invalid for faulty rows or no reason, Conflict where nothing needs a second one, or it waits
    already.
    """
    stated.faults.check(stated.file)
    comparison = registry.compare(session, stated, vault=vault, by=by, now=now)
    if not comparison.over:
        raise Conflict(_("这个文件不需要第二位名册管理员，可以直接导入。"))
    waits = select(RegistryRequest.id).where(
        RegistryRequest.sha256 == stated.sha256, RegistryRequest.decided_at.is_(None)
    )
    if session.scalar(waits) is not None:
        raise Conflict(_("这个文件已经在等另一位名册管理员了。"))
    row = RegistryRequest(
        at=now,
        by=by,
        file=stated.file,
        sha256=stated.sha256,
        over=curation.over_text(comparison.over),
        why=public_text.reason(why),
    )
    session.add(row)
    session.flush()
    row.sealed = vault.seal(base64.b64encode(zlib.compress(data, LIGHT)).decode("ascii"), where=_place(row))
    session.flush()
    return row


def opened(session: Session, number: int, *, vault: Vault) -> Handed:
    """Return a file that waits; raise NotFound where none does."""
    row = session.get(RegistryRequest, number)
    if row is None or row.sealed is None:
        raise NotFound(_("没有这个等待确认的文件。"))
    data = zlib.decompress(base64.b64decode(vault.open(bytes(row.sealed), where=_place(row))))
    return Handed(row.by, row.file, data)


def confirm(
    session: Session,
    number: int,
    *,
    stated: RegistryFile,
    by: Account,
    reason: str,
    vault: Vault,
    now: datetime,
) -> Plan:
    """Apply a waiting file, read as `stated`, in the name of its importer and of a second registrar."""
    row = _decide(session, number, by=by, reason=reason, decision="applied", now=now)
    if stated.sha256 != row.sha256:
        raise Invalid(_("没有这个等待确认的文件。"))
    approval = Approval(by.login, by.name, row.reason or "", row.id, over=curation.over_of(row.over))
    return registry.apply(session, stated, vault=vault, by=row.by, now=now, approval=approval, why=row.why)


def refuse(session: Session, number: int, *, by: Account, reason: str, now: datetime) -> None:
    """Say no to a waiting file, with a reason."""
    _decide(session, number, by=by, reason=reason, decision="refused", now=now)


def _decide(
    session: Session, number: int, *, by: Account, reason: str, decision: str, now: datetime
) -> RegistryRequest:
    row = session.get(RegistryRequest, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这个等待确认的文件。"))
    if row.decided_at is not None:
        raise Conflict(_("这个文件已经有人处理过了。"))
    if row.by == by.login:
        raise Forbidden(_("导入的人不能给自己确认，要由另一位名册管理员确认。"))
    row.decided_at, row.decided_by, row.decided_name = now, by.login, by.name
    row.decision, row.reason, row.sealed = decision, public_text.reason(reason), None
    session.flush()
    return row


def _place(row: RegistryRequest) -> str:
    return f"registry_request.sealed:{row.id}"
