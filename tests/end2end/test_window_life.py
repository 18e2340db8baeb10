"""The real program in a real window: times that were missed, the end while somebody types, a second start."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.delivery.outbox import State
from app.profile import WhenMissed
from app.services import Services
from tests.end2end.program import Program
from tests.end2end.workplace import MoodyServer, Workplace
from tests.servers.display import Display
from tests.servers.process import wait_until

pytestmark = pytest.mark.system("window")


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with MoodyServer().running() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, server: MoodyServer) -> Workplace:
    return Workplace(tmp_path, server.access)


def ask_first(place: Workplace) -> None:
    async def change(services: Services) -> None:
        await services.profiles.change(lambda profile: replace(profile, when_missed=WhenMissed.ASK))

    place.do(change)


def queue_for_three_hours_ago(place: Workplace) -> None:
    now = datetime.now(UTC)
    place.queue("late", now=now - timedelta(hours=4), due=now - timedelta(hours=3))


@pytest.mark.case("L10")
def test_mail_whose_time_passed_while_the_program_was_off_goes_and_is_told_until_noted(
    place: Workplace, server: MoodyServer, display: Display
) -> None:
    queue_for_three_hours_ago(place)
    program = Program(place.folder, {})
    with program.open(display) as window:
        window.find("A scheduled message missed its time.")
        window.find(".*“Subject late”: planned for .*; sent: .*")
        wait_until(lambda: len(server.accepted) == 1, "the message")
        window.signal(signal.SIGTERM)
        assert window.wait_for_end() == 128 + signal.SIGTERM
    with program.open(display) as window:
        window.find("A scheduled message missed its time.")
        window.click("closeNotice")
        window.wait_until(lambda: not window.matching("missedNotice"), "the notice's end")
    with program.open(display) as window:
        window.find("mailboxWindow")
        time.sleep(1)
        assert not window.matching("missedNotice")
    assert len(server.accepted) == 1


@pytest.mark.case("L10")
def test_who_wants_to_be_asked_is_asked_and_decides(place: Workplace, server: MoodyServer, display: Display) -> None:
    queue_for_three_hours_ago(place)
    ask_first(place)
    with Program(place.folder, {}).open(display) as window:
        window.find(".*it waits for you.*")
        window.click("Show")
        window.find("newTimeButton")
        assert server.accepted == []
        window.click("retryButton")
        wait_until(lambda: len(server.accepted) == 1, "the message")
        window.wait_until(lambda: not window.matching("missedNotice"), "the notice's end")
    assert [message.state for message in place.outbox()] == [State.SENT]


@pytest.mark.case("L12")
def test_what_was_typed_a_moment_ago_is_kept_when_the_session_ends(place: Workplace, display: Display) -> None:
    place.outbox()
    subjects: list[str] = []

    async def look(services: Services) -> None:
        subjects.extend(saved.draft.subject for saved in await services.drafts.list())

    with Program(place.folder, {}).open(display, "compose") as window:
        window.fill("subjectField", "Half written")
        window.signal(signal.SIGTERM)
        assert window.wait_for_end() == 128 + signal.SIGTERM
    place.do(look)
    assert subjects == ["Half written"]


@pytest.mark.case("L1")
def test_a_second_start_brings_the_first_ones_window_to_the_front(place: Workplace, display: Display) -> None:
    place.outbox()
    program = Program(place.folder, {})

    def in_front() -> str:
        return display.run("getactivewindow", "getwindowname", check=False)

    with program.open(display) as window:
        window.click("newMessageButton")
        window.find("subjectField")
        window.wait_until(lambda: "Mailbox" not in in_front(), "the composer in front")
        program.env |= {"DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}
        second = program.run()
        assert (second.code, second.err) == (0, "")
        window.wait_until(lambda: "Mailbox" in in_front(), "the mailbox in front")
