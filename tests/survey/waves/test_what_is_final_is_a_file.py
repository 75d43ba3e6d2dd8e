"""Bundle, frame and design don't change once they are out: whoever holds them is told so by their ETag."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from huying.base import clock
from survey.models import LogCheckpoint, LogCosignature
from tests.survey.world import WAVE

BUNDLE, FRAME, DESIGN = (f"/waves/{WAVE}/{name}" for name in ("bundle.zip", "frame.tsv", "design.tsv"))


@pytest.fixture
def client(app_at):
    return app_at("closed").test_client()


def kept(client):
    return sorted((client.application.extensions["huying"].settings.data / "published").iterdir())


@pytest.mark.parametrize("path", [BUNDLE, FRAME, DESIGN])
def test_who_holds_it_is_told_that_it_is_the_same(client, path):
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(path, headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, first.data)


def test_a_bundle_is_made_once_and_given_from_its_file(client):
    first = client.get(BUNDLE)
    assert first.headers["Content-Disposition"] == f'attachment; filename="{WAVE}.zip"'
    (file,) = kept(client)
    assert file.read_bytes() == first.data
    assert file.stat().st_mode & 0o077 == 0
    assert client.get(BUNDLE).data == first.data
    file.unlink()
    assert client.get(BUNDLE).data == first.data, "it can be made again"


def test_another_signature_of_a_witness_makes_another_file(client):
    first = client.get(BUNDLE)
    with client.application.extensions["huying"].database.transaction() as session:
        size = session.scalar(select(func.max(LogCheckpoint.size)))
        session.add(LogCosignature(size=size, key="0" * 64, at=clock.now(), line="— late abc=\n"))
    second = client.get(BUNDLE)
    assert second.headers["ETag"] != first.headers["ETag"]
    assert len(kept(client)) == 2


def test_before_a_waves_end_there_is_none(app_at):
    client = app_at("open").test_client()
    assert client.get(BUNDLE).status_code >= 400
    assert not (client.application.extensions["huying"].settings.data / "published").exists()
