"""The desk: nothing a person has sent is left lying when the last window closes."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.posting import post
from app.demo.authority import PRIMARY
from app.errors import Reason, StorageError
from app.message.draft import Draft
from app.services import open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain
from tests.servers.disk import dead_drive
from ui.composer.window import ComposerWindow
from ui.demo.start import Demo, open_demo
from ui.desk import Desk
from ui.main import until_closed


async def queue(demo: Demo, key: str, seconds: int) -> None:
    services = demo.services
    draft = Draft(id=key, sender=Address.parse(PRIMARY), to=(Mailbox(Address.parse("kunde@extern.example")),), text="x")
    await post(
        draft,
        profile=services.the_profile,
        policy=services.policy,
        outbox=services.outbox,
        now=services.now(),
        due=services.now() + timedelta(seconds=seconds),
    )


async def test_closing_the_last_window_sends_what_waited_for_undo_and_keeps_what_is_scheduled() -> None:
    async with open_demo() as demo:
        window = demo.desk.mailbox()
        running = asyncio.ensure_future(until_closed(demo.desk))
        await asyncio.sleep(0)
        await queue(demo, "undo", 20)
        await queue(demo, "scheduled", 3600)
        window.close()
        async with asyncio.timeout(20):
            await running
        assert (await demo.services.outbox.get("undo")).state is State.SENT
        assert (await demo.services.outbox.get("scheduled")).state is State.QUEUED
        assert len(demo.world.inbox.messages()) == 1


async def test_without_a_network_the_last_window_closes_at_once_and_nothing_is_tried() -> None:
    async with open_demo() as demo:
        window = demo.desk.mailbox()
        running = asyncio.ensure_future(until_closed(demo.desk))
        await asyncio.sleep(0)
        await demo.services.postman.network_lost()
        await queue(demo, "undo", 20)
        window.close()
        async with asyncio.timeout(20):
            await running
        message = await demo.services.outbox.get("undo")
        assert (message.state, message.attempts) == (State.QUEUED, 0)


async def test_a_data_folder_that_fails_at_the_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.desk._AFTER_FAULT", 0.01)
    async with open_demo() as demo:
        failures = [StorageError.because(Reason.STORAGE_FULL, folder="x"), None]
        recover = demo.services.outbox.recover

        async def full_at_first(now: datetime, message_id: str | None = None) -> int:
            if failures and (failure := failures.pop(0)) is not None:
                raise failure
            return await recover(now, message_id)

        monkeypatch.setattr(demo.services.outbox, "recover", full_at_first)
        window = demo.desk.mailbox()
        running = asyncio.ensure_future(until_closed(demo.desk))
        await queue(demo, "sent all the same", 0)
        await asyncio.to_thread(demo.world.inbox.wait)
        window.close()
        async with asyncio.timeout(20):
            await running
        assert failures == []


async def test_a_data_folder_that_lets_nobody_lock_at_first_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_demo() as demo:
        lock = demo.services.delivery_lock
        answers: list[StorageError | None] = [None, StorageError.because(Reason.STORAGE_FULL, folder="x")]
        acquire = lock.acquire

        def refuse_at_first() -> bool:
            if not answers:
                return acquire()
            if (failure := answers.pop()) is not None:
                raise failure
            return False

        monkeypatch.setattr(lock, "acquire", refuse_at_first)
        window = demo.desk.mailbox()
        running = asyncio.ensure_future(until_closed(demo.desk))
        await queue(demo, "sent all the same", 0)
        await asyncio.to_thread(demo.world.inbox.wait)
        window.close()
        async with asyncio.timeout(20):
            await running
        assert answers == []


async def test_another_start_during_set_up_opens_nothing_and_harms_nothing(tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as services:
        desk = Desk(services)
        for action in ("show", "compose", "wake", "reload", "unblock"):
            desk.answer({"action": action})
        await asyncio.sleep(0.05)
        assert desk.windows == ()


async def test_mail_held_for_a_sign_in_goes_when_somebody_signs_in_elsewhere() -> None:
    async with open_demo() as demo:
        services, server = demo.services, demo.services.the_profile.organisation_server
        password = await services.keychain.get(server.keychain_account)
        assert password is not None
        await services.keychain.delete(server.keychain_account)
        await queue(demo, "held", 0)
        await services.postman.run_due()
        assert (await services.outbox.get("held")).state is State.HELD
        await services.keychain.set(server.keychain_account, password)
        demo.desk.start_work()
        demo.desk.answer({"action": "unblock", "queue": server.queue})
        await asyncio.to_thread(demo.world.inbox.wait)


async def test_what_runs_for_the_windows_has_ended_before_the_services_close() -> None:
    async with open_demo() as demo:
        demo.desk.mailbox()
        demo.desk.start_work()
        await asyncio.sleep(0)
        started = {task for task in asyncio.all_tasks() if task.get_name() in {"postman", "policy watch"}}
        assert len(started) == 2
        await demo.desk.end()
        assert all(task.done() for task in started)
        assert demo.desk.windows == ()


async def test_a_signal_keeps_what_is_typed() -> None:
    async with open_demo() as demo:
        composer = demo.desk.compose()
        assert isinstance(composer, ComposerWindow)
        running = asyncio.ensure_future(until_closed(demo.desk))
        await asyncio.sleep(0.05)
        QTest.keyClicks(composer.header.subject, "Half written")
        running.cancel()
        await asyncio.wait([running])
        await demo.desk.end()
        assert [saved.draft.subject for saved in await demo.services.drafts.list()] == ["Half written"]
        assert demo.desk.windows == ()


@contextmanager
def ending(demo: Demo, monkeypatch: pytest.MonkeyPatch, *places: Path) -> Iterator[None]:
    monkeypatch.setattr("ui.composer.rescue._places", lambda: places)
    monkeypatch.setattr("ui.desk._LAST_WORDS", 0.3)
    yield
    assert demo.desk.windows == ()


@pytest.mark.case("L2", "L12")
@pytest.mark.parametrize("hangs", [False, True], ids=["refuses", "hangs"])
async def test_a_signal_saves_elsewhere_what_the_data_folder_does_not_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hangs: bool
) -> None:
    async def full(_draft: Draft, _now: datetime) -> None:
        if hangs:
            await asyncio.Event().wait()
        raise StorageError.because(Reason.STORAGE_FULL, folder="x")

    file = tmp_path / "plan.pdf"
    file.write_bytes(b"plan")
    async with open_demo() as demo:
        monkeypatch.setattr(demo.services.drafts, "save", full)
        composer = demo.desk.compose()
        assert isinstance(composer, ComposerWindow)
        QTest.keyClicks(composer.header.subject, "Half written")
        QTest.keyClicks(composer.body, "This too")
        composer.attachments.add_files([str(file)])
        with ending(demo, monkeypatch, tmp_path / "not there", tmp_path):
            await demo.desk.end()
    (saved,) = tmp_path.glob("*Half written.eml")
    message = email.message_from_bytes(saved.read_bytes(), policy=email.policy.default)
    assert (message["X-Unsent"], message["Subject"]) == ("1", "Half written")
    assert message["Comments"] == "not included: plan.pdf"
    assert message.get_content().startswith("This too")
    assert str(saved) in capsys.readouterr().err


@pytest.mark.case("L2", "L12")
@pytest.mark.system("fuse")
async def test_a_text_is_saved_where_there_is_a_disk_when_the_documents_are_on_a_share_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_draft: Draft, _now: datetime) -> None:
        raise StorageError.because(Reason.STORAGE_FULL, folder="x")

    with dead_drive(tmp_path / "documents") as dead:
        async with open_demo() as demo:
            monkeypatch.setattr(demo.services.drafts, "save", full)
            composer = demo.desk.compose()
            assert isinstance(composer, ComposerWindow)
            QTest.keyClicks(composer.header.subject, "Half written")
            with ending(demo, monkeypatch, dead, tmp_path):
                await demo.desk.end()
        assert len(list(tmp_path.glob("*Half written.eml"))) == 1


async def test_what_could_be_kept_at_the_end_is_saved_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_demo() as demo:
        refusals = [StorageError.because(Reason.STORAGE_FULL, folder="x")]
        save = demo.services.drafts.save

        async def full_at_first(draft: Draft, moment: datetime) -> None:
            if refusals:
                raise refusals.pop()
            await save(draft, moment)

        monkeypatch.setattr(demo.services.drafts, "save", full_at_first)
        composer = demo.desk.compose()
        assert isinstance(composer, ComposerWindow)
        QTest.keyClicks(composer.header.subject, "Half written")
        with ending(demo, monkeypatch, tmp_path):
            await demo.desk.end()
        assert [saved.draft.subject for saved in await demo.services.drafts.list()] == ["Half written"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("F1")
async def test_a_link_fills_in_a_composer_and_does_no_more() -> None:
    async with open_demo() as demo:
        link = (
            "mailto:kunde@extern.example?subject=Angebot&body=Hallo%0D%0AWelt&from=chef@beispiel.example"
            "&attach=/etc/passwd&bcc=eins@x.example,zwei@x.example,drei@x.example,vier@x.example"
        )
        composer = demo.desk.compose_link(link)
        assert isinstance(composer, ComposerWindow)
        draft = await composer.current_draft()
        assert (str(draft.sender), draft.attachments) == (PRIMARY, ())
        assert (draft.subject, draft.text.partition("\n-- ")[0].strip()) == ("Angebot", "Hallo\nWelt")
        assert composer.header.field("bcc").isVisibleTo(composer)
        assert [str(mailbox) for mailbox in draft.bcc] == [
            f"{name}@x.example" for name in ("eins", "zwei", "drei", "vier")
        ]
        assert composer.notice.isVisibleTo(composer)
        assert "eins@x.example, zwei@x.example, drei@x.example, …" in composer.notice.accessibleName()
        await asyncio.sleep(0.1)
        assert await demo.services.outbox.list() == []
        plain = demo.desk.compose_link("mailto:kunde@extern.example?cc=a@x.example")
        assert isinstance(plain, ComposerWindow)
        assert not plain.notice.isVisibleTo(plain)
        await demo.desk.end()
