"""`absender send` and `absender sendmail`: queue first, then deliver and wait for the verdict."""

from __future__ import annotations

import argparse
import asyncio
import mimetypes
import sys
from pathlib import Path
from uuid import uuid4

from app.address import Address, Mailbox
from app.cli.output import Output, cell, text_of
from app.delivery.outbox import QueuedMessage, State
from app.delivery.posting import post, post_submitted
from app.errors import MessageError, Problem, Reason
from app.instance import ask_running
from app.message.draft import Attachment, Draft
from app.message.sendmail import SIZE_LIMIT, read_submission
from app.services import Services, open_services
from app.storage.folder import DataFolder

__all__ = ["message_data", "run_send", "run_sendmail"]

_UNDECIDED = frozenset({State.QUEUED, State.ATTEMPTING, State.DATA_END})
_POLL_SECONDS = 0.1


async def run_send(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Queue a message and, unless told not to, wait until it is sent, deferred, held or refused."""
    draft = Draft(
        id=uuid4().hex,
        sender=Address.parse(arguments.sender),
        to=_mailboxes(arguments.to),
        cc=_mailboxes(arguments.cc),
        bcc=_mailboxes(arguments.bcc),
        subject=arguments.subject,
        text=_body(arguments),
        attachments=tuple(_attachment(file) for file in arguments.attach),
    )
    async with open_services(folder) as services:
        profile = services.the_profile
        message = await post(
            draft, profile=profile, policy=await services.checked_policy(), outbox=services.outbox, now=services.now()
        )
        if arguments.no_wait:
            ask_running(folder.instance, {"action": "wake"})
        else:
            message = await _delivered(message, services)
        return _report(message, out, queued_is_done=arguments.no_wait)


async def run_sendmail(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Take a message from standard input; done means sent, or safely queued for another try."""
    data = sys.stdin.buffer.read(SIZE_LIMIT + 1)
    async with open_services(folder) as services:
        profile = services.the_profile
        submitted = read_submission(
            data,
            recipients=tuple(Address.parse(text) for text in arguments.recipients),
            recipients_from_header=arguments.from_header,
            sender=Address.parse(arguments.sender) if arguments.sender else profile.default.address,
            stop_at_dot=not arguments.ignore_dots and "i" not in arguments.options,
            now=services.now().astimezone(),
        )
        message = await post_submitted(
            submitted,
            profile=profile,
            policy=await services.checked_policy(),
            outbox=services.outbox,
            now=services.now(),
        )
        message = await _delivered(message, services)
        code = _report(message, out, queued_is_done=True, quiet=True)
        return 0 if message.state is State.DEFERRED else code


async def _delivered(message: QueuedMessage, services: Services) -> QueuedMessage:
    """Wait until this message has a verdict: from whoever delivers the folder's mail now, else by delivering it."""
    ask_running(services.folder.instance, {"action": "wake"})
    while message.state in _UNDECIDED:
        if services.delivery_lock.acquire():
            return await _deliver_here(message, services)
        await asyncio.sleep(_POLL_SECONDS)
        message = await services.outbox.get(message.id)
    return message


async def _deliver_here(message: QueuedMessage, services: Services) -> QueuedMessage:
    """Deliver what is due until this message has a verdict; what is not under way by then waits for the next one."""
    await services.outbox.recover(services.now())
    work = asyncio.create_task(services.postman.run_due())
    try:
        while message.state in _UNDECIDED and not work.done():
            await asyncio.wait([work], timeout=_POLL_SECONDS)
            message = await services.outbox.get(message.id)
    finally:
        await services.postman.stop()
        await work
        services.delivery_lock.release()
    return await services.outbox.get(message.id)


def _report(message: QueuedMessage, out: Output, *, queued_is_done: bool, quiet: bool = False) -> int:
    data = message_data(message)
    if not quiet or out.as_json:
        out.result("\t".join(cell(data[key]) for key in ("id", "state", "reply") if data[key]), data)
    if message.state is State.SENT or (queued_is_done and message.state in _UNDECIDED):
        return 0
    return out.problem(message.problem or Problem.of(Reason.SERVER_BUSY, host=message.host))


def message_data(message: QueuedMessage) -> dict[str, object]:
    """Return the verdict's fields that scripts read."""
    return {
        "id": message.id,
        "state": message.state.value,
        "reply": message.reply or None,
        "queue_id": message.queue_id or None,
        "reason": message.problem.reason.value if message.problem else None,
    }


def _mailboxes(texts: list[str]) -> tuple[Mailbox, ...]:
    return tuple(Mailbox.parse(text) for text in texts)


def _body(arguments: argparse.Namespace) -> str:
    if arguments.body is not None:
        return str(arguments.body)
    if arguments.body_file == "-":
        return text_of(sys.stdin, SIZE_LIMIT)
    try:
        with Path(arguments.body_file).open(encoding="utf-8") as stream:
            return text_of(stream, SIZE_LIMIT)
    except OSError as error:
        detail = f"{arguments.body_file}: {error.strerror}"
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail=detail) from error


def _attachment(file: Path) -> Attachment:
    try:
        size = file.stat().st_size
    except OSError:
        size = 0  # whoever reads it says what is wrong with it
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return Attachment(str(file.absolute()), file.name, size, guessed)
