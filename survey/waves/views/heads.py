"""Every page of a wave begins with what the wave lacks, and prints its figures together."""

from __future__ import annotations

from flask import Flask

from huying.base import clock
from huying.web.current import reading
from survey.waves.queries import wave_head
from survey.waves.queries.wave_head import WaveHead


def init_app(app: Flask) -> None:
    """Let the template that all pages of a wave share ask for it."""
    app.jinja_env.globals["head_of"] = _head_of


def _head_of(label: str) -> WaveHead:
    with reading() as session:
        return wave_head.of(session, label, now=clock.now())
