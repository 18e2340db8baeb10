"""The program as the canary proof runs it: every log at its loudest, and a window that goes through the worst."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.desk import Desk


def main() -> int:
    """Run the command line in `sys.argv` behind the name of a log file; standard input is the program's own."""
    log, *arguments = sys.argv[1:]
    logging.basicConfig(filename=log, level=logging.DEBUG)
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    faulthandler.enable()
    from ui import entry

    sys.argv[1:] = arguments
    if not arguments:
        _act_in_window()
    return entry.main()


def _act_in_window() -> None:
    """Have the first window type a password, fail over it, and end in a crash."""
    import ui.main
    from ui import tasks

    typed = sys.stdin.readline().rstrip("\n")
    wait = ui.main.until_closed

    async def until_closed(desk: Desk) -> None:
        tasks.start(_live_and_die(desk, typed), name="life")
        await wait(desk)

    ui.main.until_closed = until_closed


async def _live_and_die(desk: Desk, typed: str) -> None:
    try:
        await _live(desk, typed)
    except Exception as error:
        sys.stdout.write(f"the window failed: {error!r}\n")
        raise
    finally:
        sys.stdout.flush()
        os.abort()


async def _live(desk: Desk, typed: str) -> None:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication, QDialog

    from app.delivery.outbox import State
    from app.storage.keychain import Secret
    from ui.mailbox.window import MailboxWindow
    from ui.support.dialog import SupportDialog
    from ui.widgets import PasswordField

    mailbox = desk.mailbox()
    assert isinstance(mailbox, MailboxWindow)
    held, *_ = await desk.services.outbox.list([State.HELD])  # the first one's password is in the keychain
    mailbox.show_message(held.id)
    await _until(lambda: mailbox.findChildren(PasswordField))
    field = mailbox.findChildren(PasswordField)[0]
    field.line.setText(typed)
    field.line.selectAll()
    field.line.copy()
    field.line.cut()
    _tell("clipboard", QApplication.clipboard().text())
    field.line.setText(typed)
    field.line.returnPressed.emit()
    support = desk.support()
    assert isinstance(support, SupportDialog)
    await _until(support.save_button.isEnabled)
    support.mask_box.click()
    await _until(support.save_button.isEnabled)
    QSettings().setValue("state", mailbox.saveState())
    for error in (ValueError(typed), KeyError(Secret(typed)), OSError(5, typed, typed)):
        asyncio.get_running_loop().call_soon(_fail, error)
        await asyncio.sleep(0.05)
    boxes = [each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible()]
    _tell("crash", "\n".join(str(getattr(each, "detailedText", str)()) for each in boxes))
    _tell("repr", repr([desk.services.profile, Secret(typed), desk.services.keychain, desk.services.policy]))
    await asyncio.sleep(2.5)  # long enough for what follows the first paint


def _fail(error: Exception) -> None:
    password = str(error)
    raise error from ValueError(password)


def _tell(name: str, text: str) -> None:
    Path(f"told-{name}").write_text(text or "nothing", encoding="utf-8")


async def _until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main())
