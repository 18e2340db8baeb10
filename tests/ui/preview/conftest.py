"""A preview window over the made-up organisation, and a network that tells when it is used."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from typing import NoReturn

import pytest

from app.services import now
from tests.ui.preview.room import Room
from ui.loop import AppLoop
from ui.preview.window import PreviewWindow


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A preview as it opens, English, shown and up to date."""
    window = PreviewWindow(now)
    window.resize(1400, 900)
    window.show()
    room = Room(window)
    await room.settled()
    yield room
    await room.close()


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was tried in the network, all of which fails; it must stay empty."""
    tried: list[str] = []

    def refuse(name: str) -> object:
        def call(*arguments: object, **_: object) -> NoReturn:
            tried.append(f"{name} {arguments}")
            raise OSError(f"{name} was called")

        return call

    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse(name))
    for name in ("create_connection", "getaddrinfo", "sock_connect", "create_datagram_endpoint"):
        monkeypatch.setattr(AppLoop, name, refuse(name))
    return tried
