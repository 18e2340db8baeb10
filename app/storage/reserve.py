"""A megabyte kept back on the disk, so that what is being written can still be saved when there is no other room."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import StorageError
from app.storage.folder import create_private_file

__all__ = ["RESERVE_SIZE", "Reserve"]

RESERVE_SIZE = 1024 * 1024
"""Octets."""
_STEP = 64 * 1024
_ROOM = 2 * RESERVE_SIZE
"""Octets that must be free before any are kept back."""


class Reserve:
    """The file that takes the room until it is needed; no method raises."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._is_given_up = False

    @property
    def is_given_up(self) -> bool:
        """Whether the room was needed and has not been kept back again since."""
        return self._is_given_up

    def keep(self, *, rest: bool = False) -> None:
        """Keep the room back, unless it is already or there is too little; or else the `rest` that there is."""
        try:
            is_kept = self._file.exists() and self._file.stat().st_size >= RESERVE_SIZE
            if is_kept or (not rest and _free(self._file.parent) < _ROOM):
                self._is_given_up = not is_kept
                return
            descriptor = create_private_file(self._file)
        except (OSError, StorageError):
            return
        self._is_given_up = not self._fill(descriptor)
        if self._is_given_up and not rest:
            self.give_up()

    def give_up(self) -> bool:
        """Give the room back to the disk; return whether there was any to give."""
        self._is_given_up = True
        try:
            self._file.unlink()
        except OSError:
            return False
        return True

    def _fill(self, descriptor: int) -> bool:
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                for _ in range(RESERVE_SIZE // _STEP):
                    # Some file systems find no room for zeros necessary.
                    file.write(os.urandom(_STEP))
                return file.tell() >= RESERVE_SIZE
        except OSError:
            return False


def _free(folder: Path) -> int:
    import shutil  # with what it imports itself, and most starts need none of it

    return shutil.disk_usage(folder).free
