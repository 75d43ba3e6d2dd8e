"""Steps of a call as text, to be stored with the event that they answered."""

from __future__ import annotations

import json
from dataclasses import asdict

from huying.telephony.voice import CallStep, Connect, Gather, HangUp

KINDS: dict[str, type[CallStep]] = {"gather": Gather, "connect": Connect, "hang_up": HangUp}


def dump(step: CallStep) -> str:
    """Return a step as JSON."""
    kind = next(name for name, made in KINDS.items() if isinstance(step, made))
    return json.dumps({"kind": kind, **asdict(step)}, ensure_ascii=False)


def load(text: str) -> CallStep:
    """Return the step that `dump` wrote."""
    said = json.loads(text)
    return KINDS[said.pop("kind")](**said)
