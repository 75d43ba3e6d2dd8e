"""A campaign that has ended is counted once, and its score is logged in the campaigns' ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey import campaign
from survey.campaigns.queries import results
from survey.campaigns.rules import figures
from survey.drawing.canonical import canonical
from survey.ledger_key import ORIGIN
from survey.models import CampaignRelease
from survey.scores import operations as scores


def count(session: Session, label: str, *, now: datetime) -> CampaignRelease:
    """Compute and freeze what a campaign found, once: the first release stands. Refused before its end."""
    wave = results.get(session, label)
    if wave.ended_at is None:
        raise Refused(_("%(label)s 这一次核实还没有结束。", label=label))
    campaign.campaign_lock(session)
    if (frozen := results.release(session, label)) is not None:
        return frozen
    counts = results.counts(session, wave)
    rows = figures.figures(counts, names=results.names(session, wave))
    inputs = {street: asdict(each) for street, each in sorted(counts.items())}
    body = {"format": results.FORMAT, "wave": label, "kind": wave.kind, "rows": [asdict(row) for row in rows]}
    made = CampaignRelease(
        wave_label=label,
        made_at=now,
        inputs_sha256=sha256(canonical(inputs)).hexdigest(),
        body=json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False),
    )
    session.add(made)
    if wave.counted_at is None and wave.state == "drawn":
        wave.counted_at = now
    session.flush()
    return made


def count_and_publish(
    session: Session, label: str, *, keys: Keyring, now: datetime, origin: str = ORIGIN
) -> CampaignRelease:
    """Freeze what a campaign found and log its score: its bundle is public from then on."""
    made = count(session, label, now=now)
    if results.get(session, label).state == "drawn":
        scores.publish(session, label, keys=keys, now=now, origin=origin)
    return made
