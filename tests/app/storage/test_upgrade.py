"""A database of an earlier version is brought up to date with all that is in it, or left as it was."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import app.storage
from app.delivery.outbox import Outbox
from app.delivery.schedule import Schedules
from app.storage.database import Database, from_stamp
from app.storage.folder import DataFolder, create_private_file

SCHEMA = Path(app.storage.__file__).parent / "schema"


def first_version(folder: DataFolder) -> None:
    """Make a database as the first version of the program left it, with a message in the outbox."""
    script = (SCHEMA / "001.sql").read_text(encoding="utf-8")
    os.close(create_private_file(folder.database))
    with closing(sqlite3.connect(folder.database)) as connection:
        connection.executescript(f"BEGIN; {script} PRAGMA user_version = 1; COMMIT;")
        connection.execute(
            "INSERT INTO outbox (id, state, sender, recipients, subject, message_id, size, via, host, queue, "
            "envelope_from, has_draft, over_organisation, attempts, asked_for, reply, queue_id, created_at, "
            "changed_at) VALUES ('m1', 'sent', 'nutzer@beispiel.example', '[]', 'Hallo', '<1@x.example>', "
            "10, 'organisation', 'h', 'q', 'nutzer@beispiel.example', 0, 0, 1, 0, '250', '', 1, 1)"
        )
        connection.commit()


async def test_an_older_database_is_brought_up_to_date_with_all_that_is_in_it(folder: DataFolder) -> None:
    first_version(folder)
    database = await Database.open(folder.database)
    [message] = await Outbox(database).list()
    assert (message.id, message.subject, message.left_out) == ("m1", "Hallo", ())
    await database.close()


async def test_what_waited_for_its_time_is_scheduled_afterwards_and_undo_is_not(folder: DataFolder) -> None:
    first_version(folder)
    second = 1_000_000
    with closing(sqlite3.connect(folder.database)) as connection:
        for key, due in (("undo", 30 * second), ("scheduled", 3600 * second)):
            connection.execute(
                "INSERT INTO outbox (id, state, sender, recipients, subject, message_id, size, via, host, queue, "
                "envelope_from, has_draft, over_organisation, attempts, asked_for, reply, queue_id, due, created_at, "
                "changed_at) SELECT ?, 'queued', sender, recipients, subject, message_id, size, via, host, queue, "
                "envelope_from, 0, 0, 0, 0, '', '', ?, 1, 1 FROM outbox WHERE id = 'm1'",
                (key, due),
            )
        connection.commit()
    database = await Database.open(folder.database)
    schedules = Schedules(database, lambda: None)
    assert await schedules.wanted("scheduled") == from_stamp(3600 * second)
    assert await schedules.wanted("undo") is None
    await database.close()


async def test_two_programs_may_bring_it_up_to_date_at_once(folder: DataFolder) -> None:
    first_version(folder)
    databases = await asyncio.gather(*(Database.open(folder.database) for _ in range(4)))
    for database in databases:
        assert len(await Outbox(database).list()) == 1
        await database.close()


async def test_a_failed_upgrade_leaves_the_database_as_it_was(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_version(folder)
    (tmp_path / "002.sql").write_text("CREATE TABLE half (a TEXT) STRICT;\nCREATE TABLE nonsense (a NOTYPE) STRICT;\n")
    monkeypatch.setattr("app.storage.database._SCHEMA", tmp_path)
    with pytest.raises(sqlite3.OperationalError):
        await Database.open(folder.database)
    with closing(sqlite3.connect(folder.database)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchall()
