"""The household registry: a file of some grids' households, compared with what is known, applied whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base import clock, public_text
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets.plans import Plan
from huying.sheets.tried import check_shown
from survey import campaign
from survey.models import Adult, Household, Number, RegistryImport
from survey.registry.operations import identity, transparency
from survey.registry.operations import rows as registry_rows
from survey.registry.operations.comparison import Comparison, StatedHousehold, compare
from survey.registry.operations.rows import RegistryRows, StoredHousehold
from survey.registry.queries import grids
from survey.registry.rules import curation, sealing
from survey.registry.rules import file as registry_file
from survey.registry.rules.curation import Approval, TooMuchLeaves
from survey.registry.rules.file import Progress, RegistryFile, silent
from survey.registry.rules.sealing import PURPOSE, RegistryKeys, seal_context

__all__ = ["PURPOSE", "Comparison", "RegistryCounts", "apply", "compare", "import_households", "seal_context"]

NAME_LENGTH, ALARM_LENGTH = 64, 400

BATCH = 5_000
"""New households written at once; what is sealed of them waits in memory."""


@dataclass(frozen=True, slots=True)
class RegistryCounts:
    """What an import found: households read, new, changed, moved, as before, and gone from their grid."""

    read: int
    created: int
    changed: int
    moved: int
    unchanged: int
    left: int

    @classmethod
    def of(cls, plan: Plan) -> RegistryCounts:
        """Count a plan."""
        return cls(
            read=plan.read,
            created=plan.count("new"),
            changed=plan.count("changed"),
            moved=plan.count("moved"),
            unchanged=plan.unchanged,
            left=plan.count("left"),
        )

    def words(self) -> str:
        """Return the sentence that tells of an import."""
        return _(
            "读入 %(read)s 户：新增 %(created)s，变更 %(changed)s，换网格 %(moved)s，"
            "不变 %(unchanged)s，迁出 %(left)s。",
            **{name: getattr(self, name) for name in self.__slots__},
        )


class UndecidedHomes(Refused):
    """Households that may be one home wait for a decision; nothing of the file is stored before."""


def apply(
    session: Session,
    stated: RegistryFile,
    *,
    vault: Vault,
    by: str,
    now: datetime,
    confirmed_by: str | None = None,
    shown: str | None = None,
    approval: Approval | None = None,
    why: str = "",
    keep_good: bool = False,
    progress: Progress = silent,
) -> Plan:
    """Take in a file, all of it or nothing, and note who did; write nothing where nothing has changed.

    Raises Invalid where a row is faulty, Conflict where this isn't the plan that was shown, by its digest
    `shown`, UndecidedHomes where one home may stand twice, Refused where so much would leave or move that
    somebody has to confirm it by name, and TooMuchLeaves where it adds up to more than one registrar may
    bring in and no second one has given `approval`. `why` is shown publicly beside what leaves. With
    `keep_good` the rows without faults are taken in, for whoever puts their name to it.
    """
    # One file after another, and none while a frame is frozen: it shows the registry of one moment.
    campaign.campaign_lock(session)
    stated = identity.completed(session, stated, vault=vault)
    _check(stated, keep_good=keep_good, confirmed_by=confirmed_by)
    comparison = compare(session, stated, vault=vault, by=by, now=now)
    if shown is not None:
        check_shown(comparison.plan, shown)
    if stated.faults:
        comparison = compare(session, stated, vault=vault, by=by, now=now, keep_good=True)
    confirmed_by = approval.name if approval else confirmed_by
    _check_second(comparison, by=by, approval=approval)
    comparison.plan.confirmed(confirmed_by)
    rows = RegistryRows(Vault(RegistryKeys(vault.keys.folder)), by=by, now=now)
    _create(session, comparison.created, rows=rows, progress=progress)
    if comparison.plan.changes:
        # Before anybody leaves: the database lets nobody go who isn't in the log.
        record = _record(stated, comparison.plan, by=by, now=now, confirmed_by=confirmed_by)
        record.why = public_text.reason(why) if why.strip() else ""
        record.request_id = approval.request if approval else None
        transparency.write(session, record, comparison.events, now=now)
    _revise(session, comparison.revised, rows=rows)
    registry_rows.leave(session, comparison.left, now=now)
    return comparison.plan


def _check(stated: RegistryFile, *, keep_good: bool, confirmed_by: str | None) -> None:
    """Raise Invalid where rows are faulty, unless somebody keeps the good ones and puts their name to it."""
    if not keep_good:
        stated.faults.check(stated.file)
    elif stated.faults and not (confirmed_by or "").strip():
        raise Refused(_("只导入没有错的行，要由负责人署名确认。"))


def _check_second(comparison: Comparison, *, by: str, approval: Approval | None) -> None:
    if approval and approval.login == by:
        raise Conflict(_("导入的人不能给自己确认，要由另一位名册管理员确认。"))
    if comparison.twins:
        raise UndecidedHomes(
            _(
                "有 %(n)s 组户可能是同一家（例如 %(codes)s）：同一个电话、地址相近，或者地址相同。"
                "请先决定每一组是合并还是不同的家，再导入。",
                n=len(comparison.twins),
                codes="、".join(code for code, _address in comparison.twins[0][:4]),
            )
        )
    if approval and not approval.covers(comparison.over):
        raise Conflict(
            _("名册在这以后又变了，这个文件现在带走的比交来时多。请退回，让对方重新试导入、重新交来。")
        )
    if comparison.over and not approval:
        raise TooMuchLeaves(
            _("%(over)s要由另一位名册管理员写明理由后才能导入。", over=curation.sentence(comparison.over))
        )


def import_households(
    session: Session,
    data: bytes,
    *,
    vault: Vault,
    allowed: str,
    by: str,
    now: datetime,
    file: str = "households.csv",
    confirmed_by: str | None = None,
    approval: Approval | None = None,
) -> RegistryCounts:
    """Read a file and apply it; see `registry_file.read` and `apply` for what is refused."""
    today = clock.local(now).date()
    stated = registry_file.read(data, file=file, allowed=allowed, grids=grids.known(session), today=today)
    plan = apply(session, stated, vault=vault, by=by, now=now, confirmed_by=confirmed_by, approval=approval)
    return RegistryCounts.of(plan)


def _create(
    session: Session, created: Sequence[StatedHousehold], *, rows: RegistryRows, progress: Progress
) -> None:
    done = 0
    for some in sealing.chunks(created, BATCH):
        homes = [rows.household(entry, digest=digest) for entry, digest in some]
        numbers = [row for entry, _digest in some for row in rows.numbers(entry)]
        adults = [row for entry, _digest in some for row in rows.adults(entry)]
        for model, made in ((Household, homes), (Number, numbers), (Adult, adults)):
            registry_rows.insert_all(session, model, made)
        done += len(some)
        progress(done, len(created))


def _revise(session: Session, revised: Sequence[StatedHousehold], *, rows: RegistryRows) -> None:
    for some in sealing.chunks(revised):
        held = registry_rows.held(session, [entry.code for entry, _digest in some], vault=rows.vault)
        unlike = {entry.code: frozenset(rows.differs(entry, held[entry.code])) for entry, _digest in some}
        registry_rows.revise(session, [rows.household(entry, digest=digest) for entry, digest in some])
        renumbered = [entry for entry, _digest in some if unlike[entry.code] & {"phone", "noted"}]
        relisted = [entry for entry, _digest in some if "adults" in unlike[entry.code]]
        registry_rows.supersede(session, _superseded(held[entry.code] for entry in renumbered))
        registry_rows.insert_all(
            session, Number, (row for entry in renumbered for row in rows.numbers(entry))
        )
        registry_rows.forget_adults(session, [entry.code for entry in relisted])
        registry_rows.insert_all(session, Adult, (row for entry in relisted for row in rows.adults(entry)))


def _superseded(households: Iterable[StoredHousehold]) -> dict[int, int]:
    """Return the new position of each number that is no longer in force: the latest are lowest."""
    return {
        number.id: home.lowest - place
        for home in households
        for place, number in enumerate(home.numbers, start=1)
    }


def _record(
    stated: RegistryFile, plan: Plan, *, by: str, now: datetime, confirmed_by: str | None
) -> RegistryImport:
    counts = RegistryCounts.of(plan)
    partly = (
        _("退回 %(n)s 行，没有记迁出。", n=len({fault.line for fault in plan.faults})) if plan.faults else ""
    )
    alarm = f"{plan.alarm or ''}{partly}"
    return RegistryImport(
        at=now,
        by=by,
        file=stated.file,
        sha256=stated.sha256,
        read=counts.read,
        created=counts.created,
        changed=counts.changed,
        moved=counts.moved,
        left=counts.left,
        alarm=alarm[:ALARM_LENGTH],
        confirmed_by=(confirmed_by or "").strip()[:NAME_LENGTH] if alarm else "",
    )
