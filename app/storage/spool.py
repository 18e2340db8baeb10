"""A message's bytes between the files they come from and the database, which is not to wait for those files."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from app.storage.folder import storage_error

__all__ = ["Spool"]

_IN_MEMORY = 1024 * 1024
"""Octets; what is more lies in a file."""
_STEP = 256 * 1024


class Spool:
    """Octets that are taken in once and given out once: in memory while few, else in a file without a name.

    The file lies in `folder`, for its owner only, and is gone when this is closed, or with the process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._few: list[bytes] = []
        self._size = 0
        self._file: IO[bytes] | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def __del__(self) -> None:
        self.close()  # of one that nobody took, because the database could not even begin

    def close(self) -> None:
        """Forget what was taken in; what is still being taken in ends with its next chunk."""
        with self._lock:
            self._is_closed = True
            self._few = []
            if self._file is not None:
                with suppress(OSError):  # on a full disk it would write its last octets first
                    self._file.close()

    def fill(self, chunks: Iterable[bytes]) -> None:
        """Take in all `chunks`, in any thread; raises what they raise, and StorageError."""
        for chunk in chunks:
            with self._lock:
                if self._is_closed:
                    return
                self._take(chunk)

    def __iter__(self) -> Iterator[bytes]:
        """Yield what was taken in, from its beginning; raises StorageError."""
        yield from self._few
        if self._file is None:
            return
        try:
            self._file.seek(0)
            while step := self._file.read(_STEP):
                yield step
        except OSError as error:
            raise storage_error(error, self._folder / "spool") from error

    def _take(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size <= _IN_MEMORY:
            self._few.append(chunk)
            return
        try:
            if self._file is None:
                from tempfile import TemporaryFile  # short messages, which are most, go without it

                self._file = TemporaryFile(dir=self._folder, buffering=_STEP)  # noqa: SIM115 - closed in `close`
            self._file.write(chunk)
        except OSError as error:
            raise storage_error(error, self._folder / "spool") from error
