"""A wave as it lies in the database: the row locked for a step, and its published files, byte for byte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from huying.base.clock import local
from huying.base.errors import Conflict, Gone, NotFound, Refused
from huying.base.i18n import _, lazy
from huying.ledger.keys import parse_vkey
from survey.drawing import answers as sealed
from survey.drawing import design, draw_text, exclude, frame, groups, sample, tally
from survey.drawing import grouped_tally as grouped
from survey.drawing.canonical import parse_canonical
from survey.drawing.design import DesignRow
from survey.drawing.draw_text import DrawText
from survey.drawing.frame import FrameRow
from survey.drawing.grouped_tally import GroupedTally, Score
from survey.drawing.sample import DrawnUnit
from survey.models import (
    OF_REGISTRY,
    AnswerCommitment,
    Attempt,
    DroppedAnswer,
    FrameUnit,
    Party,
    SampledCase,
    SampleUnit,
    Stratum,
    Wave,
    WaveResult,
)
from survey.waves.queries import eligible

NAMES = {
    "frozen": lazy("已冻结，还没有公开随机值"),
    "called": lazy("已有公开随机值，还没有抽样"),
    "drawn": lazy("已抽样，正在访问"),
    "closed": lazy("已结束"),
    "void": lazy("已作废"),
}
REFUSED_REVEAL = "refused_reveal"
NOT_OPENED = lazy("公开的随机数出来以前就停下了，没有打开封存的数。")


def find(session: Session, label: str) -> Wave:
    """Return the wave; raise NotFound where there is none."""
    wave = session.get(Wave, label)
    if wave is None:
        raise NotFound(_("没有 %(label)s 这一轮。", label=label))
    return wave


def locked(session: Session, label: str, *, states: Collection[str]) -> Wave:
    """Return the wave, held by this transaction; raise Conflict unless it is in one of `states`."""
    wave = session.get(Wave, label, with_for_update=True, populate_existing=True)
    if wave is None:
        raise NotFound(_("没有 %(label)s 这一轮。", label=label))
    if wave.state not in states:
        raise Conflict(
            _("%(label)s 这一轮%(names)s，现在不能做这一步。", label=label, names=NAMES[wave.state])
        )
    return wave


def latest(session: Session, *, most: int = 3) -> Sequence[Wave]:
    """Return the newest waves of the registry, the newest first."""
    return session.scalars(
        select(Wave).where(OF_REGISTRY).order_by(Wave.first_entry.desc()).limit(most)
    ).all()


def in_field(session: Session) -> Sequence[Wave]:
    """Return the waves that were drawn and whose field hasn't ended."""
    return session.scalars(_in_field()).all()


@cache
def _in_field() -> Select[Wave]:
    return select(Wave).where(Wave.state == "drawn", Wave.ended_at.is_(None)).order_by(Wave.label)


def why_void(session: Session, wave: Wave) -> str:
    """Return in a sentence why a wave is void and by whom, as the ledger has it; empty for others."""
    if wave.state != "void" or wave.last_entry is None:
        return ""
    line = parse_canonical(wave.ledger.lines(session, wave.last_entry, wave.last_entry + 1)[0])
    by = line.get("by")
    who = "、".join(map(str, by)) if isinstance(by, list) else ""
    if line["why"] == REFUSED_REVEAL:
        return _("%(who)s 不肯打开封存的数，所以不能再抽，只能重来。", who=who) if who else str(NOT_OPENED)
    why = _("公开的随机数出来以前就停下了，账本里记的原因代码是 %(why)s。", why=line["why"])
    return (
        why
        if not who
        else _("%(who)s 没有打开封存的数，账本里记的原因代码是 %(why)s。", who=who, why=line["why"])
    )


def witnesses(session: Session, wave: Wave) -> list[str]:
    """Return the verifier keys of those who signed a checkpoint of this wave, by name."""
    cosigned = wave.ledger.cosigned
    signed = select(cosigned.key).distinct().where(cosigned.size > wave.first_entry)
    if wave.last_entry is not None:
        signed = signed.where(cosigned.size <= wave.last_entry + 1)
    public = set(session.scalars(signed))
    known = map(parse_vkey, session.scalars(select(wave.ledger.witness.vkey)))
    return sorted(key.text for key in known if key.public.hex() in public)


def has_checkpoint(session: Session, wave: Wave) -> bool:
    """Whether a checkpoint of a wave's ledger has been signed that anybody could keep."""
    return session.scalar(select(wave.ledger.stored.size).limit(1)) is not None


def strata(session: Session, label: str) -> Sequence[Stratum]:
    """Return the wave's strata in their order."""
    rows = session.scalars(select(Stratum).where(Stratum.wave_label == label)).all()
    return sorted(rows, key=lambda row: row.stratum)


def grids(session: Session, label: str) -> dict[str, str]:
    """Return the grid of each stratum of the wave."""
    rows = select(Stratum.stratum, Stratum.grid_code).where(Stratum.wave_label == label)
    return dict(sorted(session.execute(rows).all()))


def grid_of(session: Session, label: str, *, stratum: str) -> str:
    """Return the grid of a stratum: what people are told instead of an arm."""
    return session.get_one(Stratum, (label, stratum)).grid_code


def first_calls(session: Session, label: str) -> tuple[int, int]:
    """Return how many grids the wave has, and how many households its main sample."""
    counts = select(func.count(Stratum.grid_code.distinct()), func.sum(Stratum.sample_size))
    held, drawn = session.execute(counts.where(Stratum.wave_label == label)).one()
    return held, drawn or 0


def design_row(stratum: Stratum) -> DesignRow:
    """Return a stratum as the design has it."""
    return DesignRow(stratum.stratum, stratum.frame_size, stratum.sample_size, stratum.replicate_size)


def design_rows(session: Session, label: str) -> tuple[DesignRow, ...]:
    """Return the wave's design."""
    return tuple(design_row(stratum) for stratum in strata(session, label))


def frame_rows(session: Session, label: str) -> tuple[FrameRow, ...]:
    """Return the wave's frame."""
    columns = select(FrameUnit.unit, FrameUnit.stratum, FrameUnit.commitment)
    return tuple(FrameRow(*row) for row in session.execute(columns.where(FrameUnit.wave_label == label)))


def parties(session: Session, label: str) -> Sequence[Party]:
    """Return who sealed a part of the wave's key."""
    return session.scalars(select(Party).where(Party.wave_label == label).order_by(Party.party)).all()


def drawn_units(session: Session, label: str, *, released: bool = False) -> tuple[DrawnUnit, ...]:
    """Return the drawn units by stratum, then rank; only the released ones if so asked."""
    columns = select(
        SampleUnit.stratum, SampleUnit.rank, SampleUnit.ticket, SampleUnit.unit, SampleUnit.replicate
    ).where(SampleUnit.wave_label == label)
    if released:
        columns = columns.join(SampledCase, SampledCase.unit == SampleUnit.unit)
    units = (DrawnUnit(*row) for row in session.execute(columns))
    return tuple(sorted(units, key=lambda unit: (unit.stratum, unit.rank)))


def frame_tsv(session: Session, label: str) -> bytes:
    """Return the wave's `frame.tsv`: public from the freeze on."""
    return frame.build(frame_rows(session, label))


def design_tsv(session: Session, label: str) -> bytes:
    """Return the wave's `design.tsv`: public from the freeze on."""
    return design.build(design_rows(session, label))


def draw_txt(session: Session, wave: Wave) -> bytes:
    """Return the wave's `draw.txt`; raise Refused before every part is open. Public from the close on."""
    opened = {party.party: party.part for party in parties(session, wave.label)}
    missing = sorted(party for party, part in opened.items() if part is None)
    if missing or not opened or wave.beacon_value is None:
        raise Refused(
            _("还没有公开密钥份额：%(names)s。", names="、".join(missing))
            if missing
            else _("公开随机值还没有记下。")
        )
    return draw_text.build(
        DrawText(
            wave=wave.label,
            frame_units=wave.frame_size,
            frame_root=wave.frame_root,
            design=wave.design_sha256,
            source=wave.beacon_source,
            value=wave.beacon_value,
            parts={party: part for party, part in opened.items() if part is not None},
        )
    )


def exclude_tsv(session: Session, wave: Wave) -> bytes | None:
    """Return the wave's `exclude.tsv`, None where nobody was left out; public from the close on."""
    line = parse_canonical(wave.ledger.lines(session, wave.first_entry + 1, wave.first_entry + 2)[0])
    waves = line.get("waves")
    if line["t"] != "exclude" or not isinstance(waves, list):
        return None
    return exclude.build(eligible.excluded(session, [str(each) for each in waves]))


def sample_tsv(session: Session, label: str) -> bytes:
    """Return `sample.tsv` of the released units: public from the close on."""
    return sample.sample_tsv(drawn_units(session, label, released=True))


def tally_of(session: Session, label: str) -> dict[str, tally.TallyCounts]:
    """Return the counts of the headline answers per stratum."""
    columns = select(AnswerCommitment.stratum, AnswerCommitment.answer).where(counts_in(label))
    return tally.count(_pairs(session.execute(columns).all()))


def counts_in(label: str) -> ColumnElement[bool]:
    """Of sealed answers: those of a wave that no correction dropped."""
    dropped = exists().where(DroppedAnswer.commitment == AnswerCommitment.commitment)
    return and_(AnswerCommitment.wave_label == label, ~dropped)


def minutes_tsv(session: Session, label: str) -> bytes:
    """Return `minutes.tsv`: when each call was made, for accredited auditors alone."""
    calls = select(Attempt.unit, Attempt.minute_nonce, Attempt.dialled_at).join(
        SampledCase, SampledCase.unit == Attempt.unit
    )
    calls = calls.where(SampledCase.wave_label == label, Attempt.minute_nonce.is_not(None))
    number: Counter[str] = Counter()
    rows = []
    for unit, nonce, at in session.execute(calls.order_by(Attempt.unit, Attempt.n)):
        number[unit] += 1
        clock = f"{local(at):%H:%M}" if at else ""
        rows.append("\t".join((unit, str(number[unit]), nonce or "", clock)))
    return "".join(f"{row}\n" for row in sorted(rows)).encode()


def grouped_tally(session: Session, wave: Wave) -> tuple[GroupedTally, Score]:
    """Return the tally of a wave's groups, and the score that follows from it."""
    held = groups.parse((wave.groups or "").encode())
    counts = tally_of(session, wave.label)
    sizes = {row.stratum: row.units for row in design_rows(session, wave.label)}
    tallied = grouped.count(counts, groups=held, sizes=sizes)
    completes = {stratum: sum(each) for stratum, each in counts.items()}
    return tallied, grouped.score(tallied, groups=held, sizes=sizes, completes=completes)


def tally_tsv(session: Session, wave: Wave) -> bytes:
    """Return `tally.tsv`: as published, else counted now; of groups, and of version 1 by stratum."""
    if (kept := session.get(WaveResult, wave.label)) is not None:
        return kept.tally.encode()
    if wave.groups is None:
        return tally.build(tally_of(session, wave.label), design=design_rows(session, wave.label))
    return grouped_tally(session, wave)[0].tsv()


def openings_tsv(session: Session, label: str) -> bytes:
    """Return `openings.tsv`: for accredited auditors alone, after the close."""
    wave = find(session, label)
    if wave.state != "closed" and wave.ended_at is None:
        raise Refused(_("这一轮结束以后才能打开回答承诺。"))
    columns = select(AnswerCommitment.stratum, AnswerCommitment.nonce, AnswerCommitment.answer)
    rows = session.execute(columns.where(counts_in(label))).all()
    if any(not nonce for _stratum, nonce, _answer in rows):
        raise Gone(_("%(label)s 这一轮的回答已经销毁，打不开了。", label=label))
    return sealed.openings_tsv(sealed.Opening(*row) for row in rows)


def _pairs(rows: Iterable[Sequence[object]]) -> list[tuple[str, int]]:
    return [(str(stratum), int(str(answer))) for stratum, answer in rows]
