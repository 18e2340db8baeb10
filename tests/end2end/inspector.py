"""Says from inside a running program what its windows show and where, so that a test can click there from outside.

The program is the real one in a real window; only reading happens here, every action comes through the display.
"""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

__all__ = ["main", "watch"]

_TEXTS = ("text", "currentText", "plainText", "title", "windowTitle", "placeholderText")
_PATIENCE = 10.0  # seconds


def watch(socket_path: str) -> None:
    """Answer each connection to `socket_path` with the JSON of all visible widgets, from a thread.

    Called on the window's own thread, before there is an application.
    """
    _Answer.look = _looker()
    server = socketserver.ThreadingUnixStreamServer(socket_path, _Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="inspector", daemon=True).start()


class _Answer(socketserver.StreamRequestHandler):
    """One question; it needs no words."""

    look: Callable[[], list[dict[str, Any]]]

    def handle(self) -> None:
        self.wfile.write(json.dumps(type(self).look()).encode())


def _looker() -> Callable[[], list[dict[str, Any]]]:
    """Return what another thread may call to have this one look, once it has an event loop.

    A type of PySide is set up when it is first used, which stops for ever if two threads do so at the same time: here
    everything that the other thread will use is used before there is one.
    """
    from PySide6.QtCore import QCoreApplication, QEvent, QObject
    from PySide6.QtWidgets import QApplication

    errands: deque[Future[list[dict[str, Any]]]] = deque()

    class Messenger(QObject):
        def event(self, event: QEvent) -> bool:
            if event.type() is not QEvent.Type.User:
                return super().event(event)
            seen = errands.popleft()
            try:
                windows = QApplication.topLevelWidgets()
                seen.set_result([each for window in windows for each in _describe(window)])
            except Exception as error:  # noqa: BLE001 - told to the test that asked
                seen.set_exception(error)
            return True

    messenger, kind, post = Messenger(), QEvent.Type.User, QCoreApplication.postEvent

    def ask() -> Future[list[dict[str, Any]]]:
        seen: Future[list[dict[str, Any]]] = Future()
        errands.append(seen)
        post(messenger, QEvent(kind))
        return seen

    def look() -> list[dict[str, Any]]:
        try:
            return ask().result(_PATIENCE)
        except TimeoutError:  # no event loop yet, or no more
            return []

    ask()
    return look


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
