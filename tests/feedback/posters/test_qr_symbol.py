"""The QR symbol: version 3, white all round, and it reads back as the poster's address."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback import codes
from feedback.posters.rules import qr
from huying.base.errors import Refused
from tests.feedback.posters.qr_reader import dark_modules, level_and_mask, read
from tests.support.examples import examples

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "poster_codes.json").read_text("utf-8"))
BASE = "https://hy.example.cn"
LONG = "https://huying-hepingli.example.cn"
SVG = "{http://www.w3.org/2000/svg}"
payloads = st.text(codes.ALPHABET[10:], min_size=6, max_size=6)


def host(length: int) -> str:
    return "https://" + "h" * (length - 3) + ".cn"


@examples(30)
@given(payload=payloads, base=st.sampled_from([BASE, LONG, "http://127.0.0.1:8000"]))
def test_a_symbol_reads_back_as_its_address(payload, base):
    code = codes.complete(payload)
    assert read(dark_modules(qr.svg(base, code))) == qr.url(base, code)


@settings(deadline=None)
@given(length=st.integers(5, 60))
def test_the_level_follows_from_the_length_of_the_host(length):
    if length > 30:
        with pytest.raises(Refused, match=f"再短 {length - 30} 个字符"):
            qr.check_host(host(length))
    elif length > 18:
        assert qr.check_host(host(length)).level == "Q"
        assert f"再短 {length - 18} 个字符" in qr.check_host(host(length)).warning
    else:
        assert qr.check_host(host(length)) == qr.HostCheck("H")


@pytest.mark.parametrize(("length", "level"), [(18, "H"), (19, "Q"), (30, "Q")])
def test_the_longest_host_of_a_level_still_fits_version_3(length, level):
    dark = dark_modules(qr.svg(host(length), "7K3M9QDA"))
    assert level_and_mask(dark) == (level, 2)
    assert read(dark) == qr.url(host(length), "7K3M9QDA")


def test_the_picture_is_one_path_on_white_with_a_name_and_a_quiet_zone():
    picture = ET.fromstring(qr.svg(BASE, "7K3M9QDA"))
    assert picture.get("viewBox") == "0 0 37 37"
    assert picture.get("role") == "img"
    assert picture.get("aria-label")
    assert [child.tag for child in picture] == [SVG + "rect", SVG + "path"]
    assert picture[0].get("fill") == "#fff"
    cells = dark_modules(qr.svg(BASE, "7K3M9QDA"))
    assert {min(c) for c in cells} | {max(c) for c in cells} <= set(range(29))
    assert {(0, 0), (0, 28), (28, 0)} <= cells


def test_the_picture_can_stand_inside_a_page():
    picture = qr.svg(BASE, "7K3M9QDA")
    assert picture.startswith("<svg ")
    assert "<?xml" not in picture
    assert not re.search(r"style=|<script|\son", picture)


def test_the_path_is_made_of_strokes_alone():
    path = ET.fromstring(qr.svg(BASE, "7K3M9QDA"))[1].get("d")
    assert re.fullmatch(r"(?:M\d+ \d+\.5h\d+)+", path)


def test_nothing_but_slashes_is_cut_from_an_address():
    assert qr.url("https://hy.example.cn/~/", "7K3M9QDA") == "HTTPS://HY.EXAMPLE.CN/~/7K3M9QDA"


def test_the_code_is_nowhere_readable_in_the_picture():
    assert "7K3M9QDA" not in qr.svg(BASE, "7K3M9QDA")


def test_the_same_code_gives_the_same_picture():
    assert qr.svg(BASE, "7K3M9QDA") == qr.svg(BASE + "/", "7K3M9QDA")


@pytest.mark.parametrize(
    "base", ["", "hy.example.cn", "ftp://hy.example.cn", "https://", "https://呼应.cn", "https://a_b.cn"]
)
def test_an_unfit_host_is_refused(base):
    with pytest.raises(Refused, match="https://"):
        qr.check_host(base)


@pytest.mark.parametrize(
    "base",
    [
        "https://hy.example.cn/app",
        "https://hy.example.cn/?a=1",
        "https://hy.example.cn/#a",
        "https://hy.example.cn/~",
    ],
)
def test_an_address_behind_the_host_is_refused(base):
    with pytest.raises(Refused, match="路径"):
        qr.check_host(base)


@pytest.mark.parametrize("row", VECTORS["codes"], ids=lambda row: row["code"])
def test_a_listed_code_has_its_address(row):
    assert qr.url(BASE, row["code"]) == row["url"]
