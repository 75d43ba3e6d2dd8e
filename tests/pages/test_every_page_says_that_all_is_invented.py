"""Every page of the demo, whoever comes to it, says that all of it is invented."""

from __future__ import annotations

import pytest

from tests.pages.every import WHO, EveryPage

pytestmark = pytest.mark.server


@pytest.mark.parametrize(("side", "login"), WHO)
def test_every_page_says_that_all_is_invented(every_page: EveryPage, side: str, login: str) -> None:
    reach = every_page.of(side, login)
    assert reach.pages
    assert reach.unmarked == []
