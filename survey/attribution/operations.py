"""A period's hours are attributed: computed once, frozen and logged; again beside it, with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from survey import campaign
from survey.attribution.queries import attributions, inputs
from survey.attribution.rules import release
from survey.attribution.rules.periods import attributed_period
from survey.attribution.rules.weights import WEIGHTS, check_weights
from survey.deposits import queries as deposits
from survey.drawing import result_entries
from survey.models import LEDGER, AttributionRelease

LONGEST = 500


def attribute(
    session: Session,
    name: str,
    *,
    by: str,
    now: datetime,
    why: str = "",
    weights: Mapping[str, float] = WEIGHTS,
) -> AttributionRelease:
    """Freeze whose hours a period's were, and log it; the first release stands, and is returned again.

    With `why` it is made again beside those before, from what is known by then. Raises Refused before the
    period is over and told by a deposit, Invalid for a name that is no period and for
    weights that leave less than half to those who were asked.
    """
    check_weights(weights)
    period, reason = attributed_period(name, tz=clock.LOCAL), _reason(why)
    campaign.campaign_lock(session)
    former = attributions.every(session, name)
    if former and not reason:
        return former[-1]
    if reason and not former:
        raise Refused(_("%(period)s 还没有公布过，不用写为什么再算。", period=name), status=422)
    last = deposits.latest(session)
    if last is None or last.made_at < period.stop:
        raise Refused(_("%(period)s 还没有结束，或者结束以后还没有收到交存文件。", period=name))
    read = inputs.read(session, period, weights=weights)
    if former and former[-1].inputs_sha256 == inputs.digest(read):
        raise Refused(_("自上次公布以来，什么也没有变，不用再算。"))
    found = release.attribution(read)
    made = AttributionRelease(
        period=name,
        number=len(former) + 1,
        made_at=now,
        made_by=by,
        why=reason,
        inputs_sha256=inputs.digest(read),
        body=json.dumps(release.body_of(found), sort_keys=True, ensure_ascii=False, allow_nan=False),
    )
    session.add(made)
    session.flush()
    LEDGER.append(session, _line(made, former), at=now)
    return made


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if len(reason) > LONGEST:
        raise Refused(_("理由最多 %(n)s 个字。", n=LONGEST), status=422)
    return reason


def _line(made: AttributionRelease, former: list[AttributionRelease]) -> bytes:
    return result_entries.attribution(
        period=made.period,
        number=made.number,
        sha256=attributions.digest_of(made),
        former=attributions.digest_of(former[-1]) if former else "",
    )
