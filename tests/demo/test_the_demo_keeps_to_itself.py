"""The demo touches no data but its own, whatever the environment of an installation says."""

from __future__ import annotations

import pytest

from demo.place import DemoFolder
from huying.base.errors import Refused

INSTALLED = {
    "HUYING_PUBLIC_DATABASE_URL": "postgresql://huying_public@/huying_public",
    "HUYING_SURVEY_DATABASE_URL": "postgresql://huying_survey@/huying_survey",
    "HUYING_PUBLIC_SECRET": "a secret of an installation, not the demo's",
    "HUYING_REGION": "HK",
}


def test_it_never_uses_the_databases_of_an_installation(tmp_path, monkeypatch):
    for name, value in INSTALLED.items():
        monkeypatch.setenv(name, value)
    place = DemoFolder(tmp_path)
    assert place.public().database_url == f"sqlite:///{tmp_path / 'public' / 'public.db'}"
    assert place.survey().database_url == f"sqlite:///{tmp_path / 'survey' / 'survey.db'}"
    assert place.public().region == "CN"
    for side in ("public", "survey"):
        assert not set(INSTALLED.values()) & set(place.environment(side).values())


@pytest.mark.parametrize(
    "kept", ["public/keys/public/contacts", "keys/public/contacts", "public.db", "messages/a", "deposits/a"]
)
def test_it_never_clears_a_folder_that_it_did_not_begin(tmp_path, kept):
    path = tmp_path / kept
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("dear", encoding="utf-8")
    with pytest.raises(Refused, match="不是演示数据"):
        DemoFolder(tmp_path).clear()
    assert path.read_text(encoding="utf-8") == "dear"


def test_it_clears_what_it_began_and_leaves_the_rest(tmp_path):
    place = DemoFolder(tmp_path / "new")
    place.clear()
    place.public().keys.text("session")
    (place.data / "mine.txt").write_text("dear", encoding="utf-8")
    place.clear()
    assert sorted(path.name for path in place.data.iterdir()) == ["demo-begun", "mine.txt"]
