"""What is typed is on the disk within three seconds, whatever happens to the program or the disk."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.message.draft import Draft
from app.storage.encoding import decode_draft

LINE = "Guten Tag, das ist eine lange Nachricht. "
OLDEST = 3.0
"""Seconds that what is kept may be old."""
SAVED = 1
"""How often the draft is seen saved before the program is killed."""


def saved_draft(database: Path) -> tuple[int, Draft] | None:
    """Return when the draft was saved, and the draft."""
    if not database.exists():
        return None
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            row = connection.execute("SELECT saved_at, data FROM draft").fetchone()
        except sqlite3.OperationalError:  # the database is being made just now
            return None
    return (row[0], decode_draft(row[1])) if row else None


async def killed_while_typing(home: Path) -> list[tuple[float, int]]:
    """Let a person type until the draft was saved several times, kill the program, return what was typed when."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.ui.composer.typist", str(home), LINE), stdout=asyncio.subprocess.PIPE
    )
    seen: set[int] = set()
    try:
        async with asyncio.timeout(40):
            while len(seen) < SAVED:
                await asyncio.sleep(0.05)
                if (saved := saved_draft(home / "absender.db")) is not None:
                    seen.add(saved[0])
            await asyncio.sleep(1.5)
    finally:
        process.kill()
        out, _ = await process.communicate()
    return [(float(at), int(count)) for at, count in map(str.split, out.decode().splitlines())]


@pytest.mark.case("K0")
async def test_a_program_killed_while_one_types_has_a_draft_at_most_three_seconds_old(tmp_path: Path) -> None:
    typed = await killed_while_typing(tmp_path / "home")
    saved = saved_draft(tmp_path / "home" / "absender.db")
    assert saved is not None
    text = saved[1].text.rstrip("\n")
    assert (LINE * 100).startswith(text)
    killed_at = typed[-1][0]
    assert len(text) >= max(count for at, count in typed if at <= killed_at - OLDEST)
