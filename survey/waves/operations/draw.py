"""The ceremony between freeze and field: sealed parts, the public value, opened parts, one draw."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.drawing import entries, frame, parts, sample
from survey.drawing.draw_text import key as key_of
from survey.models import Party, SampleUnit, Wave
from survey.waves.queries import parties as known_parties
from survey.waves.queries import waves
from survey.waves.rules import event_clock, wave_rules


def commit(session: Session, label: str, *, party: str, commitment: str, now: datetime) -> Party:
    """Log a party's sealed part: the SHA-256 of its 32 random bytes. Only before the public event.

    Raises Conflict for a digest that the ledger holds already, of any wave: its part may be known.
    """
    wave = waves.locked(session, label, states=("frozen",))
    event_clock.check_before(wave.beacon_source, now=now)
    if session.get(Party, (label, party)):
        raise Conflict(_("%(party)s 已经封存过密钥份额了。", party=party))
    if commitment in known_parties.seen_digests(session):
        raise Conflict(_("这个指纹在账本里已经出现过：用过的份额不能再用，请另做一份。"))
    index = wave.ledger.append(session, entries.commit(by=party, c=commitment, at=clock.stamp(now)), at=now)
    # The freeze ends with the last commitment: the public value must come after a log of this size.
    wave.beacon_after = index + 1
    row = Party(wave_label=label, party=party, commitment=commitment)
    session.add(row)
    session.flush()
    return row


def announce(session: Session, label: str, *, value: str, now: datetime, sig: str | None = None) -> None:
    """Log what the public event showed, from its instant on; `sig` is the hex signature of a drand round."""
    wave = waves.locked(session, label, states=("frozen",))
    event_clock.check_over(wave.beacon_source, now=now)
    if wave.beacon_after is None:
        raise Refused(_("还没有任何一方封存密钥份额，不能先记公开随机值。"))
    _check_witnessed(session, wave)
    line = entries.beacon(
        after=wave.beacon_after, source=wave.beacon_source, value=value, sig=sig, at=clock.stamp(now)
    )
    wave.ledger.append(session, line, at=now)
    wave.beacon_value, wave.state = value, "called"
    session.flush()


def _check_witnessed(session: Session, wave: Wave) -> None:
    """The freeze was witnessed before its event by as many as its design asks for."""
    asked = wave_rules.read(wave.rules).quorum
    cosigned = wave.ledger.cosigned
    signed = select(func.count()).where(cosigned.size == wave.beacon_after)
    if (event := event_clock.instant(wave.beacon_source)) is not None:
        signed = signed.where(cosigned.at < event)
    if (session.scalar(signed) or 0) < asked:
        raise Refused(
            _(
                "冻结时的检查点在公开事件以前没有 %(n)s 家见证单位签名，不能记公开随机值。"
                "事件已经过去的，这一轮要作废，重新冻结。",
                n=asked,
            )
        )


def reveal(session: Session, label: str, *, party: str, part: str, now: datetime) -> None:
    """Log a party's opened part; raise Refused unless it is the one that was sealed."""
    wave = waves.locked(session, label, states=("called",))
    row = session.get(Party, (label, party))
    if row is None:
        raise Refused(_("%(party)s 没有封存过密钥份额。", party=party), status=404)
    if row.part is not None:
        raise Conflict(_("%(party)s 已经公开过密钥份额了。", party=party))
    parts.check(part, c=row.commitment)
    wave.ledger.append(session, entries.reveal(by=party, r=part), at=now)
    row.part = part
    session.flush()


def draw(session: Session, label: str, *, now: datetime) -> Wave:
    """Draw the sample with its reserves, once; raise Refused before every part is open."""
    wave = waves.locked(session, label, states=("called",))
    text = waves.draw_txt(session, wave)
    if frame.frame_root(waves.frame_tsv(session, label)) != wave.frame_root:
        raise Refused(_("抽样框与冻结时登记的摘要不一致，不能抽样。"), status=500)
    wave.draw_key = key_of(text)
    drawn = sample.draw(
        waves.frame_rows(session, label),
        design=waves.design_rows(session, label),
        key=wave.draw_key,
        replicates=wave_rules.read(wave.rules).most,
        late=wave_rules.read(wave.rules).late,
    )
    wave.ledger.append(session, entries.draw(key=wave.draw_key), at=now)
    rows = [
        {
            "unit": unit.unit,
            "wave_label": label,
            "stratum": unit.stratum,
            "rank": unit.rank,
            "ticket": unit.ticket,
            "replicate": unit.replicate,
        }
        for unit in drawn
    ]
    session.execute(insert(SampleUnit), rows)
    wave.state, wave.drawn_at = "drawn", now
    session.flush()
    return wave


def void(session: Session, label: str, *, why: str, by: Iterable[str], now: datetime) -> None:
    """End a wave before its draw. Once the public value is known, `by` must name who refused to open a part.

    `why` is a code such as `refused_reveal`.
    """
    wave = waves.locked(session, label, states=("frozen", "called"))
    refusers = sorted(set(by))
    sealed = {party.party for party in waves.parties(session, label) if party.part is None}
    if unknown := sorted(set(refusers) - sealed):
        raise Refused(_("%(unknown)s 没有尚未公开的密钥份额。", unknown=unknown[0]), status=422)
    if wave.state == "frozen" and refusers:
        raise Refused(_("公开随机值还没有记下，谁也还没有拒绝公开密钥份额。"), status=422)
    if wave.state == "called" and not refusers:
        # Otherwise whoever dislikes the value would just try again.
        raise Refused(_("公开随机值已经记下，只有在某一方拒绝公开密钥份额时才能作废，请写明是谁。"))
    wave.last_entry = wave.ledger.append(session, entries.close(result="void", why=why, by=refusers), at=now)
    wave.state, wave.closed_at = "void", now
    session.flush()
