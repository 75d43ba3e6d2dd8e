"""The worked example of the draw, every byte and every number of it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

from huying.ledger.tree import leaf_hash, root
from sampling.draws.tickets import ticket
from survey.drawing import answers, design, draw_text, entries, frame, household, parts, sample, tally
from survey.drawing.design import DesignRow
from survey.drawing.draw_text import DrawText
from survey.drawing.frame import FrameRow

EXAMPLE = Path(__file__).parents[2] / "vectors" / "draw" / "worked_example"
VALUES = json.loads((EXAMPLE / "values.json").read_bytes())
SECRET = bytes.fromhex(VALUES["frame_secret"])
DICE = "dice:2026-12-01T10:00+08:00,20d10"
PARTS = {"alpha": "11" * 32, "beta": "22" * 32}
UNITS = {"H63ZMJQWXXZHHJ": "A", "HB8KJCARQ37KJ7": "B", "HHKZQEF2JCZ7FM": "A", "HRGSTB3CFD3AM3": "A"}
DESIGN = (DesignRow("A", units=3, sample=2, replicate=1), DesignRow("B", units=1, sample=1, replicate=0))


def published(name: str) -> bytes:
    return (EXAMPLE / name).read_bytes()


def record(place: int) -> bytes:
    return household.record(addr=f"1-10{place + 1}", tel=f"+861380000000{place}")


def the_frame() -> bytes:
    return frame.build(
        FrameRow(unit, stratum, household.commit(SECRET, unit=unit, record=record(place)))
        for place, (unit, stratum) in enumerate(UNITS.items())
    )


def first_four_entries() -> list[bytes]:
    data = the_frame()
    sealed = [entries.commit(by=by, c=parts.seal(r)) for by, r in PARTS.items()]
    opening = [
        entries.frame(n=4, root=frame.frame_root(data), wave="demo"),
        entries.design(attempts=3, sha256=design.digest(design.build(DESIGN)), beacon=DICE, plan=1, most=1),
    ]
    return opening + sealed


def the_draw() -> bytes:
    return draw_text.build(
        DrawText(
            wave="demo",
            frame_units=4,
            frame_root=frame.frame_root(the_frame()),
            design=design.digest(design.build(DESIGN)),
            source=DICE,
            value="60417739025518840263",
            parts=PARTS,
        )
    )


def test_the_first_household_has_its_salt_and_record() -> None:
    assert household.salt(SECRET, unit="H63ZMJQWXXZHHJ") == VALUES["salt"]
    assert record(0).decode() == VALUES["record"]


def test_frame_and_design_are_the_published_files() -> None:
    assert the_frame() == published("frame.tsv")
    assert design.build(DESIGN) == published("design.tsv")
    assert design.parse(published("design.tsv")) == DESIGN


def test_the_first_entries_and_their_tree_are_the_published_ones() -> None:
    lines = first_four_entries()
    assert b"".join(line + b"\n" for line in lines[:2]) == published("log.txt")
    assert leaf_hash(lines[0]).hex() == VALUES["leaf_hash_of_entry_0"]
    assert root(leaf_hash(line) for line in lines).hex() == VALUES["root_of_four_entries"]


def test_the_draw_and_its_key_are_the_published_ones() -> None:
    assert the_draw() == published("draw.txt")
    assert draw_text.parse(published("draw.txt")).parts == PARTS
    assert draw_text.key(the_draw()) == VALUES["key"]


def test_the_sample_is_the_published_one() -> None:
    rows = frame.parse(published("frame.tsv"))
    drawn = sample.draw(rows, design=DESIGN, key=VALUES["key"], replicates=1)
    main = sample.released(drawn, design=DESIGN, releases={})
    assert sample.sample_tsv(main) == published("sample.tsv")
    assert sample.printed(main[0].ticket) == VALUES["printed"]


def test_the_third_of_stratum_a_is_its_replicate() -> None:
    rows = frame.parse(published("frame.tsv"))
    drawn = sample.draw(rows, design=DESIGN, key=VALUES["key"], replicates=1)
    (third,) = [unit for unit in drawn if unit.rank == 3]
    assert (third.unit, third.replicate) == (VALUES["third_in_a"]["unit"], 1)
    assert third.ticket.startswith(VALUES["third_in_a"]["ticket"])
    assert sample.released(drawn, design=DESIGN, releases={"A": 1}) == drawn


def test_the_second_of_three_adults_is_asked() -> None:
    unit, starts = VALUES["adults"]["unit"], VALUES["adults"]["tickets"]
    tickets = [ticket(VALUES["key"], f"{unit}/{k}") for k in (1, 2, 3)]
    assert [found[:8] for found in tickets] == starts
    assert sample.person(VALUES["key"], unit=unit, adults=3) == VALUES["adults"]["chosen"]


def test_the_answer_has_its_commitment_and_receipt() -> None:
    c = answers.commitment(VALUES["answer"], stratum=VALUES["stratum"], nonce=VALUES["nonce"])
    assert c == VALUES["commitment"]
    assert answers.receipt(c) == VALUES["receipt"]


def test_the_score_is_seventeen_quarters() -> None:
    score = tally.mean(tally.count([("A", 4), ("B", 5)]), design=DESIGN)
    assert score == Fraction(17, 4)
    assert entries.score(mean=score, publishable=True) == b'{"mean":"17/4","t":"score"}'
