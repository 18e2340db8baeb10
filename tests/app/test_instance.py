"""One program a data folder."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from app.errors import Reason, StorageError
from app.instance import FileLock, Instance, Request, ask_running

pytestmark = pytest.mark.case("L1")


@pytest.fixture
def contact(tmp_path: Path) -> Path:
    return tmp_path / "instance.json"


async def test_a_second_instance_is_refused_and_names_the_folder(tmp_path: Path, contact: Path) -> None:
    async with Instance(tmp_path / "lock", contact, lambda request: None):
        second = Instance(tmp_path / "lock", contact, lambda request: None)
        with pytest.raises(StorageError) as caught:
            await second.__aenter__()
    assert caught.value.problem.reason is Reason.INSTANCE_RUNNING
    assert caught.value.problem.fact("folder") == str(tmp_path)


async def test_another_process_reaches_the_running_one(tmp_path: Path, contact: Path) -> None:
    asked: list[Request] = []
    async with Instance(tmp_path / "lock", contact, asked.append):
        taken = await asyncio.to_thread(ask_running, contact, {"action": "compose", "mailto": "mailto:a@b.example"})
        await asyncio.sleep(0.05)
    assert taken
    assert asked == [{"action": "compose", "mailto": "mailto:a@b.example"}]


async def test_a_wrong_token_is_not_answered(tmp_path: Path, contact: Path) -> None:
    asked: list[Request] = []
    async with Instance(tmp_path / "lock", contact, asked.append):
        where = json.loads(contact.read_text())
        contact.write_text(json.dumps({**where, "token": "0" * 32}))
        assert not await asyncio.to_thread(ask_running, contact, {"action": "show"})
    assert asked == []


async def test_a_file_that_cannot_be_locked_at_all_is_not_taken_for_another_program(
    tmp_path: Path, contact: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))  # a network drive without its lock service

    monkeypatch.setattr(fcntl, "flock", refuse)
    open_files = sorted(Path("/proc/self/fd").iterdir())
    for attempt in (FileLock(tmp_path / "lock").acquire, Instance(tmp_path / "lock", contact, print)._lock.acquire):
        with pytest.raises(StorageError) as caught:
            attempt()
        assert caught.value.problem.reason is Reason.STORAGE_FAILED
    assert sorted(Path("/proc/self/fd").iterdir()) == open_files


REQUEST = {"action": "compose", "mailto": "mailto:geheim@extern.example"}


@contextmanager
def stranger(contact: Path, *answers: bytes, trickles: bool = False) -> Iterator[list[bytes]]:
    """Listen at the port of a contact file whose program is gone, and note what is said there."""
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            for answer in answers:
                heard.append(connection.recv(65536))
                connection.sendall(answer)
            while trickles:
                connection.sendall(b"{")
                time.sleep(0.01)
            while octets := connection.recv(65536):
                heard.append(octets)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        contact.write_text(json.dumps({"port": listener.getsockname()[1], "token": "0123456789abcdef" * 2}))
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield heard
        thread.join(10)


@pytest.mark.parametrize(
    "answers",
    [
        [b"ok\n"],
        [b"ok\n", b"ok\n"],
        [b'{"nonce": "1", "proof": "2"}\n', b'{"proof": "2"}\n'],
        [b'{"proof": null}\n'],
        [b"x" * 100_000],
        [b""],
    ],
)
def test_who_listens_at_a_stale_port_learns_and_swallows_nothing(
    contact: Path, monkeypatch: pytest.MonkeyPatch, answers: list[bytes]
) -> None:
    monkeypatch.setattr("app.instance._ANSWER_SECONDS", 0.1)
    with stranger(contact, *answers) as heard:
        assert not ask_running(contact, REQUEST)
    said = b"".join(heard)
    assert b"geheim" not in said
    assert b"0123456789abcdef" not in said
    assert json.loads(said).keys() == {"nonce"}


def test_who_answers_octet_by_octet_holds_nobody_up(contact: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.instance._ANSWER_SECONDS", 0.1)
    with stranger(contact, trickles=True):
        assert not ask_running(contact, REQUEST)


async def test_what_was_heard_once_cannot_be_said_again(tmp_path: Path, contact: Path) -> None:
    asked: list[Request] = []
    async with Instance(tmp_path / "lock", contact, asked.append):
        real = json.loads(contact.read_text())
        said: list[bytes] = []

        async def listen_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, to_holder = await asyncio.open_connection("127.0.0.1", real["port"])
            for _ in range(2):
                said.append(await reader.readline())
                to_holder.write(said[-1])
                writer.write(await there.readline())
            to_holder.close()
            writer.close()

        async with await asyncio.start_server(listen_in, "127.0.0.1", 0) as between:
            contact.write_text(json.dumps({**real, "port": between.sockets[0].getsockname()[1]}))
            assert await asyncio.to_thread(ask_running, contact, REQUEST)
        reader, writer = await asyncio.open_connection("127.0.0.1", real["port"])
        writer.write(said[0])
        await reader.readline()
        writer.write(said[1])
        assert await reader.read() == b"no\n"
        writer.close()
        await writer.wait_closed()
    assert asked == [REQUEST]


@pytest.mark.parametrize("line", ['{"token": "\\u00e4"}', "[" * 200_000, '{"token": 5}', "", "\xff"])
async def test_what_anybody_on_this_machine_may_say_is_refused_without_ado(
    tmp_path: Path, contact: Path, line: str
) -> None:
    bugs: list[object] = []
    asked: list[Request] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: bugs.append(context))
    try:
        async with Instance(tmp_path / "lock", contact, asked.append):
            reader, writer = await asyncio.open_connection("127.0.0.1", json.loads(contact.read_text())["port"])
            writer.write(line.encode("latin-1") + b"\n")
            assert await reader.read() == b"no\n"
            writer.close()
            await asyncio.sleep(0)
    finally:
        asyncio.get_running_loop().set_exception_handler(None)
    assert (asked, bugs) == ([], [])


async def test_a_folder_that_takes_no_file_gives_a_reason_and_the_lock_back(tmp_path: Path) -> None:
    lock, contact = tmp_path / "lock", tmp_path / "nowhere" / "instance.json"
    with pytest.raises(StorageError) as caught:
        await Instance(lock, contact, lambda request: None).__aenter__()
    assert caught.value.problem.reason is Reason.STORAGE_FAILED
    assert FileLock(lock).acquire()


async def test_the_contact_file_is_private_and_goes_with_its_instance(tmp_path: Path, contact: Path) -> None:
    async with Instance(tmp_path / "lock", contact, lambda request: None):
        assert stat.S_IMODE(contact.stat().st_mode) == 0o600
    assert not contact.exists()
    assert not ask_running(contact, {"action": "show"})


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", '{"port": "x"}', '{"port": 1, "token": "t"}', '{"port": 1e9, "token": "t"}']
)
def test_a_stale_or_broken_contact_file_reaches_nobody(contact: Path, text: str) -> None:
    contact.write_text(text)
    assert not ask_running(contact, {"action": "show"})


def test_a_lock_is_held_by_one_and_free_again_after(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert not second.held


def test_a_lock_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError) as caught:
        FileLock(tmp_path / "lock").acquire()
    assert caught.value.problem.reason is Reason.STORAGE_UNSAFE
