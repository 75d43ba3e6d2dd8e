"""Where templates and static files lie: beside the packages in a checkout, inside the wheel elsewhere."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """Return the folder `templates` or `static`."""
    beside = HERE.parent / name
    return beside if beside.is_dir() else HERE / "_assets" / name
