"""What becomes of a text when the data folder takes nothing: it goes elsewhere, or the window closes.

While somebody is there they choose. Where the program has to end, it is saved in the first place that takes it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import ExpectedError, Problem
from app.limited import call_with_limit
from app.services import now
from ui import tasks
from ui.texts import translate

if TYPE_CHECKING:
    from ui.composer.window import ComposerWindow

__all__ = ["rescue", "ways_out"]

_LAST_TRY = 0.3
"""Seconds the data folder has once more before the program ends."""

_PLACE_SECONDS = 0.2
"""For each place to take the text."""

Action = tuple[str, Callable[[], object]]
"""What is written on a link, and what it does."""


async def rescue(window: ComposerWindow) -> Path | None:
    """Save a text that the data folder does not take, without its files, as the program ends; return where.

    The error output says so, too.
    """
    from app.delivery.export import write_text_eml

    with suppress(TimeoutError):
        async with asyncio.timeout(_LAST_TRY):
            if await window.keep():
                return None
    draft = await window.current_draft()
    for place in _places():
        with suppress(ExpectedError, OSError):  # TimeoutError is one
            write = partial(write_text_eml, draft, place, now().astimezone())
            file = await call_with_limit(write, _PLACE_SECONDS)  # the documents may be on a share that hangs
            said = translate("rescue", "What you were writing could not be kept as a draft. It was saved as {file}.")
            sys.stderr.write(said.format(file=file) + "\n")
            return file
    return None


def _places() -> tuple[Path, ...]:
    """Return where a text may go that the data folder does not take, the best first."""
    from ui.file_dialog import documents

    return documents(), Path.home(), Path(tempfile.gettempdir())


def ways_out(
    window: ComposerWindow, problem: Problem, *, leaving: bool = False
) -> list[tuple[str, Callable[[], object]]]:
    """Return the actions for a problem with the data folder, for the window's notice; none for any other problem."""
    if not problem.reason.value.startswith("storage-"):
        return []
    actions: list[Action] = [
        (translate("rescue", "Save as .eml …"), lambda: tasks.start(_save_elsewhere(window), name="save elsewhere")),
        (translate("rescue", "Copy text"), lambda: _copy(window)),
    ]
    if leaving:
        actions.append((translate("rescue", "Close without saving"), window.leave))
    return actions


async def _save_elsewhere(window: ComposerWindow) -> None:
    from app.delivery.export import eml_name, write_draft_eml
    from ui.saving import ask_eml_file

    draft = await window.current_draft()
    file = await ask_eml_file(window, eml_name(draft.subject, now().astimezone()))
    if file is None:
        return
    try:
        # The dialog has asked whether a file may be written over.
        left_out = await write_draft_eml(await window.current_draft(), file, now().astimezone(), replace=True)
    except ExpectedError as error:
        window.show_problem(error.problem)
        return
    missing = translate("rescue", "Not in it: {names}").format(names=", ".join(left_out)) if left_out else ""
    window.notice.show_text(
        "warn" if left_out else "good",
        translate("rescue", "Saved as {file}. Mail programs open it for writing.").format(file=file.name),
        missing,
        [(translate("rescue", "Close this window"), window.leave)],
    )


def _copy(window: ComposerWindow) -> None:
    # Not as QMimeData of our own: the clipboard would delete it when Python has ended, and crash.
    cursor = window.body.textCursor()
    window.body.selectAll()
    window.body.copy()
    window.body.setTextCursor(cursor)
    window.notice.show_text(
        "good", translate("rescue", "The text was copied. Paste it elsewhere before you close this window.")
    )
