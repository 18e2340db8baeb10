"""Attaching a file looks at it beside the window's own work: a drive that does not answer holds nothing up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.message import attachments
from app.message.draft import Attachment
from tests.servers.disk import dead_drive
from tests.ui.composer.writing import Writing, until
from ui.composer import patience
from ui.composer.attachments import AttachmentBar
from ui.composer.file_chip import FileChip
from ui.composer.window import ComposerWindow
from ui.widgets.buttons import LinkButton


@dataclass
class Drive:
    """A network drive that answers for a file when it is told to."""

    answered: dict[str, threading.Event] = field(default_factory=dict)

    def slow(self, name: str) -> threading.Event:
        return self.answered.setdefault(name, threading.Event())

    def answer_all(self) -> None:
        for each in self.answered.values():
            each.set()


@pytest.fixture
def drive(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    """Let files whose names are told to it be slow; what is said of slow ones is said soon."""
    drive, look = Drive(), attachments.check_attachment

    def waits(attachment: Attachment) -> int:
        if (answered := drive.answered.get(attachment.name)) is not None:
            assert answered.wait(30)
        return look(attachment)

    monkeypatch.setattr(attachments, "check_attachment", waits)
    monkeypatch.setattr("ui.composer.attachments.SOON", 10)
    monkeypatch.setattr("ui.composer.attachments.LATE", 20)
    monkeypatch.setattr(patience, "SHORT_WAIT", 0.05)
    yield drive
    drive.answer_all()


def files(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_bytes(b"x" * 10)
    return [str(folder / name) for name in names]


def shown(bar: AttachmentBar) -> list[str]:
    return [chip.accessibleName() for chip in bar.findChildren(FileChip) if not chip.isHidden()]


def known(bar: AttachmentBar) -> list[str]:
    return [each.name for each in bar.attachments if each.size]


def links(window: ComposerWindow) -> dict[str, QAbstractButton]:
    return {link.text(): link for link in window.findChildren(LinkButton) if link.isVisible()}


def write(window: ComposerWindow) -> None:
    QTest.keyClicks(window.header.fields["to"].line, "kunde@extern.example,")
    QTest.keyClicks(window.header.subject, "Angebot")
    QTest.keyClicks(window.body, "Guten Tag")


def mime(paths: list[str]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def drop(window: ComposerWindow, paths: list[str]) -> None:
    data = mime(paths)
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, button, keys))


def takes_drop(window: ComposerWindow, paths: list[str]) -> bool:
    data = mime(paths)
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, button, keys)
    event.ignore()
    window.dragEnterEvent(event)
    return event.isAccepted()


def paste(window: ComposerWindow, paths: list[str]) -> None:
    window.body.insertFromMimeData(mime(paths))


@pytest.mark.system("fuse")
@pytest.mark.parametrize("attach", [drop, paste])
async def test_a_dead_drive_holds_neither_the_window_nor_files_from_elsewhere(
    desk: Writing, tmp_path: Path, attach: Callable[[ComposerWindow, list[str]], None]
) -> None:
    window = desk.open()
    with dead_drive(tmp_path / "dead") as dead:
        attach(window, [str(dead / "Plan.pdf"), *files(tmp_path, "Bild.png")])
        await until(lambda: known(window.attachments) == ["Bild.png"])
        await until(lambda: shown(window.attachments) == ["Plan.pdf, being looked at …", "Bild.png, 10 bytes"])
        write(window)
        assert (await window.current_draft()).text.startswith("Guten Tag")
        window.close()
        await until(lambda: window.draft_id in desk.closed)
    (saved,) = await desk.demo.services.drafts.list()
    assert [each.name for each in saved.draft.attachments] == ["Plan.pdf", "Bild.png"]


async def test_files_stand_in_the_order_they_were_chosen_in_whichever_answers_first(
    desk: Writing, tmp_path: Path, drive: Drive
) -> None:
    window, slow = desk.open(), drive.slow("b.txt")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (first,), (second,) = files(tmp_path / "one", "b.txt"), files(tmp_path / "two", "a.txt")
    window.attachments.add_files([first, second, first])
    await until(lambda: known(window.attachments) == ["a.txt"])
    slow.set()
    await until(lambda: known(window.attachments) == ["b.txt", "a.txt"])
    await until(lambda: shown(window.attachments) == ["b.txt, 10 bytes", "a.txt, 10 bytes"])


async def test_a_quick_look_says_nothing_of_itself(desk: Writing, tmp_path: Path) -> None:
    window = desk.open()
    said: list[list[str]] = []
    window.attachments.changed.connect(lambda: said.append(shown(window.attachments)))
    window.attachments.add_files(files(tmp_path, "a.txt"))
    assert shown(window.attachments) == []
    await until(lambda: said)
    assert said == [["a.txt, 10 bytes"]]


async def test_a_file_that_is_looked_at_can_be_removed(desk: Writing, tmp_path: Path, drive: Drive) -> None:
    window, slow = desk.open(), drive.slow("a.txt")
    window.attachments.add_files(files(tmp_path, "a.txt", "b.txt"))
    await until(lambda: len(shown(window.attachments)) == 2)
    (chip, *_) = window.attachments.findChildren(FileChip)
    chip.findChildren(QAbstractButton, "removeAttachment")[0].click()
    # The next one of the same folder has its turn now, though the thread of the first still waits.
    await until(lambda: known(window.attachments) == ["b.txt"])
    slow.set()
    await until(lambda: shown(window.attachments) == ["b.txt, 10 bytes"])


async def test_all_that_do_not_answer_can_be_left_out_at_once(desk: Writing, tmp_path: Path, drive: Drive) -> None:
    window = desk.open()
    for name in ("a.txt", "b.txt"):
        drive.slow(name)
    window.attachments.add_files(files(tmp_path, "a.txt", "b.txt"))
    await until(lambda: "Leave them out" in links(window))
    links(window)["Leave them out"].click()
    assert (window.attachments.attachments, window.attachments.isVisible()) == ((), False)


async def test_send_waits_for_files_that_are_looked_at(desk: Writing, tmp_path: Path, drive: Drive) -> None:
    window, slow = desk.open(), drive.slow("a.txt")
    write(window)
    window.attachments.add_files(files(tmp_path, "a.txt"))
    assert takes_drop(window, files(tmp_path, "early.txt"))
    window.bar.send.click()
    await until(lambda: "Stop" in links(window))
    assert not takes_drop(window, files(tmp_path, "late.txt"))
    assert (await desk.messages(), window.body.isEnabled()) == ([], False)
    slow.set()
    await until(lambda: desk.queued == [window.draft_id])
    sent = b"".join([chunk async for chunk in desk.demo.services.outbox.chunks(window.draft_id)])
    assert b"filename=a.txt" in sent.replace(b'"', b"")


async def test_who_stops_waiting_has_the_message_back(desk: Writing, tmp_path: Path, drive: Drive) -> None:
    window, slow = desk.open(), drive.slow("a.txt")
    write(window)
    window.attachments.add_files(files(tmp_path, "a.txt"))
    window.bar.send.click()
    await until(lambda: "Stop" in links(window))
    links(window)["Stop"].click()
    await until(window.body.isEnabled)
    assert (await desk.messages(), window.notice.isVisible()) == ([], False)
    slow.set()
    window.bar.send.click()
    await until(lambda: desk.queued == [window.draft_id])


async def test_a_message_does_not_go_without_a_file_that_turns_out_not_to_be_there(
    desk: Writing, tmp_path: Path, drive: Drive
) -> None:
    window, slow = desk.open(), drive.slow("a.txt")
    write(window)
    window.attachments.add_files(files(tmp_path, "a.txt"))
    window.bar.send.click()
    await until(lambda: "Stop" in links(window))
    (tmp_path / "a.txt").unlink()
    slow.set()
    await until(window.body.isEnabled)
    assert (await desk.messages(), window.attachments.attachments) == ([], ())
    assert window.notice.isVisible()
    assert "“a.txt” is no longer there" in window.notice.text()


async def test_all_files_that_cannot_go_are_named(desk: Writing, tmp_path: Path) -> None:
    window = desk.open()
    window.attachments.add_files([str(tmp_path / "a.txt"), *files(tmp_path, "b.txt"), str(tmp_path / "c.txt")])
    await until(lambda: "a.txt, c.txt" in window.notice.text())
    assert known(window.attachments) == ["b.txt"]


async def test_a_composer_that_is_closed_waits_for_no_file(desk: Writing, tmp_path: Path, drive: Drive) -> None:
    window, slow = desk.open(), drive.slow("a.txt")
    window.attachments.add_files(files(tmp_path, "a.txt"))
    await until(lambda: shown(window.attachments))
    name = window.draft_id
    window.leave()
    await until(lambda: name in desk.closed)
    slow.set()
    assert await desk.demo.services.drafts.list() == []
