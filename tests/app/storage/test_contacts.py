"""Completion finds people by any word of name or address, the most used first."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from app.address import Mailbox
from app.storage.contacts import Contacts
from app.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


async def names(contacts: Contacts, prefix: str, limit: int = 8) -> list[str]:
    return [mailbox.name or str(mailbox.address) for mailbox in await contacts.complete(prefix, limit)]


@pytest.fixture
async def contacts(database: Database) -> Contacts:
    contacts = Contacts(database)
    people = [
        "Jörg Müller-Straße <j.mueller@partner.example>",
        "Nutzer <nutzer@beispiel.example>",
        "<vertrieb_nord@bücher.example>",
        "O'Neil 100% <o@partner.example>",
    ]
    await contacts.remember(map(Mailbox.parse, people), NOW)
    return contacts


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("jör", ["Jörg Müller-Straße"]),
        ("JOR", ["Jörg Müller-Straße"]),
        ("mul", ["Jörg Müller-Straße"]),
        ("strasse", ["Jörg Müller-Straße"]),
        ("müller-s", ["Jörg Müller-Straße"]),
        ("j.mue", ["Jörg Müller-Straße"]),
        ("j.mueller@part", ["Jörg Müller-Straße"]),
        ("mueller", ["Jörg Müller-Straße"]),
        ("str jo", ["Jörg Müller-Straße"]),
        ("jo nutzer", []),
        ("beispiel.ex", ["Nutzer"]),
        ("nord", ["vertrieb_nord@xn--bcher-kva.example"]),
        ("bücher", ["vertrieb_nord@xn--bcher-kva.example"]),
        ("o'n", ["O'Neil 100%"]),
        ("100%", ["O'Neil 100%"]),
        ("%", []),
        ("örg", []),
        ("", []),
        ("   ", []),
    ],
)
async def test_any_word_is_found_by_its_beginning(contacts: Contacts, prefix: str, found: list[str]) -> None:
    assert await names(contacts, prefix) == found


async def test_the_most_used_then_the_last_used_comes_first(contacts: Contacts) -> None:
    other = Mailbox.parse("Nina <nina@partner.example>")
    await contacts.remember([other], NOW + timedelta(seconds=1))
    everybody = await names(contacts, "n")
    assert everybody[0] == "Nina"
    assert set(everybody) == {"Nina", "Nutzer", "O'Neil 100%", "vertrieb_nord@xn--bcher-kva.example"}
    await contacts.remember([Mailbox.parse("nutzer@beispiel.example")], NOW)
    assert (await names(contacts, "n"))[0] == "Nutzer"


async def test_one_address_is_one_contact_with_its_newest_name(contacts: Contacts) -> None:
    await contacts.remember([Mailbox.parse("Neu <NUTZER@beispiel.example>")], NOW)
    await contacts.remember([Mailbox.parse("nutzer@beispiel.example")], NOW)
    assert await names(contacts, "neu") == ["Neu"]
    assert await names(contacts, "nutzer") == ["Neu"]


async def test_among_very_many_alike_the_answer_is_bounded_and_ranked(database: Database) -> None:
    contacts = Contacts(database)

    def fill(connection: sqlite3.Connection) -> None:
        people = range(20_000)
        connection.executemany(
            "INSERT INTO contact VALUES (?, ?, ?, ?, 1, ?)",
            [(n, f"user{n}@x.example", f"user{n}@x.example", f"User {n}", n) for n in people],
        )
        connection.executemany(
            "INSERT INTO contact_word VALUES (?, ?)",
            [(n, word) for n in people for word in ("user", f"user{n}@x.example")],
        )

    await database.write(fill)
    assert await names(contacts, "user", 3) == ["User 19999", "User 19998", "User 19997"]
    assert await names(contacts, "user7@", 3) == ["User 7"]
    assert await names(contacts, "user 19999@") == []
    await contacts.remember([Mailbox.parse("user7@x.example")], NOW)
    assert await names(contacts, "u", 1) == ["User 7"]
