"""The signature in a document: put at its end, found again, replaced; what a person typed is never touched."""

from __future__ import annotations

from PySide6.QtGui import QColor, QTextBlock, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument

from ui.theme import tokens

__all__ = ["block_of", "replace_signature", "tint_signature"]

_DELIMITER = "-- "
"""The line above a signature (RFC 3676 section 4.3)."""


def block_of(signature: str) -> str:
    """Return the signature as it stands in a text, below its delimiter; empty for none."""
    text = signature.strip("\n").rstrip()
    return f"{_DELIMITER}\n{text}" if text else ""


def replace_signature(document: QTextDocument, old: str, new: str) -> bool:
    """Put the block `new` in place of `old`; False where a person has changed the old one, which then stays."""
    cursor = QTextCursor(document)
    if old:
        found = _find(document, old)
        if found is None:
            return False
        first, last = found
        cursor.setPosition(first.position())
        cursor.setPosition(last.position() + last.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.beginEditBlock()
        if new:
            cursor.insertText(new, _quiet())
        else:
            _remove_with_gap(cursor, first)
        cursor.endEditBlock()
    elif new:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        cursor.insertText(new, _quiet())
        cursor.endEditBlock()
    return True


def tint_signature(document: QTextDocument, signature: str) -> None:
    """Show the signature as quiet text, as after loading or a change of the look."""
    found = _find(document, signature) if signature else None
    if found is not None:
        cursor = QTextCursor(document)
        cursor.setPosition(found[0].position())
        cursor.setPosition(found[1].position() + found[1].length() - 1, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(_quiet())


def _remove_with_gap(cursor: QTextCursor, first: QTextBlock) -> None:
    """Remove the selection and the two line breaks that were put in front of it."""
    gap = first
    for _ in range(2):
        if gap.previous().isValid() and not (gap.text().strip() and gap != first):
            gap = gap.previous()
    start = gap.position() + gap.length() - 1 if gap != first else first.position()
    end = cursor.selectionEnd()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()


def _find(document: QTextDocument, signature: str) -> tuple[QTextBlock, QTextBlock] | None:
    """Return the first and last block of the signature that stands lowest."""
    lines = [_plain(line) for line in signature.split("\n")]
    block = document.lastBlock()
    while block.isValid():
        if _plain(block.text()) == lines[0] and (last := _matches(block, lines)) is not None:
            return block, last
        block = block.previous()
    return None


def _matches(block: QTextBlock, lines: list[str]) -> QTextBlock | None:
    last = block
    for line in lines:
        if not block.isValid() or _plain(block.text()) != line:
            return None
        last, block = block, block.next()
    return last


def _plain(line: str) -> str:
    return line.replace("\xa0", " ").rstrip()


def _quiet() -> QTextCharFormat:
    quiet = QTextCharFormat()
    quiet.setForeground(QColor(tokens().quiet))
    return quiet
