"""Whatever happens to a deposit on its way: one sentence, and nothing is stored."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from huying.base.errors import Refused
from huying.ledger import note
from huying.store.db import Database
from survey.deposits.operations.accept import accept
from survey.models import Base
from tests.conftest import NOW
from tests.huying.deposit import samples

Members = dict[str, bytes]
WHOLE = samples.deposit()
AREAS = '"areas":{{"complete_to":7,"rows":{}'
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)


def members() -> Members:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: list[tuple[str, bytes]], *, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, data in files:
            opened.writestr(name, data)
    return buffer.getvalue()


def changed(**files: bytes | None) -> bytes:
    """The deposit with files replaced (`areas_tsv` for areas.tsv), or left out."""
    replaced = {name.replace("_", "."): data for name, data in files.items()}
    found = members() | {name: data for name, data in replaced.items() if data is not None}
    return packed([(name, data) for name, data in found.items() if replaced.get(name, b"") is not None])


def signed(text: str, *, key: Ed25519PrivateKey = samples.KEY) -> dict[str, bytes]:
    line = "\n" + note.signature_line(text, name=samples.ORIGIN, key=key)
    return {"manifest_json": text.encode(), "manifest_sig": line.encode()}


def manifest() -> str:
    return members()["manifest.json"].decode()


def honest_but_wrong(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A table that was wrong when it was made: digest and signature agree with it."""
    old = members()[name]
    new = change(old)
    digests = [hashlib.sha256(data).hexdigest() for data in (old, new)]
    return changed(**{name.replace(".", "_"): new}, **signed(manifest().replace(*digests)))


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


def flipped() -> bytes:
    at = WHOLE.index(b"G1")
    return WHOLE[:at] + b"G9" + WHOLE[at + 2 :]


def reversed_rows(data: bytes) -> bytes:
    header, *lines = data.splitlines(keepends=True)
    return b"".join([header, *reversed(lines)])


def in_clear(data: bytes) -> bytes:
    header, first, *rest = data.splitlines(keepends=True)
    cells = first.rstrip(b"\n").split(b"\t")
    return b"".join([header, b"\t".join([*cells[:-1], b"+8613800000000"]) + b"\n", *rest])


DAMAGES = {
    "cut in the middle": (WHOLE[: len(WHOLE) // 2], "不是完整的交存文件"),
    "the last byte lost": (WHOLE[:-1], "不是完整的交存文件"),
    "empty": (b"", "不是完整的交存文件"),
    "a web page instead": (b"<!DOCTYPE html><title>404</title>", "不是完整的交存文件"),
    "letters changed on the way": (flipped(), "."),
    "compressed again": (packed(list(members().items()), method=zipfile.ZIP_DEFLATED), "压缩过"),
    "a table missing": (changed(cases_tsv=None), "缺少“cases.tsv”"),
    "no manifest": (changed(manifest_json=None), "缺少“manifest.json”"),
    "a stray file": (packed([*members().items(), ("readme.txt", b"")]), "不该有 readme.txt"),
    "a path": (packed([*members().items(), ("../areas.tsv", b"")]), "不该有"),
    "a table replaced": (
        changed(cases_tsv=members()["cases.tsv"][:-2] + b"x\n"),
        "cases.tsv 的摘要与清单不符",
    ),
    "signed by a stranger": (changed(**signed(manifest(), key=STRANGER)), "manifest.sig"),
    "a signature that is none": (changed(manifest_sig=b"\n\xe2\x80\x94 x y\n"), "manifest.sig"),
    "a manifest retold": (
        changed(manifest_json=manifest().replace("2026W48", "2026W49").encode()),
        "manifest.sig",
    ),
    "another format": (changed(**signed(manifest().replace("deposit/v1", "deposit/v9"))), "manifest.json"),
    "a total that doesn't agree": (
        changed(
            **signed(
                manifest().replace('"areas":{"complete_to":7,"rows":3', '"areas":{"complete_to":7,"rows":4')
            )
        ),
        "areas.tsv 有 3 行，清单上是 4 行",
    ),
    "an unknown area": (honest_but_wrong("cases.tsv", swap(b"\tG1\t", b"\tG7\t")), "“G7” 不在 areas.tsv 里"),
    "a code twice": (
        honest_but_wrong("areas.tsv", lambda data: data + data.splitlines(keepends=True)[-1]),
        "areas.tsv 第 5 行：编号 “G2” 重复",
    ),
    "rows out of order": (
        honest_but_wrong("areas.tsv", reversed_rows),
        "没有按编号排序",
    ),
    "a column missing": (
        honest_but_wrong("areas.tsv", swap(b"\tgrid_type", b"")),
        "areas.tsv 第 1 行：表头不对",
    ),
    "a contact in clear": (honest_but_wrong("posts.tsv", in_clear), "应当封存"),
    "a time that is none": (
        honest_but_wrong("cases.tsv", swap(samples.AT.encode(), b"2026-13-45T99:00:00Z")),
        "cases.tsv 第 2 行：opened 的写法不对",
    ),
    "another encoding": (
        honest_but_wrong("areas.tsv", lambda data: data.decode().encode("gb18030")),
        "areas.tsv 第 .* 行：不是 UTF-8 文字",
    ),
    "the last line cut": (honest_but_wrong("areas.tsv", lambda data: data[:-1]), "末尾没有换行"),
}


def rows(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def take(database: Database, data: bytes) -> None:
    with database.transaction() as session:
        accept(session, data, vkey=samples.VKEY, now=NOW)


def test_there_are_twenty_and_more() -> None:
    assert len(DAMAGES) >= 20


@pytest.mark.parametrize(("data", "sentence"), DAMAGES.values(), ids=DAMAGES)
def test_it_is_refused_with_one_sentence_and_nothing_is_stored(
    survey_db: Database, data: bytes, sentence: str
) -> None:
    before = rows(survey_db)
    with pytest.raises(Refused, match=sentence) as refusal:
        take(survey_db, data)
    assert refusal.value.message.count("。") <= 1
    assert rows(survey_db) == before


def test_the_deposit_itself_is_taken_afterwards(survey_db: Database) -> None:
    for data, _sentence in DAMAGES.values():
        with pytest.raises(Refused):
            take(survey_db, data)
    take(survey_db, WHOLE)
    assert rows(survey_db)["deposit"] == 1


def test_a_deposit_of_the_future_or_of_no_week_is_refused(survey_db: Database) -> None:
    late = signed(manifest().replace("2026W48", "2026W99"))
    with pytest.raises(Refused):
        take(survey_db, changed(**late))
    assert rows(survey_db)["deposit"] == 0
