"""Who is drawn, when more go out, and what may be published of what they said."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid, Refused
from sampling.draws.tickets import ticket
from survey.drawing import bundle, entries, sample, tally
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow
from survey.drawing.release import Progress, ReleaseRule

KEYS = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
UNITS = st.sets(st.from_regex(r"H[0-9A-Z]{13}", fullmatch=True), min_size=2, max_size=30)
C = "ab" * 32
ROW = DesignRow("A", units=9, sample=3, replicate=2)
RULE = ReleaseRule(plan=3, most=2)


@st.composite
def waves(draw: st.DrawFn) -> tuple[list[FrameRow], list[DesignRow]]:
    rows = [FrameRow(unit, draw(st.sampled_from("AB")), C) for unit in draw(UNITS)]
    sizes = {h: sum(row.stratum == h for row in rows) for h in {row.stratum for row in rows}}
    plan = [
        DesignRow(h, n, draw(st.integers(1, n)), draw(st.integers(0, 3))) for h, n in sorted(sizes.items())
    ]
    return rows, plan


@given(waves(), KEYS, st.integers(0, 3))
def test_ranks_follow_the_tickets_of_each_stratum(
    wave: tuple[list[FrameRow], list[DesignRow]], key: str, replicates: int
) -> None:
    rows, plan = wave
    drawn = sample.draw(rows, design=plan, key=key, replicates=replicates)
    for row in plan:
        inside = sorted((ticket(key, unit.unit), unit.unit) for unit in rows if unit.stratum == row.stratum)
        found = [(unit.ticket, unit.unit) for unit in drawn if unit.stratum == row.stratum]
        assert found == inside[: row.released(replicates)]


@given(waves(), KEYS, st.randoms())
def test_the_order_of_the_frame_does_not_matter(
    wave: tuple[list[FrameRow], list[DesignRow]], key: str, chance: Random
) -> None:
    rows, plan = wave
    drawn = sample.draw(rows, design=plan, key=key)
    chance.shuffle(rows)
    assert sample.draw(rows, design=plan, key=key) == drawn


@given(waves(), KEYS)
def test_a_release_adds_units_and_takes_none_away(
    wave: tuple[list[FrameRow], list[DesignRow]], key: str
) -> None:
    rows, plan = wave
    drawn = sample.draw(rows, design=plan, key=key, replicates=2)
    main = sample.released(drawn, design=plan, releases={})
    more = sample.released(drawn, design=plan, releases={row.stratum: 2 for row in plan})
    assert set(main) <= set(more) == set(drawn)
    assert all(unit.replicate == 0 for unit in main)
    assert all(1 <= unit.replicate <= 2 for unit in set(more) - set(main))


def test_more_replicates_than_were_ranked_are_refused() -> None:
    rows = [FrameRow(f"H{place:013}", "A", C) for place in range(9)]
    drawn = sample.draw(rows, design=[ROW], key=C, replicates=1)
    with pytest.raises(Invalid):
        sample.released(drawn, design=[ROW], releases={"A": 2})


@given(KEYS, st.integers(1, 12))
def test_the_person_with_the_smallest_ticket_is_asked(key: str, adults: int) -> None:
    unit = "H" + "0" * 13
    k = sample.person(key, unit=unit, adults=adults)
    assert all(ticket(key, f"{unit}/{k}") <= ticket(key, f"{unit}/{j}") for j in range(1, adults + 1))


def test_a_household_without_listed_adults_has_no_person() -> None:
    with pytest.raises(Invalid):
        sample.person(C, unit="H" + "0" * 13, adults=0)


@pytest.mark.parametrize(
    ("progress", "holds"),
    [
        (Progress(replicates=0, finals=3, completes=2), True),
        (Progress(replicates=0, finals=2, completes=2), False),
        (Progress(replicates=0, finals=3, completes=3), False),
        (Progress(replicates=1, finals=5, completes=2), True),
        (Progress(replicates=1, finals=4, completes=2), False),
        (Progress(replicates=2, finals=7, completes=2), False),
    ],
)
def test_a_replicate_goes_out_exactly_when_the_rule_holds(progress: Progress, holds: bool) -> None:
    assert RULE.holds(ROW, progress=progress) is holds


@pytest.mark.parametrize("row", [DesignRow("A", 3, 3, 2), DesignRow("A", 9, 3, 0)])
def test_nothing_goes_out_where_no_unit_is_left(row: DesignRow) -> None:
    assert not RULE.holds(row, progress=Progress(replicates=0, finals=3, completes=0))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 5), st.integers(0, 9))
def test_a_rank_belongs_to_the_replicate_that_releases_it(n: int, rank: int, r: int, k: int) -> None:
    row = DesignRow("A", units=40, sample=n, replicate=r)
    if rank <= row.released(k) and rank > row.released(k - 1) and k:
        assert row.replicate_of(rank) == k
    if rank <= n:
        assert row.replicate_of(rank) == 0


def test_a_ticket_is_printed_as_a_fraction_cut_after_nine_digits() -> None:
    tickets = {"0" * 64: "0.000000000", "8" + "0" * 63: "0.500000000", "f" * 64: "0.999999999"}
    assert {t: sample.printed(t) for t in tickets} == tickets
    assert sample.printed("00000000" + "f" * 56) == "0.000000000"
    assert sample.printed("0000001" + "0" * 57) == "0.000000003"


def test_an_unfit_key_or_household_has_no_person() -> None:
    for key, unit in ((C[:-1], "H" + "0" * 13), (C, "H")):
        with pytest.raises(Invalid):
            sample.person(key, unit=unit, adults=2)


COUNTS = st.tuples(*[st.integers(0, 40)] * 5)


@given(st.dictionaries(st.sampled_from("ABC"), COUNTS))
def test_a_published_tally_betrays_no_small_group(counts: tally.Tally) -> None:
    allowed = tally.is_publishable(counts)
    small = any(0 < sum(row) < 10 or any(0 < n < 5 for n in row) for row in counts.values())
    assert allowed is not small


@given(st.dictionaries(st.sampled_from("ABC"), COUNTS), st.tuples(*[st.integers(1, 500)] * 3))
def test_the_mean_weighs_strata_by_their_households(counts: tally.Tally, sizes: tuple[int, ...]) -> None:
    plan = [DesignRow(h, n, 1, 0) for h, n in zip("ABC", sizes, strict=True)]
    score = tally.mean(counts, design=plan)
    answered = [row for row in plan if sum(counts.get(row.stratum, tally.NONE))]
    if not answered:
        assert score is None
        return
    lowest = min(option for row in answered for option, n in enumerate(counts[row.stratum], 1) if n)
    assert isinstance(score, Fraction)
    assert lowest <= score <= 5
    by_hand = sum(
        row.units
        * Fraction(sum(o * n for o, n in enumerate(counts[row.stratum], 1)), sum(counts[row.stratum]))
        for row in answered
    )
    assert score == by_hand / sum(row.units for row in answered)


def test_answers_of_a_stratum_outside_the_design_are_refused() -> None:
    with pytest.raises(Invalid):
        tally.build({"Z": (1, 0, 0, 0, 0)}, design=[ROW])
    with pytest.raises(Invalid):
        tally.count([("A", 98)])


@given(st.dictionaries(st.sampled_from("AB"), COUNTS))
def test_a_tally_reads_back_with_a_line_for_every_stratum(counts: dict[str, tally.TallyCounts]) -> None:
    plan = [DesignRow("A", 9, 1, 0), DesignRow("B", 9, 1, 0)]
    data = tally.build(counts, design=plan)
    assert tally.parse(data) == {"A": tally.NONE, "B": tally.NONE} | counts


@pytest.mark.parametrize(
    "line", ["A\t0\t0\t0\t0", "A\t0\t0\t0\t0\t0\t0", "A\t0\t0\t0\t0\t-1", "一\t0\t0\t0\t0\t0"]
)
def test_a_tally_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match=r"^tally\.tsv 第 1 行："):
        tally.parse(f"{line}\n".encode())


def test_answers_are_counted_by_stratum_and_option() -> None:
    assert tally.count([("B", 5), ("A", 1), ("A", 5), ("A", 5)]) == {
        "A": (1, 0, 0, 0, 2),
        "B": (0, 0, 0, 0, 1),
    }


@pytest.mark.parametrize(
    ("counts", "publishable"),
    [((10, 0, 0, 0, 0), True), ((9, 0, 0, 0, 0), False), ((5, 5, 0, 0, 0), True), ((6, 4, 0, 0, 0), False)],
)
def test_ten_completes_and_five_of_an_option_may_be_published(
    counts: tally.TallyCounts, publishable: bool
) -> None:
    assert tally.is_publishable({"A": counts}) is publishable
    assert tally.is_publishable({"A": counts}, least=sum(counts) + 1) is False


def files(log: list[bytes]) -> dict[str, bytes]:
    return bundle.bundle_files(
        checkpoint="c\n", log=log, frame=b"f", design=b"d", draw=b"w", sample=b"s", tally=b"t", vkeys=["k"]
    )


def test_a_withheld_tally_stays_out_of_the_bundle() -> None:
    start = entries.frame(n=1, root=C, wave="demo")
    assert "tally.tsv" not in files([start, entries.score(mean=Fraction(4), publishable=False)])
    assert "tally.tsv" in files([start, entries.score(mean=Fraction(4), publishable=True)])
    later = entries.key(op="add", role="log", vkey="a+00000000+AA==")
    assert "tally.tsv" not in files([start, entries.score(mean=Fraction(4), publishable=False), later])


def test_a_bundle_holds_these_files_and_no_other() -> None:
    log = [entries.frame(n=1, root=C, wave="demo"), entries.score(mean=Fraction(4), publishable=True)]
    made = bundle.bundle_files(
        checkpoint="c\n",
        log=log,
        frame=b"f",
        design=b"d",
        draw=b"w",
        sample=b"s",
        tally=b"t",
        vkeys=["k", "l"],
        exclude=b"x",
        terms=b"y",
    )
    assert list(made.items()) == [
        ("checkpoint", b"c\n"),
        ("design.tsv", b"d"),
        ("draw.txt", b"w"),
        ("exclude.tsv", b"x"),
        ("frame.tsv", b"f"),
        ("log.txt", log[0] + b"\n" + log[1] + b"\n"),
        ("sample.tsv", b"s"),
        ("tally.tsv", b"t"),
        ("terms.json", b"y"),
        ("vkeys", b"k\nl\n"),
    ]
    assert set(files(log)) == made.keys() - {"exclude.tsv", "terms.json"}


def test_a_bundle_is_flat_and_its_bytes_never_vary() -> None:
    whole = bundle.bundle_zip({"b": b"2", "a": b"1"})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        found = {member.filename: archive.read(member) for member in archive.infolist()}
        kept = {
            (member.date_time, member.create_system, member.external_attr >> 16, member.compress_type)
            for member in archive.infolist()
        }
    assert list(found.items()) == [("a", b"1"), ("b", b"2")]
    assert kept == {((1980, 1, 1, 0, 0, 0), 3, 0o100644, zipfile.ZIP_STORED)}
    assert sha256(whole).hexdigest() == "abba080c92582d63232654caf7e671fcc0b40992dd809e155abd224886238e9c"


def test_a_wave_that_is_not_over_has_no_bundle() -> None:
    start = entries.frame(n=1, root=C, wave="demo")
    for log in ([], [start], [entries.score(mean=None, publishable=True), start]):
        with pytest.raises(Refused):
            files(log)
