"""A sheet says what it has to, is read by two decoders, and is released only when it was read back."""

from __future__ import annotations

import ctypes.util
import io
import os
import re
from datetime import date

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback import codes
from feedback.posters.press import proof, sheets
from feedback.posters.press.proof import Expected
from feedback.posters.press.sheets import BadgeRow, PosterRow, Sheet
from feedback.posters.rules import qr
from huying.base.errors import Refused
from huying.press import font
from tests.support.examples import examples

BASE = "https://hy.example.cn"
LONGEST = "和平里北街十二号院三号楼二单元一层电梯厅" * 6


def rows(count: int = 3, **how: object) -> list[PosterRow]:
    said = {
        "place": "3号楼一层大厅",
        "area": "和平街道 和平里社区 第3网格",
        "office": "和平里居委会",
        "office_number": "+99921000001",
        "call_in": "+99929000000",
    }
    return [
        PosterRow(codes.new_poster_code(), codes.new_dial_code(), serial=number, **(said | how))
        for number in range(1, count + 1)
    ]


def sheet(**how: object) -> Sheet:
    return Sheet(**({"base_url": BASE, "paper": "a4", "language": "zh", "day": date(2026, 11, 23)} | how))


def expected(made: list[PosterRow]) -> list[Expected]:
    return [Expected((row.code,), (row.dial_code,)) for row in made]


@pytest.fixture(scope="session")
def chosen() -> font.Font:
    return font.find()


def text_of(pdf: bytes, page: int = 0) -> str:
    return " ".join(pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range().split())


def zbar(picture) -> list[str]:
    from pyzbar.pyzbar import ZBarSymbol, decode

    return [found.data.decode() for found in decode(picture, symbols=[ZBarSymbol.QRCODE])]


@pytest.mark.parametrize("paper", sheets.PAPERS)
@pytest.mark.parametrize("language", sheets.LANGUAGES)
@pytest.mark.parametrize("place", ["门口", "3号楼一层大厅", LONGEST[:60], LONGEST[:120]])
def test_every_paper_language_and_length_of_place_is_one_page_a_poster(chosen, paper, language, place):
    made = rows(2, place=place)
    pdf = sheets.posters(made, sheet(paper=paper, language=language), font=chosen)
    found = proof.prove(pdf, expected(made), base_url=BASE)
    assert (found.pages, found.read) == (2, 2)


@examples(15)
@given(
    payload=st.text(codes.ALPHABET[10:], min_size=6, max_size=6),
    host=st.sampled_from([BASE, "https://huying-hepingli.example.cn"]),
)
def test_every_symbol_is_read_at_every_resolution_whatever_the_code(chosen, payload, host):
    row = PosterRow(
        codes.complete(payload), codes.new_dial_code(), "门口", "第3网格", "居委会", "12345", "12345", 1
    )
    pdf = sheets.posters([row], sheet(base_url=host), font=chosen)
    assert proof.prove(pdf, expected([row]), base_url=host).read == 1


def test_what_stands_on_a_sheet_stands_in_the_order_agreed(chosen):
    made = rows(1)
    said = text_of(sheets.posters(made, sheet(), font=chosen))
    order = [
        "找网格员，扫这里",
        "3号楼一层大厅",
        "第3网格",
        "不会扫码？打 +999 2900 0000 报编号",
        codes.print_dial(made[0].dial_code),
        "和平里居委会 +999 2100 0001",
        "电话上的人定期核对。打不通，请拨 12345。",
        "本码只打开 hy.example.cn",
        "2026-11-23",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert made[0].code not in said, "the eight symbols stand in the picture alone"


def test_sizes_are_those_agreed(chosen):
    pdf = sheets.posters(rows(1), sheet(), font=chosen)
    sizes = letters(pdf)
    assert sizes["找"] == pytest.approx(44, abs=0.2)
    assert min(sizes.values()) >= 12 - 0.2
    for line in "不会扫码电话上的人定期核对":
        assert sizes[line] >= 18 - 0.2


def letters(pdf: bytes) -> dict[str, float]:
    """The largest size in points at which each character stands on the first page."""
    from pypdfium2 import raw

    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    found: dict[str, float] = {}
    for place, char in enumerate(text.get_text_range()):
        if char.strip():
            size = raw.FPDFText_GetFontSize(text, place)
            matrix = raw.FS_MATRIX()
            raw.FPDFText_GetMatrix(text, place, matrix)
            found[char] = max(found.get(char, 0.0), size * abs(matrix.d))
    return found


def test_the_symbol_is_as_large_as_agreed_and_keeps_its_quiet_zone(chosen):
    for paper, side in sheets.MODULE_AREA.items():
        page = pypdfium2.PdfDocument(sheets.posters(rows(1), sheet(paper=paper), font=chosen))[0]
        picture = page.render(scale=150 / 72, grayscale=True).to_pil()
        (symbol,) = proof.zxingcpp.read_barcodes(picture)
        width = (symbol.position.top_right.x - symbol.position.top_left.x) / 150 * 25.4
        assert width == pytest.approx(side * 29 / 37, rel=0.02)


def test_the_second_decoder_reads_a_sample_at_every_resolution(chosen):
    if ctypes.util.find_library("zbar") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("zbar is missing: install libzbar0")
        pytest.skip("zbar is missing: install libzbar0 to read sheets by a second decoder")
    made = rows(21)
    pdf = sheets.posters(made, sheet(), font=chosen)
    assert proof.prove(pdf, expected(made), base_url=BASE, reader=zbar).read == 21


def test_the_same_rows_give_the_same_bytes(chosen):
    made = rows(2)
    first, second = (sheets.posters(made, sheet(), font=chosen) for _twice in range(2))
    assert first == second


def test_fonts_are_embedded_the_file_is_tagged_and_pictures_are_told_in_words(chosen):
    with pikepdf.open(io.BytesIO(sheets.posters(rows(1), sheet(), font=chosen))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh"
        fonts = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all(any(f"/FontFile{kind}" in each for kind in ("", "2", "3")) for each in fonts)
        told = [
            str(each["/Alt"])
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
        ]
    assert any("二维码" in words for words in told)


def test_a_page_too_many_is_not_released(chosen):
    made = rows(2)
    pdf = sheets.posters(made, sheet(), font=chosen)
    with pytest.raises(Refused, match="应有 1 页，排出来 2 页"):
        proof.prove(pdf, expected(made[:1]), base_url=BASE)


def test_a_sheet_with_another_s_symbol_is_not_released(chosen):
    made = rows(2)
    pdf = sheets.posters(made, sheet(), font=chosen)
    with pytest.raises(Refused, match="第 1 页的二维码"):
        proof.prove(pdf, expected(made[::-1]), base_url=BASE)
    with pytest.raises(Refused, match="第 1 页的二维码"):
        proof.prove(pdf, expected(made), base_url="https://hy.example.com")


def test_a_sheet_with_another_dial_code_is_not_released(chosen):
    made = rows(1)
    pdf = sheets.posters(made, sheet(), font=chosen)
    wrong = [Expected((made[0].code,), ("100009",))]
    with pytest.raises(Refused, match="没有印对电话编号"):
        proof.prove(pdf, wrong, base_url=BASE)


def test_a_character_without_a_shape_is_named_before_anything_is_made(chosen):
    with pytest.raises(Refused, match="𓀀"):
        sheets.posters(rows(1, place="门口𓀀"), sheet(), font=chosen)


def test_another_font_is_used_where_one_is_named_and_a_missing_one_refused(monkeypatch, chosen, tmp_path):
    monkeypatch.setenv(font.VARIABLE, str(chosen.path))
    assert font.find().family == chosen.family
    monkeypatch.setenv(font.VARIABLE, str(tmp_path / "none.otf"))
    with pytest.raises(Refused, match="字体文件不存在"):
        font.find()


def test_badges_stand_ten_to_a_sheet_and_carry_a_surname_alone(chosen):
    made = [
        BadgeRow(codes.new_poster_code(), codes.new_dial_code(), "欧阳", "和平里社区 第3网格")
        for _ in range(11)
    ]
    pdf = sheets.badges(made, sheet(), font=chosen)
    pages = [made[:10], made[10:]]
    wanted = [Expected(tuple(r.code for r in page), tuple(r.dial_code for r in page)) for page in pages]
    assert proof.prove(pdf, wanted, base_url=BASE).read == 11
    assert "欧阳网格员" in text_of(pdf)


def test_a_badge_has_no_number_that_could_be_dialled(chosen):
    made = [BadgeRow(codes.new_poster_code(), codes.new_dial_code(), "王", "和平里社区 第3网格")]
    said = text_of(sheets.badges(made, sheet(), font=chosen))
    assert re.findall(r"\d[\d ]{4,}\d", said) == [codes.print_dial(made[0].dial_code)]


def test_print_looks_for_the_best_mask_and_pages_use_a_fixed_one():
    masks = {qr.svg(BASE, codes.new_poster_code(), mask=None)[-200:] for _ in range(3)}
    assert len(masks) == 3
    assert qr.matrix(BASE, "7K3M9QDA") == qr.matrix(BASE, "7K3M9QDA", mask=qr.MASK)
