"""A share that does not answer holds neither the window nor the program's end, whatever lies or shall lie on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from app.delivery import export, tls
from app.delivery.outbox import Outbox
from app.errors import PolicyError, Reason, SetupError
from app.message.draft import Attachment
from app.policy import source
from app.policy.source import HttpPolicySource
from tests.app.delivery.letters import NOW, PRIMARY, draft, put
from tests.servers.disk import dead_drive

pytestmark = pytest.mark.system("fuse")


async def waits_beside(work: Callable[[], Awaitable[object]]) -> bool:
    """Return whether the loop goes on while the work waits, and whether the work can be given up."""
    task = asyncio.ensure_future(work())
    done, _ = await asyncio.wait({task}, timeout=0.1)
    task.cancel()
    async with asyncio.timeout(5):
        await asyncio.wait({task})
    return not done and task.cancelled()


async def test_saving_a_message_there_waits_beside(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_LEAVE_SECONDS", 0.1)
    await put(outbox, 1)
    with dead_drive(tmp_path / "dead") as dead:
        assert await waits_beside(lambda: export.write_eml(outbox, "m1", dead / "a.eml"))
        assert await waits_beside(lambda: export.write_draft_eml(draft(2, PRIMARY), dead / "b.eml", NOW))


async def test_saving_a_draft_with_a_file_from_there_waits_beside(tmp_path: Path) -> None:
    with dead_drive(tmp_path / "dead") as dead:
        written = replace(draft(1, PRIMARY), attachments=(Attachment(str(dead / "a.pdf"), "a.pdf", 1),))
        assert await waits_beside(lambda: export.write_draft_eml(written, tmp_path / "a.eml", NOW))


async def test_authorities_there_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_TRUST_SECONDS", 0.1)
    monkeypatch.setattr(source, "TIME_LIMIT", 0.5)
    with dead_drive(tmp_path / "dead") as dead:
        ca_file = str(dead / "ca.pem")
        with pytest.raises(SetupError) as mail:
            await tls.trust(partial(tls.tls_context, ca_file))
        with pytest.raises(PolicyError) as policy:
            await HttpPolicySource("https://policy.beispiel.example/a.json", ca_file).fetch("")
    assert (mail.value.problem.reason, policy.value.problem.reason) == (Reason.POLICY_CA_UNREADABLE,) * 2
    assert policy.value.problem.fact("file") == ca_file
