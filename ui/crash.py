"""The one door for bugs: what nobody expected is written to standard error and shown once, never swallowed."""

from __future__ import annotations

import sys
import traceback
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from ui.texts import translate

__all__ = ["install"]


def install() -> None:
    """Show every unexpected exception from now on."""
    sys.excepthook = _show


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    # Only where it happened, never the values: an exception's text may hold foreign or private words.
    frames = "".join(traceback.format_tb(trace))
    report = f"{frames}{kind.__name__}"
    sys.stderr.write(f"absender: unexpected error\n{report}\n")
    if QApplication.instance() is not None:
        _open_box(report)


def _open_box(report: str) -> None:
    box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(translate("crash", "Something went wrong in Absender"))
    box.setText(translate("crash", "This is a mistake in the program. What you wrote is kept."))
    box.setInformativeText(translate("crash", "You can go on. If it happens again, please report the details below."))
    box.setDetailedText(report)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
