"""Files that were tried and wait to be applied: sealed, for some hours, and applied exactly as shown."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from sqlalchemy import ColumnElement, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from huying.base.errors import Conflict, Gone, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets.plans import Plan
from huying.store.db import UtcDateTime

LIGHT = 1
"""How hard a file is pressed together: more costs seconds and saves little."""


class TriedFileMixin:
    """A file that somebody tried. Its bytes go when it is applied, or once it is older than `kept`."""

    __tablename__: str
    kept: ClassVar[timedelta] = timedelta(days=1)

    sha256: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @property
    def key(self) -> str:
        """What tells this row from the others of its table."""
        return self.by

    @classmethod
    def too_old(cls, now: datetime) -> ColumnElement[bool]:
        """Return what is true of files that nobody applied in time."""
        return cls.at < now - cls.kept


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return sha256(data).hexdigest()


def fill(tried: TriedFileMixin, data: bytes, *, by: str, vault: Vault, now: datetime) -> None:
    """Put a file into the row that keeps it."""
    tried.by, tried.at, tried.sha256 = by, now, digest(data)
    tried.sealed = seal(data, vault=vault, where=_where(tried))


def opened(tried: TriedFileMixin | None, *, by: str, vault: Vault, now: datetime) -> bytes:
    """Return a file that `by` tried.

    Raise NotFound for everybody else, Gone once it is applied or too old.
    """
    if tried is None or tried.by != by:
        raise NotFound(_("没有这份文件。"))
    if tried.sealed is None or now - tried.at > tried.kept:
        hours = tried.kept // timedelta(hours=1)
        raise Gone(_("这份文件试过超过 %(hours)d 小时，已经删除；请重新上传。", hours=hours))
    return unseal(tried.sealed, vault=vault, where=_where(tried))


def plan_digest(plan: Plan) -> str:
    """Return the SHA-256 of all that a plan shows, hexadecimal."""
    shown = {
        "changes": [[change.kind, change.key, change.line, change.what] for change in plan.changes],
        "faults": [[fault.line, fault.column, fault.reason] for fault in plan.faults],
        "counts": [plan.read, plan.known, plan.unchanged],
    }
    return digest(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode())


def check_shown(plan: Plan, shown: str) -> None:
    """Raise Conflict where a plan isn't the one whose digest was shown: then nothing of it is applied."""
    if plan_digest(plan) != shown:
        raise Conflict(_("从试导入到现在，已有内容变了；请再看一遍下面的结果。"))


def seal(plain: bytes, *, vault: Vault, where: str) -> bytes:
    """Return bytes pressed together and sealed for the place `where`."""
    return vault.seal(b64encode(zlib.compress(plain, LIGHT)).decode("ascii"), where=where)


def unseal(sealed: bytes, *, vault: Vault, where: str) -> bytes:
    """Return what was sealed for the place `where`."""
    return zlib.decompress(b64decode(vault.open(bytes(sealed), where=where)))


def _where(tried: TriedFileMixin) -> str:
    return f"{tried.__tablename__}.sealed:{tried.key}"
