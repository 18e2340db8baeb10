"""Mail whose sign-in with the browser is missing or over is held, has the person sign in again, and goes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from app.delivery.outbox import State
from app.delivery.queued import QueuedMessage
from app.errors import Problem, Reason
from app.profile import PasswordSignIn
from tests.app.demo.person import decide
from tests.ui.browsers import FakeBrowser
from tests.ui.mailbox.room import Room, until, until_async
from ui.accounts.sign_in_dialog import SignInDialog
from ui.mailbox.case import case_of
from ui.widgets import PasswordField


async def held(room: Room) -> QueuedMessage:
    """Return a message that waits for somebody to sign in."""
    services = room.demo.services
    partner = replace(services.the_profile.addresses[1], smtp_msa=room.demo.world.partner.access_with_token())
    profile = services.the_profile.with_changed(partner)
    await services.profiles.save(profile)
    await services.take_profile(profile)
    message = await room.post(room.draft())
    await room.deliver()
    await room.wait_for_state(message, State.HELD)
    return await services.outbox.get(message.id)


async def test_a_message_has_the_person_sign_in_and_goes(room: Room, browser: FakeBrowser) -> None:
    message = await held(room)
    assert message.problem is not None
    assert message.problem.reason is Reason.SIGN_IN_NEEDED
    await until(lambda: "signInAgainButton" in room.buttons())
    page = room.window.detail.page()
    assert page is not None
    assert page.findChildren(PasswordField) == []
    browser.visit = partial(decide, choice="allow")
    room.button("signInAgainButton").click()
    dialog = room.window.findChild(SignInDialog)
    assert dialog is not None
    dialog.browser.start_button.click()
    account = room.demo.world.partner.access_with_token().keychain_account

    async def is_kept() -> bool:
        return await room.demo.services.keychain.get(account) is not None

    await until_async(is_kept)
    await room.deliver()
    await room.wait_for_state(message, State.SENT)


ASKS = {
    Reason.SIGN_IN_NEEDED: True,
    Reason.SIGN_IN_ENDED: True,
    Reason.SERVER_TOKEN_REJECTED: True,
    Reason.KEYCHAIN_MISSING: True,
    Reason.SIGN_IN_NO_CLIENT: False,
    Reason.SERVER_NO_OAUTH: False,
    Reason.ROUTE_FORBIDDEN: False,
}


async def test_what_another_sign_in_ends_asks_for_one(room: Room) -> None:
    message, services = await held(room), room.demo.services
    cases = {
        reason: case_of(replace(message, problem=Problem.of(reason)), [], services.the_profile, services.policy)
        for reason in ASKS
    }
    assert {reason: case.sign_in_for is not None for reason, case in cases.items()} == ASKS
    assert {case.password_for for case in cases.values()} == {None}


async def test_where_the_address_has_a_password_meanwhile_it_is_not_asked_for(room: Room) -> None:
    message = await held(room)
    services = room.demo.services
    partner = services.the_profile.addresses[1]
    assert partner.smtp_msa is not None
    changed = replace(partner, smtp_msa=replace(partner.smtp_msa, sign_in=PasswordSignIn()))
    case = case_of(message, [], services.the_profile.with_changed(changed), services.policy)
    assert (case.password_for, case.sign_in_for) == (None, None)
