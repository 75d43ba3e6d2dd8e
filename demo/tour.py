"""The walk through the demo in eight stops, from a poster to a score, left for both sides to show.

Its texts lie in both languages in `tour.toml`: neither side may know what the pages of the other are called.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from demo.place import DemoFolder
from huying.side.tour import FILE

STOPS = Path(__file__).with_name("tour.toml")


def write(place: DemoFolder, story: Mapping[str, str]) -> None:
    """Leave the walk in the folder of each side, with the addresses that both answer at."""
    stops = [_stop(place, stop, {"wave": "demo-1", **story}) for stop in read()]
    walk = json.dumps({"stops": stops, "play": place.play_url}, ensure_ascii=False, indent=1)
    for side in ("public", "survey"):
        (place.data / side / FILE).write_text(walk, "utf-8")


def read() -> list[Mapping[str, Any]]:
    """Return the stops as they are written down."""
    stops: list[Mapping[str, Any]] = tomllib.loads(STOPS.read_text("utf-8"))["stop"]
    return stops


def _stop(place: DemoFolder, stop: Mapping[str, Any], story: Mapping[str, str]) -> dict[str, Any]:
    base = {"public": place.public_url, "survey": place.survey_url}[stop["side"]]
    path = stop["path"].format_map(story)
    way = f"enter/{stop['login']}" if "login" in stop else "leave"
    return {"link": f"{base}/demo/{way}?next={quote(path)}", "zh": stop["zh"], "en": stop["en"]}
