"""The system's browser is asked in one place, and finds the system's own libraries."""

from __future__ import annotations

import os
import sys

import pytest
from PySide6.QtCore import QUrl

from tests.ui.browsers import FakeBrowser
from ui.browser import open_in_browser

ADDRESS = "https://sso.partner.example/authorize?scope=a%20b&redirect_uri=http%3A%2F%2F127.0.0.1%3A4%2F"


def test_an_address_reaches_the_browser_to_the_letter(browser: FakeBrowser) -> None:
    assert open_in_browser(ADDRESS)
    assert browser.opened == [ADDRESS]


@pytest.mark.parametrize("theirs", [None, "/usr/lib/own"])
def test_a_bundle_starts_the_browser_with_the_system_s_libraries(
    monkeypatch: pytest.MonkeyPatch, theirs: str | None
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/absender")
    if theirs is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", theirs)
    seen: list[str | None] = []

    def open_url(_address: QUrl) -> bool:
        seen.append(os.environ.get("LD_LIBRARY_PATH"))
        return False

    monkeypatch.setattr("ui.browser.QDesktopServices.openUrl", open_url)
    assert not open_in_browser(ADDRESS)
    assert seen == [theirs]
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/absender"
