"""Two households are one home, or they aren't: decided by a registrar, before the second one is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey import campaign
from survey.models import HomeDecision, Household, RegistryImport
from survey.registry.operations import rows as registry_rows
from survey.registry.operations import transparency
from survey.registry.queries import log, outside
from survey.registry.rules import curation
from survey.registry.rules.curation import RowEvent, TooMuchLeaves

MOST_CODES = 400


def decide(session: Session, codes: Sequence[str], *, keep: str | None, by: str, now: datetime) -> None:
    """Keep that households are one home under the code `keep`, or with None that they are different homes.

    Of those in the registry all but the kept one leave; what no file has brought yet won't be stored. Raises
    Invalid for codes that make no pair, TooMuchLeaves where more would leave than one registrar may bring in.
    """
    several = sorted(set(codes))
    if not 2 <= len(several) <= MOST_CODES or (keep is not None and keep not in several):
        raise Invalid(_("请选择至少两户，并写明留下哪一户。"))
    campaign.campaign_lock(session)
    pairs = (
        combinations(several, 2) if keep is None else ((keep, other) for other in several if other != keep)
    )
    for one, other in map(sorted, pairs):
        session.add(HomeDecision(code=one, other=other, keep=keep, by=by, at=now))
    session.flush()
    if keep is not None:
        _merge(session, [code for code in several if code != keep], keep=keep, by=by, now=now)


def _merge(session: Session, codes: Sequence[str], *, keep: str, by: str, now: datetime) -> None:
    """Let the households that are in the registry leave it: the kept one stands for them."""
    here = select(Household.code, Household.grid_code).where(
        Household.code.in_(codes), Household.left_at.is_(None)
    )
    events = [RowEvent("left", code, grid) for code, grid in session.execute(here.order_by(Household.code))]
    if not events:
        return
    over = curation.exceeded(events, here=outside.registered(session), past=log.limited(session, now=now))
    if over:
        raise TooMuchLeaves(
            _(
                "%(over)s请导入不含这些户的文件，交给另一位名册管理员确认。",
                over=curation.sentence(over),
            )
        )
    gone = [event.household for event in events]
    record = RegistryImport(
        at=now,
        by=by,
        file=_("合并为一家"),
        sha256=sha256(" ".join([keep, *gone]).encode()).hexdigest(),
        read=0,
        created=0,
        changed=0,
        moved=0,
        left=len(gone),
        alarm="",
        confirmed_by="",
    )
    transparency.write(session, record, events, now=now)
    registry_rows.leave(session, gone, now=now)
