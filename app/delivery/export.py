"""Messages and drafts saved as .eml, one or all of them, so that every other mail program can read them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain, count
from pathlib import Path

from app.delivery.outbox import Outbox
from app.errors import MessageError, Reason, StorageError
from app.limited import call_with_limit
from app.message.draft import Draft
from app.storage.eml_file import EmlFile, eml_name
from app.storage.salvage import Found, Salvage, salvaged

__all__ = ["Exported", "eml_name", "export_all", "write_draft_eml", "write_eml", "write_text_eml"]

_LEAVE_SECONDS = 1.0
"""For an unfinished file to be removed."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was saved of a database."""

    files: tuple[Path, ...] = ()
    lost: int = 0
    """How many messages could not be read."""
    left_out: tuple[str, ...] = ()
    """Attachments of drafts that are not there any more, and addresses that are not finished."""


async def write_eml(outbox: Outbox, message_id: str, file: Path, *, replace: bool = False) -> None:
    """Save a message of the outbox as it goes out: its stored bytes.

    Raises DeliveryError (OUTBOX_UNKNOWN), StorageError: EXPORT_EXISTS for a file that is there, unless it may be
    replaced, EXPORT_FAILED where it cannot be written, CORRUPT where bytes are missing. Then there is no new file.
    """
    await outbox.get(message_id)
    eml = EmlFile(file, replace=replace)
    # A share may hang: on entering and leaving, too.
    await call_with_limit(eml.__enter__, None)
    try:
        async for chunk in outbox.chunks(message_id):
            await call_with_limit(partial(eml.write, chunk), None)
    except BaseException as error:
        with suppress(TimeoutError):
            await call_with_limit(partial(eml.__exit__, type(error), error, None), _LEAVE_SECONDS)
        raise
    await call_with_limit(partial(eml.__exit__, None, None, None), None)


async def write_draft_eml(draft: Draft, file: Path, now: datetime, *, replace: bool = False) -> tuple[str, ...]:
    """Save a draft as an unsent message; return the names of what could not be taken along.

    Raises StorageError as `write_eml`, and MessageError when an attachment changes meanwhile.
    """
    return await call_with_limit(partial(_write_draft, draft, file, now, may_replace=replace), None)


def _write_draft(draft: Draft, file: Path, now: datetime, *, may_replace: bool = False) -> tuple[str, ...]:
    from app.message.unsent import unsent

    made = unsent(draft, now)
    with EmlFile(file, replace=may_replace) as eml:
        eml.write_all(made.chunks)
    return made.left_out


def write_text_eml(draft: Draft, folder: Path, now: datetime) -> Path:
    """Save a draft in `folder` under a free name and return that; its files, which are elsewhere, are only named.

    Raises StorageError (EXPORT_FAILED).
    """
    file = _free_name(folder / eml_name(draft.subject, now))
    files = tuple(("", attachment.name) for attachment in draft.attachments)
    _write_draft(replace(draft, attachments=(), unfinished=(*draft.unfinished, *files)), file, now)
    return file


def export_all(database: Path, folder: Path, now: datetime) -> Exported:
    """Save every message of a database in `folder`, whatever state the database is in; it blocks for a while.

    The process must not have the database open. Raises StorageError: EXPORT_FAILED where nothing can be written;
    what was saved by then stays.
    """
    files: list[Path] = []
    left_out: list[str] = []
    with salvaged(database) as salvage:
        for message in salvage.messages:
            place = folder / message.kind.value
            _make_folder(place)
            files.append(_export(message, salvage, place, now, left_out))
        return Exported(tuple(files), salvage.lost, tuple(left_out))


def _export(message: Found, salvage: Salvage, place: Path, now: datetime, left_out: list[str]) -> Path:
    file = _free_name(place / eml_name(message.subject, message.moment.astimezone()))
    if message.draft is None:
        with EmlFile(file) as eml:
            eml.write_all(salvage.chunks(message))
        return file
    try:
        left_out += _write_draft(message.draft, file, now)
    except MessageError:  # an attachment that changes all the time
        left_out += [attachment.name for attachment in message.draft.attachments]
        left_out += _write_draft(replace(message.draft, attachments=()), file, now)
    return file


def _free_name(file: Path) -> Path:
    names = chain([file], (file.with_stem(f"{file.stem} ({number})") for number in count(2)))
    return next(name for name in names if not os.path.lexists(name))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError.because(Reason.EXPORT_FAILED, file=folder, detail=error.strerror or "") from error
