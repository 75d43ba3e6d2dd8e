"""The public side's ledger, followed from deposit to deposit: its lines give the root that was signed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from huying.deposit import archive, manifest
from huying.ledger import note, tree
from huying.ledger.keys import VerifierKey, parse_vkey
from survey.models import Deposit, DepositedCase, DepositFinding, ListEntry, PublicEntry

OVERDUE = timedelta(days=60)
"""A case that its ledger has known for longer than this should have been due, and deposited."""

BATCH = 5_000


def check(session: Session, deposit: archive.Deposit, *, log_vkey: str) -> tuple[bytes, ...]:
    """Return the lines that are new; raise Refused where they aren't the ledger's that was signed.

    Signature (where the ledger's key is known), root, and that it goes on from what was taken in before.
    """
    held = size(session)
    if deposit.first > held:
        raise Conflict(
            _(
                "entries.txt 从账本第 %(first)s 条开始，我们只有前 %(held)s 条。请对方重新制作："
                "huying feedback deposit --period %(period)s --entries-from %(held)s",
                first=deposit.first,
                held=held,
                period=deposit.manifest.period,
            )
        )
    overlap = min(held - deposit.first, len(deposit.entries))
    if list(_lines(session, deposit.first, deposit.first + overlap)) != list(deposit.entries[:overlap]):
        raise Invalid(_("账本被改写过：entries.txt 里有几行和以前交来的不一样。"))
    new = deposit.entries[overlap:]
    _check_root(session, deposit, new)
    _check_signature(session, deposit, new, log_vkey=log_vkey)
    return new


def size(session: Session) -> int:
    """Return how many lines of the public ledger were taken in."""
    last = session.scalar(select(func.max(PublicEntry.idx)))
    return 0 if last is None else last + 1


def keep(session: Session, lines: Sequence[bytes], *, period: str) -> None:
    """Append the new lines."""
    first = size(session)
    rows = [{"idx": first + place, "period": period, "body": line} for place, line in enumerate(lines)]
    if rows:
        session.execute(insert(PublicEntry), rows)


def findings(session: Session, deposit: archive.Deposit, *, log_vkey: str, now: datetime) -> None:
    """Note what is amiss with a deposit that is taken in all the same."""
    found: dict[str, dict[str, int]] = {}
    if not log_vkey:
        found["unsigned"] = {}
    stated = {row["code"] for row in deposit.tables["lists"]}
    known = set(session.scalars(select(ListEntry.code)))
    if lost := len(known - stated):
        found["lists"] = {"lost": lost, "known": len(known)}
    waiting, overdue = undeposited(session, now=now)
    if waiting:
        found["cases"] = {"waiting": waiting, "overdue": overdue}
    for kind, counts in found.items():
        session.add(
            DepositFinding(
                period=deposit.manifest.period,
                sha256=deposit.sha256,
                kind=kind,
                counts=json.dumps(counts, sort_keys=True),
                at=now,
            )
        )
    session.flush()


def undeposited(session: Session, *, now: datetime) -> tuple[int, int]:
    """Count the cases that the public ledger knows and no deposit holds, and those known for too long."""
    held = set(session.scalars(select(DepositedCase.code)))
    opened = select(PublicEntry.body, Deposit.made_at).join(Deposit, Deposit.period == PublicEntry.period)
    waiting = overdue = 0
    for body, at in session.execute(opened.execution_options(yield_per=BATCH)):
        # Most lines are something else, and reading each as JSON would take long.
        line = _json(body) if b'"case.open"' in body else {}
        if line.get("t") == "case.open" and line.get("c") not in held:
            waiting += 1
            overdue += now - at > OVERDUE
    return waiting, overdue


def _check_root(session: Session, deposit: archive.Deposit, new: Sequence[bytes]) -> None:
    signed = manifest.checkpoint(deposit.manifest.ledger_checkpoint)
    first = deposit.first + len(deposit.entries) - len(new)
    if first + len(new) != signed.size:
        raise Conflict(_("这份文件里的账本比已经收下的还短，账本只能增长。"))
    root = tree.root(map(tree.leaf_hash, _chained(_lines(session, 0, first), new)))
    if root != signed.root:
        raise Invalid(_("检查点与账本不符：entries.txt 的各行算不出检查点里的根哈希。"))


def _chained(held: Iterable[bytes], new: Iterable[bytes]) -> Iterator[bytes]:
    yield from held
    yield from new


def _check_signature(
    session: Session, deposit: archive.Deposit, new: Sequence[bytes], *, log_vkey: str
) -> None:
    """Check the checkpoint's signature by the ledger's key, or by one that its own lines announce."""
    if not log_vkey:
        return
    size = manifest.checkpoint_size(deposit.manifest.ledger_checkpoint) - len(new)
    signers = {log_vkey: parse_vkey(log_vkey)}
    for op, key in _key_changes(_chained(_lines(session, 0, size), new)):
        if op == "add":
            signers[key.text] = key
        else:
            signers.pop(key.text, None)
    for key in signers.values():
        try:
            note.verify_checkpoint(deposit.manifest.ledger_checkpoint, log=key)
        except Invalid:
            continue
        return
    raise Invalid(_("检查点的签名不对：不是登记的公众端账本的钥匙签的。"))


def _key_changes(lines: Iterable[bytes]) -> Iterator[tuple[str, VerifierKey]]:
    for line in lines:
        if b'"role":"log"' in line and (found := _json(line)).get("t") == "key":
            yield str(found.get("op")), parse_vkey(str(found.get("vkey")))


def _lines(session: Session, start: int, stop: int) -> Iterator[bytes]:
    query = select(PublicEntry.body).where(PublicEntry.idx >= start, PublicEntry.idx < stop)
    rows = session.scalars(query.order_by(PublicEntry.idx).execution_options(yield_per=BATCH))
    return (bytes(body) for body in rows)


def _json(line: bytes) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
