"""Drafts, saved as they are typed."""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.message.draft import Draft
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import decode_draft, encode

__all__ = ["Drafts", "SavedDraft"]


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft and when it was last saved."""

    draft: Draft
    saved_at: datetime


class Drafts:
    """The drafts in the database; every asynchronous method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._callbacks: list[Callable[[str], None]] = []

    async def save(self, draft: Draft, now: datetime) -> None:
        """Keep `draft` in place of its last state.

        A draft that has gone to the outbox meanwhile stays there alone: a late save must not bring it back.
        """
        encoded = encode(draft)
        await self._database.write(
            lambda connection: connection.execute(
                "INSERT INTO draft (id, data, saved_at) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
                "(SELECT 1 FROM outbox WHERE id = ?1 AND state <> 'cancelled') "
                "ON CONFLICT (id) DO UPDATE SET data = excluded.data, saved_at = excluded.saved_at",
                (draft.id, encoded, to_stamp(now)),
            )
        )
        self.changed(draft.id)

    async def load(self, draft_id: str) -> Draft | None:
        """Return a draft, or None for one that is not there."""
        row = await self._database.read(
            lambda connection: connection.execute("SELECT data FROM draft WHERE id = ?", (draft_id,)).fetchone()
        )
        return decode_draft(row[0]) if row else None

    async def delete(self, draft_id: str) -> None:
        """Discard a draft; one that is not there does no harm."""
        await self._database.write(lambda connection: connection.execute("DELETE FROM draft WHERE id = ?", (draft_id,)))
        self.changed(draft_id)

    async def list(self) -> builtins.list[SavedDraft]:
        """Return all drafts, the one saved last first."""
        sql = "SELECT data, saved_at FROM draft ORDER BY saved_at DESC, id"
        return await self._database.read(
            lambda connection: [
                SavedDraft(decode_draft(data), from_stamp(saved_at)) for data, saved_at in connection.execute(sql)
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
