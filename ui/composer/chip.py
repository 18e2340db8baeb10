"""One recipient as a chip: a mailbox, or text that is none yet, with what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.address import Mailbox, Unparsed, could_pass_for_another, name_contains_other_address
from ui.theme import tokens
from ui.widgets.labels import plain_tool_tip

__all__ = ["RecipientChip"]

_WIDEST = 320


class RecipientChip(QWidget):
    """Shows a recipient; asks by signals to be removed or edited, the field does it."""

    removed = Signal(object)
    edit_wanted = Signal(object)
    stepped = Signal(object, int)
    typed = Signal(str)

    def __init__(self, content: Mailbox | Unparsed, parent: QWidget) -> None:
        super().__init__(parent)
        self.content = content
        self._is_repeated = False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._label = content.text if isinstance(content, Unparsed) else content.name or content.address.display
        metrics = self.fontMetrics()
        self._size = QSize(min(metrics.horizontalAdvance(self._label) + 46, _WIDEST), metrics.height() + 8)
        self._describe()

    @property
    def is_wrong(self) -> bool:
        """Whether it is no address."""
        return isinstance(self.content, Unparsed)

    @property
    def text(self) -> str:
        """The whole recipient as text that can be typed again."""
        return self.content.text if isinstance(self.content, Unparsed) else str(self.content)

    def set_repeated(self, repeated: bool) -> None:
        """Mark the recipient as one that stands there already."""
        if repeated != self._is_repeated:
            self._is_repeated = repeated
            self._describe()
            self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def _describe(self) -> None:
        said = self._remark()
        shown = self.content.text if isinstance(self.content, Unparsed) else self.content.display
        self.setAccessibleName(shown)
        self.setAccessibleDescription(said)
        self.setToolTip(plain_tool_tip(f"{shown}\n{said}" if said else shown).replace("\n", "<br>"))

    def _remark(self) -> str:
        if isinstance(self.content, Unparsed):
            from ui.messages import explain

            return explain(self.content.problem).sentence
        if name_contains_other_address(self.content):
            return self.tr("The name shows another address than the message goes to: {address}").format(
                address=self.content.address.display
            )
        if could_pass_for_another(self.content):
            return self.tr(
                "Some letters only look like others, as in forged addresses. The message goes to {address}"
            ).format(address=self.content.address.display)
        return self.tr("Is there already; gets the message once.") if self._is_repeated else ""

    @property
    def _is_suspicious(self) -> bool:
        if not isinstance(self.content, Mailbox):
            return False
        return name_contains_other_address(self.content) or could_pass_for_another(self.content)

    def _cross(self) -> QRectF:
        side = self.height()
        right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        return QRectF(2 if right_to_left else self.width() - side - 2, 0, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        edge, style = colours.line, Qt.PenStyle.SolidLine
        if self.is_wrong:
            edge = colours.bad
        elif self._is_suspicious or self._is_repeated:
            edge, style = colours.warn, Qt.PenStyle.DashLine
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(colours.accent if focused else edge), 2 if focused else 1, style))
        painter.setBrush(QColor(colours.bad_soft if self.is_wrong else colours.sunken))
        if focused and not self.is_wrong:
            painter.setBrush(QColor(colours.selection))
        painter.drawRoundedRect(outline, outline.height() / 2, outline.height() / 2)
        cross = self._cross()
        right_to_left = cross.x() < self.width() / 2
        room = self.rect().adjusted(30 if right_to_left else 12, 0, -12 if right_to_left else -30, 0)
        painter.setPen(QColor(colours.bad if self.is_wrong else colours.text))
        shown = self.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
        painter.setPen(QPen(QColor(colours.quiet), 1.4))
        centre = cross.center()
        painter.drawLine(centre - QPointF(3.5, 3.5), centre + QPointF(3.5, 3.5))
        painter.drawLine(centre - QPointF(3.5, -3.5), centre + QPointF(3.5, -3.5))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._cross().contains(event.position()):
            self.removed.emit(self)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_wanted.emit(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        forward = -1 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 1
        steps = {Qt.Key.Key_Left: -forward, Qt.Key.Key_Right: forward, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        has_modifier = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if key in {Qt.Key.Key_Backspace, Qt.Key.Key_Delete}:
            self.removed.emit(self)
        elif has_modifier and key == Qt.Key.Key_C:
            from PySide6.QtGui import QGuiApplication

            QGuiApplication.clipboard().setText(self.text)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2} and not has_modifier:
            self.edit_wanted.emit(self)
        elif key in steps:
            self.stepped.emit(self, steps[Qt.Key(key)])
        elif not has_modifier and event.text().isprintable() and event.text():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)
