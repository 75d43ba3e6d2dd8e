"""Where the demo lies and how its two sides are set: a folder each, loopback addresses, demo mode."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from huying.base import settings
from huying.base.errors import Refused
from huying.base.keys import make_private
from huying.base.settings import Settings

PUBLIC_PORT, SURVEY_PORT, PLAY_PORT = 8000, 8001, 8002
BEGUN, MARK = "demo-begun", "demo.json"
"""Files that say: the data here are a demo's; and the demo is whole."""

FOLDERS = ("public", "survey", "play", "deposits", "keys", "messages")
"""What a demo makes; the last two lay beside each other before each side had a folder of its own."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """The demo's folder and addresses."""

    data: Path
    public_port: int = PUBLIC_PORT
    survey_port: int = SURVEY_PORT
    play_port: int = PLAY_PORT

    @property
    def public_url(self) -> str:
        """Where residents, workers and departments go."""
        return f"http://127.0.0.1:{self.public_port}"

    @property
    def survey_url(self) -> str:
        """Where registrar, interviewers and assessors go."""
        return f"http://127.0.0.1:{self.survey_port}"

    @property
    def play_url(self) -> str:
        """Where a visitor plays a small wave."""
        return f"http://127.0.0.1:{self.play_port}/play"

    def environment(self, side: str) -> dict[str, str]:
        """Return the environment of a side's processes: nothing of an installation reaches it."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HUYING_")},
            "HUYING_DATA": str(self.data / side),
            "HUYING_DEMO": "1",
            "HUYING_PUBLIC_UNIT": "云川市示范区网格办（虚构）",
            "HUYING_SURVEY_UNIT": "云川市独立测评中心（虚构）",
            "HUYING_PUBLIC_BASE_URL": self.public_url,
            "HUYING_SURVEY_BASE_URL": self.survey_url,
        }

    def public(self) -> Settings:
        """Return the public side's settings."""
        return settings.load("public", "HUYING_PUBLIC", self.environment("public"))

    def survey(self) -> Settings:
        """Return the independent side's settings."""
        return settings.load("survey", "HUYING_SURVEY", self.environment("survey"))

    def story(self) -> Mapping[str, str] | None:
        """Return what was noted when the demo was made, or None where there is no whole demo."""
        mark = self.data / MARK
        if not mark.exists() or not (self.data / "public").exists():
            return None
        found: dict[str, str] = json.loads(mark.read_text(encoding="utf-8"))
        return found

    def note(self, story: Mapping[str, str]) -> None:
        """Mark the demo as whole: the last thing done when it is made."""
        text = json.dumps(dict(story), ensure_ascii=False, indent=1)
        (self.data / MARK).write_text(text, encoding="utf-8")

    def clear(self) -> None:
        """Remove a demo, whole or half made; refuse to remove anything else."""
        folders = [self.data / name for name in FOLDERS]
        files = [*self.data.glob("*.db*"), self.data / MARK]
        if any(path.exists() for path in (*folders, *files)) and not (self.data / BEGUN).exists():
            raise Refused(f"{self.data} 里不是演示数据，不会清除。请换一个 HUYING_DATA。")
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        for file in files:
            file.unlink(missing_ok=True)
        make_private(self.data)
        (self.data / BEGUN).touch()
