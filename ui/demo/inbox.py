"""What arrived at one server: a list, each message as a recipient's program shows it, and its bytes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.demo.inbox import Arrived
from app.demo.reading import Shown, shown, verification_code
from ui.widgets import EmptyState, Heading, Line, LinkButton, Notice, PlainLabel, QuietLabel, scrolled

__all__ = ["InboxView"]


class InboxView(QWidget):
    """The messages of one server, newest first."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: list[Arrived] = []
        self._list = QListWidget()
        self._list.setObjectName("arrivedList")
        self._list.setAccessibleName(self.tr("Messages that arrived"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentRowChanged.connect(self._show)
        self._reader = _Reader()
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self._list)
        splitter.addWidget(self._reader)
        splitter.setSizes([140, 460])
        splitter.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState("inbox", empty, self.tr("Messages appear here as soon as the server has them."))
        )
        self._stack.addWidget(splitter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._stack)

    def add(self, arrived: Arrived) -> None:
        """Show a new message on top, and open it."""
        self._messages.insert(0, arrived)
        seen = shown(arrived)
        text = f"{arrived.received_at.astimezone():%H:%M:%S}   {seen.from_address}   {seen.subject}"
        self._list.insertItem(0, QListWidgetItem(" ".join(text.splitlines())))
        self._stack.setCurrentIndex(1)
        self._list.setCurrentRow(0)
        self._show(0)

    def count(self) -> int:
        """Return how many messages arrived."""
        return len(self._messages)

    def _show(self, row: int) -> None:
        if 0 <= row < len(self._messages):
            self._reader.show_message(self._messages[row])


class _Reader(QTabWidget):
    """One message twice: for people, and byte for byte."""

    def __init__(self) -> None:
        super().__init__()
        self.setDocumentMode(True)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._subject = Heading("", level=3)
        self._subject.setObjectName("arrivedSubject")
        self._from = PlainLabel()
        self._from.setObjectName("arrivedFrom")
        self._from.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._facts = QuietLabel()
        self._facts.setObjectName("arrivedFacts")
        self._code = Notice(name="codeNotice")
        self._text = PlainLabel()
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (self._subject, self._from, self._facts, self._code, Line(), self._text):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self._raw = QPlainTextEdit()
        self._raw.setObjectName("arrivedRaw")
        self._raw.setReadOnly(True)
        self._raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._raw.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.addTab(scrolled(page), self.tr("As recipients see it"))
        self.addTab(self._raw, self.tr("As it arrived"))

    def show_message(self, arrived: Arrived) -> None:
        """Show one message in both ways."""
        seen = shown(arrived)
        self._from.setText(self.tr("From: {sender}").format(sender=self._sender(seen)))
        self._facts.setText(
            self.tr("To: {to} · Return-Path: {envelope} · signed in as {login} · {tls}, port {port}").format(
                to=seen.to, envelope=arrived.envelope_from, login=arrived.login, tls=arrived.tls, port=arrived.port
            )
        )
        self._subject.setText(seen.subject or self.tr("(no subject)"))
        self._text.setText(seen.text)
        self._show_code(verification_code(arrived))
        self._raw.setPlainText(arrived.data.decode("utf-8", "replace"))
        # Once for the widths and once for the heights that follow from them, so that nothing is seen to move.
        self._column.activate()
        self._column.activate()

    def _sender(self, seen: Shown) -> str:
        named = f"{seen.from_name} <{seen.from_address}>" if seen.from_name else seen.from_address
        if not seen.on_behalf_of:
            return named
        return self.tr("{sender} on behalf of {address}").format(sender=seen.sender, address=named)

    def _show_code(self, code: str | None) -> None:
        self._code.clear()
        if code is None:
            return
        self._code.show_text("info", self.tr("Confirmation code: {code}").format(code=code))
        copy = LinkButton(self.tr("&Copy code"), self, name="copyCode")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(code))
        self._code.add_link(copy)
