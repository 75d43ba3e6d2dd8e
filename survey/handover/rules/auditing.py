"""The package for auditors: all that a release is made of, and the release; written and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from huying.base import assets
from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.grouped_tally import GroupedTally, TallyRow
from survey.handover.rules import rows
from survey.scores.rules import table
from survey.scores.rules.inputs import ScoreInputs, pooling, text
from survey.scores.rules.release import ScoreRow
from survey.scores.rules.release_making import FrozenBefore, ReleaseInputs

FORMAT = "huying-auditors/v1"
PACKAGE, RELEASE, TABLE, FIGURES = "package.json", "release.json", "scores.csv", "figures.csv"
SCRIPT, WAVES, READ_ME, DIGESTS = "estimates.R", "waves.csv", "README.txt", "SHA256SUMS"
SHOWN_FIGURES = (
    "level", "unit", "place", "item", "den", "method", "n", "value", "se", "df", "plain_low", "plain_high",
    "direct", "direct_low", "direct_high", "n_eff",
)  # fmt: skip
"""What `figures.csv` has of every figure: those before rounding, hidden ones too."""


@dataclass(frozen=True, slots=True)
class About:
    """What a package says of the release: when it was made, the digest of its inputs, which code made it."""

    made_at: str
    inputs_sha256: str
    versions: Mapping[str, str]


def files(
    given: ReleaseInputs, body: str, figures: Sequence[Mapping[str, Any]], about: About
) -> dict[str, bytes]:
    """Return the package's files by name; `body` is the release as it was frozen."""
    waves = [*given.inputs.former, *(each.inputs for each in given.before), given.inputs]
    found = {
        READ_ME: _asset("auditors.txt"),
        PACKAGE: text(_package(given, body, about)).encode() + b"\n",
        RELEASE: body.encode(),
        TABLE: "".join(table.lines(_rows(body), digest=_digest(body))).encode(),
        FIGURES: rows.table([SHOWN_FIGURES, *([each.get(one) for one in SHOWN_FIGURES] for each in figures)]),
        SCRIPT: _asset(SCRIPT),
        WAVES: rows.table([["folder"], *([_folder(each)] for each in (*given.inputs.former, given.inputs))]),
    }
    for each in given.before:
        found[f"{_folder(each.inputs)}/{RELEASE}"] = _bodies(each).encode()
    for wave in waves:
        found |= {f"{_folder(wave)}/{name}": data for name, data in rows.files(wave).items()}
    return found


def with_digests(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a package's files with the list of their digests."""
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    return {**found, DIGESTS: sums.encode()}


def _asset(name: str) -> bytes:
    return (assets.folder("templates") / "handover" / name).read_bytes()


def _digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def _rows(body: str) -> list[ScoreRow]:
    return [ScoreRow(**row) for row in json.loads(body)["rows"]]


def _folder(inputs: ScoreInputs) -> str:
    return f"waves/{inputs.label}.{inputs.number}"


def _bodies(before: FrozenBefore) -> str:
    return text(
        {
            "rows": [
                {name: getattr(row, name) for name in table.COLUMNS if name != "release_sha256"}
                for row in before.rows
            ],
            "complaints": dict(before.complaints),
            "sha256": before.sha256,
        }
    )


def _package(given: ReleaseInputs, body: str, about: About) -> dict[str, Any]:
    tally = given.tally
    return {
        "format": FORMAT,
        "wave": given.inputs.label,
        "number": given.inputs.number,
        "made_at": about.made_at,
        "inputs_sha256": about.inputs_sha256,
        "release_sha256": _digest(body),
        "versions": dict(about.versions),
        "mean": given.mean,
        "undone": given.undone,
        "why": given.why,
        "former": [_folder(each) for each in given.inputs.former],
        "before": [_folder(each.inputs) for each in given.before],
        "own": _folder(given.inputs),
        "groups": {name: list(strata) for name, strata in given.groups.items()},
        "tally": None
        if tally is None
        else {"state": tally.state, "rows": [[row.group, row.counts, row.households] for row in tally.rows]},
        "shown": sorted([*cell, sorted(map(sorted, held))] for cell, held in given.shown.items()),
    }


@dataclass(frozen=True, slots=True, eq=False)
class AuditorsPackage:
    """A package read: what the release is made of, and the release that it holds."""

    given: ReleaseInputs
    body: str
    table: bytes


def read(found: Mapping[str, bytes]) -> AuditorsPackage:
    """Return a package's release with its inputs; raise Invalid where the files aren't a whole package."""
    _check_digests(found)
    try:
        return _read(found)
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise Invalid(
            _("这不是一个完整的审计包：%(fault)s", fault=f"{type(fault).__name__} {fault}")
        ) from None


def _check_digests(found: Mapping[str, bytes]) -> None:
    for line in found.get(DIGESTS, b"").decode(errors="replace").splitlines():
        wanted, _gap, name = line.partition("  ")
        if name not in found or sha256(found[name]).hexdigest() != wanted:
            raise Invalid(_("审计包里的 %(name)s 缺了，或被改过。", name=name))
    if DIGESTS not in found:
        raise Invalid(_("这不是一个完整的审计包：%(fault)s", fault=DIGESTS))


def _read(found: Mapping[str, bytes]) -> AuditorsPackage:
    said = json.loads(found[PACKAGE])
    former = [_wave(found, folder) for folder in said["former"]]
    own = pooling(_wave(found, said["own"]), former)
    before = [_before(found, folder, former) for folder in said["before"]]
    shown = {(unit, item, den): list(map(frozenset, held)) for unit, item, den, held in said["shown"]}
    given = ReleaseInputs(
        inputs=own,
        shown=shown,
        groups=said["groups"],
        tally=_tally(said["tally"]),
        mean=said["mean"],
        before=before,
        undone=said["undone"],
        why=said["why"],
    )
    return AuditorsPackage(given, found[RELEASE].decode(), found[TABLE])


def _wave(found: Mapping[str, bytes], folder: str) -> ScoreInputs:
    names = (rows.ROWS, rows.WAVE)
    return rows.read({name: found[f"{folder}/{name}"] for name in names})


def _before(found: Mapping[str, bytes], folder: str, former: Sequence[ScoreInputs]) -> FrozenBefore:
    said = json.loads(found[f"{folder}/{RELEASE}"])
    inputs = pooling(_wave(found, folder), former)
    rows_ = tuple(ScoreRow(**row) for row in said["rows"])
    return FrozenBefore(inputs, rows_, said["complaints"], said["sha256"])


def _tally(said: Mapping[str, Any] | None) -> GroupedTally | None:
    if said is None:
        return None
    rows_ = (TallyRow(group, tuple(counts), tuple(held)) for group, counts, held in said["rows"])
    return GroupedTally(tuple(rows_), said["state"])
