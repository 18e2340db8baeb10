"""One message that never goes delays no other: not those of its own server, and not those of another."""

import asyncio
import sqlite3
import ssl
import threading
from typing import Any

import pytest

from app.delivery.journal import Journal
from app.delivery.outbox import NewMessage, Outbox, State
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, Rejected, TryLater, Verdict
from app.errors import Problem, Reason, StorageError
from app.storage.database import Database, to_stamp
from tests.app.delivery.letters import BUSY, GATEWAY, NOW, ORGANISATION, letter, minutes, put
from tests.app.delivery.post_office import (
    AFTER_DOT,
    BEFORE_DOT,
    PostOffice,
    arrivals,
    not_found,
    states,
    wrong_password,
)

NO = Rejected(Problem.of(Reason.SERVER_MESSAGE_REJECTED, host=GATEWAY.host, reply="554 no"), "554 no")
POISON = b"poison"

pytestmark = pytest.mark.case("L11")


async def put_many(outbox: Outbox, count: int, *, first: bytes) -> None:
    """Queue `count` messages for one server, the one with `first` as its text before all others."""
    await put(outbox, 1, chunks=[b"Subject: x\r\n\r\n", first, b"\r\n"])
    for number in range(2, count + 1):
        await put(outbox, number)


def refuses(verdict: Verdict | BaseException) -> Any:
    """Return the answer of a server that does so with the poisoned message alone."""

    def answer(_: Envelope, data: bytes) -> Verdict | BaseException:
        return verdict if POISON in data else Delivered("250 2.0.0 queued", "Q1")

    return answer


@pytest.mark.parametrize(
    ("verdict", "state"),
    [(NO, "failed"), (TryLater(BUSY), "deferred"), (RuntimeError("a bug"), "uncertain")],
    ids=["rejected", "put off", "a bug of ours"],
)
async def test_a_message_that_never_goes_lets_the_others_go(
    office: PostOffice, verdict: Verdict | BaseException, state: str
) -> None:
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    office.gateway.answer = refuses(verdict)
    await put_many(office.outbox, 20, first=POISON)
    await office.postman.run_due()
    asyncio.get_running_loop().set_exception_handler(None)
    assert await states(office.outbox) == [state, *["sent"] * 19]
    assert len(reported) == isinstance(verdict, Exception)
    office.gateway.answer = refuses(Delivered("250 ok"))
    await office.outbox.retry("m1", NOW)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 20


async def test_the_others_go_over_the_same_connection(office: PostOffice) -> None:
    office.gateway.answer = refuses(NO)
    await put_many(office.outbox, 20, first=POISON)
    await office.postman.run_due()
    assert len(office.gateway.sessions) == 1


@pytest.mark.parametrize("place", [BEFORE_DOT, AFTER_DOT])
async def test_a_server_that_hangs_delays_no_other_server(office: PostOffice, place: str) -> None:
    office.gateway.stops_at = place
    for number in range(1, 21):
        await put(office.outbox, number, GATEWAY if number < 11 else ORGANISATION)
    work = asyncio.create_task(office.postman.run_due())
    await arrivals(office, 10)
    assert {mail.host for mail in office.arrived} == {ORGANISATION.host}
    office.gateway.go.set()
    await work
    assert await states(office.outbox) == ["sent"] * 20


@pytest.mark.parametrize("error", [wrong_password(), not_found()], ids=["wrong password", "no such server"])
async def test_a_server_that_lets_nobody_in_is_asked_once_and_delays_no_other_server(
    office: PostOffice, error: Exception
) -> None:
    office.gateway.refuses_to_open = error  # type: ignore[assignment] # each is a SessionError
    for number in range(1, 21):
        await put(office.outbox, number, GATEWAY if number < 11 else ORGANISATION)
    await office.postman.run_due()
    assert (await states(office.outbox))[10:] == ["sent"] * 10
    assert len(office.gateway.secrets) == 1


async def test_what_waits_for_one_server_is_not_looked_through_for_another(database: Database) -> None:
    def plan(connection: sqlite3.Connection) -> str:
        sql = "SELECT number FROM outbox WHERE queue = ? AND due <= ? ORDER BY due, number LIMIT 1"
        return " ".join(row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", ("q", 1)))

    assert "outbox_queue (queue=? AND due<?)" in await database.read(plan)


async def damage(database: Database, sql: str) -> None:
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(sql)
        connection.execute("PRAGMA ignore_check_constraints = 0")

    await database.write(change)


DAMAGE = {
    "sender": "UPDATE outbox SET sender = 'nobody' WHERE id = 'm1'",
    "envelope": "UPDATE outbox SET envelope_from = 'a@b@c' WHERE id = 'm1'",
    "recipients": "UPDATE outbox SET recipients = '[1' WHERE id = 'm1'",
    "refused": "UPDATE outbox SET left_out = '{}' WHERE id = 'm1'",
    "route": "UPDATE outbox SET via = 'pigeon' WHERE id = 'm1'",
}


@pytest.mark.parametrize("sql", DAMAGE.values(), ids=DAMAGE)
async def test_a_row_that_cannot_be_read_lets_the_others_go_and_waits_for_a_person(
    office: PostOffice, database: Database, sql: str
) -> None:
    for number in range(1, 6):
        await put(office.outbox, number)
    await damage(database, sql)
    await office.postman.run_due()
    assert await states(office.outbox) == ["failed", *["sent"] * 4]
    message = await office.outbox.get("m1")
    assert message.problem is not None
    assert message.problem.reason is Reason.STORAGE_CORRUPT
    assert (message.subject, message.is_readable) == ("Hallo 1", False)
    assert b"".join([chunk async for chunk in office.outbox.chunks("m1")])
    with pytest.raises(StorageError):
        await office.outbox.retry("m1", NOW)
    assert (await office.outbox.draft("m1")).subject == "Hallo 1"
    await office.outbox.delete("m1")
    assert await states(office.outbox) == ["sent"] * 4


async def test_rows_that_cannot_be_read_are_set_aside_on_the_way_to_the_next(
    office: PostOffice, database: Database
) -> None:
    for number in range(1, 4):
        await put(office.outbox, number)
    await damage(database, "UPDATE outbox SET sender = 'nobody' WHERE id <> 'm3'")
    claimed = await office.outbox.claim(NOW)
    assert claimed is not None
    assert claimed.id == "m3"
    assert await states(office.outbox) == ["failed", "failed", "attempting"]


async def test_a_disk_that_fails_while_a_message_is_taken_takes_none(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: sqlite3.Connection, _message_id: str, _after: int) -> None:
        connection.execute("ROLLBACK")  # as SQLite does itself (sqlite.org/lang_transaction.html, section 3)
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_IOERR, "SQLITE_IOERR"
        raise error

    await put(office.outbox)
    monkeypatch.setattr("app.delivery.attempt_steps.next_part", fail)
    with pytest.raises(StorageError) as caught:
        await office.outbox.claim(NOW)
    assert caught.value.problem.reason is Reason.STORAGE_FAILED
    assert await states(office.outbox) == ["queued"]


async def test_a_reason_that_cannot_be_read_is_replaced_and_the_message_can_be_sent(
    office: PostOffice, database: Database
) -> None:
    await put(office.outbox)
    await damage(database, """UPDATE outbox SET problem = '{"reason": "unheard-of", "facts": {}}'""")
    await office.postman.run_due()
    assert await states(office.outbox) == ["failed"]
    await office.outbox.retry("m1", NOW)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"]


async def test_what_is_left_of_a_damaged_row_is_not_written_over(office: PostOffice, database: Database) -> None:
    await put(office.outbox)
    await damage(database, DAMAGE["envelope"])
    await office.postman.run_due()
    await office.outbox.recover(NOW)
    row = await database.read(lambda connection: connection.execute("SELECT * FROM outbox").fetchone())
    assert (row["sender"], row["envelope_from"], row["state"]) == (str(letter().draft.sender), "a@b@c", "failed")


@pytest.mark.parametrize(("is_handed_over", "state"), [(False, State.FAILED), (True, State.UNCERTAIN)])
async def test_what_is_left_of_a_row_damaged_under_way_waits_for_a_person_and_is_not_written_over(
    office: PostOffice, database: Database, is_handed_over: bool, state: State
) -> None:
    await put(office.outbox)
    await office.outbox.claim(NOW)
    if is_handed_over:
        await office.outbox.mark_data_end("m1", NOW)
    await damage(database, DAMAGE["envelope"])
    assert await office.outbox.recover(NOW) == 1
    row = await database.read(lambda connection: connection.execute("SELECT * FROM outbox").fetchone())
    assert (row["sender"], row["envelope_from"]) == (str(letter().draft.sender), "a@b@c")
    assert row["handed_over_at"] == (to_stamp(NOW) if is_handed_over else None)
    message = await office.outbox.get("m1")
    assert message.state is state
    assert message.problem is not None
    assert message.problem.reason is Reason.STORAGE_CORRUPT
    assert (await office.outbox.to_draft("m1", NOW, database.folder)).subject == "Hallo 1"


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM outbox_part WHERE message_id = 'm1'",
        "UPDATE outbox_part SET data = x'61' WHERE message_id = 'm1'",
        "UPDATE outbox_part SET data = CAST(data || x'61' AS BLOB) WHERE message_id = 'm1'",
    ],
    ids=["gone", "cut short", "grown"],
)
async def test_bytes_that_cannot_be_read_are_never_sent_and_let_the_others_go(
    office: PostOffice, database: Database, sql: str
) -> None:
    for number in range(1, 6):
        await put(office.outbox, number)
    await database.write(lambda connection: connection.execute(sql))
    await office.postman.run_due()
    message, *others = await office.outbox.list()
    assert message.state is State.FAILED
    assert message.problem is not None
    assert message.problem.reason is Reason.STORAGE_CORRUPT
    assert [each.state for each in others] == [State.SENT] * 4
    assert len(office.arrived) == 4
    assert len(office.gateway.sessions) == 2


async def test_a_delivery_and_the_next_attempt_are_committed_together(office: PostOffice, outbox: Outbox) -> None:
    for number in (1, 2):
        await put(outbox, number)
    await put(outbox, 3, ORGANISATION)
    message = await outbox.claim(NOW, queue=GATEWAY.queue)
    assert message is not None
    told: list[str] = []
    outbox.subscribe(told.append)
    attempt = attempt_at(message.id)
    claimed = await outbox.settle_and_claim(message.id, Delivered("250 ok", "Q1"), NOW, attempt)
    await asyncio.sleep(0)
    assert claimed is not None
    assert (claimed.id, claimed.attempts, claimed.trying_since) == ("m2", 1, NOW)
    assert await states(outbox) == ["sent", "attempting", "queued"]
    assert told == ["m1", "m2"]
    assert await outbox.settle_and_claim("m2", Delivered("250 ok"), NOW, attempt_at("m2")) is None


def attempt_at(message_id: str) -> Any:
    """Return a journal entry."""
    from app.delivery.journal import Attempt, Ending

    return Attempt(message_id, NOW, NOW, GATEWAY.host, 465, "", (), Ending.DELIVERED, None, "250 ok", "Q1", ())


async def test_a_message_claimed_along_with_a_delivery_is_put_back_when_the_program_ends(
    office: PostOffice, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        await put(office.outbox, number)
    real = office.outbox.settle_and_claim
    ending: list[asyncio.Task[None]] = []

    async def ends_meanwhile(*arguments: Any) -> Any:
        ending.append(asyncio.create_task(office.postman.stop()))
        await asyncio.sleep(0)
        return await real(*arguments)

    monkeypatch.setattr(office.outbox, "settle_and_claim", ends_meanwhile)
    await office.postman.run_due()
    await ending[0]
    assert await states(office.outbox) == ["sent", "sent", "queued"]
    assert len(await Journal(database).of("m2")) == 1


async def test_a_delivery_that_could_not_be_committed_is_committed_later(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        await put(office.outbox, number)
    real = office.outbox.settle_and_claim
    calls = 0

    async def full_once(*arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise StorageError.because(Reason.STORAGE_FULL, folder="x")
        return await real(*arguments)

    monkeypatch.setattr(office.outbox, "settle_and_claim", full_once)
    with pytest.raises(StorageError):
        await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "data_end", "queued"]
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent"] * 3
    assert len(office.arrived) == 3


async def test_a_message_that_is_not_due_yet_is_not_claimed_along(office: PostOffice) -> None:
    for number in (1, 2):
        await put(office.outbox, number)
    later: NewMessage = letter(3, due=NOW + minutes(1))
    await office.outbox.put(later, [b"x\r\n"], NOW)
    await office.postman.run_due()
    assert await states(office.outbox) == ["sent", "sent", "queued"]


async def test_no_window_waits_for_the_authorities_to_be_read(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers: list[threading.Thread] = []
    trust = office.postman._tls

    def read() -> ssl.SSLContext:
        readers.append(threading.current_thread())
        return trust()

    monkeypatch.setattr(office.postman, "_tls", read)
    await put(office.outbox)
    await office.postman.run_due()
    assert len(readers) == 1
    assert readers[0] is not threading.main_thread()
