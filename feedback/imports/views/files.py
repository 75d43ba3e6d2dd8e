"""What the pages of imports do with files: opened again as this account said, compared, given back."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Response, send_file
from flask_login import current_user

from feedback.imports.operations import opening, tries
from feedback.imports.operations.kinds import ImportKind, find
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportFile
from huying.base import clock
from huying.base.errors import Forbidden, Invalid, NotFound
from huying.base.i18n import _
from huying.sheets import Choose, Form, Recognition, Table, Unrecognised
from huying.sheets.plans import Plan
from huying.web.current import installation, reading

TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ShownTrial:
    """A tried file, opened and read again; without a table where a person has to say what is what."""

    row: ImportFile
    kind: ImportKind
    data: bytes
    table: Table | None
    seen: Recognition
    unread: str = ""

    def read(self) -> Table:
        """Return the table; raise Invalid where there is none."""
        if self.table is None:
            raise Invalid(self.unread)
        return self.table


def own_kind(name: str) -> ImportKind:
    """Return an import by its name; raise Forbidden where it isn't this account's."""
    kind = find(name)
    if current_user.role not in kind.roles:
        raise Forbidden(_("这种导入由网格办办理。"))
    return kind


def trial(code: str) -> ShownTrial:
    """Return a file that this account tried, read again."""
    with reading() as session:
        row = tries.find(session, code, by=current_user.login)
        kind = own_kind(row.kind)
        data = tries.opened(row, vault=installation().vault, now=clock.now())
    try:
        table = opening.table(data, file=row.name, kind=kind, choose=choices(kind))
    except Unrecognised as fault:
        return ShownTrial(row, kind, data, None, fault.recognition, fault.message)
    return ShownTrial(row, kind, data, table, table.recognition)


def choices(kind: ImportKind) -> Choose:
    """Return what this account said of files of this kind."""
    with reading() as session:
        return opening.choices(session, kind, by=current_user.login)


def scope() -> ImportScope:
    """Return on whose behalf an import runs, and how far it may reach."""
    here = installation()
    return ImportScope(
        now=clock.now(),
        by=current_user.login,
        vault=here.vault,
        region=here.settings.region,
        allowed=here.settings.allowed_numbers,
        within=current_user.area_code,
    )


def plan(trial: ShownTrial) -> Plan:
    """Return what a tried file would change."""
    with reading() as session:
        return trial.kind.draft(session, trial.read(), scope()).plan


def form_of(given: str) -> Form:
    """Return the form of a file as it was asked for; raise NotFound for any other."""
    found = next((form for form in TYPES if form == given), None)
    if found is None:
        raise NotFound(_("没有这个页面。"))
    return found


def download(data: bytes, name: str, form: Form) -> Response:
    """Return a file to be kept."""
    return send_file(BytesIO(data), mimetype=TYPES[form], as_attachment=True, download_name=name)
