"""An .eml file where a person wants it: whole or not there, for its owner only, never over another by accident."""

from __future__ import annotations

import os
import secrets
import stat
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from app.errors import Reason, StorageError

__all__ = ["EmlFile", "eml_name"]

_SUBJECT_OCTETS = 150
"""Of a proposed name; file systems take 255 for all of it."""
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')
"""What the names of some file systems cannot hold."""


class EmlFile:
    """Writes a new file beside its place and gives it its name at the end of a context that went well.

    Entering, writing and leaving raise StorageError: EXPORT_EXISTS for a file that is there, unless it may be
    replaced, and EXPORT_FAILED for what the system refuses, links and special files among it.
    """

    def __init__(self, file: Path, *, replace: bool = False) -> None:
        self._file = file
        self._replace = replace
        self._unfinished = file.with_name(f".{secrets.token_hex(8)}.part")
        self._descriptor = -1

    def __enter__(self) -> Self:
        try:
            self._check_place()
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self._unfinished, flags, 0o600)
        except OSError as error:
            raise self._failed(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            try:
                if error is None:
                    os.fsync(self._descriptor)
            finally:
                os.close(self._descriptor)
            if error is None:
                self._publish()
        except OSError as failure:
            raise self._failed(failure) from failure
        finally:
            with suppress(OSError):
                self._unfinished.unlink()

    def write(self, chunk: bytes) -> None:
        """Add `chunk` to the file."""
        rest = memoryview(chunk)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise self._failed(error) from error

    def write_all(self, chunks: Iterable[bytes]) -> None:
        """Add all `chunks`; raises what they raise, too."""
        for chunk in chunks:
            self.write(chunk)

    def _check_place(self) -> None:
        try:
            found = self._file.lstat()
        except FileNotFoundError:
            return
        if not stat.S_ISREG(found.st_mode):
            raise StorageError.because(Reason.EXPORT_FAILED, file=self._file, detail="not an ordinary file")
        if not self._replace:
            raise StorageError.because(Reason.EXPORT_EXISTS, file=self._file)

    def _publish(self) -> None:
        if self._replace:
            self._check_place()
            self._unfinished.replace(self._file)
            return
        try:
            os.link(self._unfinished, self._file)
        except FileExistsError:
            raise StorageError.because(Reason.EXPORT_EXISTS, file=self._file) from None
        except OSError:  # a file system without hard links
            self._check_place()
            self._unfinished.rename(self._file)

    def _failed(self, error: OSError) -> StorageError:
        detail = error.strerror or type(error).__name__
        return StorageError.because(Reason.EXPORT_FAILED, file=self._file, detail=detail)


def eml_name(subject: str, moment: datetime) -> str:
    """Return a name for a message's file that every file system takes: its day, its subject, `.eml`."""
    shown = "".join(char if _may_be_in_name(char) else " " for char in unicodedata.normalize("NFC", subject))
    words = " ".join(shown.split()).encode(errors="ignore")[:_SUBJECT_OCTETS].decode(errors="ignore").strip(" .")
    return f"{moment:%Y-%m-%d} {words}".rstrip() + ".eml"


def _may_be_in_name(char: str) -> bool:
    return char not in _NOT_IN_NAMES and not unicodedata.category(char).startswith("C")
