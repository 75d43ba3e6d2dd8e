"""The archive: equal content gives equal bytes, and whatever is damaged is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.deposit import archive, manifest, rows, sealing
from huying.deposit.tables import BY_NAME, TABLES
from huying.ledger import note
from huying.ledger.keys import verifier_key
from tests.huying.deposit import samples
from tests.support.examples import examples

SAMPLE = samples.deposit()
Members = dict[str, bytes]


def unpacked(data: bytes = SAMPLE) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(members: Members | list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, data in members.items() if isinstance(members, dict) else members:
            opened.writestr(name, data)
    return buffer.getvalue()


def signed(text: str, *, key: Ed25519PrivateKey = samples.KEY) -> Members:
    signature = "\n" + note.signature_line(text, name=samples.ORIGIN, key=key)
    return {"manifest.json": text.encode(), "manifest.sig": signature.encode()}


def resigned(change: Callable[[str], str]) -> bytes:
    """The sample under a changed manifest that its owner signed."""
    members = unpacked()
    text = change(members["manifest.json"].decode())
    return packed(members | signed(text))


def with_table(name: str, data: bytes) -> bytes:
    """The sample with a table replaced and the manifest made to fit, signed by its owner."""
    members = unpacked() | {name: data}
    old = hashlib.sha256(unpacked()[name]).hexdigest()
    text = members["manifest.json"].decode().replace(old, hashlib.sha256(data).hexdigest())
    return packed(members | signed(text))


def refused(data: bytes, sentence: str, *, vkey: str = samples.VKEY) -> None:
    with pytest.raises(Invalid, match=sentence):
        archive.read(data, vkey=vkey)


def test_what_was_deposited_is_read() -> None:
    deposit = archive.read(SAMPLE, vkey=samples.VKEY)
    for table in TABLES:
        expected = sorted(samples.tables()[table.name], key=lambda row: row["code"])
        assert list(deposit.tables[table.name]) == expected
        summary = deposit.manifest.tables[table.name]
        assert (summary.rows, summary.complete_to) == (len(expected), 7)
    assert deposit.manifest.period == "2026W48"
    assert deposit.manifest.made_at == samples.MADE_AT
    assert deposit.manifest.ledger_checkpoint == samples.CHECKPOINT
    assert deposit.sha256 == archive.digest(SAMPLE) == hashlib.sha256(SAMPLE).hexdigest()


def test_a_contact_opens_after_the_journey_in_its_own_row_only() -> None:
    opener = sealing.Opener(samples.PRIVATE)
    cases = archive.read(SAMPLE, vkey=samples.VKEY).tables["cases"]
    assert opener.open(cases[0]["contact"], table="cases", code="C1", column="contact") == "+8613800000000"
    with pytest.raises(Invalid):
        opener.open(cases[0]["contact"], table="cases", code="C2", column="contact")


codes = st.lists(st.integers(0, 99).map("G{}".format), unique=True, max_size=12)


@given(codes, st.data())
@examples(30)
def test_rows_in_any_order_make_the_same_bytes(names: list[str], data: st.DataObject) -> None:
    areas = [samples.area(name) for name in names]
    empty: dict[str, list[dict[str, str]]] = {table.name: [] for table in TABLES}
    shuffled = data.draw(st.permutations(areas))
    one, other = (samples.deposit(**empty | {"areas": each}) for each in (areas, shuffled))
    assert one == other
    assert {row["code"] for row in archive.read(one, vkey=samples.VKEY).tables["areas"]} == set(names)


def test_the_signed_note_is_the_manifest_followed_by_the_signature() -> None:
    members = unpacked()
    whole = (members["manifest.json"] + members["manifest.sig"]).decode()
    key = verifier_key(samples.ORIGIN, key=samples.KEY)
    assert note.verify(whole, keys=[key]).text == members["manifest.json"].decode()


@given(st.integers(0, len(SAMPLE) - 1))
@examples(200)
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    refused(SAMPLE[:length], "打不开或不完整")


@given(st.data())
@examples(300)
def test_a_flipped_bit_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    damaged = bytearray(SAMPLE)
    place = data.draw(st.integers(0, len(SAMPLE) * 8 - 1))
    damaged[place // 8] ^= 1 << place % 8
    try:
        deposit = archive.read(bytes(damaged), vkey=samples.VKEY)
    except Invalid:
        return
    assert deposit.tables == archive.read(SAMPLE, vkey=samples.VKEY).tables


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    refused(data, "打不开或不完整")


def test_a_file_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(Invalid, match="超过 100 字节"):
        archive.read(SAMPLE, vkey=samples.VKEY, most_bytes=100)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = unpacked() | {"lists.tsv": bytes(50_000_000)}
    data = packed(bomb, method=zipfile.ZIP_DEFLATED)
    assert len(data) < 200_000
    refused(data, "是压缩过的")


def test_members_that_overlap_are_refused() -> None:
    data = bytearray(packed(unpacked() | {"areas.tsv": bytes(100_000)}))
    directory = data.rindex(b"PK\x01\x02")
    # The last entry claims the size of the largest.
    data[directory + 20 : directory + 28] = (100_000).to_bytes(4, "little") * 2
    refused(bytes(data), "自称的大小超过限度")


def test_a_large_manifest_is_refused() -> None:
    refused(packed(unpacked() | {"manifest.json": bytes(70_000)}), "“manifest.json”自称的大小")


@pytest.mark.parametrize("name", archive.NAMES)
def test_a_missing_member_is_named(name: str) -> None:
    members = unpacked()
    del members[name]
    refused(packed(members), f"缺少“{name}”")


@pytest.mark.parametrize(
    "name",
    ["extra.txt", "../areas.tsv", "/areas.tsv", "sub/areas.tsv", "areas.tsv/", "AREAS.TSV", "..\\areas.tsv"],
)
def test_an_unknown_name_or_a_path_is_refused(name: str) -> None:
    refused(packed(unpacked() | {name: b""}), "不该有")


def test_a_name_that_hides_behind_a_null_is_refused() -> None:
    data = packed(unpacked() | {"areas.tsv?x": b""}).replace(b"areas.tsv?x", b"areas.tsv\x00x")
    refused(data, "不该有")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_stands_twice_is_refused() -> None:
    refused(packed([*unpacked().items(), ("areas.tsv", b"")]), "有两个“areas.tsv”")


def test_another_signer_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    text = unpacked()["manifest.json"].decode()
    refused(packed(unpacked() | signed(text, key=other)), "manifest.sig：没有一个已知的签名")
    refused(SAMPLE, "manifest.sig：没有一个已知的签名", vkey=verifier_key(samples.ORIGIN, key=other).text)


def test_a_changed_manifest_is_refused() -> None:
    members = unpacked()
    members["manifest.json"] = members["manifest.json"].replace(b"2026W48", b"2026W49")
    refused(packed(members), "manifest.sig：“public.example”的签名不对")


@pytest.mark.parametrize("signature", [b"", b"\n", b"\n\n", b"\xff", b"{}\n\n\xe2\x80\x94 a AAAA\n"])
def test_a_signature_that_is_none_is_refused(signature: bytes) -> None:
    refused(packed(unpacked() | {"manifest.sig": signature}), "manifest.sig")


def test_a_signature_that_brings_its_own_text_is_refused() -> None:
    text = unpacked()["manifest.json"].decode() + "more\n"
    line = note.signature_line(text, name=samples.ORIGIN, key=samples.KEY)
    refused(packed(unpacked() | {"manifest.sig": f"more\n\n{line}".encode()}), "签名的不是这份")


@pytest.mark.parametrize("name", [table.file for table in TABLES])
def test_a_changed_table_is_refused(name: str) -> None:
    data = unpacked()[name].replace(b"G1", b"G2") + b"\n"
    refused(packed(unpacked() | {name: data}), f"{name} 的摘要与清单不符")


def test_a_signed_table_with_a_fault_is_refused_with_its_line() -> None:
    data = unpacked()["posters.tsv"].replace(b"\tlive", b"\t")
    refused(with_table("posters.tsv", data), "posters.tsv 第 2 行：state 不能为空")


def test_a_total_that_does_not_agree_is_refused() -> None:
    data = rows.write(BY_NAME["posters"], ())
    refused(with_table("posters.tsv", data), "posters.tsv 有 0 行，清单上是 1 行")


def test_an_unknown_area_is_refused_on_both_ends() -> None:
    data = unpacked()["posters.tsv"].replace(b"G2", b"G9")
    refused(with_table("posters.tsv", data), "posters.tsv 第 2 行：area “G9” 不在 areas.tsv 里")
    with pytest.raises(Invalid, match=r"cases\.tsv 第 3 行：area “G9” 不在"):
        samples.deposit(cases=[samples.case("C2", area="G9"), samples.case("C1")])
    with pytest.raises(Invalid, match=r"areas\.tsv 第 2 行：parent “X” 不在"):
        samples.deposit(areas=[samples.area("G1", parent="X"), samples.area("G2")])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("huying-deposit/v1", "huying-deposit/v2", "format 不对"),
        ("2026W48", "2026W54", "没有“2026W54”这个周期"),
        ("2026W48", "../2026W48", "没有“../2026W48”这个周期"),
        ("2026-11-30T02:00:00Z", "2026-11-31T02:00:00Z", "made_at 不对"),
        ("2026-11-30T02:00:00Z", "today", "made_at 不对"),
        ('"origin":"public.example"', '"origin":"else.example"', "来源“else.example”与公钥"),
        ('"origin":"public.example"', '"origin":7', "origin 不对"),
        ('"complete_to":7,"rows":3', '"complete_to":8,"rows":3', "areas 的账本条数 不对"),
        ('"complete_to":7,"rows":3', '"complete_to":-7,"rows":3', "areas 的账本条数 不对"),
        ('"rows":3', '"rows":"3"', "areas 的行数 不对"),
        ('"rows":3', '"more":0,"rows":3', "areas 的说明不完整"),
        ('"remit":', '"remits":', "tables 应恰好列出各表"),
        ('"origin":', '"note":1,"origin":', "字段 不对"),
        ('"period":', ' "period":', "写法不规范"),
        ("public.example/log\\n7\\n", "public.example/log\\nx\\n", "检查点"),
    ],
)
def test_a_manifest_with_a_fault_is_refused_though_signed(old: str, new: str, reason: str) -> None:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    refused(resigned(change), reason)


@pytest.mark.parametrize("text", ["[]\n", "7\n", "{}\n", "{\n", '{"tables":[]}\n'])
def test_a_manifest_of_another_shape_is_refused_though_signed(text: str) -> None:
    refused(resigned(lambda _: text), "manifest.json")


def test_a_deposit_for_no_week_or_of_unknown_tables_is_not_written() -> None:
    fixed = {"origin": "a", "made_at": samples.MADE_AT, "ledger_checkpoint": samples.CHECKPOINT}
    with pytest.raises(Invalid, match="周期"):
        archive.write({}, period="2026-48", signing_key=samples.KEY, **fixed)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="households"):
        archive.write({"households": []}, period="2026W48", signing_key=samples.KEY, **fixed)  # type: ignore[arg-type]


def test_the_manifest_reads_back_as_it_was_written() -> None:
    read = archive.read(SAMPLE, vkey=samples.VKEY).manifest
    assert manifest.load(manifest.dump(read)) == read
    assert read.made_at.utcoffset() == timedelta(0)
