"""A sample drawn once more from what was sealed, held against the one that is stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from survey.drawing import frame, sample
from survey.drawing.draw_text import key as key_of
from survey.models import Wave
from survey.waves.queries import sealed, waves
from survey.waves.rules import wave_rules


def faults(session: Session, wave: Wave) -> Iterator[str]:
    """Say what of a wave that was drawn doesn't follow from its frame, its design and its key."""
    if wave.draw_key is None:
        return
    label, rules = wave.label, wave_rules.read(wave.rules)
    if frame.frame_root(waves.frame_tsv(session, label)) != wave.frame_root:
        yield f"{label}: frame"
    logged = [entry["key"] for entry in sealed.entries(session, wave) if entry["t"] == "draw"]
    if logged != [wave.draw_key] or key_of(waves.draw_txt(session, wave)) != wave.draw_key:
        yield f"{label}: key"
    drawn = sample.draw(
        waves.frame_rows(session, label),
        design=waves.design_rows(session, label),
        key=wave.draw_key,
        replicates=rules.most,
        late=rules.late,
    )
    differing = set(drawn) ^ set(waves.drawn_units(session, label))
    yield from sorted({f"{label}: {unit.unit}" for unit in differing})
