"""The bytes of a message on the wire: exact, ended once, and never ended by the dropping of a connection."""

import asyncio
import contextlib
import errno
import random
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Mailbox
from app.delivery.data import DotStuffing, upload
from app.delivery.dialogue import Limits
from app.delivery.replies import ReplyError
from app.delivery.verdict import Delivered, TryLater
from app.delivery.wire import Wire
from app.errors import Reason
from app.message.draft import Attachment, Draft
from app.message.mime import build
from app.profile import Security
from tests.servers.exchange import ANNA, BERND, SENDER, Handing, authority, hand_over, opened, send_to, serving
from tests.servers.scripted import Polite, Talk

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
MESSAGE_ID = "<1@partnerdomain.example>"
DOTTED = b".\r\n..\r\n.Foo\r\n\r\nBar.\r\n.\r\n"
LARGE = [(b"x" * 78 + b"\r\n") * 800] * 500  # 32 MB, more than the system's buffers take
STUFFED = b"..\r\n...\r\n..Foo\r\n\r\nBar.\r\n..\r\n"


def _stuffed(chunks: list[bytes]) -> bytes:
    stuffing = DotStuffing()
    return b"".join([stuffing.stuff(chunk) for chunk in chunks]) + stuffing.close_line()


def _undone(wire: bytes) -> bytes:
    """Read a message as a server does (RFC 5321 section 4.5.2)."""
    *lines, end, rest = wire.split(b"\r\n")
    assert (end, rest) == (b".", b"")
    return b"".join(line.removeprefix(b".") + b"\r\n" for line in lines)


def test_every_line_that_begins_with_a_dot_gets_another() -> None:
    assert _stuffed([DOTTED]) == STUFFED


@pytest.mark.parametrize("cut", range(len(DOTTED)))
def test_the_cuts_between_chunks_change_nothing(cut: int) -> None:
    assert _stuffed([DOTTED[:cut], b"", DOTTED[cut:]]) == STUFFED
    assert _stuffed([DOTTED[position : position + 1] for position in range(len(DOTTED))]) == STUFFED


def test_a_last_line_without_its_end_gets_one() -> None:
    assert _stuffed([b"a\r\n", b"b"]) == b"a\r\nb\r\n"
    assert _stuffed([]) == b""


@given(st.lists(st.sampled_from([b".", b"..", b"x", b"x.", b"", b" ."])), st.data())
def test_a_server_gets_back_what_was_sent_and_one_end(lines: list[bytes], data: st.DataObject) -> None:
    message = b"".join(line + b"\r\n" for line in lines)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(message)))))
    chunks = [message[start:end] for start, end in zip([0, *cuts], [*cuts, len(message)], strict=True)]
    wire = b"\r\n" + _stuffed(chunks) + b".\r\n"
    assert wire.count(b"\r\n.\r\n") == 1
    assert _undone(wire[2:]) == message


class NotedWire(Wire):
    """A wire that leads nowhere and notes what it is asked to do."""

    is_quiet = True

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.pieces: list[int] = []

    def write(self, data: bytes) -> None:
        self.asked.append("write")
        self.pieces.append(len(data))

    async def drain(self, idle_limit: float) -> None:
        self.asked.append("drain")

    async def flush(self, idle_limit: float) -> None:
        self.asked.append("flush")


@pytest.mark.case("T5")
async def test_clear_text_before_implicit_tls_is_never_taken_for_the_server() -> None:
    here, there = socket.socketpair()
    with there:
        there.sendall(b"220 ready\r\n")
        _, wire = await asyncio.get_running_loop().create_connection(Wire, sock=here)
        while wire.reader.is_empty:  # noqa: ASYNC110 - what arrives has no event
            await asyncio.sleep(0.001)
        with pytest.raises(ReplyError):
            await wire.start_implicit_tls(authority().trust(), "localhost", 1.0)
        wire.abort()
        await asyncio.sleep(0)


async def test_each_piece_is_small_and_waits_for_room_and_the_end_waits_until_all_is_out() -> None:
    wire = NotedWire()
    await upload(wire, [b"x" * 1_000_000 + b"\r\n"], 1.0)
    assert sum(wire.pieces) == 1_000_002
    # What is encrypted at one go holds up the windows.
    assert max(wire.pieces) <= 128 * 1024
    assert wire.asked == [*["write", "drain"] * len(wire.pieces), "flush"]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
async def test_a_large_message_arrives_byte_for_byte(security: Security) -> None:
    rng = random.Random(7)
    lines = [b"." * rng.randrange(3) + rng.randbytes(rng.randrange(400)).hex().encode() for _ in range(20_000)]
    message = b"\r\n".join(lines) + b"\r\n"

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(message), 300_001):
            yield message[start : start + 300_001]

    async with serving(Polite(ehlo=("AUTH PLAIN",)), implicit=security is Security.SSL) as running:
        session = await opened(running, security, Limits())
        assert isinstance(await hand_over(session, chunks(), size=len(message)), Delivered)
        await session.quit()
    assert _undone(running.messages[0]) == message
    assert len(message) > 4_000_000


async def test_a_session_forgets_what_was_said_of_a_message_once_it_is_taken() -> None:
    async with serving(Polite(ehlo=("AUTH PLAIN",))) as running:
        session = await opened(running)
        kept = []
        for _ in range(4):
            assert isinstance(await hand_over(session), Delivered)
            kept.append(len(session.take_dialogue()))
        await session.quit()
    assert kept[0] > kept[1] == kept[2] == kept[3] > 0
    assert [line.text for line in session.dialogue if line.direction == "C"] == ["QUIT"]


async def test_chunks_may_be_a_plain_iterable() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"Subject: x\r\n\r\n"
        yield b""
        yield b".\r\n"

    verdict, running = await send_to(Polite(), chunks())
    assert isinstance(verdict, Delivered)
    assert running.messages == [b"Subject: x\r\n\r\n..\r\n.\r\n"]


async def test_a_source_of_chunks_is_ended_when_the_message_is_cut_off() -> None:
    ended = False

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal ended
        try:
            while True:
                yield b"x" * 78 + b"\r\n"
        finally:
            ended = True

    async def cut(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        await talk.reader.read(1000)
        talk.reset()

    verdict, _ = await send_to(Polite({"DATA": cut}), chunks())
    assert isinstance(verdict, TryLater)
    assert ended


class _NotReading:
    """A server that stops reading after DATA; once released it reads all that the connection still brings."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.rest: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def __call__(self, talk: Talk) -> None:
        talk.writer.transport.pause_reading()  # type: ignore[attr-defined]  # asyncio's streams have full transports
        await talk.say(b"354 go on\r\n")
        await self.released.wait()
        talk.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        received = bytearray()
        with contextlib.suppress(ConnectionError):
            while part := await talk.reader.read(1 << 20):
                received += part
        self.rest.set_result(bytes(received))

    async def all_that_came(self) -> bytes:
        self.released.set()
        return await self.rest


async def test_a_stalled_upload_is_dropped_and_never_completed_afterwards(implicit: bool) -> None:
    server = _NotReading()
    handing = Handing()
    async with serving(Polite({"DATA": server}), implicit=implicit) as running:
        session = await opened(running, limits=Limits(data_idle=0.2))
        verdict = await hand_over(session, LARGE, handing=handing)
        received = await server.all_that_came()
    assert isinstance(verdict, TryLater)
    assert verdict.problem.reason is Reason.SERVER_TIMEOUT
    assert verdict.problem.fact("stage") == "data"
    assert b"\r\n.\r\n" not in received
    assert len(received) < sum(map(len, LARGE))
    assert handing.events == ["before mail"]


async def test_a_cancelled_upload_is_dropped_and_never_completed_afterwards(implicit: bool) -> None:
    server = _NotReading()
    async with serving(Polite({"DATA": server}), implicit=implicit) as running:
        session = await opened(running, limits=Limits())
        sending = asyncio.create_task(hand_over(session, LARGE))
        await running.until("DATA")
        await asyncio.sleep(0.2)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        received = await server.all_that_came()
    assert b"\r\n.\r\n" not in received
    assert len(received) < sum(map(len, LARGE))


async def test_a_slow_line_is_no_stall() -> None:
    async def read_slowly(talk: Talk) -> None:
        await talk.say(b"354 go on\r\n")
        received = bytearray()
        while not received.endswith(b"\r\n.\r\n"):
            received += await talk.reader.read(1 << 20)
            await asyncio.sleep(0.02)
        talk.server.messages.append(bytes(received))
        await talk.say(b"250 Ok\r\n")

    verdict, running = await send_to(Polite({"DATA": read_slowly}), LARGE, limits=Limits(data_idle=0.5))
    assert isinstance(verdict, Delivered)
    assert len(running.messages[0]) == sum(map(len, LARGE)) + 3


async def test_what_was_noted_as_ending_has_left_this_machine_first(implicit: bool) -> None:
    """The outbox's note must not come while half of the message still waits in a buffer."""
    outstanding: list[int] = []

    async with serving(implicit=implicit) as running:
        session = await opened(running, limits=Limits())

        class Noting(Handing):
            async def on_data_end(self) -> None:
                outstanding.append(session._channel.wire.outstanding)

        await hand_over(session, LARGE[:25], size=900_000, handing=Noting())
        await session.quit()
    assert outstanding == [0]


class _Buffered(Wire):
    """A connection whose buffer empties as a list says, the last number for ever."""

    def __init__(self, *fill: int) -> None:
        super().__init__()
        self.fill = list(fill)

    @property
    def outstanding(self) -> int:
        return self.fill.pop(0) if len(self.fill) > 1 else self.fill[0]


async def test_waiting_for_room_goes_on_as_long_as_anything_moves() -> None:
    wire = _Buffered(5, 4, 3, 3)
    wire.pause_writing()
    with pytest.raises(TimeoutError):
        await wire.drain(0.02)
    assert wire.fill == [3]


async def test_waiting_for_the_last_octets_goes_on_as_long_as_anything_moves() -> None:
    await _Buffered(5, 4, 3, 2, 1, 0).flush(0.001)
    wire = _Buffered(5, 4, 4)
    with pytest.raises(TimeoutError):
        await wire.flush(0.02)


async def test_a_connection_that_goes_while_waiting_is_lost_whatever_the_system_calls_it() -> None:
    wire = _Buffered(5)
    wire.pause_writing()
    waiting = asyncio.create_task(wire.drain(5))
    await asyncio.sleep(0)
    wire.connection_lost(OSError(errno.EHOSTUNREACH, "no route"))
    with pytest.raises(ConnectionResetError):
        await waiting


def _written(tmp_path: Path) -> list[bytes]:
    """Return a message with letters outside ASCII everywhere and a file of all octets, as it is queued."""
    (tmp_path / "alle.bin").write_bytes(bytes(range(256)) * 5)
    draft = Draft(
        id="m1",
        sender=SENDER,
        to=(Mailbox(ANNA, "Änne Größe"),),
        subject="Grüße aus Köln — 你好",
        text="Straße\n.\n" + "ä" * 2000 + "\n",
        html="<p>Straße</p>",
        attachments=(Attachment(str(tmp_path / "alle.bin"), "größe.bin", 1280),),
    )
    parts = build(
        draft, sender=Mailbox(SENDER, "Jürgen"), sender_header=None, reply_to=None, now=NOW, message_id=MESSAGE_ID
    )
    return list(parts)


@pytest.mark.case("D5")
@pytest.mark.parametrize("ehlo", [("AUTH PLAIN",), ("AUTH PLAIN", "8BITMIME"), ("AUTH PLAIN", "8BITMIME", "SMTPUTF8")])
async def test_d5_what_is_sent_has_seven_bits_whatever_the_server_offers(
    ehlo: tuple[str, ...], implicit: bool, tmp_path: Path
) -> None:
    parts = _written(tmp_path)
    verdict, running = await send_to(Polite(ehlo=ehlo), parts, implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert running.signed_in[0] == f"MAIL FROM:<{SENDER}>\r\n".encode()
    assert max(running.messages[0]) < 128
    assert _undone(running.messages[0]) == b"".join(parts)


@pytest.mark.case("D7")
async def test_d7_only_the_envelope_is_sent_ahead_and_data_is_not_chunked(implicit: bool) -> None:
    early: list[bytes] = []

    class Watching(Polite):
        async def _answer(self, talk: Talk, verb: str) -> None:
            await asyncio.sleep(0.01)  # what was sent along with the command has arrived by now
            early.append(bytes(talk.reader._buffer))  # type: ignore[attr-defined]  # asyncio shows it nowhere else
            await super()._answer(talk, verb)

    script = Watching(ehlo=("AUTH PLAIN", "PIPELINING", "CHUNKING", "BINARYMIME"), clear=("STARTTLS", "PIPELINING"))
    verdict, running = await send_to(script, recipients=(ANNA, BERND), implicit=implicit)
    assert isinstance(verdict, Delivered)
    assert running.verbs(signed_in=True) == ["MAIL", "RCPT", "RCPT", "DATA", "QUIT"]
    assert not any(line.startswith(b"BDAT") for line in running.lines)
    assert len(early) >= 7
    first, second = (f"RCPT TO:<{each}>\r\n".encode() for each in (ANNA, BERND))
    assert [each for each in early if each] == [first + second, second]


@pytest.mark.case("D8")
async def test_d8_a_message_kept_goes_unchanged_to_a_server_that_can_less(implicit: bool, tmp_path: Path) -> None:
    parts = _written(tmp_path)
    able = Polite(
        {".": b"451 4.3.0 later\r\n"}, ehlo=("AUTH PLAIN", "8BITMIME", "SMTPUTF8", "CHUNKING", "SIZE 9999999")
    )
    first, there = await send_to(able, parts, implicit=implicit)
    second, here = await send_to(Polite(ehlo=("AUTH LOGIN PLAIN",)), parts, implicit=implicit)
    assert isinstance(first, TryLater)
    assert isinstance(second, Delivered)
    assert there.messages == here.messages
    assert f"Message-ID: {MESSAGE_ID}\r\n".encode() in here.messages[0]
