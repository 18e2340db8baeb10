"""Drafts come back as typed, and never come back from the outbox by a late save."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.address import Address, Mailbox
from app.errors import Reason, StorageError
from app.message.draft import Attachment, Draft
from app.storage.database import Database
from app.storage.drafts import Drafts

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
DRAFT = Draft(
    id="d",
    sender=Address.parse("nutzer@beispiel.example"),
    to=(Mailbox(Address.parse("a@partner.example"), 'A "Ü" <x>'), Mailbox(Address.parse('"a b"@partner.example'))),
    cc=(Mailbox(Address.parse("c@bücher.example")),),
    bcc=(Mailbox(Address.parse("b@partner.example")),),
    subject="Größe 😀 \u202e",
    text="Zeile\n\nzwei\x00",
    html="<p>x</p>",
    attachments=(Attachment("/tmp/ü.pdf", "ü.pdf", 12, "application/pdf"),),
    signature="-- N.",
    in_reply_to="<1@x.example>",
    references=("<0@x.example>", "<1@x.example>"),
    unfinished=(("to", "half an addr"),),
)


async def test_a_draft_comes_back_as_it_was_saved(database: Database) -> None:
    drafts = Drafts(database)
    await drafts.save(DRAFT, NOW)
    assert await drafts.load("d") == DRAFT
    assert await drafts.load("other") is None


async def test_saving_again_replaces_and_the_last_saved_is_first(database: Database) -> None:
    drafts = Drafts(database)
    await drafts.save(DRAFT, NOW)
    await drafts.save(replace(DRAFT, id="e"), NOW + timedelta(seconds=1))
    changed = replace(DRAFT, subject="new")
    await drafts.save(changed, NOW + timedelta(seconds=2))
    saved = await drafts.list()
    assert [each.draft.id for each in saved] == ["d", "e"]
    assert saved[0].draft == changed
    assert saved[0].saved_at == NOW + timedelta(seconds=2)


async def test_a_deleted_draft_is_gone(database: Database) -> None:
    drafts = Drafts(database)
    await drafts.save(DRAFT, NOW)
    await drafts.delete("d")
    await drafts.delete("d")
    assert await drafts.list() == []


async def test_subscribers_hear_of_each_change_until_they_leave(database: Database) -> None:
    drafts = Drafts(database)
    heard: list[str] = []
    leave = drafts.subscribe(heard.append)
    await drafts.save(DRAFT, NOW)
    await asyncio.sleep(0)
    await drafts.delete("d")
    await asyncio.sleep(0)
    leave()
    await drafts.save(DRAFT, NOW)
    await asyncio.sleep(0)
    assert heard == ["d", "d"]


async def test_a_damaged_draft_keeps_its_text_and_hides_no_other(database: Database) -> None:
    drafts = Drafts(database)
    for name in ("d", "e"):
        await drafts.save(replace(DRAFT, id=name), NOW)
    await database.write(lambda connection: connection.execute("UPDATE draft SET data = '{\"id\":1}' WHERE id = 'd'"))
    assert {saved.draft.id: saved.draft.text for saved in await drafts.list()} == {"d": '{"id":1}', "e": DRAFT.text}
    loaded = await drafts.load("d")
    assert loaded is not None
    assert loaded.text == '{"id":1}'


async def test_octets_that_are_no_text_are_damage(database: Database) -> None:
    drafts = Drafts(database)
    await drafts.save(DRAFT, NOW)
    sql = "UPDATE draft SET data = json_quote(cast(x'c328' AS TEXT))"
    await database.write(lambda connection: connection.execute(sql))
    with pytest.raises(StorageError) as caught:
        await drafts.list()
    assert caught.value.problem.reason is Reason.STORAGE_CORRUPT
