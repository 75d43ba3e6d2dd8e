"""A freeze by page or command: what the design will tell is looked at first, and kept beside the wave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.phones import Vault
from survey.drawing.canonical import canonical
from survey.models import Wave, WaveOutlook
from survey.waves.operations import freeze as freezing
from survey.waves.queries import outlook
from survey.waves.rules import event_clock
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.outlook import Confirmation, DesignOutlook


def freeze(
    session: Session,
    request: FreezeRequest,
    confirmed: Confirmation,
    *,
    vault: Vault,
    now: datetime,
    codes: Mapping[str, str] | None = None,
    frame_secret: bytes | None = None,
) -> Wave:
    """Freeze a wave as `freeze.freeze` does; keep what it is expected to tell.

    Raises Invalid where the event isn't to come, or where nothing would be shown and nobody says why.
    """
    event_clock.check_coming(request.beacon_source, now=now)
    request.check_late()
    found = outlook.of_request(session, request, expected=confirmed.expected)
    check_worth(found, why=confirmed.why)
    wave = freezing.freeze(session, request, vault=vault, now=now, codes=codes, frame_secret=frame_secret)
    session.add(_kept(wave, found, confirmed, now=now))
    session.flush()
    return wave


def check_worth(found: DesignOutlook, *, why: str) -> None:
    """Raise Invalid where a design would show nothing and `why` is empty."""
    if found.shows_nothing and not why.strip():
        raise Invalid(
            _(
                "这样的设计，预计连全市也不到 10 份回答，什么都公布不了。"
                "请多抽一些；一定要这样做，就写明理由，理由会公布。"
            )
        )


def _kept(wave: Wave, found: DesignOutlook, confirmed: Confirmation, *, now: datetime) -> WaveOutlook:
    return WaveOutlook(
        wave_label=wave.label,
        response=round(confirmed.expected.response * 1000),
        eligible=round(confirmed.expected.eligible * 1000),
        levels=canonical({"levels": [asdict(each) for each in found.levels]}).decode(),
        why=confirmed.why.strip() if found.shows_nothing else "",
        by=confirmed.by,
        at=now,
    )
