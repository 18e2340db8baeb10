"""Says from inside a running program what its windows show and where, so that a test can click there from outside.

The program is the real one in a real window; only reading happens here, every action comes through the display.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

__all__ = ["main", "watch"]

_TEXTS = ("text", "currentText", "plainText", "title", "windowTitle", "placeholderText")
_PATIENCE = 10.0  # seconds


def watch(socket_path: str) -> None:
    """Answer each connection to `socket_path` with the JSON of all visible widgets, from a thread."""
    server = socketserver.ThreadingUnixStreamServer(socket_path, _Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="inspector", daemon=True).start()


class _Answer(socketserver.StreamRequestHandler):
    """One question; it needs no words."""

    def handle(self) -> None:
        self.wfile.write(json.dumps(_look()).encode())


def _look() -> list[dict[str, Any]]:
    """Return what is visible, read on the window's own thread; nothing before there is an application."""
    if "PySide6.QtWidgets" not in sys.modules:
        return []
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    if application is None:
        return []
    seen: Future[list[dict[str, Any]]] = Future()
    _errands.append(seen)
    application.postEvent(_messenger(application), QEvent(QEvent.Type.User))
    return seen.result(_PATIENCE)


_errands: deque[Future[list[dict[str, Any]]]] = deque()


@lru_cache(maxsize=1)
def _messenger(application: Any) -> Any:
    """Return the object that runs errands on the window's thread."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    class Messenger(QObject):
        def event(self, event: QEvent) -> bool:
            if event.type() is not QEvent.Type.User:
                return super().event(event)
            seen = _errands.popleft()
            try:
                windows = QApplication.topLevelWidgets()
                seen.set_result([each for window in windows for each in _describe(window)])
            except Exception as error:  # noqa: BLE001 - told to the test that asked
                seen.set_exception(error)
            return True

    messenger = Messenger()
    messenger.moveToThread(application.thread())
    return messenger


def _describe(window: Any) -> Iterator[dict[str, Any]]:
    from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QMenu, QRadioButton, QTabBar, QWidget

    if not window.isVisible():
        return
    for widget in [window, *window.findChildren(QWidget)]:
        if widget.window() != window or not widget.isVisible() or (place := _visible_part(widget)).isEmpty():
            continue
        if isinstance(widget, QCheckBox | QRadioButton):
            # Only the mark and its words take a click, not the space beside them.
            place.setWidth(min(place.width(), widget.sizeHint().width()))
        yield _entry(window, widget, place, _text(widget), enabled=widget.isEnabled())
        if isinstance(widget, QAbstractItemView):
            yield from _items(window, widget)
        elif isinstance(widget, QMenu):
            for action in widget.actions():
                place = widget.actionGeometry(action)
                yield _entry(window, widget, place, action.text(), enabled=action.isEnabled(), part="action")
        elif isinstance(widget, QTabBar):
            for index in range(widget.count()):
                place = widget.tabRect(index)
                enabled = widget.isTabEnabled(index)
                yield _entry(window, widget, place, widget.tabText(index), enabled=enabled, part="tab")


def _visible_part(widget: Any) -> Any:
    """Return the rectangle of a widget that is not scrolled away, in its own coordinates."""
    place = part = widget.rect()
    above = widget
    while not above.isWindow():
        part = part.translated(above.pos()).intersected(above.parentWidget().rect())
        above = above.parentWidget()
    return part.translated(-widget.mapTo(above, place.topLeft()))


def _items(window: Any, view: Any) -> Iterator[dict[str, Any]]:
    from PySide6.QtCore import QAbstractListModel

    model = view.model()
    if model is None:
        return
    # A list model has one column, and keeps the method that says so to itself.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(view.rootIndex())
    for row in range(min(model.rowCount(view.rootIndex()), 500)):
        for column in range(columns):
            index = model.index(row, column, view.rootIndex())
            place = view.visualRect(index)
            if place.isEmpty() or not view.viewport().rect().intersects(place):
                continue
            text = str(index.data() or "")
            yield _entry(window, view.viewport(), place, text, enabled=view.isEnabled(), part="item")


def _entry(window: Any, widget: Any, place: Any, text: str, *, enabled: bool, part: str = "") -> dict[str, Any]:
    centre = widget.mapTo(window, place.center())
    checked = getattr(widget, "isChecked", None)
    return {
        "window": window.windowTitle(),
        "number": str(int(window.winId())),
        "kind": part or _kind(widget),
        "name": widget.objectName(),
        "label": widget.accessibleName(),
        "text": text.replace("&", ""),
        "tip": widget.toolTip(),
        "enabled": enabled,
        "checked": bool(checked()) if checked else False,
        "focus": widget.hasFocus(),
        "x": centre.x(),
        "y": centre.y(),
        "width": place.width(),
        "height": place.height(),
    }


def _kind(widget: Any) -> str:
    """Return the nearest class of Qt's own, which says how to work it."""
    meta = widget.metaObject()
    while not meta.className().startswith("Q"):
        meta = meta.superClass()
    return str(meta.className())


def _text(widget: Any) -> str:
    for name in _TEXTS:
        if isinstance(found := widget.property(name), str) and found:
            return found
    return ""


def main() -> int:
    """Run the program with the arguments after the socket's path, watched."""
    watch(sys.argv.pop(1))
    from ui.entry import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
