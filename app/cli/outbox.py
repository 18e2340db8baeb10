"""`absender outbox`: what waits, why, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from pathlib import Path

from app.cli.output import Output, cell
from app.cli.send import message_data
from app.delivery.journal import Attempt
from app.delivery.outbox import QueuedMessage, State
from app.errors import DeliveryError, Problem, Reason
from app.instance import ask_running
from app.services import Services, now, open_services
from app.storage.folder import DataFolder

__all__ = ["run_outbox"]


async def run_outbox(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Run one `outbox` action; raises ExpectedError."""
    if arguments.action == "export":
        # Without the services: a database that they cannot open is what this is for.
        return await asyncio.to_thread(_export, arguments.folder.expanduser().absolute(), folder, out)
    actions = {"list": _list, "show": _show, "run": _run, "back-to-drafts": _back_to_drafts}
    action = actions.get(arguments.action, _step)
    async with open_services(folder) as services:
        return await action(arguments, services, out)


def _export(place: Path, folder: DataFolder, out: Output) -> int:
    """Save every message as a file; exit code 1 where some could not be read."""
    from app.delivery.export import Exported, export_all

    if folder.home.exists():
        folder.prepare()
    done = export_all(folder.database, place, now()) if folder.has_database else Exported()
    data = {"files": [str(file) for file in done.files], "lost": done.lost, "left_out": list(done.left_out)}
    code = out.result("\n".join(cell(file) for file in done.files), data)
    if done.lost:
        return out.problem(Problem.of(Reason.EXPORT_PARTIAL, saved=len(done.files), lost=done.lost, folder=place))
    return code


async def _list(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    del arguments
    rows = [_row(message) for message in await services.outbox.list()]
    shown = ("id", "state", "from", "subject", "reason")
    lines = ["\t".join(cell(row[name] or "") for name in shown).rstrip() for row in rows]
    return out.result("\n".join(lines), {"messages": rows})


def _row(message: QueuedMessage) -> dict[str, object]:
    return {
        "id": message.id,
        "state": message.state.value,
        "from": str(message.sender),
        "to": [str(recipient) for recipient in message.recipients],
        "subject": message.subject,
        "attempts": message.attempts,
        "due": message.due.isoformat() if message.due else None,
        "reason": message.problem.reason.value if message.problem else None,
        "reply": message.reply or None,
        "queue_id": message.queue_id or None,
    }


async def _show(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    message = await services.outbox.get(arguments.id)
    attempts = await services.journal.of(message.id)
    data = {**_row(message), "host": message.host, "journal": [_attempt(each) for each in attempts]}
    lines = [f"{key}\t{cell(value)}" for key, value in _told(message).items() if value]
    if message.problem is not None:
        words = out.front.explain(message.problem)
        lines += [f"{key}\t{text}" for key, text in (("why", words.sentence), ("next", words.next_step)) if text]
    for each in attempts:
        head = f"{_local(each.started_at)} {each.host}:{each.port} {each.tls_version}".rstrip()
        lines.append(f"\n{head} {each.verdict}")
        lines += [f"  {line.direction}: {cell(line.text)}" for line in each.dialogue]
    return out.result("\n".join(lines), data)


def _told(message: QueuedMessage) -> dict[str, object]:
    """Return the fields of a message as people read them."""
    told = {**_row(message), "to": ", ".join(map(str, message.recipients)), "due": _local(message.due)}
    if message.left_out:
        told["not to"] = ", ".join(str(each.recipient) for each in message.left_out)
    if message.state is State.UNCERTAIN:
        told |= {"handed over": _local(message.handed_over_at), "message-id": message.message_id}
    return told


def _local(moment: datetime | None) -> str:
    """Return a moment by the clock on the wall, with how far that is from UTC."""
    return moment.astimezone().isoformat(sep=" ", timespec="seconds") if moment is not None else ""


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "started_at": attempt.started_at.isoformat(),
        "host": attempt.host,
        "port": attempt.port,
        "tls": attempt.tls_version,
        "verdict": attempt.verdict.value,
        "reply": attempt.reply or None,
        "dialogue": [f"{line.direction}: {line.text}" for line in attempt.dialogue],
    }


async def _step(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    """Do with one message what a person decides, as in the window."""
    outbox = services.outbox
    steps = {
        "retry": outbox.retry,
        "cancel": outbox.cancel,
        "arrived": outbox.arrived,
        "to-the-others": outbox.send_to_the_others,
    }
    message = await steps[arguments.action](arguments.id, services.now())
    if arguments.action == "retry":
        # Who sends it by hand knows that its time was missed, if it was.
        await services.schedules.told([message.id])
    ask_running(services.folder.instance, {"action": "wake"})
    return out.result(f"{message.id}\t{message.state.value}", message_data(message))


async def _back_to_drafts(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    draft = await services.outbox.to_draft(arguments.id, services.now(), services.folder.attachments)
    ask_running(services.folder.instance, {"action": "wake"})
    return out.result(f"{arguments.id}\tdraft", {"id": arguments.id, "draft": draft.id, "subject": draft.subject})


async def _run(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    del arguments
    services.the_profile  # noqa: B018 - says at once that set-up is missing
    if not services.delivery_lock.acquire():
        # The running program delivers; it is told to look now.
        if ask_running(services.folder.instance, {"action": "wake"}):
            return out.result("The running program delivers.", {"delivered_by": "running program"})
        raise DeliveryError.because(Reason.INSTANCE_RUNNING, folder=services.folder.home)
    # The lock is given back when the services end: after the postman, whatever breaks this off.
    await services.outbox.recover(services.now())
    await services.checked_policy()
    await services.release_held()
    await services.postman.run_due()
    rows = [message_data(message) for message in await services.outbox.list()]
    return out.result("\n".join(f"{row['id']}\t{row['state']}" for row in rows), {"messages": rows})
