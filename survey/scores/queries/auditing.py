"""What an auditor is given once the answers are counted, and what it adds up to on the auditor's machine."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing import answers, grouped_tally, groups, tally
from survey.drawing import attest as attests
from survey.drawing import design as designs
from survey.drawing.attest import Statement
from survey.drawing.canonical import Object, parse_canonical
from survey.models import Wave
from survey.waves.queries import sealed, waves

NAMES = ("log.txt", "design.tsv", "groups.tsv", "tally.tsv", "openings.tsv", "minutes.tsv")


def files(session: Session, label: str) -> dict[str, bytes]:
    """Return the files by name; raise Refused before the field's end."""
    wave = waves.find(session, label)
    openings = waves.openings_tsv(session, label)
    return {
        "log.txt": b"".join(line + b"\n" for line in sealed.lines(session, wave)),
        "design.tsv": waves.design_tsv(session, label),
        "groups.tsv": (wave.groups or "").encode(),
        "tally.tsv": waves.tally_tsv(session, wave),
        "openings.tsv": openings,
        "minutes.tsv": waves.minutes_tsv(session, label),
    }


def looked_through(label: str, folder: Path, *, blind: bool) -> Statement:
    """Return what may be signed of the files in a folder.

    Raises Refused unless the openings are the ledger's commitments and add up to the tally.
    """
    data = {name: (folder / name).read_bytes() for name in NAMES}
    log = [parse_canonical(line) for line in data["log.txt"].splitlines()]
    if log[0].get("wave") != label:
        raise Refused(_("这些材料不是 %(label)s 这一轮的。", label=label))
    opened = answers.parse_openings(data["openings.tsv"]) if data["openings.tsv"] else ()
    if Counter((each.stratum, each.commitment()) for each in opened) != _commitments(log):
        raise Refused(_("答卷打开以后，与账本里封存的不一致，不能签名。"))
    sizes = {row.stratum: row.units for row in designs.parse(data["design.tsv"])}
    counts = tally.count((each.stratum, each.answer) for each in opened)
    held = groups.parse(data["groups.tsv"])
    if grouped_tally.count(counts, groups=held, sizes=sizes).tsv() != data["tally.tsv"]:
        raise Refused(_("答卷加起来不是这份票数，不能签名。"))
    lines = [line for line in data["log.txt"].splitlines() if parse_canonical(line)["t"] == "correction"]
    return attests.statement(
        label,
        tally=data["tally.tsv"],
        openings=data["openings.tsv"],
        corrections=None if blind else lines,
    )


def _commitments(log: list[Object]) -> Counter[tuple[str, str]]:
    """What the ledger sealed, less what corrections dropped."""
    found: Counter[tuple[str, str]] = Counter()
    dropped: set[str] = set()
    for entry in log:
        batch, drop = entry.get("c"), entry.get("drop")
        if entry["t"] == "answers" and isinstance(batch, dict):
            for stratum, held in batch.items():
                found.update((stratum, str(each)) for each in (held if isinstance(held, list) else ()))
        elif entry["t"] == "correction" and isinstance(drop, list):
            dropped.update(map(str, drop))
    return Counter({pair: n for pair, n in found.items() if pair[1] not in dropped})


def statement_of(session: Session, wave: Wave) -> Statement:
    """Return what is signed of a wave that is counted, corrections seen."""
    lines = [line for line in sealed.lines(session, wave) if parse_canonical(line)["t"] == "correction"]
    return attests.statement(
        wave.label,
        tally=waves.tally_tsv(session, wave),
        openings=waves.openings_tsv(session, wave.label),
        corrections=lines,
    )


def attested(session: Session, wave: Wave) -> list[str]:
    """Return the names of the auditors who have signed."""
    signed = (each for each in sealed.entries(session, wave) if each["t"] == "attest")
    return sorted({str(each["by"]).partition("+")[0] for each in signed})
