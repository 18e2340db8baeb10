"""The text of a message: plain, or simple rich text; nothing in it is ever fetched from anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from ui.composer.signature import replace_signature, tint_signature

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData, QUrl
    from PySide6.QtGui import QTextList

__all__ = ["BodyEditor", "Content", "local_files"]

_QUOTE_MARGIN = 24


@dataclass(frozen=True, slots=True)
class Content:
    """What is in the editor; `html` as Qt writes it, not yet made safe, and empty for plain text."""

    text: str
    html: str


class BodyEditor(QTextEdit):
    """An editor that is plain until one asks for formatting."""

    files_dropped = Signal(list)
    rich_changed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bodyField")
        self.setAccessibleName(self.tr("Message text"))
        self.setProperty("bare", True)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(18)
        self.is_rich = False
        self.signature = ""

    def load(self, text: str, html: str, signature: str) -> None:
        """Show a saved text."""
        self.document().setUndoRedoEnabled(False)
        if html:
            from app.message.html import sanitise

            self.set_rich(True)
            self.document().setHtml(sanitise(html))
        else:
            self.document().setPlainText(text)
        self.signature = signature
        tint_signature(self.document(), signature)
        self.document().setUndoRedoEnabled(True)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def content(self) -> Content:
        """Return what is typed; takes a while for long texts, so not for each key."""
        return Content(self.toPlainText(), self.toHtml() if self.is_rich else "")

    def take_signature(self, signature: str) -> None:
        """Put another signature (with its delimiter) in place of the one that is there."""
        if signature != self.signature and replace_signature(self.document(), self.signature, signature):
            self.signature = signature

    def retint(self) -> None:
        """Follow a change of the look."""
        tint_signature(self.document(), self.signature)

    def set_rich(self, rich: bool) -> None:
        """Turn formatting on; or off, which leaves the text alone and can be undone."""
        if rich == self.is_rich:
            return
        self.is_rich = rich
        self.setAcceptRichText(rich)
        if not rich:
            self._flatten()
        self.rich_changed.emit(rich)

    def toggle_bold(self) -> None:
        """Make the selection bold, or not."""
        form = QTextCharFormat()
        bold = self.fontWeight() >= QFont.Weight.Bold
        form.setFontWeight(QFont.Weight.Normal if bold else QFont.Weight.Bold)
        self._format(form)

    def toggle_italic(self) -> None:
        """Make the selection italic, or not."""
        form = QTextCharFormat()
        form.setFontItalic(not self.fontItalic())
        self._format(form)

    def toggle_underline(self) -> None:
        """Underline the selection, or not."""
        form = QTextCharFormat()
        form.setFontUnderline(not self.fontUnderline())
        self._format(form)

    def toggle_list(self, *, numbered: bool) -> None:
        """Make list items of the selected paragraphs, or plain ones again."""
        from PySide6.QtGui import QTextListFormat

        self.set_rich(True)
        cursor = self.textCursor()
        style = QTextListFormat.Style.ListDecimal if numbered else QTextListFormat.Style.ListDisc
        present: QTextList | None = cursor.currentList()
        cursor.beginEditBlock()
        if present is not None and present.format().style() == style:
            plain = cursor.blockFormat()
            plain.setObjectIndex(-1)
            plain.setIndent(0)
            cursor.setBlockFormat(plain)
        else:
            cursor.createList(style)
        cursor.endEditBlock()

    def toggle_quote(self) -> None:
        """Set the selected paragraphs in as a quotation, or out again."""
        self.set_rich(True)
        cursor = self.textCursor()
        form = QTextBlockFormat()
        # The margin tells, not the level: a reopened draft has only the one.
        quoted = cursor.blockFormat().leftMargin() > 0
        form.setLeftMargin(0 if quoted else _QUOTE_MARGIN)
        form.setRightMargin(0)
        cursor.mergeBlockFormat(form)

    def insert_link(self, target: str) -> None:
        """Make a link of the selection, or insert the link itself."""
        self.set_rich(True)
        cursor = self.textCursor()
        form = QTextCharFormat()
        form.setAnchor(True)
        form.setAnchorHref(target)
        form.setForeground(self.palette().link())
        form.setFontUnderline(True)
        if cursor.hasSelection():
            cursor.mergeCharFormat(form)
        else:
            cursor.insertText(target, form)
            cursor.insertText(" ", QTextCharFormat())

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: A002 - Qt's name
        from PySide6.QtGui import QImage, QTextDocument

        # Pasted pages name pictures and styles elsewhere; asking for them would tell their owner who reads.
        if type == QTextDocument.ResourceType.ImageResource.value:
            return QImage()
        return QByteArray()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return any((source.hasUrls(), source.hasText(), source.hasHtml()))

    def insertFromMimeData(self, source: QMimeData) -> None:
        if files := local_files(source):
            self.files_dropped.emit(files)
        elif self.is_rich and source.hasHtml():
            from app.message.html import sanitise

            self.textCursor().insertHtml(sanitise(source.html()))
        elif source.hasText():
            self.textCursor().insertText(source.text())
        elif source.hasHtml():
            from app.message.html import plain_text, sanitise

            self.textCursor().insertText(plain_text(sanitise(source.html())))
        self.ensureCursorVisible()

    def _format(self, form: QTextCharFormat) -> None:
        self.set_rich(True)
        self.mergeCurrentCharFormat(form)

    def _flatten(self) -> None:
        text = self.toPlainText()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText("", QTextCharFormat())
        cursor.setBlockFormat(QTextBlockFormat())
        cursor.insertText(text, QTextCharFormat())
        cursor.endEditBlock()
        tint_signature(self.document(), self.signature)


def local_files(data: QMimeData) -> list[str]:
    """Return the files of this machine that are dropped or pasted."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []
