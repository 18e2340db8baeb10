"""The composer, from the first key to the other side's inbox."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.reading import shown
from app.demo.world import PARTNER
from app.errors import Reason, StorageError
from app.message.draft import Draft
from tests.ui.composer.writing import Writing, until
from ui.composer.window import ComposerWindow

RECIPIENT = "kunde@extern.example"


def choose(window: ComposerWindow, address: str) -> None:
    window.header.from_field.chosen.emit(Address.parse(address))


def write(window: ComposerWindow, subject: str = "Angebot", text: str = "Guten Tag") -> None:
    QTest.keyClicks(window.header.fields["to"].line, RECIPIENT + ",")
    QTest.keyClicks(window.header.subject, subject)
    window.body.textCursor().insertText(text)


@pytest.mark.parametrize(("sender", "server"), [(PRIMARY, Server.ORGANISATION), (PARTNER, Server.PARTNER)])
async def test_a_message_arrives_through_the_server_of_its_from(desk: Writing, sender: str, server: Server) -> None:
    window = desk.open()
    choose(window, sender)
    write(window)
    window.header.field("bcc").add_text("geheim@extern.example")
    window.bar.send.click()
    await until(lambda: desk.queued)
    await desk.demo.services.postman.run_due()
    (arrived,) = desk.demo.world.inbox.messages(server)
    assert shown(arrived).from_address == sender
    assert "geheim@extern.example" in arrived.recipients
    assert b"geheim" not in arrived.data


async def test_the_route_line_follows_from_and_the_policy(desk: Writing) -> None:
    window = desk.open()
    organisation = window.header.route.line.text()
    choose(window, PARTNER)
    own = window.header.route.line.text()
    assert own != organisation
    assert str(desk.demo.world.partner.access().port) in own
    assert PARTNER in window.bar.send.accessibleName()
    await desk.allow(False)
    assert window.header.route.line.text() not in {own, organisation}
    assert window.header.route.recipients_see.isHidden()


async def test_a_message_the_policy_forbids_is_held(desk: Writing) -> None:
    window = desk.open()
    choose(window, PARTNER)
    write(window)
    await desk.allow(False)
    window.bar.send.click()
    await until(lambda: desk.queued)
    (message,) = await desk.messages()
    assert message.state is State.HELD


async def test_a_recipient_that_is_no_address_stops_the_message_with_a_sentence(desk: Writing) -> None:
    window = desk.open()
    write(window)
    QTest.keyClicks(window.header.fields["to"].line, "falsch@")
    window.bar.send.click()
    await until(lambda: window.bar.send.isEnabled())
    assert "falsch@" in window.notice.text()
    assert window.notice.kind() == "bad"
    assert [chip.is_wrong for chip in window.header.fields["to"].chips] == [False, True]
    assert window.header.subject.text() == "Angebot"
    assert await desk.messages() == []


async def test_two_presses_send_once(desk: Writing) -> None:
    window = desk.open()
    write(window)
    window.activateWindow()
    QTest.keyClick(window.body, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.bar.send.click()
    window.bar.send.click()
    await until(lambda: desk.queued)
    await asyncio.sleep(0.05)
    assert len(await desk.messages()) == 1
    assert len(desk.queued) == 1


async def test_a_closed_draft_comes_back_with_everything(desk: Writing, tmp_path: Path) -> None:
    file = tmp_path / "Angebot.pdf"
    file.write_bytes(b"x" * 1000)
    window = desk.open()
    choose(window, PARTNER)
    write(window)
    QTest.keyClicks(window.header.fields["to"].line, "halb@")
    window.body.toggle_bold()
    window.body.textCursor().insertText(" fett", window.body.currentCharFormat())
    window.attachments.add_files([str(file)])
    draft_id = window.draft_id
    window.close()
    await until(lambda: draft_id in desk.closed)
    draft = await desk.demo.services.drafts.load(draft_id)
    again = desk.open(draft)
    assert again.header.from_address == Address.parse(PARTNER)
    assert [str(each.address) for each in again.header.mailboxes("to")] == [RECIPIENT]
    assert again.header.unfinished == (("to", "halb@"),)
    assert [each.name for each in again.attachments.attachments] == ["Angebot.pdf"]
    assert again.body.is_rich
    assert "<b>" in (await again.current_draft()).html
    assert again.body.toPlainText().count("Partner AG") == 1


async def test_an_empty_composer_leaves_no_draft(desk: Writing) -> None:
    window = desk.open()
    window.close()
    await asyncio.sleep(0.05)
    assert await desk.demo.services.drafts.list() == []


async def test_the_signature_is_replaced_and_typed_text_stays(desk: Writing) -> None:
    window = desk.open()
    window.body.textCursor().insertText("Guten Tag")
    assert window.body.toPlainText() == "Guten Tag\n\n-- \nBeispiel GmbH"
    choose(window, PARTNER)
    choose(window, PRIMARY)
    choose(window, PARTNER)
    assert window.body.toPlainText() == "Guten Tag\n\n-- \nPartner AG"


async def test_a_signature_someone_has_changed_is_text_and_stays(desk: Writing) -> None:
    window = desk.open()
    window.body.moveCursor(window.body.textCursor().MoveOperation.End)
    window.body.textCursor().insertText(", Abteilung 3")
    typed = window.body.toPlainText()
    choose(window, PARTNER)
    assert window.body.toPlainText() == typed


async def test_a_forgotten_attachment_is_asked_about_once(desk: Writing) -> None:
    window = desk.open()
    write(window, text="anbei das Angebot")
    window.bar.send.click()
    await until(lambda: window.bar.send.isEnabled())
    assert "anbei" in window.notice.text()
    assert await desk.messages() == []
    window.bar.send.click()
    await until(lambda: desk.queued)


async def test_dropped_files_are_attached_and_folders_refused(desk: Writing, tmp_path: Path) -> None:
    file = tmp_path / "Bild.png"
    file.write_bytes(b"x" * 10)
    window = desk.open()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(tmp_path))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    await until(window.notice.isVisible)
    assert [each.name for each in window.attachments.attachments] == ["Bild.png"]
    assert window.notice.kind() == "bad"


async def test_pasted_html_brings_no_script_and_no_remote_picture(desk: Writing) -> None:
    window = desk.open()
    window.body.set_rich(True)
    data = QMimeData()
    data.setHtml('<p>Hallo <b>Welt</b><script>x()</script><img src="http://spy.example/p.png"></p>')
    window.body.insertFromMimeData(data)
    html = (await window.current_draft()).html
    assert "Hallo" in html
    assert "<b>Welt</b>" in html
    assert "script" not in html
    assert "spy.example" not in window.body.toHtml()


async def test_a_pasted_list_becomes_chips_and_a_repeated_one_is_marked(desk: Writing) -> None:
    window = desk.open()
    field = window.header.fields["to"]
    QApplication.clipboard().setText("A <a@extern.example>; b@extern.example\nA@extern.example")
    QTest.keyClick(field.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [chip.text for chip in field.chips] == ["A <a@extern.example>", "b@extern.example", "A@extern.example"]
    assert [bool(chip.accessibleDescription()) for chip in field.chips] == [False, False, True]
    QTest.keyClick(field.line, Qt.Key.Key_Backspace)
    QTest.keyClick(field.chips[-1], Qt.Key.Key_Delete)
    assert len(field.chips) == 2


async def test_people_written_to_before_are_offered_and_taken_with_enter(desk: Writing) -> None:
    services = desk.demo.services
    await services.contacts.remember([Mailbox(Address.parse(RECIPIENT), "Kunde")], services.now())
    window = desk.open()
    field = window.header.fields["to"]
    window.activateWindow()
    field.line.setFocus()
    QTest.keyClicks(field.line, "kun")
    await until(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QListView)
    assert popup.currentIndex().data() == f"Kunde <{RECIPIENT}>"
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert [chip.text for chip in field.chips] == [f"Kunde <{RECIPIENT}>"]


async def test_what_is_typed_is_saved_by_itself(desk: Writing) -> None:
    window = desk.open()
    write(window)
    drafts = desk.demo.services.drafts
    await until(window.bar.saved.text)
    (saved,) = await drafts.list()
    assert saved.draft.subject == "Angebot"
    assert saved.draft.text.startswith("Guten Tag")


async def test_tab_goes_through_every_control_of_the_composer(desk: Writing) -> None:
    window = desk.open()
    copies = window.header.field("cc").line
    await until(copies.isVisible)
    window.header.from_field.setFocus()
    reached = []
    for _ in range(14):
        focused = window.focusWidget()
        assert focused is not None
        reached.append(focused.objectName())
        window.focusNextChild()
    assert reached[:5] == ["fromField", "toField", "ccField", "subjectField", "bodyField"]
    assert reached[5:8] == ["sendButton", "laterButton", "discardButton"]
    assert set(reached[8:13]) == {"whyLink", "recipientsSeeLink", "bccLink", "attachButton", "formatButton"}
    assert reached[13] == "fromField"


async def test_a_save_that_begins_when_its_window_has_gone_does_nothing(desk: Writing) -> None:
    window = desk.open()
    QTest.keyClicks(window.header.subject, "Angebot")
    saving = window.keep()
    window.leave()
    await until(lambda: window.draft_id in desk.closed)
    assert await saving
    assert await desk.demo.services.drafts.list() == []


@pytest.mark.parametrize("is_full", [True, False])
async def test_a_window_that_is_left_while_it_saves_is_not_spoken_to_again(
    desk: Writing, monkeypatch: pytest.MonkeyPatch, is_full: bool
) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def save(draft: Draft, now: datetime) -> None:
        begun.set()
        await go.wait()
        if is_full:
            raise StorageError.because(Reason.STORAGE_FULL, folder="x")

    monkeypatch.setattr(desk.demo.services.drafts, "save", save)
    window = desk.open()
    QTest.keyClicks(window.header.subject, "Angebot")
    saving = asyncio.create_task(window.keep())
    await begun.wait()
    window.leave()
    await until(lambda: window.draft_id in desk.closed)
    go.set()
    assert await saving
