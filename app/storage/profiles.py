"""The stored profile: saved whole in one transaction, with the codes of addresses that are not confirmed yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import msgspec

from app.address import Address
from app.errors import ProfileError, Reason
from app.profile import Profile, ReplyFrom, SendAsAddress, Verification, WhenMissed
from app.storage.database import Database, from_stamp, to_stamp
from app.storage.encoding import decode_clients, decode_server, encode, encode_clients, encode_server

__all__ = ["Profiles", "load_profile"]

T = TypeVar("T")
R = TypeVar("R")

_INSERT_PROFILE = (
    "INSERT INTO profile (one, id, organisation_server, policy_source, policy_ca, policy_keys, mail_ca, oauth_clients, "
    "reply_from, undo_seconds, when_missed, created_at) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_SEND_AS = (
    "INSERT INTO send_as (position, id, address, display_name, reply_to, signature, is_primary, is_default, "
    "treat_as_alias, smtp_msa, verification) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Profiles:
    """The profile in the database; every method raises StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> Profile | None:
        """Return the profile, or None before set-up."""
        return await self._database.read(load_profile)

    async def save(self, profile: Profile) -> None:
        """Replace the stored profile; codes of addresses that are gone from it go too."""
        await self._database.write(lambda connection: _save(connection, profile))

    async def change(self, step: Callable[[Profile], Profile]) -> Profile:
        """Replace the stored profile by what `step` makes of it, and return that.

        As one transaction, since another process may change the same profile. Raises what `step` raises, and
        ProfileError (PROFILE_MISSING) before set-up; then nothing changed.
        """

        def change(connection: sqlite3.Connection) -> Profile:
            profile = load_profile(connection)
            if profile is None:
                raise ProfileError.because(Reason.PROFILE_MISSING)
            changed = step(profile)
            _save(connection, changed)
            return changed

        return await self._database.write(change)

    async def code(self, entry_id: str, kind: type[T]) -> T | None:
        """Return the codes issued for an address, as the `kind` they were saved as, or None."""
        return await self._database.read(lambda connection: _load_codes(connection, entry_id, kind))

    async def change_codes(self, entry_id: str, kind: type[T], step: Callable[[T | None], tuple[T, R]]) -> R:
        """Replace the codes issued for an address by the first thing `step` makes of them, and return the second.

        As one transaction, so that no try is counted once for two. Raises what `step` raises.
        """

        def change(connection: sqlite3.Connection) -> R:
            issued, result = step(_load_codes(connection, entry_id, kind))
            _save_codes(connection, entry_id, issued)
            return result

        return await self._database.write(change)

    async def save_codes(self, entry_id: str, issued: object | None) -> None:
        """Replace the codes issued for an address, a dataclass of plain values; None forgets them."""
        await self._database.write(lambda connection: _save_codes(connection, entry_id, issued))


def load_profile(connection: sqlite3.Connection) -> Profile | None:
    """Return the stored profile, or None before set-up."""
    row = connection.execute("SELECT * FROM profile").fetchone()
    if row is None:
        return None
    created_at = row["created_at"]
    return Profile(
        id=row["id"],
        addresses=tuple(_entry(each) for each in connection.execute("SELECT * FROM send_as ORDER BY position")),
        organisation_server=decode_server(row["organisation_server"]),
        policy_source=row["policy_source"],
        policy_ca=row["policy_ca"],
        policy_keys=msgspec.json.decode(row["policy_keys"], type=tuple[str, ...]),
        mail_ca=row["mail_ca"],
        oauth_clients=decode_clients(row["oauth_clients"]),
        reply_from=msgspec.convert(row["reply_from"], ReplyFrom),
        undo_seconds=row["undo_seconds"],
        when_missed=msgspec.convert(row["when_missed"], WhenMissed),
        created_at=None if created_at is None else from_stamp(created_at),
    )


def _entry(row: sqlite3.Row) -> SendAsAddress:
    reply_to, server = row["reply_to"], row["smtp_msa"]
    return SendAsAddress(
        id=row["id"],
        address=Address.parse(row["address"]),
        display_name=row["display_name"],
        reply_to=None if reply_to is None else Address.parse(reply_to),
        signature=row["signature"],
        is_primary=bool(row["is_primary"]),
        is_default=bool(row["is_default"]),
        treat_as_alias=bool(row["treat_as_alias"]),
        smtp_msa=None if server is None else decode_server(server),
        verification=msgspec.convert(row["verification"], Verification),
    )


def _save(connection: sqlite3.Connection, profile: Profile) -> None:
    kept = {entry.id for entry in profile.addresses}
    gone = [row for row in connection.execute("SELECT id FROM send_as") if row[0] not in kept]
    connection.executemany("DELETE FROM code WHERE entry_id = ?", gone)
    connection.execute("DELETE FROM profile")
    connection.execute("DELETE FROM send_as")
    connection.execute(
        _INSERT_PROFILE,
        (
            profile.id,
            encode_server(profile.organisation_server),
            profile.policy_source,
            profile.policy_ca,
            encode(profile.policy_keys),
            profile.mail_ca,
            encode_clients(profile.oauth_clients),
            profile.reply_from,
            profile.undo_seconds,
            profile.when_missed,
            None if profile.created_at is None else to_stamp(profile.created_at),
        ),
    )
    connection.executemany(
        _INSERT_SEND_AS,
        [(position, *_row(entry)) for position, entry in enumerate(profile.addresses)],
    )


def _row(entry: SendAsAddress) -> tuple[object, ...]:
    return (
        entry.id,
        str(entry.address),
        entry.display_name,
        None if entry.reply_to is None else str(entry.reply_to),
        entry.signature,
        entry.is_primary,
        entry.is_default,
        entry.treat_as_alias,
        None if entry.smtp_msa is None else encode_server(entry.smtp_msa),
        entry.verification,
    )


def _load_codes(connection: sqlite3.Connection, entry_id: str, kind: type[T]) -> T | None:
    row = connection.execute("SELECT issued FROM code WHERE entry_id = ?", (entry_id,)).fetchone()
    return msgspec.json.decode(row[0], type=kind) if row else None


def _save_codes(connection: sqlite3.Connection, entry_id: str, issued: object | None) -> None:
    if issued is None:
        connection.execute("DELETE FROM code WHERE entry_id = ?", (entry_id,))
    else:
        connection.execute("INSERT OR REPLACE INTO code (entry_id, issued) VALUES (?, ?)", (entry_id, encode(issued)))
