"""What a file is, by its first bytes; and whether a workbook may be opened at all."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.workbooks.limits import MOST_BYTES, MOST_MEMBERS, MOST_RATIO, MOST_UNPACKED, OLE

Container = Literal["text", "xlsx", "xls"]
PAGES = (b"<!doctype", b"<html", b"<table", b"<meta", b"<?xml", b"{\\rtf", b"mime-version:")
OPEN = b"application/vnd.oasis.opendocument"
LOCKED = "EncryptedPackage".encode("utf-16-le")


def kind(data: bytes, *, file: str) -> Container:
    """Tell what a file is by its first bytes; raise Invalid with what to do for what isn't read."""
    if len(data) > MOST_BYTES:
        raise Invalid(
            _(
                "%(file)s 有 %(mib)d MiB，最多 %(most)d MiB：请分成几份。",
                file=file,
                mib=len(data) >> 20,
                most=MOST_BYTES >> 20,
            )
        )
    if not data.strip():
        raise Invalid(_("%(file)s 是空的。", file=file))
    if file.lower().endswith((".et", ".ett")):
        raise Invalid(
            _("%(file)s 是 WPS 表格（.et）：请在 WPS 里点“文件 → 另存为”，选 .xlsx 再传。", file=file)
        )
    if data.startswith(OLE):
        if LOCKED in data:
            raise Invalid(_("%(file)s 加了密码：请去掉密码，再另存一份。", file=file))
        return "xls"
    if data.startswith(b"%PDF"):
        raise Invalid(_("%(file)s 是 PDF，不是表格：请导出成 .xlsx 或 CSV。", file=file))
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower().startswith(PAGES):
        raise Invalid(_("%(file)s 其实是网页或别的文档：请在表格软件里另存为 .xlsx 或 CSV。", file=file))
    if data.startswith(b"PK"):
        _check_archive(data, file=file)
        return "xlsx"
    return "text"


def _check_archive(data: bytes, *, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            locked = any(member.flag_bits & 1 for member in members)
            open_document = "mimetype" in names and archive.open("mimetype").read(40).startswith(OPEN)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Invalid(_("%(file)s 不完整，打不开：请重新保存或重新传一份。", file=file)) from error
    if open_document:
        raise Invalid(
            _(
                "%(file)s 是 OpenDocument 表格（.ods）：请点“文件 → 另存为”，选 Excel 2007（.xlsx）再传。",
                file=file,
            )
        )
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or _swells(members):
        raise Invalid(_("%(file)s 解开以后大得不正常，没有打开。", file=file))
    if locked:
        raise Invalid(_("%(file)s 加了密码：请去掉密码，再另存一份。", file=file))
    if "xl/workbook.xml" not in names:
        raise Invalid(_("%(file)s 不是 Excel 表格（.xlsx）：请另存为 .xlsx 或 CSV。", file=file))


def _swells(members: list[zipfile.ZipInfo]) -> bool:
    return any(
        member.file_size > 1 << 20 and member.file_size > MOST_RATIO * max(1, member.compress_size)
        for member in members
    )
