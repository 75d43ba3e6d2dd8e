"""The tables that are frozen before the draw: what they must be, and how a fault is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid, Refused
from survey.drawing import codes, design, draw_text, exclude, frame, household, parts
from survey.drawing.design import DesignRow
from survey.drawing.exclude import Excluded
from survey.drawing.frame import FrameRow

C = "ab" * 32
ROW = f"H63ZMJQWXXZHHJ\tA\t{C}\n"
UNITS = st.lists(st.from_regex(r"H[0-9A-Z]{13}", fullmatch=True), min_size=1, max_size=20, unique=True)
STRATA = st.from_regex(r"[0-9A-Za-z._-]{1,32}", fullmatch=True)


@st.composite
def frames(draw: st.DrawFn) -> list[FrameRow]:
    return [FrameRow(unit, draw(STRATA), C) for unit in draw(UNITS)]


@given(frames(), st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[FrameRow], chance: Random) -> None:
    data = frame.build(rows)
    chance.shuffle(rows)
    assert frame.build(rows) == data
    assert sorted(frame.parse(data), key=lambda row: row.unit) == list(frame.parse(data))
    assert sum(frame.sizes(frame.parse(data)).values()) == len(rows)


@given(st.dictionaries(STRATA, st.integers(1, 9), min_size=1, max_size=8))
def test_a_design_reads_back_in_byte_order(sizes: dict[str, int]) -> None:
    rows = [DesignRow(stratum, units=n, sample=1, replicate=0) for stratum, n in sizes.items()]
    found = design.parse(design.build(rows))
    assert [row.stratum for row in found] == sorted(sizes)
    design.check(found, sizes=sizes)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "frame.tsv 是空文件。"),
        (ROW[:-1].encode(), "frame.tsv 的最后一行没有换行，文件可能不完整。"),
        (ROW.replace("\n", "\r\n").encode(), "frame.tsv 第 1 行：换行只能用 LF，不能有 CR。"),
        ((ROW + ROW[:-1] + "\r\n").encode(), "frame.tsv 第 2 行：换行只能用 LF，不能有 CR。"),
        ((ROW + ROW).encode(), "frame.tsv 第 2 行：没有按字节升序排列，或与上一行重复。"),
        ((ROW + "H6\n").encode(), "frame.tsv 第 2 行：应当有 3 栏，实际有 1 栏。"),
        (ROW.lower().encode(), "frame.tsv 第 1 行：抽样单元编码的格式不对：'h63zmjqwxxzhhj'。"),
        (ROW.encode() + b"\xff\n", "frame.tsv 第 2 行：不是 UTF-8 文字。"),
        (b"\xef\xbb\xbf" + ROW.encode(), "frame.tsv 第 1 行：抽样单元编码的格式不对"),
        ((ROW + "\n").encode(), "frame.tsv 第 2 行：应当有 3 栏，实际有 1 栏。"),
    ],
)
def test_a_fault_in_the_frame_is_named_with_its_line(data: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=f"^{re.escape(sentence)}"):
        frame.parse(data)


@pytest.mark.parametrize("line", ["A\t3\t4\t0", "A\t3\t0\t0", "A\t03\t1\t0", "A\t3\t+1\t0", "A\t3\t1\t-1"])
def test_a_stratum_with_impossible_sizes_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match=r"^design\.tsv 第 1 行："):
        design.parse(f"{line}\n".encode())


def test_a_number_too_long_to_be_one_is_refused() -> None:
    with pytest.raises(Invalid):
        design.parse(f"A\t{'9' * 5000}\t1\t0\n".encode())


@pytest.mark.parametrize("sizes", [{"A": 3}, {"A": 3, "B": 2}, {"A": 3, "B": 1, "C": 1}])
def test_a_design_that_does_not_fit_the_frame_is_refused(sizes: dict[str, int]) -> None:
    rows = (DesignRow("A", 3, 2, 1), DesignRow("B", 1, 1, 0))
    with pytest.raises(Invalid):
        design.check(rows, sizes=sizes)


def test_strata_that_give_no_variance_are_known_beforehand() -> None:
    rows = (DesignRow("A", 3, 1, 0), DesignRow("B", 1, 1, 0), DesignRow("C", 5, 2, 0))
    assert design.single_unit_strata((*rows, DesignRow("D", 2, 1, 0))) == ("A", "D")


def test_a_unit_may_leave_for_two_waves_but_only_once_for_each() -> None:
    rows = [Excluded("H" + "0" * 13, "2026Q3"), Excluded("H" + "0" * 13, "2026Q2")]
    data = exclude.build(rows)
    assert exclude.parse(data) == tuple(reversed(rows))
    assert len(exclude.digest(data)) == 64
    with pytest.raises(Invalid):
        exclude.build(rows + rows)


def test_unit_codes_are_fresh_and_well_formed() -> None:
    found = codes.new_unit_codes(200)
    assert len(set(found)) == 200
    assert all(re.fullmatch(r"H[0-9ABCDEFGHJKMNPQRSTVWXYZ]{13}", code) for code in found)


def test_a_record_holds_the_listed_adults_oldest_first() -> None:
    line = household.record(addr="滨江路1号", tel="", adults=["+8613800000001", "+8613800000000"])
    assert line.decode() == '{"addr":"滨江路1号","adults":["+8613800000001","+8613800000000"],"tel":""}'


def test_two_units_with_one_record_have_different_commitments() -> None:
    line = household.record(addr="1-101", tel="+8613800000000")
    secret = bytes(32)
    one, other = (household.commit(secret, unit=u, record=line) for u in ("H" + "0" * 13, "H" + "1" * 13))
    assert one != other
    with pytest.raises(Invalid):
        household.salt(b"short", unit="H" + "0" * 13)


def test_a_part_is_32_random_bytes() -> None:
    assert {len(bytes.fromhex(parts.new_part())) for _ in range(9)} == {32}
    assert len({parts.new_part() for _ in range(99)}) == 99


@given(st.integers(0, 2**80 - 1))
def test_a_number_is_spelt_from_its_highest_digit_down(number: int) -> None:
    spelt = codes.encode(number, characters=16)
    assert len(spelt) == 16
    assert sum(codes.ALPHABET.index(sign) * 32**place for place, sign in enumerate(reversed(spelt))) == number


def test_look_alikes_are_read_as_what_they_look_like() -> None:
    assert codes.normalise(" i-l o 1-z\n") == "1101Z"
    assert codes.ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_a_part_opens_only_what_was_sealed() -> None:
    r = parts.new_part()
    parts.check(r, c=parts.seal(r))
    with pytest.raises(Refused):
        parts.check(parts.new_part(), c=parts.seal(r))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("v1", "v2"),
        lambda text: text.replace("wave demo", "wave  demo"),
        lambda text: text.replace("frame 4", "frame 04"),
        lambda text: text.replace("part beta", "part aaaa"),
        lambda text: text.replace("part beta", "part alpha"),
        lambda text: text + "part gamma " + C[:-1] + "\n",
        lambda text: "\n".join(text.split("\n")[:5]) + "\n",
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text[:-1],
        lambda text: "",
        lambda text: "\n\n\n\n\n\n",
    ],
)
def test_a_draw_text_in_any_other_form_is_refused(change: Callable[[str], str]) -> None:
    text = draw_text.build(
        draw_text.DrawText("demo", 4, C, C, "dice:x,20d10", "6" * 20, {"alpha": C, "beta": C})
    ).decode()
    with pytest.raises(Invalid):
        draw_text.parse(change(text).encode())


def test_a_draw_without_any_party_is_refused() -> None:
    with pytest.raises(Invalid):
        draw_text.build(draw_text.DrawText("demo", 4, C, C, "lottery:x,1", "1", {}))
