"""What the mailbox does with messages: each step as one call of the core."""

from __future__ import annotations

from typing import assert_never

from app.delivery.posting import send_through_organisation
from app.delivery.queued import QueuedMessage, State, require
from app.message.draft import Draft
from app.profile import SmtpServer
from app.services import Services
from app.storage.keychain import Secret
from ui.mailbox.steps import Step

__all__ = ["back_to_drafts", "check_policy", "save_secret", "stop_sending", "take"]


async def take(step: Step, message: QueuedMessage, services: Services) -> None:
    """Take one step; raises ExpectedError.

    What can be undone or has to be asked or told is the window's: deleting, the drafts, a new time.
    """
    outbox, now = services.outbox, services.now()
    match step:
        case Step.RETRY:
            await _retry(message, services)
        case Step.CHECK_POLICY:
            await check_policy(services)
        case Step.THROUGH_ORGANISATION:
            profile, policy = services.the_profile, services.policy
            await send_through_organisation(message, profile=profile, policy=policy, outbox=outbox, now=now)
        case Step.TO_THE_OTHERS:
            await outbox.send_to_the_others(message.id, now)
        case Step.ARRIVED:
            await outbox.arrived(message.id, now)
        case Step.STOP:
            await stop_sending(message.id, services)
        case Step.CANCEL:
            await outbox.cancel(message.id, now)
        case Step.DELETE:
            await outbox.delete(message.id)
        case Step.NEW_TIME | Step.BACK_TO_DRAFTS:
            return
        case _:
            assert_never(step)
    services.postman.wake()


async def _retry(message: QueuedMessage, services: Services) -> None:
    await services.outbox.retry(message.id, services.now())
    # Who sends it by hand knows that its time was missed, if it was.
    await services.schedules.told([message.id])


async def back_to_drafts(message_id: str, services: Services) -> Draft:
    """Take a message out of the outbox, back into the drafts; raises DeliveryError, StorageError."""
    draft = await services.outbox.to_draft(message_id, services.now(), services.folder.attachments)
    services.drafts.changed(draft.id)
    return draft


async def stop_sending(message_id: str, services: Services) -> None:
    """Break off a message that is being sent; raises DeliveryError where a server may have accepted it already."""
    await services.postman.break_off(message_id)
    require(await services.outbox.get(message_id), [State.CANCELLED])


async def check_policy(services: Services) -> None:
    """Ask for the policy now and let go what it allows; raises StorageError."""
    if services.watch is not None:
        await services.watch.refresh()
    await services.release_held()
    services.postman.wake()


async def save_secret(server: SmtpServer, secret: Secret, services: Services, *, for_session: bool = False) -> None:
    """Keep the password of a server, or a sign-in, and deliver to it again; raises KeychainError, StorageError."""
    if for_session:
        await services.keychain.set_for_session(server.keychain_account, secret)
    else:
        await services.keychain.set(server.keychain_account, secret)
    await services.postman.unblock(server.queue)
