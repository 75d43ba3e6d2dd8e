"""Scores of a wave that has ended: estimated once and frozen, attested by auditors, then logged."""

from __future__ import annotations

import base64
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger.keys import parse_vkey
from survey import campaign
from survey.drawing import fields, result_entries
from survey.drawing.attest import Statement
from survey.drawing.grouped_tally import NOTHING
from survey.drawing.late_difference import digest
from survey.ledger_key import ORIGIN
from survey.models import LEDGER, ScoreRelease, Wave, WaveResult
from survey.scores.queries import auditing, releases, score_inputs
from survey.scores.rules import estimation
from survey.waves.operations import bundle
from survey.waves.queries import late_difference, waves
from survey.waves.rules import wave_rules

FORMAT = "huying-scores/v1"
CITY = ("city", "overall", "rated")
"""The figure that stands beside the score: the whole city, satisfied of those who rated."""


def estimate(session: Session, label: str, *, now: datetime) -> ScoreRelease:
    """Compute and freeze the scores of a wave, once: the first release stands. Refused before the close."""
    wave = waves.find(session, label)
    if wave.state != "closed" and wave.ended_at is None:
        raise Refused(_("这一轮还没有结束，不能计算得分。"))
    campaign.campaign_lock(session)
    if (frozen := releases.find(session, label)) is not None:
        return frozen
    inputs = score_inputs.read(session, label)
    rows = estimation.rows(label, units=list(inputs.units.values()), sizes=inputs.sizes, areas=inputs.areas)
    body = {"format": FORMAT, "wave": label, "rows": [asdict(row) for row in rows]}
    release = ScoreRelease(
        wave_label=label, made_at=now, inputs_sha256=inputs.digest, body=score_inputs.text(body)
    )
    session.add(release)
    if wave.counted_at is None and wave.state == "drawn":
        wave.counted_at = now
    session.flush()
    return release


def estimate_and_publish(
    session: Session, label: str, *, keys: Keyring, now: datetime, origin: str = ORIGIN
) -> ScoreRelease:
    """Freeze the scores; where no auditor is named, nothing is waited for and the score is logged."""
    release = estimate(session, label, now=now)
    wave = waves.find(session, label)
    if wave.state == "drawn" and not wave_rules.read(wave.rules).auditors:
        publish(session, label, keys=keys, now=now, origin=origin)
    return release


def statement(session: Session, label: str, *, blind: bool = False) -> Statement:
    """Return what an auditor is asked to sign, once the answers are counted; `blind` to the corrections."""
    said = auditing.statement_of(session, _counted(session, label))
    return replace(said, corrections=None) if blind else said


def attest(session: Session, label: str, *, by: str, sig: str, now: datetime, blind: bool = False) -> None:
    """Log what an auditor has signed; raise Refused for a key that the design doesn't name, or a bad one."""
    wave = _counted(session, label)
    said = statement(session, label, blind=blind)
    named = wave_rules.read(wave.rules).auditors
    if by not in named:
        raise Refused(_("封存的方案里没有这位审计员的公钥。"), status=422)
    fields.SIGNATURE.check(sig)
    if not parse_vkey(by).accepts(base64.b64decode(sig), message=said.text()):
        raise Refused(_("签名不对：它签的不是这一轮现在的票数和答卷。"), status=422)
    LEDGER.append(session, result_entries.attest(by=by, said=said, sig=sig), at=now)


def publish(session: Session, label: str, *, keys: Keyring, now: datetime, origin: str = ORIGIN) -> Wave:
    """Log the score, the wave's last entry; from then on everything is public.

    Refused before the release is frozen, and where the stranger's checks would fail.
    """
    wave = _counted(session, label)
    tallied, score = waves.grouped_tally(session, wave)
    late = late_difference.tsv(session, wave)
    line = result_entries.score(
        score=score,
        state=tallied.state,
        direct=direct(session, label),
        late=NOTHING if late is None else digest(late),
    )
    bundle.check(session, wave, line, keys=keys, origin=origin)
    session.add(
        WaveResult(
            wave_label=label, tally=tallied.tsv().decode(), late=None if late is None else late.decode()
        )
    )
    wave.last_entry = LEDGER.append(session, line, at=now)
    wave.state, wave.closed_at = "closed", now
    session.flush()
    return wave


def direct(session: Session, label: str) -> str:
    """Return the release's own figure of the city, in per cent with one digit, or `none`."""
    for row in releases.rows_of(releases.get(session, label)):
        if (row.level, row.item, row.den) == CITY and row.est_direct is not None:
            return f"{100 * row.est_direct:.1f}"
    return NOTHING


def _counted(session: Session, label: str) -> Wave:
    wave = waves.locked(session, label, states=("drawn",))
    if wave.counted_at is None:
        raise Refused(_("这一轮的得分还没有算出、定下，现在不能做这一步。"))
    return wave
