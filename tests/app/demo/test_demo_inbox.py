"""The demo's inbox forgets the oldest, tells who asked, and can be waited for."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.demo import inbox as module
from app.demo.inbox import Arrived, Inbox, Server

FIRST = Arrived(
    server=Server.PARTNER,
    login="nutzer.name",
    envelope_from="nutzer.name@partnerdomain.example",
    recipients=("empfang@empfang.example",),
    data=b"0123456789",
    received_at=datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
    tls="TLSv1.3",
    port=587,
    queue_id="0",
)


def numbered(number: int) -> Arrived:
    return replace(FIRST, queue_id=str(number))


def test_the_oldest_messages_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MESSAGE_LIMIT", 3)
    inbox = Inbox()
    for number in range(5):
        inbox.add(numbered(number))
    assert [each.queue_id for each in inbox.messages()] == ["2", "3", "4"]


def test_large_messages_make_room_too_but_the_newest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BYTES_LIMIT", 25)
    inbox = Inbox()
    for number in range(4):
        inbox.add(numbered(number))
    assert [each.queue_id for each in inbox.messages()] == ["2", "3"]
    inbox.add(replace(FIRST, data=b"x" * 100, queue_id="large"))
    assert [each.queue_id for each in inbox.messages()] == ["large"]


def test_a_message_can_be_waited_for() -> None:
    inbox = Inbox()
    timer = threading.Timer(0.05, inbox.add, [numbered(7)])
    timer.start()
    assert inbox.wait(lambda each: each.queue_id == "7").queue_id == "7"
    timer.join()


def test_the_newest_of_several_that_fit_is_returned() -> None:
    inbox = Inbox()
    inbox.add(numbered(1))
    inbox.add(numbered(2))
    assert inbox.wait().queue_id == "2"


def test_waiting_for_what_does_not_come_ends() -> None:
    with pytest.raises(TimeoutError):
        Inbox().wait(seconds=0.01)


def test_a_message_does_not_show_its_bytes_in_logs() -> None:
    assert "0123456789" not in repr(FIRST)
