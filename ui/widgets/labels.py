"""Labels, chips, dots and icons that only show something. Text is shown as it is, never as markup."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QClipboard, QColor, QFont, QGuiApplication, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.icons import icon
from ui.texts import translate
from ui.theme import tokens

if TYPE_CHECKING:
    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

__all__ = [
    "Chip",
    "ColourDot",
    "ElidedLabel",
    "Heading",
    "IconLabel",
    "PlainLabel",
    "QuietLabel",
    "announce",
    "colour_of",
    "plain_tool_tip",
    "restyle",
]

# All as light as each other, so that each stands out (3 : 1) from the light and from the dark surface.
_DOTS = (
    "#2379da", "#178b41", "#b9611e", "#a54fe2", "#dd3179", "#168686",
    "#4e8716", "#df3a3a", "#947518", "#6a6ae7", "#1b82a5", "#d322c4",
)  # fmt: skip


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property and have the style sheet look at it again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say `text` when it has finished what it is saying."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # late: nothing is said while starting

    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def plain_tool_tip(text: str) -> str:
    """Return foreign text as a tool tip that cannot be taken for markup."""
    from html import escape  # late: its table of entities takes 2 ms

    return f"<span>{escape(text)}</span>" if text else ""


_BREAK = "\u200b"  # zero width space
_LONG_WORD = re.compile(r"\S{37,}")
_PIECE = re.compile(r"[^@.]{0,23}[@.]|[^@.]{1,24}")


class PlainLabel(QLabel):
    """A label that shows its text as it is, wrapped, never as markup."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        self.setText(text)

    def text(self) -> str:
        """Return the text as it was set."""
        return super().text().replace(_BREAK, "")

    def setText(self, text: str) -> None:
        # Without a place to break, one long address would make the window wider than the screen.
        super().setText(_LONG_WORD.sub(_breakable, text) if self.wordWrap() else text)
        self._claim_height()

    def selectedText(self) -> str:
        """Return what is selected of the text as it was set."""
        return super().selectedText().replace(_BREAK, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy(QClipboard.Mode.Clipboard)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.hasSelectedText() and QGuiApplication.clipboard().supportsSelection():
            self._copy(QClipboard.Mode.Selection)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            super().contextMenuEvent(event)
            return
        from PySide6.QtWidgets import QMenu  # late: few labels are ever asked for it

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(translate("widgets", "&Copy"))
        copy.setEnabled(self.hasSelectedText())
        copy.triggered.connect(lambda: self._copy(QClipboard.Mode.Clipboard))
        whole = menu.addAction(translate("widgets", "Select &all"))
        whole.triggered.connect(lambda: self.setSelection(0, len(super(PlainLabel, self).text())))
        menu.popup(event.globalPos())

    def _copy(self, where: QClipboard.Mode) -> None:
        """Copy what is selected, without the places where a line may end."""
        QGuiApplication.clipboard().setText(self.selectedText(), where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._claim_height()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._claim_height()

    def heightForWidth(self, width: int) -> int:
        # QLabel's own answer is never less than the minimum height, which is set from it below.
        if not self.wordWrap():
            return super().heightForWidth(width)
        margins = self.contentsMargins()
        room = QRect(0, 0, width - margins.left() - margins.right(), 1_000_000)
        text = self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap.value, super().text() or " ")
        return text.height() + margins.top() + margins.bottom()

    def _claim_height(self) -> None:
        # Layouts know a wrapped text's height at a guessed width only; they would cut it off or leave gaps.
        if self.wordWrap() and self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self.setMinimumHeight(self.heightForWidth(self.width()))


class QuietLabel(PlainLabel):
    """Secondary text."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(text, parent, wrap=wrap)
        self.setProperty("quiet", True)
        self.setFont(_scaled(self.font(), 0.93))


class Heading(PlainLabel):
    """A title: level 1 for a window's, level 2 for a section's, level 3 for a card's."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, level: int = 2) -> None:
        super().__init__(text, parent)
        font = _scaled(self.font(), {1: 1.4, 2: 1.25}.get(level, 1.1))
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)


class ElidedLabel(QLabel):
    """One line that is shortened where it does not fit; the whole text is its tool tip then."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        quiet: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = mode
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if quiet:
            self.setProperty("quiet", True)
            self.setFont(_scaled(self.font(), 0.93))
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show `text` on one line."""
        self._whole = " ".join(text.split())
        self.setAccessibleName(self._whole)
        self.updateGeometry()
        self._fit()

    def whole_text(self) -> str:
        """Return the text before it was shortened."""
        return self._whole

    def sizeHint(self) -> QSize:
        margins = self.contentsMargins()
        room = margins.left() + margins.right() + 4
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + room, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(48, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, self._mode, max(self.contentsRect().width(), 8))
        self.setText(shown)
        self.setToolTip("" if shown == self._whole else plain_tool_tip(self._whole))


class Chip(PlainLabel):
    """A state in one or two words; `kind` is accent, good, warn, bad or quiet."""

    def __init__(self, text: str, kind: str = "quiet", parent: QWidget | None = None) -> None:
        super().__init__(text, parent, wrap=False)
        font = _scaled(self.font(), 0.85)
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._kind = ""
        self.set_kind(kind)

    @property
    def kind(self) -> str:
        """What sort of state it is."""
        return self._kind

    def set_kind(self, kind: str) -> None:
        """Show the chip in the colour of `kind`."""
        self._kind = kind
        restyle(self, "chip", kind)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + metrics.height() + 4, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        # A style sheet's radius is not limited to half the height, which depends on the font.
        colours = tokens()
        tint = QColor(getattr(colours, self._kind))
        edge = QColor(colours.strong_line) if self._kind == "quiet" else tint
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        outline = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(outline, outline.height() / 2, outline.height() / 2)
        painter.setPen(tint)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, self.text())


class ColourDot(QWidget):
    """The colour of an address: the same one in every window. It only repeats what the text beside it says."""

    def __init__(self, seed: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(10, 10)
        self._colour = QColor()
        self.set_seed(seed)

    def set_seed(self, seed: str) -> None:
        """Take the colour of `seed`, an address."""
        self._colour = colour_of(seed)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        painter.drawEllipse(self.rect())


class IconLabel(QWidget):
    """An icon that is not pressed; `word` is what a screen reader says for it."""

    def __init__(
        self, name: str = "", colour: str = "text", parent: QWidget | None = None, *, side: int = 18, word: str = ""
    ) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self._name = name
        self._colour = colour
        self.setAccessibleName(word)

    def set_icon(self, name: str, colour: str, *, word: str = "") -> None:
        """Show another icon."""
        self._name = name
        self._colour = colour
        self.setAccessibleName(word)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            icon(self._name, self._colour).paint(QPainter(self), QRect(0, 0, self.width(), self.height()))


def colour_of(seed: str) -> QColor:
    """Return the stable colour of an address."""
    return QColor(_DOTS[hashlib.sha256(seed.casefold().encode()).digest()[1] % len(_DOTS)])


def _breakable(word: re.Match[str]) -> str:
    """Return a long word with places where a line may end."""
    return _BREAK.join(_PIECE.findall(word[0]))


def _scaled(font: QFont, factor: float) -> QFont:
    """Return the font in another size, whether that was given in points or in pixels."""
    scaled = QFont(font)
    if font.pointSizeF() > 0:
        scaled.setPointSizeF(font.pointSizeF() * factor)
    else:
        scaled.setPixelSize(round(font.pixelSize() * factor))
    return scaled
