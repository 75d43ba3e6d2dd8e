"""What a household's record in a frame is sealed to."""

from __future__ import annotations


def record_context(unit: str) -> str:
    """Return the context to which a unit's record is sealed."""
    return f"frame_unit.record:{unit}"
