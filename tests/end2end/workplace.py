"""A data folder at a mail server that does as told, and the real program over it on a screen nobody sees."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.address import Address, Mailbox
from app.delivery.outbox import QueuedMessage
from app.delivery.posting import post
from app.message.draft import Attachment, Draft
from app.policy.evaluate import own_policy
from app.profile import NoSignIn, Profile, Security, SendAsAddress, SmtpServer, Verification
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.servers.process import start, stop, wait_until

__all__ = ["ME", "Mood", "MoodyServer", "Workplace"]

ME = Address.parse("nutzer@privat.example")
_ROOT = Path(__file__).resolve().parents[2]
_RUN = "import sys; from ui.entry import main; sys.exit(main())"


@dataclass
class Mood:
    """How the server behaves; may be changed while it runs."""

    bytes_a_second: int = 0
    """How fast it reads a message; 0 for as fast as it comes."""
    answers: bool = True
    """Whether it answers the end of a message."""


@dataclass
class MoodyServer:
    """A plain submission server on loopback, in threads of its own."""

    mood: Mood = field(default_factory=Mood)
    accepted: list[bytes] = field(default_factory=list)
    octets: int = 0
    """How much came after DATA, of all messages."""
    ends_seen: int = 0
    """How many final dots came."""
    connections: int = 0
    port: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def access(self) -> SmtpServer:
        """How to reach it."""
        return SmtpServer("127.0.0.1", self.port, Security.NONE, "", NoSignIn())

    @contextmanager
    def running(self) -> Iterator[MoodyServer]:
        """Serve until the context ends."""
        with socket.create_server(("127.0.0.1", self.port)) as listener:
            self.port = listener.getsockname()[1]
            listener.settimeout(0.05)
            ending = threading.Event()
            thread = threading.Thread(target=self._accept, args=(listener, ending), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                ending.set()
                thread.join()
                self.cut()

    def cut(self) -> None:
        """Close every connection."""
        while self._open:
            with self._open.pop() as connection:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def _accept(self, listener: socket.socket, ending: threading.Event) -> None:
        while not ending.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.sendall(b"220 ready\r\n")
            buffer = b""
            while chunk := connection.recv(65536):
                buffer += chunk
                while b"\r\n" in buffer:
                    line, _, buffer = buffer.partition(b"\r\n")
                    verb = line[:4].upper()
                    if verb == b"DATA":
                        connection.sendall(b"354 go on\r\n")
                        buffer = self._take_message(connection, buffer)
                    elif verb == b"QUIT":
                        connection.sendall(b"221 bye\r\n")
                        return
                    else:
                        connection.sendall(b"250-here\r\n250 SIZE 0\r\n" if verb == b"EHLO" else b"250 ok\r\n")
        except OSError:
            return

    def _take_message(self, connection: socket.socket, data: bytes) -> bytes:
        parts, tail, wait = [data], data[-5:], threading.Event()
        while not tail.endswith(b"\r\n.\r\n"):
            chunk = connection.recv(65536)
            if not chunk:
                raise ConnectionError
            self.octets += len(chunk)
            parts.append(chunk)
            tail = (tail + chunk)[-5:]
            if self.mood.bytes_a_second:
                wait.wait(len(chunk) / self.mood.bytes_a_second)
        self.ends_seen += 1
        if self.mood.answers:
            self.accepted.append(b"".join(parts))
            connection.sendall(b"250 2.0.0 queued as Q1\r\n")
        return b""


class Workplace:
    """A person whose mail goes through `server`, without an organisation and without a password."""

    def __init__(self, folder: Path, server: SmtpServer) -> None:
        self.folder = folder
        self.home = folder / "data"
        self.server = server
        (folder / "home").mkdir()

    def do(self, work: Callable[[Services], object]) -> list[QueuedMessage]:
        """Run a coroutine function over the data folder in this process; return the outbox as it then is."""

        async def run() -> list[QueuedMessage]:
            async with open_services(DataFolder(self.home), keychain=MemoryKeychain()) as services:
                if services.profile is None:
                    await services.profiles.save(self._profile())
                    await services.take_profile(self._profile())
                outcome = work(services)
                if asyncio.iscoroutine(outcome):
                    await outcome
                return await services.outbox.list()

        return asyncio.run(run())

    def outbox(self) -> list[QueuedMessage]:
        """Return the messages as they stand on the disk."""
        return self.do(lambda _: None)

    def queue(self, key: str, *, size: int = 0, due: datetime | None = None, now: datetime | None = None) -> None:
        """Queue a message with an attachment of `size` octets."""
        attached: tuple[Attachment, ...] = ()
        if size:
            file = self.folder / f"{key}.bin"
            file.write_bytes(os.urandom(1 << 16) * (size >> 16))
            attached = (Attachment(str(file), file.name, file.stat().st_size, "application/octet-stream"),)
        to = (Mailbox(Address.parse("kunde@extern.example")),)
        draft = Draft(id=key, sender=ME, to=to, subject=f"Subject {key}", text="Guten Tag", attachments=attached)

        async def work(services: Services) -> None:
            await post(
                draft,
                profile=services.the_profile,
                policy=own_policy(),
                outbox=services.outbox,
                now=now or datetime.now(UTC),
                due=due,
            )

        self.do(work)

    def _profile(self) -> Profile:
        entry = SendAsAddress(id="me", address=ME, is_primary=True, is_default=True, verification=Verification.ACCEPTED)
        return Profile("p", (entry,), self.server, policy_source="")

    @contextmanager
    def program(self, *within: str) -> Iterator[Running]:
        """Run the program's windows unseen, `within` another program that runs its arguments."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            "LANGUAGE": "en",
            "PYTHONPATH": str(_ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "ABSENDER_HOME": str(self.home),
        }
        log = self.folder / "output.txt"
        process = start([*within, sys.executable, "-c", _RUN], env=env, log=log, cwd=self.folder)
        try:
            yield Running(process, log)
        finally:
            process.send_signal(signal.SIGCONT)
            stop(process)


@dataclass(frozen=True, slots=True)
class Running:
    """The program as its process."""

    process: subprocess.Popen[bytes]
    log: Path

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, *, seconds: float = 20.0) -> int:
        """Wait until it has ended; return the exit code."""
        wait_until(lambda: self.process.poll() is not None, f"the end ({self.log.read_text()})", seconds=seconds)
        assert self.process.returncode is not None
        return self.process.returncode
