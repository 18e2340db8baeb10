"""Drafts, saved as they are typed."""

from __future__ import annotations

import asyncio
import builtins
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.errors import Reason, StorageError
from app.message.draft import Draft
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import encode, readable_draft
from app.storage.reserve import Reserve

__all__ = ["Drafts", "SavedDraft"]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft and when it was last saved."""

    draft: Draft
    saved_at: datetime


class Drafts:
    """The drafts in the database; every asynchronous method raises StorageError.

    Where the disk is full the `reserve` is given up for them, and kept back again once there is room.
    """

    def __init__(self, database: Database, reserve: Reserve | None = None) -> None:
        self._database = database
        self._reserve = reserve
        self._callbacks: list[Callable[[str], None]] = []

    async def save(self, draft: Draft, now: datetime) -> None:
        """Keep `draft` in place of its last state.

        A draft that has gone to the outbox meanwhile stays there alone: a late save must not bring it back.
        """
        work = partial(_save, draft_id=draft.id, encoded=encode(draft), saved_at=to_stamp(now))
        try:
            await self._database.write(work)
        except StorageError as error:
            if error.problem.reason is not Reason.STORAGE_FULL or not await self._make_room():
                raise
            await self._database.write(work)
        else:
            if self._reserve is not None and self._reserve.is_given_up:
                await asyncio.to_thread(self._reserve.keep)
        self.changed(draft.id)

    async def _make_room(self) -> bool:
        return self._reserve is not None and await asyncio.to_thread(self._reserve.give_up)

    async def load(self, draft_id: str) -> Draft | None:
        """Return a draft, or None for one that is not there; of a damaged one its text is what is left."""
        row = await self._database.read(
            lambda connection: connection.execute("SELECT data FROM draft WHERE id = ?", (draft_id,)).fetchone()
        )
        return readable_draft(draft_id, row[0]) if row else None

    async def delete(self, draft_id: str) -> None:
        """Discard a draft; one that is not there does no harm."""
        await self._database.write(lambda connection: connection.execute("DELETE FROM draft WHERE id = ?", (draft_id,)))
        self.changed(draft_id)

    async def list(self) -> builtins.list[SavedDraft]:
        """Return all drafts, the one saved last first."""
        sql = "SELECT id, data, saved_at FROM draft ORDER BY saved_at DESC, id"
        return await self._database.read(
            lambda connection: [
                SavedDraft(readable_draft(draft_id, data), from_stamp(saved_at))
                for draft_id, data, saved_at in connection.execute(sql)
            ]
        )

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback` with the draft's id after each change; the result ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def changed(self, draft_id: str) -> None:
        """Tell the subscribers that a draft came, went or changed."""
        for callback in self._callbacks:
            # Each in a turn of its own: what goes wrong in one is a bug of its own and disturbs nobody else.
            asyncio.get_running_loop().call_soon(callback, draft_id)


def _save(connection: sqlite3.Connection, draft_id: str, encoded: str, saved_at: int) -> None:
    connection.execute(
        "INSERT INTO draft (id, data, saved_at) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
        "(SELECT 1 FROM outbox WHERE id = ?1 AND state <> 'cancelled') "
        "ON CONFLICT (id) DO UPDATE SET data = excluded.data, saved_at = excluded.saved_at",
        (draft_id, encoded, saved_at),
    )
