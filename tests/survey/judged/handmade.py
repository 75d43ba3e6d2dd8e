"""A frozen release of a dozen grids as it might have come out: enough answers to be shown, and a model."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.orm import Session

from survey.attribution.rules.release import Attribution, body_of
from survey.attribution.rules.rows import AsideRow, HolderRow, Totals, WorkerScoreRow
from survey.models import AttributionRelease, ScoreRelease, WaveArea
from survey.scores.queries import export
from survey.scores.queries.releases import FORMAT
from survey.scores.rules import detail
from survey.scores.rules.release import ScoreRow

FOUR = "w3+w2+w1+{}"
GRIDS = tuple(f"G{number}" for number in range(1, 13))
ITEMS = (("overall", "all"), ("overall", "rated"), ("conduct", "rated"), ("result", "rated"))
SHOWN = ScoreRow(
    "w", "grid", "G1", "第1网格", "老旧小区", "conduct", "rated", 145, 50, 0.52, 0.41, 0.64, 0.5, 1.0,
    "below_95", "", "E",
)  # fmt: skip


def _blank(row: ScoreRow, notes: str) -> ScoreRow:
    none = dict.fromkeys(("n", "estimate", "low", "high", "unweighted", "position"))
    return replace(row, **none, footnotes=notes, status="Q")


def rows(label: str) -> list[ScoreRow]:
    """The city, a street, grids: the second hidden for its few answers, the third for the second's sake."""
    above = {"type": "", "position": None, "wave": label}
    city = replace(SHOWN, level="city", unit="C", name="云川市", item="overall", **above)
    street = replace(city, level="street", unit="S", name="春街道")
    made = [city, street, *(replace(street, item=item) for item in ("result", "department", "resolved"))]
    for number, code in enumerate(GRIDS, start=1):
        named = {"unit": code, "name": f"第{number}网格", "wave": FOUR.format(label)}
        grid = replace(SHOWN, **named)
        hidden = {"G2": "1", "G3": "2"}.get(code)
        for item, den in (
            ("overall", "all"),
            ("overall", "rated"),
            ("conduct", "rated"),
            ("result", "rated"),
        ):
            row = replace(grid, item=item, den=den)
            made.append(_blank(row, hidden) if hidden and item != "overall" else row)
    return made


def release(label: str, *, at: datetime) -> ScoreRelease:
    """The release, with the figures behind its rows."""
    body = {"format": FORMAT, "wave": label, "rows": [asdict(row) for row in rows(label)]}
    figures = [_figure(code, 8 if code == "G2" else 50) for code in GRIDS]
    behind = {"format": detail.FORMAT, "wave": label, "rows": figures}
    return ScoreRelease(
        wave_label=label,
        made_at=at,
        inputs_sha256="0" * 64,
        body=json.dumps(body, ensure_ascii=False),
        detail=json.dumps(behind),
    )


def _figure(code: str, n: int) -> dict[str, object]:
    psi = 1.15 * 0.52 * 0.48 / n
    weights = {"gamma": 0.02 / (0.02 + psi), "gamma_decision": 0.0105 / (0.0105 + psi), "between": 0.02}
    place = {"level": "grid", "unit": code, "item": "conduct", "den": "rated"}
    known = {"n": n, "n_eff": n / 1.15, "direct": 0.52, "below_type": True, "position": "below_95"}
    return place | known | weights


def hours(*, at: datetime, label: str | None = None) -> AttributionRelease:
    """A period: the water department was late, a case of the first grid was stuck with it.

    Composites are those of the wave `label`, if any; the first grid's lies far below the others.
    """
    none = dict.fromkeys(("rate", "low", "high", "on_worker"))
    zero = {"confirmed": 0, "blame": 0.0, "closed_falsely": 0, "returned": 0.0, "imposed": 12.0, **none}
    told = {"whistles": 2, "whistles_in_time": 1, "held": 3, "in_time": 2, "name": "", **zero}
    mine = HolderRow("grid", "G1", holder="worker", staff="W1", hours=20.5, over=0.0, **told)
    other = HolderRow("grid", "G4", holder="worker", staff="W4", hours=99.0, over=0.0, **told)
    water = HolderRow("street", "S", holder="dept:water", staff="", hours=360.0, over=288.0, **told)
    stuck = AsideRow("CASE0001", "G1", "W1", "elsewhere", "dept:water", 288.0)
    found = Attribution(
        period="2027-01",
        deposits=[],
        campaigns={},
        wave=None if label is None else (label, export.digest_of(release(label, at=at))),
        weights={},
        totals=Totals(
            unresolved=0, blame=0.0, unresolved_with_called=None, blame_with_called=None, by_receipt=0
        ),
        places=[],
        holders=[mine, other, water],
        scores=[_composite(code, 30.0 if code == "G1" else 74.0 + at) for at, code in enumerate(GRIDS)],
        department_scores=[],
        visits=[],
        test_calls=[],
        asides=[stuck],
        staff_items=[],
    )
    body = json.dumps(body_of(found))
    same = {"made_by": "assessor", "why": "", "inputs_sha256": "0" * 64}
    return AttributionRelease(period="2027-01", number=1, made_at=at, body=body, **same)


def _composite(grid: str, score: float) -> WorkerScoreRow:
    return WorkerScoreRow(grid, "S", "", f"W{grid[1:]}", score, 3.2, {}, (), "")


def keep(session: Session, label: str, *, at: datetime) -> None:
    """Store the release, and the map as it was at the freeze."""
    session.add(release(label, at=at))
    areas = [("C", None, "city", "云川市", ""), ("S", "C", "street", "春街道", "")]
    areas += [(code, "S", "grid", f"第{code[1:]}网格", "老旧小区") for code in GRIDS]
    for code, above, level, name, kind in areas:
        if session.get(WaveArea, (label, code)) is None:
            where = {"parent_code": above, "level": level, "name": name, "grid_type": kind}
            session.add(WaveArea(wave_label=label, code=code, **where))
    session.flush()
