"""Messages that are written, queued and sent as a person's are."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from app.address import Address, Mailbox
from app.delivery.outbox import State
from app.delivery.posting import post
from app.message.draft import Attachment, Draft
from app.services import Services, now

__all__ = ["all_sent", "attachment_of", "send_one"]

_PIECE = 100_000


def attachment_of(folder: Path, encoded: int) -> Attachment:
    """Return an attached file of random octets that takes so many octets in a message."""
    file = folder / f"{encoded}.bin"
    pieces = encoded * 3 // 4 // _PIECE
    with file.open("wb") as written:
        # Piece by piece: a peak of memory here would hide the one that is measured.
        for _ in range(pieces):
            written.write(os.urandom(_PIECE))
    return Attachment(str(file), file.name, pieces * _PIECE)


async def send_one(services: Services, attachments: tuple[Attachment, ...] = ()) -> None:
    """Go from a finished draft to the server's 250, committed."""
    draft = Draft(
        id=uuid4().hex,
        sender=services.the_profile.primary.address,
        to=(Mailbox(Address.parse("kunde@extern.example")),),
        subject="Bench",
        text="Guten Tag\n" * 180,
        attachments=attachments,
    )
    await post(draft, profile=services.the_profile, policy=services.policy, outbox=services.outbox, now=now())
    await services.postman.run_due()


async def all_sent(services: Services) -> bool:
    """Whether nothing is left in the outbox."""
    return await services.outbox.count(list(State)) == await services.outbox.count([State.SENT])
