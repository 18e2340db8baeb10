"""What the mailbox says until it is over: missed times, no network, a wrong clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication

from app.delivery.outbox import QueuedMessage, State
from app.profile import WhenMissed
from tests.ui.mailbox.room import PRIMARY, Room, until
from ui.language import moment
from ui.mailbox.new_time import TimeDialog, suggestions
from ui.network import MemoryNetwork
from ui.widgets import LinkButton


async def missed(room: Room, rule: WhenMissed, subject: str = "Angebot") -> tuple[QueuedMessage, datetime]:
    """Queue a message whose time passes while nobody looks, and have the postman come back three hours late."""
    services = room.demo.services
    await services.take_profile(replace(services.the_profile, when_missed=rule))
    wanted = services.now() + timedelta(hours=1)
    message = await room.post(room.draft(PRIMARY, subject), wanted)
    late = wanted + timedelta(hours=3)
    services.now = lambda: late
    await services.schedules.look(late, rule)
    return message, wanted


async def test_what_went_late_is_told_until_it_is_noted_and_after_a_start_again(room: Room) -> None:
    message, wanted = await missed(room, WhenMissed.SEND)
    await room.deliver()
    notice = room.window.tidings.missed
    services = room.demo.services
    planned = moment(wanted, services.now())
    sent = moment(services.now(), services.now())
    await until(lambda: notice.detail().endswith(f"“Angebot”: planned for {planned}; sent: {sent}"))
    assert notice.detail().startswith("The computer was off or asleep then.")
    assert notice.isVisible()
    assert "missed its time" in notice.text()
    await room.show(message.id)
    await until(lambda: f"Planned for\n{planned}" in room.said())
    room.window.close()
    await until(lambda: not room.demo.desk.windows)
    again = room.demo.desk.mailbox()
    tidings = again.tidings  # type: ignore[attr-defined]  # the mailbox window
    await until(lambda: tidings.missed.isVisible())
    tidings.missed.findChild(QAbstractButton, "closeNotice").click()
    await until(lambda: not tidings.isVisible())
    assert await services.schedules.missed() == []
    assert await room.state(message) is State.SENT


async def test_who_wants_to_be_asked_chooses_between_now_another_time_and_the_drafts(room: Room) -> None:
    message, _ = await missed(room, WhenMissed.ASK)
    await room.show(message.id)
    await until(lambda: "deleteButton" in room.buttons())
    assert {"retryButton", "newTimeButton", "backToDraftsButton", "deleteButton"} <= room.buttons()
    assert room.button("retryButton").text() == "Send n&ow"
    assert "passed while the computer was off or asleep" in room.said()
    await until(lambda: "it waits for you" in room.window.tidings.missed.detail())
    room.button("newTimeButton").click()
    found: list[TimeDialog] = []

    def is_open() -> bool:
        found[:] = [each for each in QApplication.topLevelWidgets() if isinstance(each, TimeDialog)]
        return bool(found) and found[0].isVisible()

    await until(is_open)
    assert found[0].windowTitle() == "Choose a time"
    hour = found[0].findChild(LinkButton, "inOneHour")
    schedule = found[0].findChild(QAbstractButton, "scheduleButton")
    assert hour is not None
    assert schedule is not None
    hour.click()
    schedule.click()
    await room.wait_for_state(message, State.QUEUED)
    services = room.demo.services
    moved = await services.outbox.get(message.id)
    assert moved.due is not None
    assert abs(moved.due - services.now() - timedelta(hours=1)) < timedelta(minutes=1)
    await until(lambda: not room.window.tidings.missed.isVisible())


async def test_what_is_sent_after_being_asked_needs_no_more_telling(room: Room) -> None:
    message, _ = await missed(room, WhenMissed.ASK)
    await room.show(message.id)
    await until(lambda: "deleteButton" in room.buttons())
    room.button("retryButton").click()
    await room.wait_for_state(message, State.QUEUED)
    await until(lambda: not room.window.tidings.missed.isVisible())


async def test_many_missed_times_are_one_notice(room: Room) -> None:
    for number in range(5):
        room.demo.services.now = datetime.now().astimezone
        await missed(room, WhenMissed.ASK, f"Nr. {number}")
    notice = room.window.tidings.missed
    await until(lambda: notice.text().startswith("5 scheduled messages"))
    assert notice.detail().count("planned for") == 3
    assert notice.detail().endswith("and 2 more")


@pytest.mark.case("L7")
async def test_without_a_network_the_mailbox_says_what_waits_for_it(room: Room) -> None:
    network = MemoryNetwork()
    around = room.demo.desk.surroundings
    around._open_network = lambda: network
    around.look_at_network()
    notice = room.window.tidings.network
    network.become(there=False)
    await room.post(room.draft(PRIMARY))
    await until(lambda: notice.text() == "No network. One message will be sent when it is back.")
    assert notice.kind() == "plain"
    await room.post(room.draft(PRIMARY))
    await until(lambda: notice.text() == "No network. 2 messages will be sent when it is back.")
    network.become(there=True)
    await until(lambda: not notice.isVisible())
    around.end()


@pytest.mark.case("L10")
@pytest.mark.parametrize(
    ("skew", "said"),
    [
        (timedelta(minutes=6), "slow by 6 minutes"),
        (-timedelta(hours=3), "fast by 3 hours"),
        (timedelta(days=400), "slow by 400 days"),
    ],
)
async def test_a_wrong_clock_is_told_as_long_as_it_is_wrong(room: Room, skew: timedelta, said: str) -> None:
    watch = room.demo.services.watch
    assert watch is not None
    watch.clock_skew = skew
    room.demo.desk.policy_changed.emit()
    notice = room.window.tidings.clock
    assert notice.isVisible()
    assert said in notice.text()
    watch.clock_skew = None
    room.demo.desk.policy_changed.emit()
    assert not notice.isVisible()


async def test_a_clock_that_was_set_is_named_as_the_cause(room: Room) -> None:
    services = room.demo.services
    wanted = services.now() + timedelta(hours=1)
    await room.post(room.draft(PRIMARY), wanted)
    late = wanted + timedelta(days=3)
    await services.schedules.look(late, WhenMissed.SEND, timedelta(days=3, hours=1))
    await until(lambda: room.window.tidings.missed.detail().startswith("The clock of this computer was set."))


def test_eight_in_the_morning_is_eight_by_the_clock_on_the_wall() -> None:
    hour, morning = suggestions(datetime(2026, 10, 24, 12, tzinfo=datetime.now().astimezone().tzinfo))
    assert (hour.hour, morning.hour, morning.minute) == (13, 8, 0)
    assert morning.utcoffset() is not None
