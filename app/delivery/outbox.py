"""The outbox: messages on their way, committed to the disk at each step that `app.delivery.queued` allows."""

from __future__ import annotations

import asyncio
import builtins
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from app.delivery import queued
from app.delivery.attempt_steps import Beginning, Claimed, claim, settle
from app.delivery.due import Due, DueLook, read_due
from app.delivery.journal import Attempt
from app.delivery.parts import add_sender, next_part, parts_of
from app.delivery.queued import NewMessage, QueuedMessage, State, require
from app.delivery.reconsider import Against, reconsider
from app.delivery.restored import missing_files, with_files
from app.delivery.rows import draft_of, get, look_at, message_of, put, set_aside, update
from app.delivery.verdict import Verdict
from app.errors import DeliveryError, Problem, Reason, StorageError
from app.limited import call_with_limit
from app.message.draft import Draft
from app.profile import SmtpServer
from app.routing import Route
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import encode, encode_problem
from app.storage.spool import Spool

__all__ = ["NewMessage", "Outbox", "QueuedMessage", "State"]

_RELEASE = (
    "UPDATE outbox SET state = 'queued', due = ?1, problem = NULL, trying_since = NULL, changed_at = ?1 "
    "WHERE state = 'held' AND (?2 IS NULL OR queue = ?2) "
    "AND json_extract(problem, '$.reason') IN (SELECT value FROM json_each(?3)) RETURNING id"
)
_LIST = (
    "SELECT * FROM outbox WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR number < ?2) "
    "ORDER BY number DESC LIMIT ?3"
)


class Outbox:
    """The messages in the database.

    Every asynchronous method raises StorageError; those that take an id raise DeliveryError (OUTBOX_UNKNOWN,
    OUTBOX_WRONG_STATE) for a message that is not there or cannot take that step.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._callbacks: list[Callable[[str], None]] = []
        self._beginnings: dict[str, Beginning] = {}
        """Of claimed messages that are not yet read: read with the claim, they need no wait of their own."""
        self.due_look = DueLook(database)

    async def put(
        self, new: NewMessage, chunks: Iterable[bytes], now: datetime, *, is_quick: bool = False
    ) -> QueuedMessage:
        """Commit a whole message and remove its draft.

        `chunks` is read in a thread of its own before anything is locked: a file that hangs keeps no other message
        waiting. With `is_quick` they are known to be made of little, and without a file, and save that thread. Raises
        what `chunks` raises, and DeliveryError if the draft is in the outbox already; then nothing changed.
        """
        if is_quick:
            return await self._change(lambda connection: put(connection, new, chunks, now))
        spool = Spool(self._database.folder)
        try:
            await call_with_limit(partial(spool.fill, chunks), None)
        except BaseException:
            spool.close()
            raise

        def step(connection: sqlite3.Connection) -> QueuedMessage:
            with closing(spool):  # here, because the end of the task that asked does not stop this
                return put(connection, new, spool, now)

        return await self._change(step)

    async def claim(self, now: datetime, *, queue: str | None = None) -> QueuedMessage | None:
        """Take the message that has been due longest, count the attempt, and return it; None if nothing is due."""
        return self._begun(await self._database.write(lambda connection: claim(connection, now, queue)))

    async def mark_data_end(self, message_id: str, now: datetime) -> QueuedMessage:
        """Commit that the end of the message is about to be written."""

        def step(message: QueuedMessage) -> QueuedMessage:
            return queued.handed_over(require(message, queued.UNDER_WAY), now)

        return await self._step(message_id, step, now)

    async def settle(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt | None = None
    ) -> QueuedMessage:
        """Commit what became of an attempt, with its entry in the journal.

        A message for more people than its server takes at a time becomes two.
        """
        settled = await self._change(lambda connection: settle(connection, message_id, verdict, now, attempt))
        if settled.state is State.QUEUED:
            self._tell("")  # there is a new one, which nobody knows yet
        return settled

    async def settle_and_claim(
        self, message_id: str, verdict: Verdict, now: datetime, attempt: Attempt
    ) -> QueuedMessage | None:
        """Commit an attempt as `settle` does and claim the next of its queue, at the cost of one wait for the disk."""

        def step(connection: sqlite3.Connection) -> tuple[Claimed | None, Due | None]:
            settled = settle(connection, message_id, verdict, now, attempt)
            claimed = claim(connection, now, settled.queue)
            # Who claims nothing looks next for what else is due.
            return claimed, read_due(connection, now) if claimed is None else None

        writing = self._database.write(step)
        writes = self._database.writes + 1
        claimed, due = await writing
        self._tell(message_id)
        if due is not None:
            self.due_look.take(due, writes)
        return self._begun(claimed)

    async def give_back(self, message_id: str, due: datetime | None, now: datetime) -> QueuedMessage:
        """Put back a message whose attempt was broken off before its end; without `due` it is cancelled instead."""
        return await self._step(
            message_id, lambda message: queued.given_back(require(message, queued.UNDER_WAY), due), now
        )

    async def redirect(self, message_id: str, server: SmtpServer, now: datetime) -> QueuedMessage:
        """Move a claimed message to the queue of the server its route has now."""
        return await self._step(
            message_id, lambda message: queued.redirected(require(message, [State.ATTEMPTING]), server, now), now
        )

    async def recover(self, now: datetime, message_id: str | None = None) -> int:
        """Return how many messages a crash had left under way: requeued if provably not accepted, else uncertain.

        Only for whoever holds the delivery lock. With `message_id` it is for that message alone.
        """

        def recover(connection: sqlite3.Connection) -> list[str]:
            messages = [
                message_of(row)
                for row in connection.execute("SELECT * FROM outbox WHERE state IN (?, ?)", queued.UNDER_WAY)
            ]
            caught = [message for message in messages if message_id in {None, message.id}]
            for message in caught:
                if message.is_readable:
                    update(connection, queued.recovered(message, now), now)
                else:
                    set_aside(connection, message, now)
            return [message.id for message in caught]

        return self._tell_all(await self._database.write(recover))

    async def chunks(self, message_id: str) -> AsyncIterator[bytes]:
        """Yield the bytes of a message; raises StorageError (CORRUPT) at the end if any are missing."""
        begun = self._beginnings.pop(message_id, None)
        if begun is None:
            begun = await self._database.read(
                lambda connection: (look_at(connection, message_id).size, next_part(connection, message_id, -1))
            )
        size, part = begun
        while part is not None:
            size -= len(part.data)
            yield part.data
            seek = partial(next_part, message_id=message_id, after=part.seq)
            part = None if part.is_last else await self._database.read(seek)
        if size:
            raise StorageError.because(Reason.STORAGE_CORRUPT, file=f"outbox/{message_id}")

    async def get(self, message_id: str) -> QueuedMessage:
        """Return one message, as far as it can be read."""
        return await self._database.read(lambda connection: look_at(connection, message_id))

    async def find(self, message_ids: Collection[str]) -> dict[str, QueuedMessage]:
        """Return those of these messages that are there, by id, as far as they can be read."""
        sql = "SELECT * FROM outbox WHERE id IN (SELECT value FROM json_each(?))"
        wanted = json.dumps([*message_ids])
        rows = await self._database.read(lambda connection: connection.execute(sql, (wanted,)).fetchall())
        return {row["id"]: message_of(row) for row in rows}

    async def list(
        self, states: Collection[State] | None = None, *, limit: int | None = None, before: int | None = None
    ) -> builtins.list[QueuedMessage]:
        """Return messages, oldest first: all, or the newest `limit` of those whose number is below `before`."""
        wanted = json.dumps(list(State if states is None else states))
        parameters = (wanted, before, -1 if limit is None else limit)
        newest_first = await self._database.read(
            lambda connection: [message_of(row) for row in connection.execute(_LIST, parameters)]
        )
        return newest_first[::-1]

    async def count(self, states: Collection[State]) -> int:
        """Return how many messages are in one of `states`."""
        sql = "SELECT count(*) FROM outbox WHERE state IN (SELECT value FROM json_each(?))"
        wanted = json.dumps(list(states))
        return int((await self._database.read(lambda connection: connection.execute(sql, (wanted,)).fetchone()))[0])

    async def due_queues(self, now: datetime) -> builtins.list[str]:
        """Return the queues in which a message is due, the longest due first."""
        return [*(await self.due_look.at(now)).queues]

    async def next_due(self, after: datetime) -> datetime | None:
        """Return when the first message comes due after that moment, or None."""
        sql = "SELECT min(due) FROM outbox WHERE due > ?"
        row = await self._database.read(lambda connection: connection.execute(sql, (to_stamp(after),)).fetchone())
        return None if row[0] is None else from_stamp(row[0])

    async def is_asked_for(self, queue: str, now: datetime) -> bool:
        """Whether a person asked for an attempt at a due message of that queue."""
        sql = "SELECT EXISTS (SELECT 1 FROM outbox WHERE queue = ? AND due <= ? AND asked_for)"
        parameters = (queue, to_stamp(now))
        return bool((await self._database.read(lambda connection: connection.execute(sql, parameters).fetchone()))[0])

    async def hasten(self, reasons: Collection[Reason], now: datetime, *, queue: str | None = None) -> int:
        """Make due now what waits for its next attempt for one of `reasons`, in one queue or all; return how many."""
        sql = (
            "UPDATE outbox SET due = ?1, changed_at = ?1 WHERE state = 'deferred' AND due > ?1 "
            "AND (?3 IS NULL OR queue = ?3) "
            "AND json_extract(problem, '$.reason') IN (SELECT value FROM json_each(?2)) RETURNING id"
        )
        return await self._update_many(sql, (to_stamp(now), json.dumps(list(reasons)), queue))

    async def retry(self, message_id: str, now: datetime) -> QueuedMessage:
        """Make a message due at once, because a person asked for it; an uncertain one may arrive twice."""
        return await self._step(
            message_id,
            lambda message: queued.queued_again(require(message, queued.RETRIABLE), now, asked_for=True),
            now,
        )

    async def send_to_the_others(self, message_id: str, now: datetime) -> QueuedMessage:
        """Send a message, whose bytes stay as they are, to all but those a server has refused for good.

        Raises DeliveryError, OUTBOX_NO_OTHERS where nobody is left or nobody was refused.
        """
        return await self._step(
            message_id, lambda message: queued.for_the_others(require(message, [State.FAILED]), now), now
        )

    async def cancel(self, message_id: str, now: datetime) -> QueuedMessage:
        """Keep a message from being sent; during undo time and at any other time before it is under way."""
        return await self._step(message_id, lambda message: queued.cancelled(require(message, queued.CANCELLABLE)), now)

    async def hold(self, message_id: str, problem: Problem, now: datetime) -> QueuedMessage:
        """Hold a waiting message, or a held one for another reason."""
        return await self._step(
            message_id, lambda message: queued.held(require(message, queued.HOLDABLE), problem), now
        )

    async def hold_queue(self, queue: str, problem: Problem, now: datetime, *, even_asked_for: bool = False) -> int:
        """Hold the messages of a queue that are due, those a person asked for only if told so; return how many."""
        sql = (
            "UPDATE outbox SET state = 'held', due = NULL, asked_for = 0, problem = ?1, changed_at = ?2 "
            "WHERE queue = ?3 AND due <= ?2 AND (?4 OR NOT asked_for) RETURNING id"
        )
        return await self._update_many(sql, (encode_problem(problem), to_stamp(now), queue, even_asked_for))

    async def defer_queue(self, queue: str, problem: Problem, due: datetime, now: datetime) -> int:
        """Let all due messages of a queue wait until `due`: their days count, their attempts not; return how many."""
        sql = (
            "UPDATE outbox SET state = 'deferred', due = ?1, asked_for = 0, problem = ?2, changed_at = ?3, "
            "trying_since = coalesce(trying_since, ?3) WHERE queue = ?4 AND due <= ?3 RETURNING id"
        )
        return await self._update_many(sql, (to_stamp(due), encode_problem(problem), to_stamp(now), queue))

    async def release_all(self, reasons: Collection[Reason], now: datetime, *, queue: str | None = None) -> int:
        """Queue again what is held for one of `reasons`, in one queue or in all; return how many."""
        return await self._update_many(_RELEASE, (to_stamp(now), queue, json.dumps(list(reasons))))

    async def reconsider(self, reasons: Collection[Reason], against: Against, now: datetime) -> int:
        """Look again at all that is held for one of `reasons`, in one commit; return how many messages changed."""
        return self._tell_all(await self._database.write(lambda c: reconsider(c, reasons, against, now)))

    async def send_now(self, until: datetime, now: datetime) -> builtins.list[str]:
        """Make due at once what is queued and due by `until`, as if a person had asked for each; return the ids.

        What has a time that a person chose keeps it.
        """
        sql = (
            "UPDATE outbox SET due = ?1, asked_for = 1, trying_since = NULL, problem = NULL, reply = '', "
            "changed_at = ?1 WHERE state = 'queued' AND due <= ?2 AND NOT EXISTS "
            "(SELECT 1 FROM schedule WHERE message_id = outbox.id AND standing = 'waiting') RETURNING id"
        )
        parameters = (to_stamp(now), to_stamp(until))
        rows = await self._database.write(lambda connection: connection.execute(sql, parameters).fetchall())
        self._tell_all([row[0] for row in rows])
        return [row[0] for row in rows]

    async def arrived(self, message_id: str, now: datetime) -> QueuedMessage:
        """Take a person's word that an uncertain message arrived."""
        return await self._step(message_id, lambda message: queued.arrived(require(message, [State.UNCERTAIN])), now)

    async def take_organisation_route(self, message_id: str, route: Route, now: datetime) -> QueuedMessage:
        """Give a held message the organisation's `route`, as the person chose; its `Sender:` is added to the bytes.

        Raises DeliveryError (ROUTE_CHANGED) where the bytes already have another one.
        """

        def take(connection: sqlite3.Connection) -> QueuedMessage:
            message = require(get(connection, message_id), [State.HELD])
            moved = queued.through_organisation(message, route, now)
            if message.sender_header == route.sender_header:
                return update(connection, moved, now)
            if message.sender_header is not None:
                facts = {"host": route.server.host, "queued_host": message.host}
                raise DeliveryError.because(Reason.ROUTE_CHANGED, address=message.sender.display, **facts)
            added = add_sender(connection, message_id, str(route.sender_header))
            return update(connection, queued.grown(moved, added), now)

        return await self._change(take)

    async def draft(self, message_id: str) -> Draft:
        """Return the draft a message was made from; raises DeliveryError (OUTBOX_NO_DRAFT)."""
        return await self._database.read(lambda connection: draft_of(connection, message_id))

    async def to_draft(self, message_id: str, now: datetime, files: Path) -> Draft:
        """Take a message that is not under way out of the outbox, back into the drafts, and return its draft.

        Attached files that are not as they were are copied from the message into the folder `files`. Raises
        DeliveryError (OUTBOX_NO_DRAFT), and StorageError: then the message stays.
        """
        missing = await missing_files(await self.draft(message_id))

        def take_back(connection: sqlite3.Connection) -> Draft:
            message = require(look_at(connection, message_id), queued.TAKEN_BACK)
            parts = parts_of(connection, message_id, message.size)
            draft = with_files(draft_of(connection, message_id), missing, parts, files)
            connection.execute("DELETE FROM outbox WHERE id = ?", (message_id,))
            connection.execute(
                "INSERT OR REPLACE INTO draft (id, data, saved_at) VALUES (?, ?, ?)",
                (message_id, encode(draft), to_stamp(now)),
            )
            return draft

        draft = await self._database.write(take_back)
        self._tell(message_id)
        return draft

    async def delete(self, message_id: str) -> None:
        """Remove a message that is not waiting or under way, with its bytes; its journal stays for a while."""

        def delete(connection: sqlite3.Connection) -> None:
            require(look_at(connection, message_id), queued.DELETABLE)
            connection.execute("DELETE FROM outbox WHERE id = ?", (message_id,))

        await self._database.write(delete)
        self._tell(message_id)

    def changed_elsewhere(self) -> None:
        """Tell the subscribers, with an empty id, that another process has changed any of the messages."""
        self.due_look.forget()
        self._tell("")

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback` with the message's id after each change; the result ends that."""
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    async def _step(
        self, message_id: str, step: Callable[[QueuedMessage], QueuedMessage], now: datetime
    ) -> QueuedMessage:
        return await self._change(lambda connection: update(connection, step(get(connection, message_id)), now))

    async def _change(self, work: Callable[[sqlite3.Connection], QueuedMessage]) -> QueuedMessage:
        message = await self._database.write(work)
        self._tell(message.id)
        return message

    async def _update_many(self, sql: str, parameters: tuple[object, ...]) -> int:
        rows = await self._database.write(lambda connection: connection.execute(sql, parameters).fetchall())
        return self._tell_all([row[0] for row in rows])

    def _tell_all(self, message_ids: builtins.list[str]) -> int:
        for message_id in message_ids:
            self._tell(message_id)
        return len(message_ids)

    def _begun(self, claimed: Claimed | None) -> QueuedMessage | None:
        if claimed is None:
            return None
        message, beginning = claimed
        self._tell(message.id)
        if beginning is not None:
            self._beginnings[message.id] = beginning
        return message

    def _tell(self, message_id: str) -> None:
        self._beginnings.pop(message_id, None)  # of a message that has changed since
        for callback in self._callbacks:
            # Each in a turn of its own: what goes wrong in one is a bug of its own and must not stop the delivery.
            asyncio.get_running_loop().call_soon(callback, message_id)
