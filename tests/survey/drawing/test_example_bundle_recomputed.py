"""The published example of a finished wave, recomputed from its own frame, design and answers."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from survey.drawing import answers, bundle, design, draw_text, entries, frame, parts, sample, tally
from survey.drawing.canonical import canonical, parse_canonical

BUNDLE = Path(__file__).parents[2] / "vectors" / "draw" / "example_bundle"


@cache
def published(name: str) -> bytes:
    return (BUNDLE / name).read_bytes()


@cache
def log() -> tuple[bytes, ...]:
    return tuple(published("log.txt").splitlines())


def entries_of(kind: str) -> list[dict[str, Any]]:
    return [entry for entry in map(json.loads, log()) if entry["t"] == kind]


def counts() -> dict[str, tally.TallyCounts]:
    return tally.count((o.stratum, o.answer) for o in answers.parse_openings(published("openings.tsv")))


def test_every_line_of_the_log_is_canonical() -> None:
    assert [canonical(parse_canonical(line)) for line in log()] == list(log())


def test_the_frame_has_the_root_that_was_logged() -> None:
    rows = frame.parse(published("frame.tsv"))
    assert frame.frame_root(published("frame.tsv")) == entries_of("frame")[0]["root"]
    assert frame.build(reversed(rows)) == published("frame.tsv")


def test_the_parts_open_what_was_sealed() -> None:
    sealed = {entry["by"]: entry["c"] for entry in entries_of("commit")}
    opened = draw_text.parse(published("draw.txt")).parts
    assert {by: parts.seal(r) for by, r in opened.items()} == sealed


def test_the_key_is_the_digest_of_the_draw() -> None:
    assert draw_text.build(draw_text.parse(published("draw.txt"))) == published("draw.txt")
    assert draw_text.key(published("draw.txt")) == entries_of("draw")[0]["key"]


def test_the_sample_is_drawn_again_byte_for_byte() -> None:
    rows, plan = frame.parse(published("frame.tsv")), design.parse(published("design.tsv"))
    drawn = sample.draw(rows, design=plan, key=draw_text.key(published("draw.txt")), replicates=1)
    out = sample.released(drawn, design=plan, releases=Counter(e["h"] for e in entries_of("release")))
    assert sample.sample_tsv(out) == published("sample.tsv")


def test_the_openings_are_the_logged_commitments_and_give_the_tally() -> None:
    openings = answers.parse_openings(published("openings.tsv"))
    logged = [c for entry in entries_of("answers") for given in entry["c"].values() for c in given]
    assert sorted(opening.commitment() for opening in openings) == sorted(logged)
    assert answers.openings_tsv(reversed(openings)) == published("openings.tsv")
    plan = design.parse(published("design.tsv"))
    assert tally.build(counts(), design=plan) == published("tally.tsv")
    assert tally.parse(published("tally.tsv")).keys() >= counts().keys()


def test_the_score_is_the_published_fraction() -> None:
    score = tally.mean(counts(), design=design.parse(published("design.tsv")))
    assert tally.mean_text(score) == "1154581/300000"
    assert entries.score(mean=score, publishable=True) == log()[-1]


def test_the_bundle_is_the_same_bytes_every_time() -> None:
    names = {"frame": "frame.tsv", "design": "design.tsv", "draw": "draw.txt", "sample": "sample.tsv"}
    files = bundle.bundle_files(
        checkpoint=published("checkpoint").decode(),
        log=log(),
        tally=published("tally.tsv"),
        vkeys=published("vkeys").decode().split(),
        **{name: published(file) for name, file in names.items()},
    )
    whole = bundle.bundle_zip(files)
    assert whole == bundle.bundle_zip(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            name: published(name) for name in files
        }
