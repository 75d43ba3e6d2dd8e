"""A quarter of a town for stories of cases: five grids, their people and desks, one server, one clock."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from huying.base import clock
from tests.support.actors import PASSWORD
from tests.support.later import FILE
from tests.support.servers import Installation, free_port

NAMES = ("赵甲", "钱乙", "孙丙", "李丁", "周戊")
NUMBERS = tuple(f"+9991000111{n}" for n in range(1, 6))
"""Of whoever is on duty in the first to the fifth grid."""
HEADS = {
    "areas": "编号,上级编号,层级,名称,网格类型",
    "departments": "编号,名称",
    "staff": "工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束",
    "offices": "区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束",
    "posters": "网格编号,张贴地点",
}
ACCOUNTS = {
    "office": ("--role", "grid_office"),
    "leader": ("--role", "grid_leader", "--area", "S"),
    "coordinator": ("--role", "coordinator"),
    "operator": ("--role", "operator"),
    "water": ("--role", "department_officer", "--department", "water"),
    "urban": ("--role", "department_officer", "--department", "urban"),
    "district": ("--role", "department_officer", "--department", "district"),
    **{f"worker{n}": ("--role", "worker", "--worker", f"W{n}") for n in range(1, 6)},
}


def _rows(today: str) -> dict[str, Sequence[str]]:
    grids = range(1, 6)
    return {
        "areas": ["C,,city,云川市（虚构）,", "S,C,street,春街道,", "N,S,community,春一社区,"]
        + [f"G{n},N,grid,第{n}网格,老旧小区" for n in grids],
        "departments": ["water,水务局", "urban,城管局"],
        "staff": [f"W{n},{NAMES[n - 1]},G{n},{NUMBERS[n - 1]},{today},2026-01-01," for n in grids],
        "offices": [f"N,1,春一社区居委会（虚构）,+99920000001,{today},,"],
        "posters": [f"G{n},{n}号楼大厅" for n in grids],
    }


@dataclass(frozen=True, slots=True)
class Quarter:
    """The quarter's server, its clock, and what only somebody behind the desks could look up."""

    public: Installation

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.public.url

    def poster(self, grid: int) -> str:
        """Return the code of the poster that hangs in a grid."""
        return str(self._asked("SELECT code FROM poster WHERE grid_code = ?", f"G{grid}")[0][0])

    def sent(self, start: str = "") -> list[str]:
        """Return the short messages that went out to numbers beginning so, the oldest first."""
        found = sorted((self.public.data / "messages" / "public").glob("*.json"))
        all_sent = [json.loads(file.read_text(encoding="utf-8")) for file in found]
        return [each["text"] for each in all_sent if each["number"].startswith(start)]

    def rung(self) -> int:
        """Return how often a telephone was rung to say a message."""
        said = "SELECT count(*) FROM outbox WHERE channel = 'voice' AND state = 'sent'"
        return int(self._asked(said)[0][0])

    def desks(self) -> list[tuple[int, str, str]]:
        """Return each case's number, whose desk it is, and when its last step was stored."""
        last = "SELECT max(at) FROM case_step WHERE case_id = help_case.id"
        return self._asked(f"SELECT id, keeper, ({last}) FROM help_case ORDER BY id")

    def now(self) -> datetime:
        """Return the time by the quarter's clock."""
        return clock.now() + timedelta(seconds=float(self._ahead.read_text()))

    def passes(self, time: timedelta) -> None:
        """Let time pass at once, and what nobody clicks be done."""
        self._ahead.write_text(str(float(self._ahead.read_text()) + time.total_seconds()))
        self.public.run("work", "--once")

    @property
    def _ahead(self) -> Path:
        return Path(self.public.more[FILE])

    def _asked(self, query: str, *values: str) -> list[tuple]:
        with closing(sqlite3.connect(self.public.data / "public.db")) as database:
            return database.execute(query, values).fetchall()


def built(folder: Path) -> Quarter:
    """Return the quarter in a folder, with its areas, people, posters and accounts; nobody serves it yet."""
    ahead = folder / "ahead"
    ahead.write_text("0")
    public = Installation("feedback", folder / "public", free_port(), more={FILE: str(ahead)})
    (password := folder / "password").write_text(PASSWORD)
    tables = _rows(str(clock.day(clock.now())))
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text("\n".join((HEADS[name], *rows, "")), encoding="utf-8")
    public.runs(
        *(("import", name, str(folder / f"{name}.csv")) for name in tables),
        *(
            ("account", "add", login, "--name", login, *more, "--password-file", str(password))
            for login, more in ACCOUNTS.items()
        ),
    )
    return Quarter(public)
