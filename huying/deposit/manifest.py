"""The manifest of a deposit: what is in the file, as one canonical line that is signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from huying.base.clock import iso
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit.cells import COUNT, TIME
from huying.deposit.periods import first_day
from huying.deposit.tables import TABLES
from huying.ledger import canonical
from huying.ledger.note import Checkpoint, parse_checkpoint

FORMAT = "huying-deposit/v1"
FIELDS = {"format", "ledger_checkpoint", "made_at", "origin", "period", "tables"}
SUMMARY_FIELDS = {"complete_to", "rows", "sha256"}
SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Summary:
    """A table's total: its rows, its file's SHA-256, and the ledger's size up to which it is complete."""

    rows: int
    sha256: str
    complete_to: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who deposits what for which period; `tables` by table name; `ledger_checkpoint` is a signed note."""

    origin: str
    period: str
    made_at: datetime
    ledger_checkpoint: str
    tables: dict[str, Summary]


def dump(manifest: Manifest) -> str:
    """Return the manifest as its canonical line with LF, the text that is signed."""
    summaries = {
        name: {"complete_to": each.complete_to, "rows": each.rows, "sha256": each.sha256}
        for name, each in manifest.tables.items()
    }
    fields = {
        "format": FORMAT,
        "ledger_checkpoint": manifest.ledger_checkpoint,
        "made_at": iso(manifest.made_at),
        "origin": manifest.origin,
        "period": manifest.period,
        "tables": summaries,
    }
    return canonical.dump(fields) + "\n"


def load(text: str) -> Manifest:
    """Read a manifest; raises Invalid with the reason."""
    fields = _fields(text)
    _require(isinstance(fields["origin"], str) and fields["origin"], "origin")
    _require(isinstance(fields["period"], str), "period")
    first_day(fields["period"])
    _require(isinstance(fields["made_at"], str) and TIME.fullmatch(fields["made_at"]), "made_at")
    size = checkpoint_size(fields["ledger_checkpoint"])
    return Manifest(
        fields["origin"],
        fields["period"],
        _instant(fields["made_at"]),
        fields["ledger_checkpoint"],
        _summaries(fields["tables"], size=size),
    )


def checkpoint_size(note: object) -> int:
    """How many entries the ledger had, by its checkpoint, whose own signature is not checked here."""
    return checkpoint(note).size


def checkpoint(note: object) -> Checkpoint:
    """Return what the ledger's checkpoint says; its own signature is not checked here."""
    _require(isinstance(note, str), "ledger_checkpoint")
    text, _, _ = str(note).rpartition("\n\n")
    return parse_checkpoint(text + "\n")


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = canonical.load(text.removesuffix("\n"))
    except Invalid as error:
        raise Invalid(f"manifest.json：{error.message}") from error
    _require(isinstance(fields, dict) and fields.get("format") == FORMAT, "format")
    _require(set(fields) == FIELDS, _("字段"))
    found: dict[str, Any] = fields
    return found


def _summaries(tables: object, *, size: int) -> dict[str, Summary]:
    if not isinstance(tables, dict) or set(tables) != {table.name for table in TABLES}:
        raise Invalid(_("manifest.json：tables 应恰好列出各表。"))
    return {table.name: _summary(table.name, tables[table.name], size=size) for table in TABLES}


def _summary(name: str, fields: object, *, size: int) -> Summary:
    if not isinstance(fields, dict) or set(fields) != SUMMARY_FIELDS:
        raise Invalid(_("manifest.json：%(name)s 的说明不完整。", name=name))
    _require(_is_count(fields["rows"]), _("%(name)s 的行数", name=name))
    _require(
        isinstance(fields["sha256"], str) and SHA256.fullmatch(fields["sha256"]),
        _("%(name)s 的摘要", name=name),
    )
    complete_to = fields["complete_to"]
    _require(_is_count(complete_to) and complete_to <= size, _("%(name)s 的账本条数", name=name))
    return Summary(fields["rows"], fields["sha256"], complete_to)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and bool(COUNT.fullmatch(str(value)))


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise Invalid(_("manifest.json：made_at 不对。")) from error


def _require(holds: object, field: str) -> None:
    if not holds:
        raise Invalid(_("manifest.json：%(field)s 不对。", field=field))
