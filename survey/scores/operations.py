"""Scores of a wave that has ended: estimated once and frozen, attested by auditors, then logged."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger.keys import parse_vkey
from survey import campaign
from survey.drawing import fields, result_entries
from survey.drawing.attest import Statement
from survey.fieldwork.operations import taken_out
from survey.fieldwork.queries import taken_out as taken_out_of
from survey.ledger_key import ORIGIN
from survey.models import CorrectedRelease, ScoreRelease, Wave, WaveResult
from survey.scores.queries import auditing, export, figures, making, releases
from survey.scores.rules import detail
from survey.scores.rules.inputs import text
from survey.scores.rules.making import make
from survey.scores.rules.steps import READING, Told, silent
from survey.waves.operations import bundle
from survey.waves.queries import late_difference, waves
from survey.waves.rules import deadlines, wave_rules
from survey.waves.rules.early_ending import check_reason


def estimate(session: Session, label: str, *, now: datetime, told: Told = silent) -> ScoreRelease:
    """Compute and freeze the scores of a wave, once: the first release stands. Refused before the close.

    `told` hears how far it is, and stops it by raising: nothing is stored before the last step is over.

    Made more than a week after the field's end, a release doesn't stand in the wave's score: the ledger has
    it in an entry of its own.
    """
    wave = waves.find(session, label)
    if wave.is_campaign:
        raise Refused(_("%(label)s 是一次核实，在“核实”里计算。", label=label))
    if wave.state != "closed" and wave.ended_at is None:
        raise Refused(_("这一轮还没有结束，不能计算得分。"))
    campaign.campaign_lock(session)
    if (frozen := releases.first(session, label)) is not None:
        return frozen
    made = _computed(session, wave, now=now, told=told)
    if wave.counted_at is None and wave.state == "drawn":
        wave.counted_at = now
    session.flush()
    if deadlines.is_late(wave.ended_at, now=now):
        sha256, direct = export.digest_of(made), figures.city_figure(made)
        line = result_entries.release_made(wave=label, sha256=sha256, direct=direct)
        wave.ledger.append(session, line, at=now)
    return made


def correct(
    session: Session, label: str, *, why: str, by: str, now: datetime, told: Told = silent
) -> CorrectedRelease:
    """Make the scores of a wave again, beside those that are out, without the completes undone since.

    Both stay to be seen; the ledger has the digests of both. Refused before the score is published, and
    Conflict where nothing was undone.
    """
    campaign.campaign_lock(session)
    wave = waves.locked(session, label, states=("closed",))
    former = releases.every(session, label)
    if not former:
        raise Refused(_("这一轮还没有得分。"))
    number, reason = len(former) + 1, check_reason(why)
    units = taken_out.leave_out(session, label, number=number)
    told(READING, 0, 1)
    given = making.again(session, wave, former, undone=len(units), why=reason)
    found = make(given, told=told)
    made = CorrectedRelease(
        wave_label=label,
        number=number,
        made_at=now,
        made_by=by,
        why=reason,
        inputs_sha256=given.inputs.digest,
        body=found.body,
        detail=text(detail.of(label, found.figures)),
    )
    session.add(made)
    session.flush()
    line = result_entries.release_again(
        wave=label,
        number=number,
        sha256=export.digest_of(made),
        former=export.digest_of(former[-1]),
        direct=figures.city_figure(made),
        drop=taken_out_of.commitments(session, units),
    )
    wave.ledger.append(session, line, at=now)
    return made


def _computed(session: Session, wave: Wave, *, now: datetime, told: Told) -> ScoreRelease:
    told(READING, 0, 1)
    given = making.first(session, wave)
    found = make(given, told=told)
    made = ScoreRelease(
        wave_label=wave.label,
        made_at=now,
        inputs_sha256=given.inputs.digest,
        body=found.body,
        detail=text(detail.of(wave.label, found.figures)),
    )
    session.add(made)
    return made


def estimate_and_publish(
    session: Session,
    label: str,
    *,
    keys: Keyring,
    now: datetime,
    origin: str = ORIGIN,
    told: Told = silent,
) -> ScoreRelease:
    """Freeze the scores; where no auditor is named, nothing is waited for and the score is logged."""
    made = estimate(session, label, now=now, told=told)
    wave = waves.find(session, label)
    if wave.state == "drawn" and not wave_rules.read(wave.rules).auditors:
        publish(session, label, keys=keys, now=now, origin=origin)
    return made


def statement(session: Session, label: str, *, now: datetime, blind: bool = False) -> Statement:
    """Return what an auditor is asked to sign, once the answers are counted; `blind` to the corrections."""
    said = auditing.statement_of(session, _counted(session, label, now=now))
    return replace(said, corrections=None) if blind else said


def attest(session: Session, label: str, *, by: str, sig: str, now: datetime, blind: bool = False) -> None:
    """Log what an auditor has signed; raise Refused for a key that the design doesn't name, or a bad one."""
    wave = _counted(session, label, now=now)
    said = statement(session, label, now=now, blind=blind)
    named = wave_rules.read(wave.rules).auditors
    if by not in named:
        raise Refused(_("封存的方案里没有这位审计员的公钥。"), status=422)
    fields.SIGNATURE.check(sig)
    if not parse_vkey(by).accepts(base64.b64decode(sig), message=said.text()):
        raise Refused(_("签名不对：它签的不是这一轮现在的票数和答卷。"), status=422)
    wave.ledger.append(session, result_entries.attest(by=by, said=said, sig=sig), at=now)


def publish(session: Session, label: str, *, keys: Keyring, now: datetime, origin: str = ORIGIN) -> Wave:
    """Log the score, the wave's last entry; from then on everything is public.

    Refused before the release is frozen, for a week after the field's end, and where the stranger's checks
    would fail.
    """
    wave = _counted(session, label, now=now)
    late = late_difference.tsv(session, wave)
    line = figures.score_line(session, wave, late=late)
    bundle.check(session, wave, line, keys=keys, origin=origin)
    session.add(
        WaveResult(
            wave_label=label,
            tally=waves.tally_tsv(session, wave).decode(),
            late=None if late is None else late.decode(),
        )
    )
    wave.last_entry = wave.ledger.append(session, line, at=now)
    wave.state, wave.closed_at = "closed", now
    session.flush()
    if wave_rules.read(wave.rules).quorum:
        # Signed now: the bundle waits for its witnesses under this very size.
        bundle.checkpoint(session, wave, keys=keys, origin=origin)
    return wave


def _counted(session: Session, label: str, *, now: datetime) -> Wave:
    wave = waves.locked(session, label, states=("drawn",))
    if wave.counted_at is None and not deadlines.is_late(wave.ended_at, now=now):
        raise Refused(_("这一轮的得分还没有算出、定下，现在不能做这一步。"))
    return wave
