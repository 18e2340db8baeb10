"""PySide6 imported without what it loads only to describe itself: a quarter of what importing it takes.

PySide (6.11) keeps the Python part of its bindings as source in one of its libraries, and compiles it at each start:
3000 lines, for signatures and the texts of errors. Here each of those modules runs when something of it is first
asked for, as when a call has wrong arguments; that takes 20 ms then, instead of 25 ms of each start, and spares 6 MB.
What PySide does otherwise in another release is left as it is: it is compiled as before.
"""

from __future__ import annotations

import _thread
import builtins
import linecache
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["import_qt", "waiting"]

_SUPPORT = "shibokensupport/signature/"
_WAITING = {
    f"{_SUPPORT}{name}.py"
    for name in (
        "errorhandler",
        "layout",
        "mapping",
        "parser",
        "lib/enum_sig",
        "lib/pyi_generator",
        "lib/tool",
    )
}
_STAND_IN = f"from {__name__} import _on_demand\n__getattr__ = _on_demand(globals())\n"

_compile = compile
_sources: dict[str, Any] = {}
_lock = _thread.RLock()  # threading would be imported for nothing else


def import_qt() -> None:
    """Import PySide6's core; nothing happens where it is imported already."""
    if "PySide6.QtCore" in sys.modules:
        return
    builtins.compile = _compile_later
    try:
        import PySide6.QtCore  # noqa: F401 - brings what describes it with it
    finally:
        builtins.compile = _compile
    # PySide's own looks into the source of each imported module for features (`snake_case`, `true_property`) that it
    # could have chosen for itself, which none of ours does: 10 ms of the start, and 3 MB.
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
    linecache.clearcache()  # what of it was read already


def waiting() -> list[str]:
    """Return the files of PySide's that have not been needed yet; for tests."""
    return sorted(_sources)


def _compile_later(source: Any, filename: Any, mode: str, *arguments: Any, **options: Any) -> Any:
    """Stand in for `compile` while PySide is imported."""
    if isinstance(filename, str) and filename in _WAITING:
        _sources[filename] = source
        source = _STAND_IN
    return _compile(source, filename, mode, *arguments, **options)


def _on_demand(namespace: dict[str, Any]) -> Callable[[str], Any]:
    """Return a module's `__getattr__` (PEP 562) that runs the module for whatever is first asked of it."""

    def update_mapping() -> None:
        with _lock:
            _run(namespace)
        namespace["update_mapping"]()

    # The one thing that PySide's libraries take out of a module's dictionary, past `__getattr__`.
    if namespace["__name__"].endswith(".mapping"):
        namespace["update_mapping"] = update_mapping

    def find(name: str) -> Any:
        # What the import system asks for (`__path__`, `__spec__`) says nothing of what is in the module.
        if not name.startswith("__"):
            with _lock:
                _run(namespace)
            if name in namespace:
                return namespace[name]
        raise AttributeError(f"module {namespace['__name__']!r} has no attribute {name!r}")

    return find


def _run(namespace: dict[str, Any]) -> None:
    file = namespace["__file__"]
    if file in _sources:
        # PySide's own code, which PySide itself would have run in the same way.
        exec(_compile(_sources.pop(file), file, "exec"), namespace)  # noqa: S102
