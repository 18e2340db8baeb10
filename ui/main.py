"""The start of the windows.

- `ui.entry` has parsed the command line and found no running program for the data folder.
- `run` makes the application and its loop, and runs `_main` until the last window has closed.
- `_main` takes the folder's lock, opens the services, and shows the first window: set-up, composer or mailbox.
- Only after that window is painted does anything slow begin: policy, keychain, postman; and the search for garbage,
  which `ui.entry` has put off.
- Where the data folder cannot be used, `ui.salvage` shows what of it can be read; after a fresh start all begins anew.
- When the last window closes, what is on its way to a server is settled or broken off safely.
"""

from __future__ import annotations

import asyncio
import gc
import sys

from PySide6.QtWidgets import QApplication

from app import hardening
from app.cli import WindowRequest
from app.errors import ExpectedError, Problem, StorageError
from app.instance import Instance
from app.services import Services, open_services
from app.storage.folder import DataFolder
from ui import crash, loop, tasks
from ui.desk import Desk
from ui.display import has_display
from ui.language import load_translators
from ui.texts import translate
from ui.theme import apply_theme

__all__ = ["run"]

_STARTED = 2.0
"""Seconds after which the first window stands, whichever it is."""


def run(request: WindowRequest) -> int:
    """Open the windows for `request`; return the exit code when the last one has closed."""
    if request.action == "demo":
        from ui.demo.start import run_demo

        return run_demo(request.screenshots)
    if request.action == "preview":
        from ui.preview.start import run_preview

        return run_preview(request.file)
    if not has_display():
        sys.stderr.write(translate("main", "Absender needs a display for its windows; its commands do without.") + "\n")
        return 1

    async def main(application: QApplication) -> int:
        prepare(application)
        asyncio.get_running_loop().call_later(_STARTED, _started)
        while True:
            try:
                return await _main(request)
            except ExpectedError as error:
                if not await _mended(error.problem, request.folder):
                    raise

    return loop.run(main)


async def _mended(problem: Problem, folder: DataFolder) -> bool:
    """Say why there is no window, for whoever sees no terminal; whether it is worth to try again."""
    from ui.salvage import SALVAGEABLE, SalvageDialog

    if problem.reason in SALVAGEABLE and folder.has_database:
        return bool(await tasks.ask(SalvageDialog(problem, folder)))
    from ui.failure import FailureDialog

    await tasks.ask(FailureDialog(problem, folder))
    return False


def _started() -> None:
    """Do what would have delayed the first window."""
    gc.freeze()
    gc.enable()
    hardening.forbid_reading()


def prepare(application: QApplication) -> None:
    """Give the application its name, look and language."""
    from ui.icons import application_icon

    application.setApplicationName("Absender")
    application.setApplicationDisplayName("Absender")
    application.setDesktopFileName("absender")
    crash.install()
    load_translators(application, None)
    apply_theme(application, None)
    application.setWindowIcon(application_icon())


async def _main(request: WindowRequest) -> int:
    request.folder.prepare()
    desk: Desk | None = None

    def answer(asked: dict[str, str]) -> None:
        if desk is not None:
            desk.answer(asked)

    async with (
        Instance(request.folder.lock, request.folder.instance, answer),
        open_services(request.folder) as services,
    ):
        services.asks_dns = True
        desk = Desk(services)
        try:
            if services.profile is None and not await _set_up(services):
                return 0
            if request.action == "compose":
                desk.compose_link(request.mailto)
            else:
                desk.mailbox()
            await until_closed(desk)
            if desk.damage is not None:
                raise StorageError(desk.damage)
        finally:
            await desk.end()
    return 0


async def until_closed(desk: Desk) -> None:
    """Run the desk's work until its last window has closed."""
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    desk.finished.connect(lambda: None if closed.done() else closed.set_result(None))
    await tasks.painted(desk.windows[0])
    desk.start_work()
    await closed
    await desk.send_waiting()


async def _set_up(services: Services) -> bool:
    """Show the set-up; return whether there is a profile now."""
    from ui.setup.dialog import SetupDialog

    return bool(await tasks.ask(SetupDialog(services)))
