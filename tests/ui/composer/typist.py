"""Types into a composer without a pause and tells what stands in it, until it is killed.

Started as a process with the data folder and one line to type over and over; writes the number of characters typed
so far, with the system's monotonic clock, a line each.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from itertools import cycle
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.address import Address
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification
from app.services import open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from ui import loop
from ui.composer.window import ComposerWindow
from ui.desk import Desk
from ui.main import prepare

_BETWEEN_KEYS = 0.03
"""Seconds; shorter than any pause after which a draft is saved."""


async def _type(application: QApplication) -> int:
    prepare(application)
    home, line = sys.argv[1:]
    async with open_services(DataFolder(Path(home)), keychain=MemoryKeychain()) as services:
        entry = SendAsAddress(
            id="a",
            address=Address.parse("nutzer@beispiel.example"),
            display_name="N. Name",
            is_primary=True,
            is_default=True,
            verification=Verification.ACCEPTED,
        )
        profile = Profile(
            "p", (entry,), SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer"), policy_source=""
        )
        await services.profiles.save(profile)
        await services.take_profile(profile)
        window = ComposerWindow(services, Desk(services))
        window.show()
        window.body.setFocus()
        for number, char in enumerate(cycle(line), 1):
            QTest.keyClicks(window.body, char)
            os.write(1, f"{time.monotonic()} {number}\n".encode())
            await asyncio.sleep(_BETWEEN_KEYS)
    return 0


if __name__ == "__main__":
    sys.exit(loop.run(_type))
