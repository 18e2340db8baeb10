"""Mail without a password is held, asks for it, and goes where no keychain keeps it; nothing fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.address import Address
from app.delivery.outbox import State
from app.errors import KeychainError, Reason
from app.profile import CommandSignIn, SendAsAddress, Verification
from app.storage.keychain import MemoryKeychain, Secret
from tests.ui.mailbox.room import RECIPIENT, Room, until
from ui.mailbox.case import server_of
from ui.widgets import LinkButton, PasswordField


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


class _ShutKeychain(MemoryKeychain):
    """One that gives and takes nothing, for a reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self._reason = reason

    async def get(self, account: str) -> Secret | None:
        raise KeychainError.because(self._reason, backend="some.Keyring", detail="Denied")

    async def set(self, account: str, secret: Secret) -> None:
        raise KeychainError.because(self._reason, backend="some.Keyring", detail="Denied")


@pytest.mark.case("L5")
@pytest.mark.parametrize("reason", [each for each in Reason if each.startswith("keychain-")])
async def test_mail_goes_with_a_password_for_the_session_where_the_keychain_is_shut(room: Room, reason: Reason) -> None:
    room.demo.services.keychain._system = _ShutKeychain(reason)
    message = await room.post(room.draft())
    await room.deliver()
    await room.wait_for_state(message, State.HELD)
    held = await room.demo.services.outbox.get(message.id)
    assert held.problem is not None
    assert held.problem.reason is reason
    await until(lambda: "savePasswordButton" in room.buttons())
    page = room.window.detail.page()
    assert page is not None
    (field,) = page.findChildren(PasswordField)
    field.line.setText(room.demo.world.partner.password)
    room.button("savePasswordButton").click()
    await until(lambda: room.window.notice.kind() == "bad" and room.window.notice.text())
    (for_session,) = room.window.notice.findChildren(LinkButton)
    for_session.click()
    await room.wait_for_state(message, State.QUEUED)
    await room.deliver()
    await room.wait_for_state(message, State.SENT)
