"""The folder a web server serves: each file in it is whole at any moment, and nothing but the exporter's is touched."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import ExportError, Reason
from app.instance import try_lock

__all__ = ["INDEX", "Folder", "is_document", "open_folder"]

INDEX = "index.json"
_DOCUMENT = re.compile(r"([0-9a-f]{64})\.json")
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.part")
_READABLE = 0o644
"""A web server, which is another user, is to read what is published."""


def is_document(file: str) -> bool:
    """Whether a file's name is that of a document."""
    return _DOCUMENT.fullmatch(file) is not None


class Folder:
    """The documents in a folder, by the SHA-256 in their names; every method raises ExportError (PUBLISH_FOLDER)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> set[str]:
        """Return what documents are there, and clear away what an export that was killed left unfinished."""
        found: set[str] = set()
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if document := _DOCUMENT.fullmatch(entry.name):
                        found.add(document[1])
                    elif _UNFINISHED.fullmatch(entry.name):
                        Path(entry.path).unlink(missing_ok=True)
        except OSError as error:
            raise self.failed(error) from error
        return found

    def read(self, name: str, limit: int) -> bytes | None:
        """Return a file's content; None for one that is not there, no ordinary one, or larger than `limit`."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self.path / name, flags)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ELOOP}:
                return None
            raise self.failed(error) from error
        try:
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return None
                data = file.read(limit + 1)
        except OSError as error:
            raise self.failed(error) from error
        return data if len(data) <= limit else None

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all: beside its place, to the disk, then under its name."""
        unfinished = self.path / f".{secrets.token_hex(8)}.part"
        try:
            _write_synced(unfinished, data)
            unfinished.replace(self.path / name)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise self.failed(error) from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        try:
            (self.path / name).unlink(missing_ok=True)
        except OSError as error:
            raise self.failed(error) from error

    def sync(self) -> None:
        """Have the system keep the names, too; where a folder cannot be synced it does so by itself."""
        if sys.platform != "win32":
            with suppress(OSError):
                descriptor = os.open(self.path, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    def failed(self, error: OSError) -> ExportError:
        """Return the reason for what the system refused."""
        detail = error.strerror or type(error).__name__
        return ExportError.because(Reason.PUBLISH_FOLDER, folder=self.path, detail=detail)


@contextmanager
def open_folder(path: Path) -> Iterator[Folder]:
    """Open the folder for one export at a time, made if it is not there but the one above it is.

    Raises ExportError: PUBLISH_FOLDER, and PUBLISH_BUSY while another export has it.
    """
    folder = Folder(path)
    try:
        path.mkdir(mode=0o755, exist_ok=True)
        if sys.platform == "win32":  # which opens no folders
            descriptor = os.open(path / ".export.lock", os.O_RDWR | os.O_CREAT)
        else:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise folder.failed(error) from error
    try:
        try:
            is_ours = try_lock(descriptor)
        except OSError as error:
            raise folder.failed(error) from error
        if not is_ours:
            raise ExportError.because(Reason.PUBLISH_BUSY, folder=path)
        yield folder
    finally:
        os.close(descriptor)


def _write_synced(file: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(file, flags, _READABLE)
    try:
        if sys.platform != "win32":
            os.fchmod(descriptor, _READABLE)  # whatever the umask is
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
