"""A campaign that has ended is counted once, and its score is logged in the campaigns' ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from huying.base.errors import Gone, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey import campaign
from survey.campaigns.queries import results, second_phase
from survey.campaigns.rules import figures
from survey.kinds import PHASE2
from survey.ledger_key import ORIGIN
from survey.models import CampaignRelease, Wave
from survey.scores.operations import releasing as scores


def count(session: Session, label: str, *, now: datetime) -> CampaignRelease:
    """Compute and freeze what a campaign found, once: the first release stands. Refused before its end."""
    wave = results.get(session, label)
    if wave.ended_at is None:
        raise Refused(_("%(label)s 这一次核实还没有结束。", label=label))
    campaign.campaign_lock(session)
    if (frozen := results.release(session, label)) is not None:
        return frozen
    made = _made(session, wave, now=now)
    session.add(made)
    if wave.counted_at is None and wave.state == "drawn":
        wave.counted_at = now
    session.flush()
    return made


def is_reproduced(session: Session, made: CampaignRelease) -> bool | None:
    """Tell whether what a campaign found follows from its answers once more; None where they were erased."""
    try:
        again = _made(session, results.get(session, made.wave_label), now=made.made_at)
    except Gone:
        return None
    return (made.inputs_sha256, made.body) == (again.inputs_sha256, again.body)


def _made(session: Session, wave: Wave, *, now: datetime) -> CampaignRelease:
    inputs, found = _computed(session, wave)
    body = {"format": results.FORMAT, "wave": wave.label, "kind": wave.kind, **found}
    return CampaignRelease(
        wave_label=wave.label,
        made_at=now,
        inputs_sha256=sha256(_text(inputs).encode()).hexdigest(),
        body=_text(body),
    )


def _computed(session: Session, wave: Wave) -> tuple[object, dict[str, object]]:
    """Return what a campaign's figures are computed from, and the figures."""
    if wave.kind == PHASE2:
        both = second_phase.of(session, wave)
        return asdict(both), {"both": asdict(both), "rate": both.rate}
    counts = results.counts(session, wave)
    rows = figures.figures(counts, names=results.names(session, wave))
    inputs = {street: asdict(each) for street, each in sorted(counts.items())}
    return inputs, {"rows": [asdict(row) for row in rows], "rate": figures.direct(rows)}


def _text(body: object) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False)


def count_and_publish(
    session: Session, label: str, *, keys: Keyring, now: datetime, origin: str = ORIGIN
) -> CampaignRelease:
    """Freeze what a campaign found and log its score: its bundle is public from then on."""
    made = count(session, label, now=now)
    if results.get(session, label).state == "drawn":
        scores.publish(session, label, keys=keys, now=now, origin=origin)
    return made
