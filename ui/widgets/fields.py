"""Fields with a label and an error line of their own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.icons import icon
from ui.texts import translate
from ui.widgets.labels import PlainLabel, QuietLabel, announce, restyle

__all__ = ["Field", "PasswordField", "SearchField"]


class Field(QWidget):
    """A label above an editor, with a hint below that gives way to an error."""

    def __init__(
        self,
        label: str,
        editor: QWidget | None = None,
        parent: QWidget | None = None,
        *,
        hint: str = "",
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self.editor: QWidget = editor or QLineEdit()
        if name:
            self.editor.setObjectName(name)
        self.editor.setAccessibleName(label.replace("&", ""))
        self._label = QLabel(label)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setBuddy(self.editor)
        self._hint = QuietLabel(hint)
        self._hint.setVisible(bool(hint))
        self.editor.setAccessibleDescription(hint)
        self._error = PlainLabel()
        self._error.setProperty("bad", True)
        self._error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._label, self.editor, self._hint, self._error):
            column.addWidget(part)
        self.setFocusProxy(self.editor)

    @property
    def line(self) -> QLineEdit:
        """The editor as a line; a bug if it is another one."""
        assert isinstance(self.editor, QLineEdit)
        return self.editor

    def text(self) -> str:
        """Return what is typed."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Put a text into the editor."""
        self.line.setText(text)

    def set_error(self, text: str | None) -> None:
        """Show what is wrong with the content, or that nothing is; a screen reader is told."""
        self._error.setText(text or "")
        self._error.setVisible(bool(text))
        self._hint.setVisible(not text and bool(self._hint.text()))
        restyle(self.editor, "wrong", bool(text))
        self.editor.setAccessibleDescription(text or self._hint.text())
        announce(self.editor, text or "")

    def error(self) -> str:
        """Return the error that is shown, or an empty text."""
        return self._error.text()

    def set_hint(self, text: str) -> None:
        """Replace the hint."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text) and not self._error.text())
        if not self._error.text():
            self.editor.setAccessibleDescription(text)


class PasswordField(Field):
    """A field for a secret, hidden unless its eye is pressed; nothing typed goes to undo or the clipboard."""

    def __init__(self, label: str, parent: QWidget | None = None, *, hint: str = "", name: str = "") -> None:
        super().__init__(label, QLineEdit(), parent, hint=hint, name=name)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoAutoUppercase
            | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._eye = QAction(icon("eye", "quiet"), translate("widgets", "Show the password"), self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._show)
        self.line.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye", "quiet"))


class SearchField(QLineEdit):
    """A line that narrows a list."""

    def __init__(self, placeholder: str, parent: QWidget | None = None, *, name: str = "searchField") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
