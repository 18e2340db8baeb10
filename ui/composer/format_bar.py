"""The tools above the text: attach, and formatting where one wants it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ui.composer.body import BodyEditor
from ui.widgets import icon_button

__all__ = ["FormatBar"]


class FormatBar(QWidget):
    """Attach, a switch for formatting, and the formats while it is on."""

    def __init__(self, parent: QWidget, body: BodyEditor) -> None:
        super().__init__(parent)
        self._body = body
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 0, 16, 4)
        self._row.setSpacing(2)
        self.attach = icon_button("paperclip", self.tr("Attach files (Ctrl+Shift+A)"), self, name="attachButton")
        self.attach.setText(self.tr("Attach"))
        self.attach.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.rich = icon_button("pencil", self.tr("Format the text"), self, name="formatButton")
        self.rich.setText(self.tr("Formatting"))
        self.rich.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.rich.setCheckable(True)
        self.rich.toggled.connect(body.set_rich)
        self._formats: list[QToolButton] = []
        self._row.addWidget(self.attach)
        self._row.addWidget(self.rich)
        self._row.addStretch(1)
        for keys, call in (
            (QKeySequence.StandardKey.Bold, body.toggle_bold),
            (QKeySequence.StandardKey.Italic, body.toggle_italic),
            (QKeySequence.StandardKey.Underline, body.toggle_underline),
        ):
            shortcut = QAction(body)
            shortcut.setShortcut(keys)
            shortcut.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.triggered.connect(call)
            body.addAction(shortcut)
        body.rich_changed.connect(self._show_formats)
        body.currentCharFormatChanged.connect(lambda _: self._follow())
        self._show_formats(body.is_rich)

    def _show_formats(self, rich: bool) -> None:
        if rich and not self._formats:
            self._build()
        self.rich.setChecked(rich)
        for button in self._formats:
            button.setVisible(rich)

    def _build(self) -> None:
        body = self._body
        tools: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("bold", self.tr("Bold"), body.toggle_bold),
            ("italic", self.tr("Italic"), body.toggle_italic),
            ("underline", self.tr("Underlined"), body.toggle_underline),
            ("list", self.tr("List"), lambda: body.toggle_list(numbered=False)),
            ("list-ordered", self.tr("Numbered list"), lambda: body.toggle_list(numbered=True)),
            ("text-quote", self.tr("Quotation"), body.toggle_quote),
            ("link", self.tr("Link …"), self._ask_link),
        )
        for index, (name, text, call) in enumerate(tools):
            button = icon_button(name, text, self, name=f"{name}Button")
            button.setCheckable(name in {"bold", "italic", "underline"})
            button.clicked.connect(lambda _checked=False, call=call: self._apply(call))
            self._row.insertWidget(2 + index, button)
            self._formats.append(button)

    def _apply(self, call: Callable[[], None]) -> None:
        call()
        self._body.setFocus()
        self._follow()

    def _follow(self) -> None:
        """Show which formats hold where the cursor is."""
        if self._formats:
            holds = (self._body.fontWeight() > 500, self._body.fontItalic(), self._body.fontUnderline())
            for button, on in zip(self._formats[:3], holds, strict=True):
                button.setChecked(on)

    def _ask_link(self) -> None:
        from PySide6.QtWidgets import QInputDialog

        dialog = QInputDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Link"))
        dialog.setLabelText(self.tr("Where does the link go? It begins with https:// or mailto:"))
        dialog.setTextValue("https://")
        dialog.textValueSelected.connect(self._link_to)
        dialog.open()

    def _link_to(self, target: str) -> None:
        trimmed = target.strip()
        if trimmed.startswith(("https://", "http://", "mailto:")) and trimmed not in {"https://", "http://"}:
            self._body.insert_link(trimmed)
