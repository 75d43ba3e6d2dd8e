"""Scores of a wave that has ended: estimated once and frozen, attested by auditors, then logged."""

from __future__ import annotations

import base64
from collections.abc import Sequence
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
from survey.scores.operations.computing import ComputedRelease, compute, compute_again
from survey.scores.queries import auditing, export, figures, previews, releases
from survey.scores.queries.releases import Release
from survey.scores.rules.steps import Told, silent
from survey.waves.operations import bundle
from survey.waves.queries import late_difference, waves
from survey.waves.rules import deadlines, wave_rules
from survey.waves.rules.early_ending import check_reason


def estimate(session: Session, label: str, *, now: datetime, told: Told = silent) -> ScoreRelease:
    """Compute and freeze the scores of a wave, once: the first release stands. Refused before the close.

    `told` hears how far it is, and stops it by raising: nothing is stored before the last step is over.
    """
    wave = ended_wave(session, label)
    campaign.campaign_lock(session)
    if (frozen := releases.first(session, label)) is not None:
        return frozen
    return keep(session, wave, compute(session, wave, told=told), now=now)


def ended_wave(session: Session, label: str) -> Wave:
    """Return a wave whose scores may be computed; raise Refused before its field is over."""
    wave = waves.find(session, label)
    if wave.is_campaign:
        raise Refused(_("%(label)s 是一次核实，在“核实”里计算。", label=label))
    if wave.state != "closed" and wave.ended_at is None:
        raise Refused(_("这一轮还没有结束，不能计算得分。"))
    return wave


def keep(session: Session, wave: Wave, computed: ComputedRelease, *, now: datetime) -> ScoreRelease:
    """Freeze the first release of a wave.

    Made more than a week after the field's end, it doesn't stand in the wave's score: the ledger has it in an
    entry of its own.
    """
    made = ScoreRelease(
        wave_label=wave.label,
        made_at=now,
        inputs_sha256=computed.inputs_sha256,
        body=computed.body,
        detail=computed.detail,
    )
    session.add(made)
    if wave.counted_at is None and wave.state == "drawn":
        wave.counted_at = now
    session.flush()
    if deadlines.is_late(wave.ended_at, now=now):
        sha256, direct = export.digest_of(made), figures.city_figure(made)
        line = result_entries.release_made(wave=wave.label, sha256=sha256, direct=direct)
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
    reason = check_reason(why)
    computed = corrected(session, wave, why=reason, told=told)
    return keep_again(session, wave, computed, why=reason, by=by, now=now)


def corrected(session: Session, wave: Wave, *, why: str, told: Told = silent) -> ComputedRelease:
    """Return the release that would follow those of a wave that are out; store nothing.

    Refused before the first one, and Conflict where nothing was undone.
    """
    former, undone = correctable(session, wave.label)
    return compute_again(session, wave, former, why=why, undone=undone, told=told)


def correctable(session: Session, label: str) -> tuple[Sequence[Release], int]:
    """Return a wave's releases, and how many completes were undone since the last one.

    Raise Refused where there is none, Conflict where nothing was undone.
    """
    former = releases.every(session, label)
    if not former:
        raise Refused(_("这一轮还没有得分。"))
    undone = taken_out_of.confirmed(session, label)
    taken_out.check_any(undone)
    return former, len(undone)


def keep_again(
    session: Session, wave: Wave, computed: ComputedRelease, *, why: str, by: str, now: datetime
) -> CorrectedRelease:
    """Freeze a release that follows others; from it on the completes undone count no more."""
    former = releases.every(session, wave.label)[-1]
    units = taken_out.leave_out(session, wave.label, number=computed.number)
    made = CorrectedRelease(
        wave_label=wave.label,
        number=computed.number,
        made_at=now,
        made_by=by,
        why=why,
        inputs_sha256=computed.inputs_sha256,
        body=computed.body,
        detail=computed.detail,
    )
    session.add(made)
    session.flush()
    line = result_entries.release_again(
        wave=wave.label,
        number=computed.number,
        sha256=export.digest_of(made),
        former=export.digest_of(former),
        direct=figures.city_figure(made),
        drop=taken_out_of.commitments(session, units),
    )
    wave.ledger.append(session, line, at=now)
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
    publish_unattested(session, waves.find(session, label), keys=keys, now=now, origin=origin)
    return made


def publish_unattested(session: Session, wave: Wave, *, keys: Keyring, now: datetime, origin: str) -> None:
    """Log the score of a wave whose design names no auditor to wait for."""
    if wave.state == "drawn" and not wave_rules.read(wave.rules).auditors:
        publish(session, wave.label, keys=keys, now=now, origin=origin)


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

    Refused before the release is frozen, for a week after the field's end, while the judged look at it, and
    where the stranger's checks would fail.
    """
    wave = _counted(session, label, now=now)
    previews.check_over(session, label, now=now)
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
