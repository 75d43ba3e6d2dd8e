"""Tables as clerks write them: what is read of them, and everything that isn't is said."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlwt
from openpyxl.styles import PatternFill

from huying.base.errors import Invalid
from huying.sheets import Choice, Foreign, Unrecognised
from tests.huying.sheets.household_table import HEADS, ROWS, TABLE, cells, said, taken, text, xls, xlsx

TITLE = ["云川市住户名册，2026年"]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_separator_in_any_encoding(sign, encoding):
    table = taken(text(sign=sign, encoding=encoding))
    assert cells(table) == ROWS
    name = "UTF-16" if "16" in encoding else "GB 18030" if encoding == "gbk" else "UTF-8"
    assert table.recognition.encoding == name
    assert name in said(table)


def test_signs_of_four_bytes():
    rows = [[*ROWS[0][:2], "𠮷祥里1号", ROWS[0][3]]]
    assert cells(taken(text([HEADS, *rows], encoding="gb18030"))) == rows


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
@pytest.mark.parametrize("title", ["云川市住户名册", "云川市,住户名册,2026", "名册;一", "甲|乙"])
def test_a_title_with_and_without_the_separator_in_it(sign, title):
    data = f"{title}\r\n".encode() + text(sign=sign)
    table = taken(data)
    assert cells(table) == ROWS
    assert table.recognition.left_out == {"title": 1}
    assert title[0] in said(table)


def test_headings_over_two_rows():
    def touch(sheet):
        sheet.merge_cells("C1:D1")

    data = xlsx(
        ("表", [["户编号", "网格编号", "住户", None], [None, None, "地址", "电话"], *ROWS]), touch=touch
    )
    table = taken(data, file="a.xlsx")
    assert cells(table) == ROWS
    assert table.recognition.sheets[0].heading_lines == (1, 2)


def test_headings_at_each_printed_page_are_left_out_and_said():
    table = taken(text([*TABLE[:3], HEADS, *TABLE[3:]]))
    assert cells(table) == ROWS
    assert table.recognition.left_out == {"heading": 1}
    assert "重复的表头" in said(table)


def test_totals_notes_and_signatures_are_left_out_and_said():
    below = [
        ["合计", "", "5户", ""],
        ["注：本表截至11月"],
        ["填表人：张三", "", "审核：李四", "日期：2026-11-03"],
    ]
    table = taken(text([*TABLE, *below]))
    assert cells(table) == ROWS
    assert table.recognition.left_out == {"total": 1, "note": 2}
    assert "第 7 行" in said(table)
    assert "填表人" not in cells(table)[-1]


def test_a_signature_that_fills_every_cell_is_no_household():
    table = taken(text([*TABLE, ["填表人：", "张三", "审核：", "李四"]]))
    assert table.recognition.left_out == {"note": 1}


def test_a_household_whose_note_begins_like_a_signature_is_read():
    heads = ["备注", *HEADS]
    table = taken(text([heads, *(["备注：租户", *row] for row in ROWS)]))
    assert cells(table) == ROWS
    assert table.recognition.ignored == ("备注",)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_merged_row_that_names_the_section_is_left_out_and_said(make):
    def touch(sheet):
        if make is xlsx:
            sheet.merge_cells("A4:D4")
        else:
            sheet.write_merge(3, 3, 0, 3, "YC-111 春一社区")

    rows = [*TABLE[:3], ["YC-111 春一社区" if make is xlsx else None], *TABLE[3:]]
    table = taken(make(("表", rows), touch=touch), file="a.xls")
    assert cells(table) == ROWS
    assert table.recognition.left_out == {"section": 1}


def test_section_rows_fill_a_grid_that_no_column_has():
    rows = [["户编号", "地址", "电话"], ["YC-111 春一社区"]]
    rows += [[row[0], *row[2:]] for row in ROWS[:2]]
    rows += [["网格：YC-112 春二社区"], [ROWS[2][0], *ROWS[2][2:]]]
    table = taken(text(rows))
    assert [row["grid"] for row in table.rows] == ["YC-111", "YC-111", "YC-112"]
    assert "用了分段行里写的" in said(table)


def test_section_rows_fill_blank_grids_where_a_person_says_so():
    bare = [[code, "", address, phone] for code, _grid, address, phone in ROWS]
    data = text([HEADS, ["YC-111 春一社区"], *bare])
    assert [row["grid"] for row in taken(data).rows] == [""] * 5
    filled = taken(data, choose=lambda *_: Choice(sections="fill"))
    assert {row["grid"] for row in filled.rows} == {"YC-111"}


@pytest.mark.parametrize("make", [xlsx, xls])
def test_merged_cells_fill_downwards(make):
    def touch(sheet):
        if make is xlsx:
            sheet.merge_cells("B2:B4")
        else:
            sheet.write_merge(1, 3, 1, 1, "YC-112")

    rows = [HEADS, *([*row] for row in ROWS[:3])]
    rows[1][1], rows[2][1], rows[3][1] = ("YC-112" if make is xlsx else None), None, None
    table = taken(make(("表", rows), touch=touch), file="a.xlsx")
    assert [row["grid"] for row in table.rows] == ["YC-112"] * 3
    assert "合并的单元格往下填了：网格编号" in said(table)


def test_blank_cells_of_a_text_are_offered_and_filled_when_a_person_says_so():
    rows = [HEADS, ROWS[0], ["H2", "", "春一路2号", "+99910000002"]]
    table = taken(text(rows))
    assert (table.rows[1]["grid"], table.recognition.offered) == ("", ("网格编号",))
    filled = taken(text(rows), choose=lambda *_: Choice(fill=("grid",)))
    assert (filled.rows[1]["grid"], filled.recognition.filled_down) == ("YC-112", ("网格编号",))


PERSONS = [
    [*HEADS, "姓名", "与户主关系", "年龄"],
    ["H1", "YC-111", "春一路1号", "+99910000001", "甲", "户主", "40"],
    ["H1", "YC-111", "春一路1号", "+99910000002", "乙", "母亲", "70"],
    ["H1", "YC-111", "春一路1号", "+99910000003", "丙", "儿子", "12"],
    ["H2", "YC-111", "春一路2号", "", "丁", "户主", "30"],
    ["H2", "YC-111", "春一路2号", "+99910000004", "戊", "妻", "31"],
]


def test_one_row_a_person_becomes_one_row_a_household():
    table = taken(text(PERSONS))
    assert [(row["household"], row["phone"], row["adults"]) for row in table.rows] == [
        ("H1", "+99910000001", "+99910000002；+99910000001"),
        ("H2", "+99910000004", ""),
    ]
    assert "5 行合成 2 户" in said(table)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_merged_household_code_says_that_a_row_is_a_person(make):
    def touch(sheet):
        if make is xlsx:
            for column in "ABC":
                sheet.merge_cells(f"{column}2:{column}4")
        else:
            for place in range(3):
                sheet.write_merge(1, 3, place, place, PERSONS[1][place])

    bare = [[*PERSONS[n][:4]] for n in range(1, 4)]
    for row in bare[1:] if make is xlsx else bare:
        row[:3] = [None] * 3
    table = taken(make(("表", [HEADS, *bare]), touch=touch), file="a.xlsx")
    assert len(table.rows) == 1
    assert table.rows[0]["adults"] == "+99910000001；+99910000002；+99910000003"


def test_members_of_a_household_who_live_apart_are_a_fault():
    rows = [PERSONS[0], PERSONS[1], [*PERSONS[2][:2], "别处", *PERSONS[2][3:]]]
    with pytest.raises(Invalid, match="第 3 行，地址：和第 2 行是同一户"):
        taken(text(rows))


def test_a_repeated_code_without_any_sign_of_persons_is_two_rows():
    assert len(taken(text([HEADS, ROWS[0], ROWS[0]])).rows) == 2


@pytest.mark.parametrize("make", [xlsx, xls])
def test_a_sheet_a_grid(make):
    heads = ["户编号", "地址", "电话"]
    rows = [[row[0], *row[2:]] for row in ROWS]
    data = make(("YC-111", [heads, *rows[:2]]), ("YC-112 春二", [heads, *rows[2:]]), ("说明", [["填表须知"]]))
    table = taken(data, file="a.xlsx")
    assert [row["grid"] for row in table.rows] == ["YC-111"] * 2 + ["YC-112"] * 3
    assert [str(row.line) for row in table.rows][1:3] == ["YC-111!3", "YC-112 春二!2"]
    assert "没有读工作表“说明”" in said(table)


@pytest.mark.parametrize("make", [xlsx, xls])
def test_hidden_rows_and_columns_are_read_and_said_and_a_person_decides(make):
    def touch(sheet):
        if make is xlsx:
            sheet.row_dimensions[3].hidden = True
            sheet.column_dimensions["D"].hidden = True
        else:
            sheet.row(2).hidden = True
            sheet.col(3).hidden = True

    data = make(("表", TABLE), touch=touch)
    table = taken(data, file="a.xlsx")
    assert cells(table) == ROWS
    assert "有 1 行是隐藏的" in said(table)
    assert "隐藏的列也读了：电话" in said(table)
    seen = taken(data, file="a.xlsx", choose=lambda *_: Choice(visible=True))
    assert cells(seen) == [ROWS[0], *ROWS[2:]]
    assert seen.recognition.left_out == {"hidden": 1}


def test_hidden_sheets_are_said():
    def touch(sheet):
        sheet.parent.worksheets[1].sheet_state = "hidden"

    table = taken(xlsx(("表", TABLE), ("旧", TABLE), touch=touch), file="a.xlsx")
    assert len(table.rows) == 5
    assert "没有读工作表“旧”：隐藏的工作表" in said(table)


def test_ghost_rows_are_no_rows():
    def touch(sheet):
        sheet["B600000"].fill = PatternFill("solid", fgColor="FFFF00")

    assert cells(taken(xlsx(("表", TABLE), touch=touch), file="a.xlsx")) == ROWS


def test_a_dimension_of_one_cell_hides_nothing():
    data = _members(xlsx(("表", TABLE)), b'<dimension ref="A1:D6"', b'<dimension ref="A1"')
    assert cells(taken(data, file="a.xlsx")) == ROWS


def test_strict_open_xml():
    data = xlsx(("表", TABLE))
    for old, new in (
        (b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"),
        (b"schemas.openxmlformats.org/officeDocument/2006/", b"purl.oclc.org/ooxml/officeDocument/"),
    ):
        data = _members(data, old, new)
    assert cells(taken(data, file="a.xlsx")) == ROWS


@pytest.mark.parametrize("make", [xlsx, xls])
def test_several_telephone_columns_are_all_read(make):
    heads = ["户编号", "网格编号", "地址", "电话1", "电话2"]
    rows = [[*row, f"+9992000000{n}"] for n, row in enumerate(ROWS)]
    table = taken(make(("表", [heads, *rows])), file="a.xlsx")
    assert table.rows[0]["phone"] == "+99910000001；+99920000000"
    one = taken(make(("表", [[*HEADS, "手机"], *([*row[:3], "", row[3]] for row in ROWS)])), file="a.xlsx")
    assert cells(one) == ROWS


@pytest.mark.parametrize(
    "heads",
    [
        ["戶編號：", "網格 編號", "住　址", "＊聯絡電話"],
        ["ＨＯＵＳＥＨＯＬＤ", "网格编号（必填）", "地 址", "手機"],
        ["户编号*", "网格编号:", "地址", "电话 "],
    ],
)
def test_headings_with_traditional_signs_colons_blanks_and_full_width(heads):
    heads = [head.replace("聯絡電話", "聯繫電話").replace("聯繫", "联系") for head in heads]
    assert cells(taken(text([heads, *ROWS]))) == ROWS


def test_the_better_word_wins_and_the_other_column_is_said():
    heads = ["户编号", "网格名称", "网格编号", "地址", "电话"]
    table = taken(text([heads, *([row[0], "春一", *row[1:]] for row in ROWS)]))
    assert cells(table) == ROWS
    assert table.recognition.ignored == ("网格名称",)


def test_a_column_too_few_at_the_end_is_an_empty_optional_one():
    rows = [[*HEADS, "登记日期"], *ROWS]
    assert cells(taken(text(rows))) == ROWS


def test_a_person_says_which_column_is_which():
    heads = ["甲", "乙", "丙", "丁"]
    with pytest.raises(Unrecognised) as refusal:
        taken(text([heads, *ROWS]))
    seen = refusal.value.recognition
    assert [each.heading for each in seen.columns] == heads
    said_of = Choice(columns={0: "household", 1: "grid", 2: "address", 3: "phone"})
    table = taken(
        text([heads, *ROWS]), choose=lambda print_, _: said_of if print_ == seen.fingerprint else Choice()
    )
    assert cells(table) == ROWS
    assert [each.how for each in table.recognition.columns] == ["person"] * 4


def test_a_choice_is_kept_as_text():
    said_of = Choice(columns={0: "grid"}, sections="fill", fill=("grid",), persons=True, rows=("total",))
    assert Choice.restored(said_of.stored()) == said_of


def test_a_person_has_a_row_read_that_would_be_left_out():
    below = [["合计", "", "5户", ""]]
    table = taken(text([*TABLE, *below]), choose=lambda *_: Choice(rows=("total",)))
    assert len(table.rows) == 6


def test_exchanged_headings_are_refused():
    with pytest.raises(Unrecognised, match="“地址”这一列看起来是电话号码"):
        taken(text([["户编号", "网格编号", "电话", "地址"], *ROWS]))


def test_a_table_that_others_take_is_refused_with_who_does():
    staff = Foreign("网格员名册", (("工号",), ("值守开始",)), "网格办的“导入”", always=True)
    with pytest.raises(Invalid, match="这像是“网格员名册”，不在这里导入：网格办的“导入”"):
        taken(text([["工号", "值守开始", *HEADS], ["W1", "2026-01-01", *ROWS[0]]]), others=(staff,))


def test_rows_in_utf_8_pasted_into_a_file_in_gbk_are_named():
    data = text(encoding="gbk") + "H9,YC-111,春一路九号,1".encode() + b"\r\n"
    with pytest.raises(Invalid, match=r"两种编码.*第 7 行"):
        taken(data)


def test_numbers_are_read_as_their_format_shows_them():
    def touch(sheet):
        for line in range(2, 7):
            sheet.cell(line, 1).number_format = "00000"

    rows = [[n, *row[1:]] for n, row in enumerate(ROWS, start=1)]
    table = taken(xlsx(("表", [HEADS, *rows]), touch=touch), file="a.xlsx")
    assert [row["household"] for row in table.rows] == [f"0000{n}" for n in range(1, 6)]
    assert "按显示的样子读" in said(table)


def test_numbers_of_an_old_workbook_are_read_as_their_format_shows_them():
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    zeros = xlwt.easyxf(num_format_str="00000")
    for place, head in enumerate(HEADS):
        sheet.write(0, place, head)
    for place, value in enumerate([7, *ROWS[0][1:]]):
        sheet.write(1, place, value, zeros)
    made = io.BytesIO()
    book.save(made)
    assert taken(made.getvalue(), file="a.xls").rows[0]["household"] == "00007"


@pytest.mark.parametrize(
    ("file", "data", "word"),
    [
        ("a.xls", b"\xef\xbb\xbf<html><table></table></html>", "网页"),
        ("a.et", xls(("表", TABLE)), "另存为"),
        ("a.xls", b"MIME-Version: 1.0\r\n", "网页"),
    ],
)
def test_what_is_no_table_is_refused_with_how_to_save_it(file, data, word):
    with pytest.raises(Invalid, match=word):
        taken(data, file=file)


def test_an_open_document_is_refused_with_how_to_save_it():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(Invalid, match=r"\.ods.*另存为"):
        taken(made.getvalue(), file="a.ods")


def test_a_cell_that_cannot_be_read_is_a_fault_of_the_table_where_faults_are_gathered():
    def touch(sheet):
        sheet["D3"].value, sheet["D3"].data_type = "#REF!", "e"

    data = xlsx(("表", TABLE), touch=touch)
    with pytest.raises(Invalid, match="第 3 行，电话：公式出错"):
        taken(data, file="a.xlsx")
    table = taken(data, file="a.xlsx", gather=True)
    assert [(each.line, each.column) for each in table.faults] == [(3, "电话")]
    assert len(table.without({3}).rows) == 4


def _members(data: bytes, old: bytes, new: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(made, "w") as out:
        for name in given.namelist():
            out.writestr(name, given.read(name).replace(old, new))
    return made.getvalue()
