"""Files of households that were tried and not applied yet: kept sealed, one an account, for some hours."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.personal_numbers import file_name
from huying.base.phones import Vault
from huying.sheets import Recognition, Unrecognised, tried
from huying.sheets.plans import Plan
from survey.models import RegistryTrial
from survey.registry.rules.file import RegistryFile

SHOWN = 50
"""Changes of each kind and faults that a page shows; the rest is in the file that goes back."""


@dataclass(frozen=True, slots=True)
class TrialFinding:
    """A change or a fault as a page shows it; `line` is empty for a household that the file lacks."""

    kind: str
    line: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a tried file: counts, the first of each kind, and what has to be confirmed.

    `digest` is that of the whole plan: what is applied must have it. `notes` say which cells had to be read
    with care. `recognition` is what the file was taken for, as it is stored; `unread` says why it can't be
    read before somebody says more.
    """

    file: str
    read: int
    known: int
    unchanged: int
    counts: Mapping[str, int]
    alarm: str
    digest: str
    shown: tuple[TrialFinding, ...]
    notes: tuple[str, ...] = ()
    recognition: str = ""
    unread: str = ""
    over: str = ""
    twins: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def seen(self) -> Recognition:
        """What the file was taken for."""
        return Recognition.restored(self.recognition)

    @property
    def faults(self) -> int:
        """How many faults the file has."""
        return self.counts.get("fault", 0)

    @property
    def changes(self) -> int:
        """How many households would change."""
        return sum(number for kind, number in self.counts.items() if kind != "fault")

    @property
    def takes(self) -> bool:
        """Whether anybody leaves a grid, or may have another number: somebody will ask why."""
        return any(self.counts.get(kind) for kind in ("left", "moved", "changed"))

    def of(self, kind: str) -> tuple[TrialFinding, ...]:
        """Return the findings of a kind that are shown."""
        return tuple(each for each in self.shown if each.kind == kind)


@dataclass(frozen=True, slots=True)
class Trial:
    """A tried file that waits to be applied."""

    sha256: str
    findings: Findings


def keep(
    session: Session, data: bytes, *, stated: RegistryFile, plan: Plan, vault: Vault, by: str, now: datetime
) -> None:
    """Keep a tried file in place of the one that this account tried before."""
    _keep(session, data, _findings(stated, plan), vault=vault, by=by, now=now)


def keep_unread(
    session: Session, data: bytes, fault: Unrecognised, *, file: str, vault: Vault, by: str, now: datetime
) -> None:
    """Keep a file that can't be read before this account says which column is which."""
    found = Findings(
        file_name(file), 0, 0, 0, {}, "", "", (), recognition=fault.recognition.stored(), unread=fault.message
    )
    _keep(session, data, found, vault=vault, by=by, now=now)


def _keep(session: Session, data: bytes, found: Findings, *, vault: Vault, by: str, now: datetime) -> None:
    sweep(session, now=now)
    findings = json.dumps(asdict(found), ensure_ascii=False)
    row = RegistryTrial(findings=tried.seal(findings.encode(), vault=vault, where=_findings_of(by)))
    tried.fill(row, data, by=by, vault=vault, now=now)
    session.merge(row)
    session.flush()


def find(session: Session, *, vault: Vault, by: str, now: datetime) -> Trial | None:
    """Return what this account tried and hasn't applied."""
    row = session.get(RegistryTrial, by)
    if row is None or now - row.at > row.kept:
        return None
    told = json.loads(tried.unseal(row.findings, vault=vault, where=_findings_of(by)))
    shown = tuple(TrialFinding(**each) for each in told.pop("shown"))
    return Trial(row.sha256, Findings(**told, shown=shown))


def data(session: Session, *, vault: Vault, by: str, now: datetime, sha256: str) -> bytes:
    """Return the file that this account tried; raise NotFound or Gone where it isn't kept, or is another."""
    row = session.get(RegistryTrial, by)
    if row is None or row.sha256 != sha256:
        raise NotFound(_("试导入的文件已经不在了，或者换了一个。请重新上传。"))
    return tried.opened(row, by=by, vault=vault, now=now)


def drop(session: Session, *, by: str) -> None:
    """Forget the file that this account tried."""
    session.execute(delete(RegistryTrial).where(RegistryTrial.by == by))


def sweep(session: Session, *, now: datetime) -> None:
    """Forget the files that nobody applied in time."""
    session.execute(delete(RegistryTrial).where(RegistryTrial.too_old(now)))


def _findings(stated: RegistryFile, plan: Plan) -> Findings:
    found = [TrialFinding(each.kind, str(each.line or ""), each.key, each.what) for each in plan.changes]
    found += [TrialFinding("fault", str(each.line), each.column, each.reason) for each in plan.faults]
    counts = Counter(each.kind for each in found)
    shown: Counter[str] = Counter()
    first = []
    for each in found:
        shown[each.kind] += 1
        if shown[each.kind] <= SHOWN:
            first.append(each)
    return Findings(
        stated.file,
        plan.read,
        plan.known,
        plan.unchanged,
        counts=dict(counts),
        alarm=str(plan.alarm or ""),
        digest=tried.plan_digest(plan),
        shown=tuple(first),
        over=plan.over,
        twins=plan.twins[:SHOWN],
        notes=stated.notes,
        recognition=stated.recognition.stored(),
    )


def _findings_of(by: str) -> str:
    return f"registry_trial.findings:{by}"
