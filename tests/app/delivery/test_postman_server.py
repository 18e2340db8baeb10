"""The postman with the real session and a real server under TLS: the same promises, and no secret left anywhere."""

import base64
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.delivery.journal import Journal
from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.postman import Postman
from app.errors import Reason
from app.profile import Security
from app.routing import Refusal, Route
from app.storage.database import Database
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret
from tests.app.delivery.letters import BYTES, NOW, put, route
from tests.app.sign_in.given import secrets_in
from tests.servers.exchange import LIMITS, PASSWORD, authority, serving
from tests.servers.scripted import Polite, Script, ScriptedServer, Talk, server_for


@asynccontextmanager
async def delivering(script: Script, outbox: Outbox) -> AsyncIterator[tuple[Postman, ScriptedServer, int]]:
    """Run such a server and a postman that has three messages for it."""
    async with serving(script) as running:
        server = server_for(running, Security.STARTTLS)
        keychain = MemoryKeychain()
        await keychain.set(server.keychain_account, Secret(PASSWORD))

        async def route_of(message: QueuedMessage) -> Route | Refusal:
            return route(server, message.sender)

        postman = Postman(
            outbox,
            route_of=route_of,
            secret_of=secrets_in(keychain),
            tls=authority().trust,
            now=lambda: NOW,
            limits=LIMITS,
        )
        for number in range(3):
            await put(outbox, number, server)
        yield postman, running, server.port
        await postman.stop()


async def states(outbox: Outbox) -> list[State]:
    return [message.state for message in await outbox.list()]


async def test_messages_go_over_one_protected_connection(outbox: Outbox, database: Database) -> None:
    async with delivering(Polite(), outbox) as (postman, running, port):
        await postman.run_due()
        assert await states(outbox) == [State.SENT] * 3
        assert running.connections == 1
        assert running.messages == [BYTES + b".\r\n"] * 3
    (first,) = await Journal(database).of("m0")
    assert {line.direction for line in first.dialogue} == {"*", "C", "S"}
    stages = [line.text.split(" ")[0].rstrip(":") for line in first.dialogue if line.direction == "*"]
    assert stages == ["resolve", "connect", "tls"]
    (attempt,) = await Journal(database).of("m1")
    assert (attempt.port, attempt.tls_version) == (port, "TLSv1.3")
    assert (attempt.reply, attempt.queue_id) == ("250 2.0.0 Ok: queued as 4XQ1", "4XQ1")
    assert [line.text.split(" ")[0] for line in attempt.dialogue if line.direction == "C"][:2] == ["RSET", "MAIL"]


async def test_a_wrong_password_is_sent_once(outbox: Outbox) -> None:
    async with delivering(Polite({"AUTH": b"535 5.7.8 no\r\n"}), outbox) as (postman, running, _):
        await postman.run_due()
        assert await states(outbox) == [State.HELD] * 3
        assert running.verbs().count("AUTH") == 1
    message = await outbox.get("m0")
    assert message.problem is not None
    assert message.problem.reason is Reason.SERVER_AUTH_REJECTED


async def hang_up(talk: Talk) -> None:
    talk.writer.transport.abort()


async def test_a_connection_cut_after_the_dot_is_uncertain_and_the_others_go(outbox: Outbox) -> None:
    async with delivering(Polite({".": [hang_up]}), outbox) as (postman, running, _):
        await postman.run_due()
        assert await states(outbox) == [State.UNCERTAIN] * 3
        assert len(running.messages) == 3
        await postman.run_due()
        assert len(running.messages) == 3


async def test_a_connection_cut_before_the_dot_is_tried_again_later(outbox: Outbox) -> None:
    async with delivering(Polite({"DATA": hang_up}), outbox) as (postman, running, _):
        await postman.run_due()
        assert await states(outbox) == [State.DEFERRED] * 3
        assert running.messages == []


async def test_no_secret_is_left_in_database_log_journal_or_repr(
    outbox: Outbox, database: Database, folder: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = PASSWORD.encode()
    traces = [plain, base64.b64encode(plain), base64.b64encode(b"\0u\0" + plain)[6:], plain.hex().encode()]
    traces += [PASSWORD.encode("utf-16-le"), b"\\u0448"]
    for script in (Polite(), Polite({"AUTH": b"535 5.7.8 no\r\n"})):
        async with delivering(script, outbox) as (postman, _, _):
            await postman.run_due()
            shown = repr(vars(postman)) + repr(await outbox.list()) + repr(await Journal(database).of("m0"))
        for message in await outbox.list():
            await outbox.delete(message.id)
        found = [(file.name, file.read_bytes()) for file in folder.home.iterdir()]
        found += [("log", caplog.text.encode()), ("repr", shown.encode())]
        assert [(name, trace) for name, content in found for trace in traces if trace in content] == []


def test_the_smtp_library_is_not_loaded_before_there_is_something_to_send() -> None:
    script = "import sys, app.delivery.postman, app.delivery.outbox; print('aiosmtplib' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )
