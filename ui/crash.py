"""The one door for bugs: what nobody expected is written to standard error and shown once, never swallowed."""

from __future__ import annotations

import asyncio
import sys
import traceback
from types import TracebackType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog

from app.errors import ExpectedError
from ui.texts import translate

__all__ = ["install"]

_shown: list[QDialog] = []
"""The box that is open now; without a parent nothing else keeps it."""


def install() -> None:
    """Show every unexpected exception from now on; called on the running loop, whose callbacks fail by themselves."""
    sys.excepthook = _show
    asyncio.get_running_loop().set_exception_handler(_take_from_loop)


def _take_from_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, BaseException):
        sys.excepthook(type(error), error, error.__traceback__)
    else:
        sys.stderr.write(f"absender: {context.get('message')}\n")


def _show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    # Only where it happened, never the values: an exception's text may hold foreign or private words.
    frames = "".join(traceback.format_tb(trace))
    report = f"{frames}{kind.__name__}"
    sys.stderr.write(f"absender: unexpected error\n{report}\n")
    # What happens again and again, as in a timer, must not cover the screen.
    if QApplication.instance() is None or _shown:
        return
    box = _failure(error) if isinstance(error, ExpectedError) else _mistake(report)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for end in (box.finished, box.destroyed):
        end.connect(lambda *_: _forget(box))
    _shown.append(box)
    box.open()


def _forget(box: QDialog) -> None:
    _shown[:] = [each for each in _shown if each is not box]


def _failure(error: ExpectedError) -> QDialog:
    """Return the box for what the world did, where nobody was there to say it."""
    from PySide6.QtWidgets import QMessageBox

    from ui.messages import explain

    explained = explain(error.problem)
    box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(QApplication.applicationDisplayName())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("\n\n".join(filter(None, (explained.sentence, explained.next_step))))
    return box


def _mistake(report: str) -> QDialog:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(translate("crash", "Something went wrong in Absender"))
    box.setText(translate("crash", "This is a mistake in the program. What you wrote is kept."))
    box.setInformativeText(
        translate(
            "crash",
            "You can go on. If it happens again, please report the details below, with a support bundle (Help menu).",
        )
    )
    box.setDetailedText(report)
    return box
