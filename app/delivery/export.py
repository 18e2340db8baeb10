"""Single messages of the outbox and drafts saved as .eml, so that every other mail program can read them."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

from app.delivery.outbox import Outbox
from app.message.draft import Draft
from app.storage.eml_file import EmlFile, eml_name

__all__ = ["eml_name", "write_draft_eml", "write_eml"]


async def write_eml(outbox: Outbox, message_id: str, file: Path, *, replace: bool = False) -> None:
    """Save a message of the outbox as it goes out: its stored bytes.

    Raises DeliveryError (OUTBOX_UNKNOWN), StorageError: EXPORT_EXISTS for a file that is there, unless it may be
    replaced, EXPORT_FAILED where it cannot be written, CORRUPT where bytes are missing. Then there is no new file.
    """
    await outbox.get(message_id)
    with EmlFile(file, replace=replace) as eml:
        async for chunk in outbox.chunks(message_id):
            await asyncio.to_thread(eml.write, chunk)


async def write_draft_eml(draft: Draft, file: Path, now: datetime, *, replace: bool = False) -> tuple[str, ...]:
    """Save a draft as an unsent message; return the names of what could not be taken along.

    Raises StorageError as `write_eml`, and MessageError when an attachment changes meanwhile.
    """
    return await asyncio.to_thread(_write_draft, draft, file, now, replace)


def _write_draft(draft: Draft, file: Path, now: datetime, replace: bool) -> tuple[str, ...]:
    from app.message.unsent import unsent

    made = unsent(draft, now)
    with EmlFile(file, replace=replace) as eml:
        eml.write_all(made.chunks)
    return made.left_out
