"""Photos: three at most, small and without metadata, for who holds the case; the original is nowhere."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from feedback import roles
from feedback.cases.operations import photos
from feedback.models import Account, CasePhoto
from tests.feedback.browsing import ORIGIN, Page, Visitor
from tests.feedback.neighbourhood import HELP, NOW, POSTER, Backstage

ADDRESS = f"/help/{POSTER}"
SECRET = b"GPS-31.2304-121.4737"
SignIn = Callable[[str], Visitor]


def picture(kind: str = "JPEG", size: tuple[int, int] = (2400, 1200)) -> bytes:
    """A photo with a secret in its metadata."""
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    Image.new("RGB", size, "teal").save(made, kind, exif=exif.tobytes())
    return made.getvalue()


def hand_in(resident: Visitor, *files: bytes, name: str = "拍的.jpg") -> Page:
    hidden = resident.open(ADDRESS).form(ADDRESS).hidden
    data = HELP | hidden | {"photos": [FileStorage(io.BytesIO(file), name) for file in files]}
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(
        resident.client.post(ADDRESS, data=body, base_url=ORIGIN, content_type=kind, follow_redirects=True)
    )


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes that claims to be that large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_small_and_without_what_the_camera_wrote(
    resident: Visitor, backstage: Backstage, kind: str
) -> None:
    page = hand_in(resident, picture(kind), name="whatever.txt")
    assert page.path.startswith("/receipt/")
    with backstage.ground.database.reading() as session:
        kept = session.get_one(CasePhoto, (1, 1)).content
    assert SECRET not in kept
    with Image.open(io.BytesIO(kept)) as small:
        assert (small.format, max(small.size), dict(small.getexif())) == ("JPEG", 1600, {})
    assert "您拍的照片 1" in page.html
    shown = resident.get(f"{page.path}/photos/1")
    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/jpeg", kept)


def test_the_limits_are_told_before(resident: Visitor) -> None:
    text = resident.open(ADDRESS).text
    assert "最多 3 张，每张不超过 8 MB" in text


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([picture(size=(30, 30))] * 4, "最多传 3 张照片，这里有 4 张。"),
        ([picture(size=(30, 30)) + b"\0" * (8 * 1024 * 1024)], "“拍的.jpg”超过 8 MB"),
        ([bomb(30_000, 30_000)], "照片太大了"),
        ([bomb(6_400, 6_400)], "照片太大了"),
        ([b"GIF89a" + b"\0" * 50], "这不是能打开的照片"),
        ([b"<svg onload=alert(1)>"], "这不是能打开的照片"),
        ([picture()[:200]], "这不是能打开的照片"),
    ],
)
def test_what_is_too_much_or_no_photo_is_a_fault_of_its_field(
    resident: Visitor, backstage: Backstage, files: list[bytes], sentence: str
) -> None:
    page = hand_in(resident, *files)
    assert page.status == 422
    assert page.html.count(sentence) == 2, "in the summary and at the field"
    assert "三楼水管漏水" in page.html
    assert backstage.cases() == []


def test_far_too_much_is_refused_before_it_is_read(resident: Visitor, backstage: Backstage) -> None:
    answer = resident.client.post(
        ADDRESS,
        base_url=ORIGIN,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(41 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "太大" in answer.get_data(as_text=True)
    assert backstage.cases() == []


def test_where_something_else_is_to_mend_the_photos_are_asked_for_again(resident: Visitor) -> None:
    hidden = resident.open(ADDRESS).form(ADDRESS).hidden
    data = HELP | hidden | {"category": "", "photos": [FileStorage(io.BytesIO(picture()), "a.jpg")]}
    answer = resident.client.post(ADDRESS, data=data, base_url=ORIGIN, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "照片要请您再选一次。" in answer.get_data(as_text=True)


def test_photos_are_seen_by_who_holds_the_case_and_by_nobody_else(
    resident: Visitor, sign_in: SignIn, backstage: Backstage
) -> None:
    hand_in(resident, picture(size=(40, 40)))
    worker, officer, leader = (
        sign_in(role) for role in (roles.WORKER, roles.DEPARTMENT_OFFICER, roles.GRID_LEADER)
    )
    assert worker.get("/held/1/photos/1").status_code == 200
    assert "/held/1/photos/1" in worker.open("/worker/cases/1").html
    for other in (officer, leader):
        assert other.get("/held/1/photos/1").status_code == 404
    worker.press(worker.open("/worker/cases/1"), "/answer")
    worker.press(worker.open("/worker/cases/1"), "/whistle", department="water", request="来人")
    assert officer.get("/held/1/photos/1").status_code == 200
    assert worker.get("/held/1/photos/1").status_code == 404
    assert worker.get("/held/1/photos/2").status_code == 404


def test_who_stands_in_for_a_worker_without_an_account_sees_them(
    resident: Visitor, sign_in: SignIn, backstage: Backstage
) -> None:
    hand_in(resident, picture())
    worker, leader = sign_in(roles.WORKER), sign_in(roles.GRID_LEADER)
    assert leader.get("/held/1/photos/1").status_code == 404
    with backstage.ground.database.transaction() as session:
        session.query(Account).filter_by(login=roles.WORKER).one().active = False
    assert leader.get("/held/1/photos/1").status_code == 200
    assert "/held/1/photos/1" in leader.open("/escalated/cases/1").html
    assert worker.get("/held/1/photos/1").status_code == 303


def test_a_photo_of_another_receipt_is_not_there(resident: Visitor) -> None:
    page = hand_in(resident, picture(size=(40, 40)))
    other = page.path.replace(page.path[-12:], "000000000000")
    assert resident.get(f"{other}/photos/1").status_code == 404
    assert resident.get(f"{page.path}/photos/9").status_code == 404


def test_whoever_handed_them_in_deletes_them(resident: Visitor, backstage: Backstage) -> None:
    page = hand_in(resident, picture(size=(40, 40)))
    again = resident.press(page, "/photos/erase")
    assert "您拍的照片" not in again.html
    with backstage.ground.database.reading() as session:
        assert session.get(CasePhoto, (1, 1)) is None


def test_photos_go_after_a_year(resident: Visitor, backstage: Backstage) -> None:
    hand_in(resident, picture(size=(40, 40)), picture(size=(50, 50)))
    year = timedelta(days=365)
    with backstage.ground.database.transaction() as session:
        assert photos.forget(session, now=NOW + year - timedelta(seconds=1)) == 0
    with backstage.ground.database.transaction() as session:
        assert photos.forget(session, now=NOW + year) == 2
