"""Attached files brought back from the bytes of a queued message, where the originals are gone or have changed."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from app.errors import Reason, StorageError
from app.limited import call_with_limit
from app.message.draft import Attachment, Draft
from app.storage.folder import create_private_file, storage_error, sync_folder

__all__ = ["missing_files", "remove_unused", "with_files"]

_KEPT_AT_LEAST = timedelta(days=1)
_LOOK_SECONDS = 3.0
"""For a file: one on a drive that has gone may keep whoever looks waiting for ever."""


async def missing_files(draft: Draft) -> frozenset[int]:
    """Return the places of the attached files that are not as they were, or cannot be looked at in some seconds."""
    missing: set[int] = set()
    for place, attachment in enumerate(draft.attachments):
        try:
            is_there = await call_with_limit(partial(_is_as_it_was, attachment), _LOOK_SECONDS)
        except TimeoutError:
            is_there = False
        if not is_there:
            missing.add(place)
    return frozenset(missing)


def with_files(draft: Draft, missing: Collection[int], chunks: Iterable[bytes], folder: Path) -> Draft:
    """Return `draft` with the attached files at the places `missing` copied from `chunks`.

    The copies lie below `folder`, in one of the draft's own. Raises StorageError: then there are no copies.
    """
    if not missing:
        return draft
    place = folder / draft.id
    try:
        _make(folder, place)
        attachments = list(draft.attachments)
        for number, size in _copies(chunks, missing, place):
            attachments[number] = replace(attachments[number], path=str(place / str(number)), size=size)
    except ValueError:
        shutil.rmtree(place, ignore_errors=True)
        raise StorageError.because(Reason.STORAGE_CORRUPT, file=f"outbox/{draft.id}") from None
    except (OSError, StorageError) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise storage_error(error, place) if isinstance(error, OSError) else error from error
    return replace(draft, attachments=tuple(attachments))


def remove_unused(folder: Path, used: Collection[str], now: datetime) -> None:
    """Remove the copies of all drafts but those whose ids are `used`, and those made within the last day."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError), os.scandir(folder) as places:
        for place in places:
            is_old = now.timestamp() - place.stat(follow_symlinks=False).st_mtime > _KEPT_AT_LEAST.total_seconds()
            if is_old and place.name not in used and place.is_dir(follow_symlinks=False):
                shutil.rmtree(place.path, ignore_errors=True)


def _is_as_it_was(attachment: Attachment) -> bool:
    try:
        found = Path(attachment.path).stat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == attachment.size


def _make(folder: Path, place: Path) -> None:
    """Make an empty folder for the copies; raises StorageError (UNSAFE) where a link would lead elsewhere."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise StorageError.because(Reason.STORAGE_UNSAFE, file=folder)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)


def _copies(chunks: Iterable[bytes], wanted: Collection[int], place: Path) -> Iterator[tuple[int, int]]:
    """Write the wanted files; yield each one's place and size. Raises ValueError unless all are found."""
    from app.message.extract import attached_files  # with it comes Python's email, which a window does not wait for

    sizes: dict[int, int] = {}
    with contextlib.ExitStack() as files:
        descriptors: dict[int, int] = {}
        for number, piece in attached_files(chunks):
            if number not in wanted:
                continue
            if number not in descriptors:
                descriptors[number] = create_private_file(place / str(number), exclusive=True)
                files.callback(os.close, descriptors[number])
            sizes[number] = sizes.get(number, 0) + _write(descriptors[number], piece)
        if sizes.keys() != set(wanted):
            raise ValueError("attachments are missing in the message")
        # The message, which has the only other copy, goes when this has succeeded.
        for descriptor in descriptors.values():
            os.fsync(descriptor)
    sync_folder(place)
    sync_folder(place.parent)
    yield from sizes.items()


def _write(descriptor: int, data: bytes) -> int:
    written = 0
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])
    return written
