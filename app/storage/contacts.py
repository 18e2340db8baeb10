"""People written to before, found again by the first letters of any word of their name or address."""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from app.address import Address, Mailbox
from app.storage.database import Database, to_stamp

__all__ = ["Contacts"]

# Among very many matches the ones written to most come first; both bounds keep a key stroke short however many
# contacts begin alike.
_MOST_USED = 1000
_ALPHABETICAL = 400

_BY_USE = """
    SELECT address, name FROM (SELECT * FROM contact ORDER BY times_used DESC, last_used DESC LIMIT ?) AS person
    WHERE NOT EXISTS (
        SELECT 1 FROM json_each(?) AS typed WHERE NOT EXISTS (
            SELECT 1 FROM contact_word AS known WHERE known.contact_id = person.id
            AND known.word >= typed.value AND known.word < typed.value || char(0x10ffff)))
    LIMIT ?
"""
_BY_WORD = """
    SELECT address, name FROM contact AS person
    WHERE id IN (SELECT contact_id FROM contact_word WHERE word >= ?1 AND word < ?1 || char(0x10ffff) LIMIT ?2)
    AND NOT EXISTS (
        SELECT 1 FROM json_each(?3) AS typed WHERE NOT EXISTS (
            SELECT 1 FROM contact_word AS known WHERE known.contact_id = person.id
            AND known.word >= typed.value AND known.word < typed.value || char(0x10ffff)))
    ORDER BY times_used DESC, last_used DESC LIMIT ?4
"""


class Contacts:
    """The address book that fills itself; every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def remember(self, mailboxes: Iterable[Mailbox], now: datetime) -> None:
        """Count one more use of each mailbox; the newest name that is not empty is kept."""
        kept = tuple(mailboxes)
        await self._database.write(lambda connection: _remember(connection, kept, to_stamp(now)))

    async def complete(self, prefix: str, limit: int = 8) -> list[Mailbox]:
        """Return contacts having, for each typed word, a word that begins with it; the most used first."""
        words = _fold(prefix).split()
        if not words:
            return []
        rows = await self._database.read(lambda connection: _complete(connection, words, limit))
        return [Mailbox(Address.parse(address), name) for address, name in rows]


def _remember(connection: sqlite3.Connection, mailboxes: tuple[Mailbox, ...], stamp: int) -> None:
    for mailbox in mailboxes:
        contact_id, name = connection.execute(
            "INSERT INTO contact (address_key, address, name, times_used, last_used) VALUES (?, ?, ?, 1, ?) "
            "ON CONFLICT (address_key) DO UPDATE SET times_used = times_used + 1, last_used = excluded.last_used, "
            "name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END RETURNING id, name",
            ("@".join(mailbox.address.key), str(mailbox.address), mailbox.name, stamp),
        ).fetchone()
        connection.execute("DELETE FROM contact_word WHERE contact_id = ?", (contact_id,))
        connection.executemany(
            "INSERT INTO contact_word (contact_id, word) VALUES (?, ?)",
            [(contact_id, word) for word in _words(name, mailbox.address)],
        )


def _complete(connection: sqlite3.Connection, words: list[str], limit: int) -> list[tuple[str, str]]:
    typed = json.dumps(words)
    most_used = connection.execute(_BY_USE, (_MOST_USED, typed, limit)).fetchall()
    if len(most_used) == limit:
        return most_used
    longest = max(words, key=len)
    alphabetical = connection.execute(_BY_WORD, (longest, _ALPHABETICAL, typed, limit)).fetchall()
    return list(dict.fromkeys([*most_used, *alphabetical]))[:limit]


def _words(name: str, address: Address) -> set[str]:
    """Return what a contact is found by: the words of its name, its address, and the parts of both its sides."""
    wholes = {_fold(str(address)), _fold(address.display)}
    parts = re.split(r"[\W_]+", " ".join([_fold(name), *wholes]))
    domains = {whole.rpartition("@")[2] for whole in wholes}
    return {*wholes, *domains, *_fold(name).split(), *(part for part in parts if part)}


def _fold(text: str) -> str:
    """Return text without case and accents, so that "mul" finds "Müller"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
