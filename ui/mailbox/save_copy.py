"""A message or draft saved as a file that every mail program reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.delivery.queued import QueuedMessage
from app.services import Services
from ui.mailbox.entries import Entry
from ui.messages import harmless
from ui.saving import ask_eml_file
from ui.texts import translate

__all__ = ["Ask", "save_copy"]

Ask = Callable[[QWidget, str], Awaitable[Path | None]]
"""Asks a person for a file, with a name proposed."""


async def save_copy(
    entry: Entry, services: Services, parent: QWidget, ask: Ask = ask_eml_file
) -> tuple[str, str] | None:
    """Ask where to save a message or draft, save it there, and return what to say of it; None if nothing was saved.

    Raises DeliveryError, MessageError, StorageError.
    """
    from app.delivery.export import eml_name, write_draft_eml, write_eml

    if isinstance(entry, QueuedMessage):
        file = await ask(parent, eml_name(entry.subject, entry.created_at))
        if file is None:
            return None
        await write_eml(services.outbox, entry.id, file, replace=True)
        return _saved(file), ""
    file = await ask(parent, eml_name(entry.draft.subject, entry.saved_at))
    if file is None:
        return None
    missing = await write_draft_eml(entry.draft, file, services.now(), replace=True)
    if not missing:
        return _saved(file), ""
    names = harmless(", ".join(missing), 500)
    return _saved(file), translate("mailbox", "Not in it: {names}").format(names=names)


def _saved(file: Path) -> str:
    return translate("mailbox", "Saved as {file}").format(file=harmless(str(file)))
