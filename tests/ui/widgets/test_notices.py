"""Notices say what happened, offer what to do, and do not throw anyone out of place."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from ui.theme import tokens
from ui.widgets import EmptyState, LinkButton, Notice, UndoBar


def links(notice: Notice) -> list[LinkButton]:
    return [link for link in notice.findChildren(LinkButton) if link.isVisible()]


def test_a_notice_is_not_there_until_it_has_something_to_say(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    assert not notice.isVisible()
    notice.show_text("warn", "Your policy is old", "Checked on Monday")
    assert notice.isVisible()
    assert (notice.kind(), notice.text(), notice.detail()) == ("warn", "Your policy is old", "Checked on Monday")
    assert notice.accessibleName() == "Your policy is old Checked on Monday"
    notice.clear()
    assert not notice.isVisible()


@pytest.mark.parametrize(("kind", "ground"), [("info", "accent_soft"), ("good", "good_soft"), ("bad", "bad_soft")])
def test_a_notice_has_the_ground_of_its_kind(qtbot: QtBot, scheme: str, kind: str, ground: str) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.resize(400, 60)
    notice.show_text(kind, "Text")
    assert notice.grab().toImage().pixelColor(395, 30).name() == getattr(tokens(), ground)


def test_each_action_calls_its_own(qtbot: QtBot) -> None:
    called: list[str] = []
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_text(
        "info", "Text", actions=[("Why?", lambda: called.append("why")), ("Check", lambda: called.append("check"))]
    )
    for link in links(notice):
        link.click()
    assert called == ["why", "check"]


def test_new_text_replaces_the_old_actions_and_keeps_the_focus_on_the_same_one(qtbot: QtBot) -> None:
    notice = Notice()
    qtbot.addWidget(notice)
    notice.show_text("info", "Old", actions=[("Why?", print), ("Check now", print)])
    notice.activateWindow()
    links(notice)[1].setFocus()
    qtbot.waitUntil(lambda: links(notice)[1].hasFocus())
    notice.show_text("good", "New", actions=[("Check now", print), ("Why?", print)])
    assert [link.text() for link in links(notice)] == ["Check now", "Why?"]
    qtbot.waitUntil(lambda: links(notice)[0].hasFocus())


def test_a_notice_can_be_closed_by_hand(qtbot: QtBot) -> None:
    notice = Notice(closable=True)
    qtbot.addWidget(notice)
    notice.show_text("plain", "Text")
    (cross,) = notice.findChildren(QToolButton)
    assert cross.accessibleName() == "Close this notice"
    with qtbot.waitSignal(notice.closed):
        cross.click()
    assert not notice.isVisible()


def test_undo_is_offered_for_so_long_and_no_longer(qtbot: QtBot) -> None:
    bar = UndoBar()
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.expired, timeout=5000):
        bar.offer("Message is sent", 1)
        assert bar.isVisible()
    assert not bar.isVisible()


def test_undo_is_told_once_and_the_bar_goes(qtbot: QtBot) -> None:
    bar = UndoBar()
    qtbot.addWidget(bar)
    bar.offer("Message is sent", 10)
    (label,) = bar.findChildren(QLabel)
    assert label.text() == "Message is sent · 10 s"
    with qtbot.waitSignal(bar.undone):
        bar.button.click()
    assert not bar.isVisible()


def test_an_empty_list_says_what_will_be_there_and_how(qtbot: QtBot) -> None:
    state = EmptyState("inbox", "Nothing waits here", "Messages you send appear here.", action="Write a message")
    qtbot.addWidget(state)
    state.resize(400, 300)
    state.show()
    assert [label.text() for label in state.findChildren(QLabel)] == [
        "Nothing waits here",
        "Messages you send appear here.",
    ]
    assert state.button is not None
    assert state.button.text() == "Write a message"


def test_an_empty_state_needs_no_action(qtbot: QtBot) -> None:
    state = EmptyState("inbox", "Nothing waits here", "Text")
    qtbot.addWidget(state)
    assert state.button is None


def test_long_actions_stand_below_the_text_and_leave_it_room(qtbot: QtBot) -> None:
    notice = Notice(closable=True)
    qtbot.addWidget(notice)
    notice.resize(480, 200)
    long = [(name * 12, notice.clear) for name in "abc"]
    notice.show_text("bad", "The disk is full: nothing can be saved", "Make room", long)
    qtbot.waitExposed(notice)
    title = next(label for label in notice.findChildren(QLabel) if label.text() == notice.text())
    assert all(link.width() >= link.sizeHint().width() and link.y() > title.y() for link in links(notice))
    assert title.width() > 300
    notice.show_text("bad", "The disk is full", actions=[("Undo", notice.clear)])
    (link,) = links(notice)
    qtbot.waitUntil(lambda: link.x() > title.geometry().right())
