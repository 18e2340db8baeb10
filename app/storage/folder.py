"""The data folder: where everything of one person lies, and that nobody else can read or redirect it."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.errors import Reason, StorageError

__all__ = ["DataFolder", "check_private_file", "create_private_file", "default_home", "storage_error", "sync_folder"]

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_DATABASE_ENDS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The files of one data folder."""

    home: Path

    @property
    def database(self) -> Path:
        """The database: profile, drafts, outbox, journal, contacts, policy."""
        return self.home / "absender.db"

    @property
    def has_database(self) -> bool:
        """Whether there is one, or the log of one."""
        return self.database.exists() or self.database.with_name(self.database.name + "-wal").exists()

    @property
    def lock(self) -> Path:
        """The file whose lock says that the program runs for this folder."""
        return self.home / "instance.lock"

    @property
    def delivery_lock(self) -> Path:
        """The file whose lock is held by whoever delivers the outbox."""
        return self.home / "delivery.lock"

    @property
    def log(self) -> Path:
        """The log of the program; no secrets and no message text."""
        return self.home / "absender.log"

    @property
    def instance(self) -> Path:
        """Where another start of the program reads how to reach the running one."""
        return self.home / "instance.json"

    @property
    def reserve(self) -> Path:
        """Room kept back on the disk for drafts; there is nothing in it."""
        return self.home / "reserve"

    @property
    def attachments(self) -> Path:
        """Copies of attached files whose originals are gone, a folder a draft."""
        return self.home / "attachments"

    def prepare(self) -> None:
        """Make the folder, or check it and its files, and take all rights from others.

        Raises StorageError: STORAGE_UNSAFE for a link, a special file, a hard link or another user's
        file where ours should be; STORAGE_READ_ONLY, STORAGE_FULL or STORAGE_FAILED when it cannot be made.
        """
        try:
            self.home.parent.mkdir(parents=True, exist_ok=True)
            self._make_home()
        except OSError as error:
            raise storage_error(error, self.home) from error
        database = [self.database.with_name(self.database.name + end) for end in _DATABASE_ENDS]
        for file in (*database, self.lock, self.delivery_lock, self.log, self.instance, self.reserve):
            check_private_file(file)

    def set_aside(self, now: datetime) -> Path:
        """Give the database another name, so that there is none, and return that name; raises StorageError.

        Its log goes first: found beside a new database it would be taken for that one's.
        """
        number, broken = 1, self.home / f"absender.broken-{now:%Y-%m-%d}.db"
        while any(broken.with_name(broken.name + end).exists() for end in _DATABASE_ENDS):
            number += 1
            broken = self.home / f"absender.broken-{now:%Y-%m-%d}-{number}.db"
        try:
            for end in reversed(_DATABASE_ENDS):
                with suppress(FileNotFoundError):
                    self.database.with_name(self.database.name + end).rename(broken.with_name(broken.name + end))
            sync_folder(self.home)
        except OSError as error:
            raise storage_error(error, self.database) from error
        return broken

    def _make_home(self) -> None:
        try:
            self.home.mkdir(mode=_FOLDER_MODE)
        except FileExistsError:
            found = self.home.lstat()
            if not stat.S_ISDIR(found.st_mode) or not _is_own(found):
                raise StorageError.because(Reason.STORAGE_UNSAFE, file=self.home) from None
            if sys.platform != "win32" and stat.S_IMODE(found.st_mode) != _FOLDER_MODE:
                self.home.chmod(_FOLDER_MODE)


def default_home() -> Path:
    """Return the data folder the system suggests for this user."""
    import platformdirs

    return platformdirs.user_data_path("absender", appauthor=False)


def check_private_file(file: Path) -> bool:
    """Take all rights on `file` from others and return whether it is there.

    Raises StorageError STORAGE_UNSAFE for anything but a plain file of this user with one name.
    """
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or not _is_own(found) or found.st_nlink > 1:
            raise StorageError.because(Reason.STORAGE_UNSAFE, file=file)
        if sys.platform != "win32" and stat.S_IMODE(found.st_mode) & ~_FILE_MODE:
            file.chmod(_FILE_MODE)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise storage_error(error, file) from error
    return True


def create_private_file(file: Path, *, exclusive: bool = False) -> int:
    """Open `file` for reading and writing as its owner only, made if need be, and return its descriptor.

    No link is followed. With `exclusive` the file must not be there yet. Raises StorageError.
    """
    if not exclusive:
        check_private_file(file)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(file, flags | (os.O_EXCL if exclusive else 0), _FILE_MODE)
    except OSError as error:
        raise storage_error(error, file) from error


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk when this returns; raises OSError."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_own(found: os.stat_result) -> bool:
    return sys.platform == "win32" or found.st_uid == os.geteuid()


def storage_error(error: OSError, file: Path) -> StorageError:
    """Return what an error of the system about one of our files means."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StorageError.because(Reason.STORAGE_FULL, folder=file.parent)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return StorageError.because(Reason.STORAGE_READ_ONLY, folder=file.parent)
    if error.errno in {errno.ELOOP, errno.ENXIO}:
        return StorageError.because(Reason.STORAGE_UNSAFE, file=file)
    return StorageError.because(Reason.STORAGE_FAILED, file=file, detail=error.strerror or type(error).__name__)
