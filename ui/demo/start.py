"""`absender demo`: the program over servers of its own, and nothing left behind afterwards."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.demo.world import DemoWorld
from app.services import Services, now, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from ui import loop
from ui.demo.control import DemoControl
from ui.desk import Desk
from ui.display import draw_unseen, has_display
from ui.texts import translate

__all__ = ["Demo", "open_demo", "run_demo"]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    world: DemoWorld
    services: Services
    desk: Desk


@asynccontextmanager
async def open_demo() -> AsyncIterator[Demo]:
    """Start the servers and open a seeded data folder; both are gone when the context ends."""
    from app.demo.authorization_server import ConsentWords
    from app.demo.dns_records import demo_lookup
    from app.demo.seed import seed_profile, store_passwords

    consent = ConsentWords(
        title=translate("demo", "The partner's sign-in"),
        question=translate("demo", "Absender wants to send mail as {user}. The demo asks for no password: you decide."),
        allow=translate("demo", "Allow"),
        decline=translate("demo", "Decline"),
    )
    async with DemoWorld(consent=consent) as world:
        keychain = MemoryKeychain()
        # Its organisation is made up, whatever an administrator set for this machine.
        managed = world.folder / "managed.toml"
        async with open_services(DataFolder(world.home), keychain=keychain, managed=managed) as services:
            profile = seed_profile(world, now())
            await store_passwords(world, keychain)
            await services.profiles.save(profile)
            await services.take_profile(profile)
            services.lookup = demo_lookup()
            desk = Desk(services)
            try:
                yield Demo(world, services, desk)
            finally:
                await desk.end()


def run_demo(screenshots: Path | None) -> int:
    """Run the demo until its windows are closed, or drive it unseen and save its windows as PNG."""
    if screenshots is not None:
        draw_unseen()
    elif not has_display():
        needed = translate("demo", "The demo needs a display; with --screenshots DIR it does without.")
        sys.stderr.write(f"{needed}\n")
        return 1

    async def main(application: QApplication) -> int:
        from ui.main import prepare, until_closed

        prepare(application)
        async with open_demo() as demo:
            if screenshots is not None:
                from ui.demo.drive import drive

                await drive(demo, screenshots)
                return 0
            demo.desk.mailbox()
            demo.desk.show(DemoControl(demo.world))
            demo.desk.accounts()
            await until_closed(demo.desk)
        return 0

    return loop.run(main)
