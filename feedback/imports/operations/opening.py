"""Files opened as one kind of table, with what was said of such files before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.imports.operations.kinds import KINDS, ImportKind
from feedback.models import SheetChoice
from huying.base.i18n import _
from huying.sheets import Choice, Choose, Foreign, Table, read, remembered

HOUSEHOLDS = Foreign(
    "住户名册",
    (
        ("户编号", "户号", "住户编号", "门牌", "地址", "住址"),
        ("与户主关系", "成年人电话", "电话来源", "电话登记日期"),
    ),
    "请交给独立测评方，由名册员导入",
    always=True,
)


def choices(session: Session, kind: ImportKind, *, by: str) -> Choose:
    """Return what somebody said of files of this kind."""
    return remembered.recalled(session, SheetChoice, by=by, layout=kind.layout.name)


def say(
    session: Session, kind: ImportKind, choice: Choice, *, fingerprint: str, by: str, now: datetime
) -> None:
    """Keep what somebody says of files with such headings."""
    remembered.keep(
        session, SheetChoice, choice, by=by, layout=kind.layout.name, fingerprint=fingerprint, now=now
    )


def table(data: bytes, *, file: str, kind: ImportKind, choose: Choose) -> Table:
    """Return a file as a table of this kind; cells that can't be read are among its faults."""
    others = [
        Foreign.of(other.layout, where=_("请用“导入 → %(title)s”", title=other.title))
        for other in KINDS.values()
        if other is not kind
    ]
    return read(data, file=file, layout=kind.layout, choose=choose, others=(HOUSEHOLDS, *others), gather=True)
