"""Which server's password a held message asks for."""

from __future__ import annotations

from dataclasses import replace

from app.address import Address
from app.profile import CommandSignIn, SendAsAddress, Verification
from tests.ui.mailbox.room import RECIPIENT, Room
from ui.mailbox.case import server_of


async def test_of_two_sign_ins_at_one_server_the_messages_own_counts(room: Room) -> None:
    profile = room.demo.services.the_profile
    gateway = profile.addresses[1].smtp_msa
    assert gateway is not None
    message = await room.post(room.draft())
    by_command = replace(gateway, sign_in=CommandSignIn(("pass",)))
    other = SendAsAddress("x", Address.parse(RECIPIENT), smtp_msa=by_command, verification=Verification.ACCEPTED)
    both = replace(profile, addresses=(profile.primary, other, profile.addresses[1]))
    assert server_of(message, both) == gateway
    alone = replace(profile, addresses=(profile.primary, other))
    assert server_of(message, alone) == by_command
