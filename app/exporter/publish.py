"""The documents of a directory in a folder: only what changed is written, and what runs out is renewed in time.

A document holds until it expires, however long nothing in it changes, so each export writes again those of which
less than half their time is left: with documents valid for a week and an export a day a web server always has
good ones, and if exports stop, gateways fail closed within that week. That is also how long a copy that somebody
keeps back can pass as the current one. People's programs check for a newer document by themselves at least every
hour, and do not rely on one for more than a day without a check (`app.policy.evaluate.standing`).

The serial is the time of writing in seconds, at least one more than the document's last: it rises even where the
folder was lost, or another machine exports. Names are the SHA-256 of the primary address, as the program fills in
`{email_sha256}`; aliases have no documents of their own, because one that is fetched must be its subject's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

import msgspec

from app.address import Address
from app.errors import ExportError, PolicyError, Reason
from app.exporter.folder import INDEX, Folder, is_document
from app.policy.directory import Directory, User
from app.policy.document import MAX_BYTES, MAX_SERIAL, PolicyDocument, parse
from app.policy.signature import Signer, open_document
from app.policy.source import email_sha256

__all__ = ["INDEX_FORMAT", "VALID_FOR", "Published", "publish"]

INDEX_FORMAT = "absender-index/1"
VALID_FOR = timedelta(days=7)
_INDEX_LIMIT = 256 * 1024 * 1024
_WRITERS = 4
"""Threads that wait for the disk."""
_BATCH = 32
"""Files handed to a thread at once, as handing one over takes as long as writing it."""
_WAITING = 2 * _WRITERS
"""Batches that may wait."""
_FEW = 10
_MANY = 10
"""What part of the documents may vanish in one export: one in ten, or ten of them."""
_ENVELOPE = 400
"""Bytes that a signature adds to a third more for base64."""


@dataclass(frozen=True, slots=True)
class Published:
    """What an export did, in numbers of documents."""

    new: int = 0
    changed: int = 0
    renewed: int = 0
    """The same but for their time."""
    unchanged: int = 0
    removed: int = 0

    @property
    def total(self) -> int:
        """How many are published now."""
        return self.new + self.changed + self.renewed + self.unchanged


class _Struct(msgspec.Struct, frozen=True, rename="camel", kw_only=True, gc=False):
    """Frozen, with camelCase names in JSON."""


class _Stamp(_Struct, frozen=True, gc=False):
    """What of a document changes with every writing."""

    serial: int
    issued_at: datetime
    expires_at: datetime


class _Entry(_Struct, frozen=True, gc=False):
    """A document in the index."""

    serial: int
    expires_at: datetime


class _Removed(_Struct, frozen=True, gc=False):
    """A document that is no longer there; copies of it may hold until it expires."""

    removed_at: datetime
    expires_at: datetime


class _Index(_Struct, frozen=True, forbid_unknown_fields=True):
    """What the folder holds, by the names of documents, without an address."""

    format: str
    documents: dict[str, _Entry] = {}
    removed: dict[str, _Removed] = {}


def publish(
    directory: Directory,
    folder: Folder,
    *,
    now: datetime,
    valid_for: timedelta = VALID_FOR,
    signer: Signer | None = None,
    may_remove_many: bool = False,
    check: Callable[[], None] = lambda: None,
) -> Published:
    """Write everybody's document into the folder, remove those of people who left, and bring the index up to date.

    `check` is called between documents, and stops the export by what it raises; what is written by then is whole.
    Raises ExportError before anything is written: PUBLISH_TOO_LARGE, PUBLISH_MANY_GONE where an incomplete answer is
    more likely than that so many people left, and PUBLISH_FOLDER; the last one later, too, for a disk that fails.
    """
    moment = now.replace(microsecond=0)
    index = _read_index(folder)
    makers = _Makers(directory, moment, moment + valid_for)
    wanted = {email_sha256(Address.parse(user.email)): user for user in directory.users}
    there = folder.names()
    gone = (index.documents.keys() | _ours(folder, there - index.documents.keys() - wanted.keys())) - wanted.keys()
    before = len(gone) + len(wanted.keys() & index.documents.keys())
    if not may_remove_many and len(gone) > max(_FEW, before // _MANY):
        raise ExportError.because(Reason.PUBLISH_MANY_GONE, folder=folder.path, count=len(gone), total=before)
    for user in directory.users:
        makers.check_size(user)
    run = _Run(folder, makers, there, signer, valid_for, moment)
    with _Writers(folder) as writers:
        for name, user in wanted.items():
            check()
            run.publish(name, user, writers)
    folder.sync()
    removed = {name: known for name, known in index.removed.items() if known.expires_at > moment and name not in wanted}
    for name in sorted(gone):
        until = index.documents[name].expires_at if name in index.documents else moment + valid_for
        removed[name] = _Removed(removed_at=moment, expires_at=until)
        folder.remove(f"{name}.json")
    _write_index(folder, _Index(format=INDEX_FORMAT, documents=run.entries, removed=removed))
    return Published(**run.counts, removed=len(gone))


class _Makers:
    """Makes documents; what they share is made once for all people of the same unit and groups."""

    def __init__(self, directory: Directory, issued_at: datetime, expires_at: datetime) -> None:
        self._directory = directory
        self._stamp = _Stamp(serial=int(issued_at.timestamp()), issued_at=issued_at, expires_at=expires_at)
        self._made: dict[tuple[str, tuple[str, ...]], PolicyDocument] = {}
        self._sizes: dict[tuple[str, tuple[str, ...]], int] = {}
        self._encoder = msgspec.json.Encoder(order="deterministic")

    def data(self, user: User, stamp: _Stamp) -> bytes:
        """Return the person's document with these times."""
        shared = self._shared(user)
        subject = msgspec.structs.replace(shared.subject, email=user.email, aliases=user.aliases)
        return self._encoder.encode(
            msgspec.structs.replace(
                shared,
                subject=subject,
                serial=stamp.serial,
                issued_at=stamp.issued_at,
                expires_at=stamp.expires_at,
            )
        )

    def next_stamp(self, old: _Stamp | None) -> _Stamp:
        """Return the times of a document that is written now."""
        if old is None or old.serial < self._stamp.serial:
            return self._stamp
        return msgspec.structs.replace(self._stamp, serial=old.serial + 1)

    def check_size(self, user: User) -> None:
        """Raise ExportError for a document that nobody could fetch."""
        self._shared(user)
        size = self._sizes[user.org_unit, user.groups] + len(self._encoder.encode((user.email, user.aliases)))
        if size * 4 // 3 + _ENVELOPE > MAX_BYTES:
            raise ExportError.because(Reason.PUBLISH_TOO_LARGE, address=user.email)

    def _shared(self, user: User) -> PolicyDocument:
        key = (user.org_unit, user.groups)
        found = self._made.get(key)
        if found is None:
            stamp = self._stamp
            found = self._directory.document(
                user, serial=stamp.serial, issued_at=stamp.issued_at, expires_at=stamp.expires_at
            )
            encoded = self._encoder.encode(found)
            if len(encoded) <= MAX_BYTES:
                parse(encoded, source=user.email)  # the program's own reader has to take it
            self._made[key], self._sizes[key] = found, len(encoded)
        return found


class _Run:
    """One export: decides about each document, and counts."""

    def __init__(
        self,
        folder: Folder,
        makers: _Makers,
        there: Collection[str],
        signer: Signer | None,
        valid_for: timedelta,
        now: datetime,
    ) -> None:
        self._folder = folder
        self._makers = makers
        self._there = there
        self._signer = signer
        self._valid_for = valid_for
        self._now = now
        self.entries: dict[str, _Entry] = {}
        self.counts = {"new": 0, "changed": 0, "renewed": 0, "unchanged": 0}

    def publish(self, name: str, user: User, writers: _Writers) -> None:
        """Have the document written unless the one that is there is the same, and has time left."""
        file = f"{name}.json"
        there = self._folder.read(file, MAX_BYTES + 1) if name in self._there else None
        old = None if there is None else _stamp_of(there)
        same = old is not None and there == self._finished(user, old)
        if old is not None and same and not self._runs_out(old):
            self.counts["unchanged"] += 1
            stamp = old
        else:
            self.counts["new" if there is None else "renewed" if same else "changed"] += 1
            stamp = self._makers.next_stamp(old)
            writers.write(file, self._finished(user, stamp))
        self.entries[name] = _Entry(serial=stamp.serial, expires_at=stamp.expires_at)

    def _runs_out(self, stamp: _Stamp) -> bool:
        """Whether a document has to be renewed: half its time is over, or its time is not what is wanted now."""
        if stamp.expires_at - stamp.issued_at != self._valid_for:
            return True
        return not self._valid_for / 2 < stamp.expires_at - self._now <= self._valid_for

    def _finished(self, user: User, stamp: _Stamp) -> bytes:
        data = self._makers.data(user, stamp)
        return (self._signer.sign(data, source=user.email) if self._signer is not None else data) + b"\n"


class _Writers:
    """Threads that write files, as a context manager: its end is when all of them are on the disk."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._threads = ThreadPoolExecutor(_WRITERS)
        self._batch: list[tuple[str, bytes]] = []
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if error[0] is None:
                self._hand_over()
                while self._waiting:
                    self._waiting.popleft().result()
        finally:
            self._threads.shutdown(cancel_futures=True)

    def write(self, file: str, data: bytes) -> None:
        """Have a file written soon; raises ExportError for one before it that could not be."""
        self._batch.append((file, data))
        if len(self._batch) == _BATCH:
            self._hand_over()

    def _hand_over(self) -> None:
        while len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._threads.submit(self._write_all, self._batch))
        self._batch = []

    def _write_all(self, batch: list[tuple[str, bytes]]) -> None:
        for file, data in batch:
            self._folder.write(file, data)


def _ours(folder: Folder, names: Collection[str]) -> set[str]:
    """Return which of the files that no index knows are documents: left by an export that was killed."""
    found = ((name, folder.read(f"{name}.json", MAX_BYTES + 1)) for name in names)
    return {name for name, data in found if data is not None and _stamp_of(data) is not None}


def _stamp_of(data: bytes) -> _Stamp | None:
    """Return the times of a published document; None for one that is damaged, which is then written anew."""
    try:
        stamp = msgspec.json.decode(open_document(data, (), source="").payload, type=_Stamp)
    except (PolicyError, msgspec.MsgspecError, ValueError, RecursionError):
        return None
    has_zones = stamp.issued_at.tzinfo is not None and stamp.expires_at.tzinfo is not None
    return stamp if has_zones and 0 <= stamp.serial < MAX_SERIAL else None


def _read_index(folder: Folder) -> _Index:
    """Return what the last export left; raises ExportError for another program's file, which is not overwritten."""
    data = folder.read(INDEX, _INDEX_LIMIT)
    if data is None:
        return _Index(format=INDEX_FORMAT)
    try:
        index = msgspec.json.decode(data, type=_Index)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        index = None
    if index is None or index.format != INDEX_FORMAT or not _is_well_formed(index):
        detail = f"{INDEX} in it is not one that an export wrote"
        raise ExportError.because(Reason.PUBLISH_FOLDER, folder=folder.path, detail=detail)
    return index


def _is_well_formed(index: _Index) -> bool:
    """Whether its names are those of documents, which will be files that are removed, and its times have zones."""
    named = all(is_document(f"{name}.json") for name in (*index.documents, *index.removed))
    entries: tuple[_Entry | _Removed, ...] = (*index.documents.values(), *index.removed.values())
    return named and all(entry.expires_at.tzinfo is not None for entry in entries)


def _write_index(folder: Folder, index: _Index) -> None:
    data = msgspec.json.encode(index, order="sorted") + b"\n"
    if folder.read(INDEX, _INDEX_LIMIT) != data:
        folder.write(INDEX, data)
        folder.sync()
