"""Posting: what goes into the outbox and how, what is held there for the policy, and what is refused."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from app.address import Address, Mailbox
from app.delivery.outbox import Outbox, QueuedMessage, State
from app.delivery.posting import post, post_submitted, send_through_organisation
from app.errors import DeliveryError, MessageError, Reason
from app.message import mime
from app.message.draft import Attachment, Draft
from app.message.gate import Meant, checked
from app.message.mime import build
from app.message.sendmail import Submitted, read_submission
from app.policy.evaluate import Policy, PolicyState, standing
from app.profile import Profile, SendAsAddress, Verification
from app.routing import HELD_REASONS, POLICY_REASONS, Via
from tests.app.delivery.letters import GATEWAY, NOW, ORGANISATION, PARTNER, PRIMARY, content
from tests.app.policy.documents import document, external_from_policy, gateway_policy

ALIAS = Address.parse("vertrieb@beispiel.example")
ON_BEHALF = Address.parse("nutzer@anderswo.example")
PENDING = Address.parse("neu@anderswo.example")


def entry(address: Address, **more: Any) -> SendAsAddress:
    plain = SendAsAddress(id=str(address), address=address, verification=Verification.ACCEPTED)
    return replace(plain, **more)


PROFILE = Profile(
    id="p",
    addresses=(
        entry(PRIMARY, display_name="N. Name", is_primary=True, is_default=True),
        entry(ALIAS),
        entry(PARTNER, smtp_msa=GATEWAY, reply_to=Address.parse("antwort@partnerdomain.example")),
        entry(ON_BEHALF),
        entry(PENDING, verification=Verification.PENDING),
    ),
    organisation_server=ORGANISATION,
    policy_source="https://policy.beispiel.example/",
)


def fresh(*policies: dict[str, object]) -> Policy:
    return standing(document(*policies), now=NOW, checked_at=NOW, origin="test")


ALLOWED = fresh(gateway_policy(True))
FORBIDDEN = fresh(gateway_policy(False))
STALE = standing(document(gateway_policy(True)), now=NOW, checked_at=NOW - timedelta(hours=25), origin="test")
UNKNOWN = Policy(PolicyState.UNKNOWN)
DENYING = {
    Reason.ROUTE_FORBIDDEN: FORBIDDEN,
    Reason.ROUTE_POLICY_STALE: STALE,
    Reason.ROUTE_POLICY_UNKNOWN: UNKNOWN,
}


def draft(sender: Address = PRIMARY, **more: Any) -> Draft:
    plain = Draft(id="d1", sender=sender, to=(Mailbox.parse("kunde@extern.example"),), subject="Größe", text="Tag\n")
    return replace(plain, **more)


async def posted(outbox: Outbox, written: Draft, policy: Policy = ALLOWED) -> QueuedMessage:
    return await post(written, profile=PROFILE, policy=policy, outbox=outbox, now=NOW)


async def parsed(outbox: Outbox, message: QueuedMessage) -> EmailMessage:
    return message_from_bytes(await content(outbox, message.id), policy=email_policy.SMTP)


async def rerouted(outbox: Outbox, message: QueuedMessage, policy: Policy = FORBIDDEN) -> QueuedMessage:
    return await send_through_organisation(message, profile=PROFILE, policy=policy, outbox=outbox, now=NOW)


def test_only_what_a_policy_decides_is_held_for_it() -> None:
    assert DENYING.keys() == HELD_REASONS
    assert HELD_REASONS < POLICY_REASONS
    assert all(reason.value.startswith("route-") for reason in POLICY_REASONS)


@pytest.mark.parametrize(
    ("sender", "via", "host", "envelope_from", "on_behalf"),
    [
        (PRIMARY, Via.ORGANISATION, ORGANISATION.host, PRIMARY, None),
        (ALIAS, Via.ORGANISATION, ORGANISATION.host, ALIAS, None),
        (ON_BEHALF, Via.ORGANISATION, ORGANISATION.host, PRIMARY, PRIMARY),
        (PARTNER, Via.GATEWAY, GATEWAY.host, PARTNER, None),
    ],
)
async def test_a_draft_is_queued_for_the_route_of_its_sender(
    outbox: Outbox, sender: Address, via: Via, host: str, envelope_from: Address, on_behalf: Address | None
) -> None:
    message = await posted(outbox, draft(sender))
    assert (message.state, message.problem, message.due) == (State.QUEUED, None, NOW)
    assert (message.via, message.host, message.envelope_from) == (via, host, envelope_from)
    assert message.sender_header == on_behalf
    mail = await parsed(outbox, message)
    assert mail["From"].addresses[0].addr_spec == str(sender)
    assert (mail["Sender"] is not None) == (on_behalf is not None)
    assert mail["Message-ID"] == message.message_id
    assert mail["Message-ID"].endswith(f"@{sender.domain}>")


@pytest.mark.case("H14")
async def test_the_entrys_name_and_reply_to_go_with_it_and_blind_recipients_do_not(outbox: Outbox) -> None:
    message = await posted(outbox, draft(PARTNER, bcc=(Mailbox.parse("still@extern.example"),)))
    mail = await parsed(outbox, message)
    assert mail["From"].addresses[0].display_name == "N. Name"
    assert mail["Reply-To"] == "antwort@partnerdomain.example"
    assert [str(address) for address in message.recipients] == ["kunde@extern.example", "still@extern.example"]
    assert b"still@extern.example" not in await content(outbox, message.id)
    assert str(PRIMARY).encode() not in await content(outbox, message.id)


async def test_undo_and_scheduling_are_a_due_time(outbox: Outbox) -> None:
    later = NOW + timedelta(seconds=10)
    message = await post(draft(), profile=PROFILE, policy=ALLOWED, outbox=outbox, now=NOW, due=later)
    assert message.due == later
    assert await outbox.claim(NOW) is None
    assert await outbox.claim(later) is not None


async def test_a_scheduled_message_waits_for_its_time_before_the_policy_can_hold_it(outbox: Outbox) -> None:
    due = NOW + timedelta(hours=8)
    message = await post(draft(PARTNER), profile=PROFILE, policy=STALE, outbox=outbox, now=NOW, due=due)
    assert (message.state, message.due, message.via) == (State.QUEUED, due, Via.GATEWAY)


async def test_undo_time_does_not_keep_a_message_from_being_held_at_once(outbox: Outbox) -> None:
    due = NOW + timedelta(seconds=30)
    message = await post(draft(PARTNER), profile=PROFILE, policy=STALE, outbox=outbox, now=NOW, due=due)
    assert (message.state, message.due) == (State.HELD, None)


@pytest.mark.parametrize("reason", DENYING)
async def test_what_only_the_policy_stands_against_is_held_with_the_gateways_bytes(
    outbox: Outbox, reason: Reason
) -> None:
    message = await posted(outbox, draft(PARTNER), DENYING[reason])
    assert message.state is State.HELD
    assert message.problem is not None
    assert message.problem.reason is reason
    assert message.problem.fact("host") == GATEWAY.host
    assert (message.via, message.envelope_from, message.due) == (Via.GATEWAY, PARTNER, None)
    assert await outbox.claim(NOW + timedelta(days=9)) is None
    assert (await parsed(outbox, message))["Sender"] is None


@pytest.mark.parametrize(
    ("sender", "policy", "reason"),
    [
        (PENDING, ALLOWED, Reason.ROUTE_UNVERIFIED),
        (Address.parse("fremd@anderswo.example"), ALLOWED, Reason.ROUTE_UNKNOWN_ADDRESS),
        (ON_BEHALF, fresh(external_from_policy(True)), Reason.ROUTE_GATEWAY_REQUIRED),
    ],
)
async def test_a_sender_that_cannot_be_used_is_refused_and_nothing_queued(
    outbox: Outbox, sender: Address, policy: Policy, reason: Reason
) -> None:
    with pytest.raises(MessageError) as refused:
        await posted(outbox, draft(sender), policy)
    assert refused.value.problem.reason is reason
    assert await outbox.list() == []


async def test_a_gateway_of_an_internal_address_is_refused_and_never_held(outbox: Outbox) -> None:
    profile = PROFILE.with_changed(entry(ALIAS, smtp_msa=GATEWAY))
    with pytest.raises(MessageError) as refused:
        await post(draft(ALIAS), profile=profile, policy=FORBIDDEN, outbox=outbox, now=NOW)
    assert refused.value.problem.reason is Reason.ROUTE_INTERNAL_GATEWAY
    assert await outbox.list() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"to": ()}, Reason.MESSAGE_NO_RECIPIENT, marks=pytest.mark.case("K9-25")),
        ({"unfinished": (("to", "anna@"),)}, Reason.MESSAGE_UNFINISHED_RECIPIENT),
        ({"attachments": (Attachment("/nowhere/a.pdf", "a.pdf", 3),)}, Reason.MESSAGE_ATTACHMENT_MISSING),
    ],
)
async def test_an_unfinished_draft_is_refused_and_nothing_queued(
    outbox: Outbox, change: dict[str, Any], reason: Reason
) -> None:
    with pytest.raises(MessageError) as refused:
        await posted(outbox, draft(**change))
    assert refused.value.problem.reason is reason
    assert await outbox.list() == []


async def test_a_draft_that_is_posted_twice_is_queued_once(outbox: Outbox) -> None:
    first = await posted(outbox, draft())
    with pytest.raises(DeliveryError):
        await posted(outbox, draft())
    assert [message.id for message in await outbox.list()] == [first.id]
    assert (await outbox.get(first.id)).message_id == first.message_id


async def test_through_the_organisation_exactly_sender_is_added_and_the_gate_lets_it_pass(outbox: Outbox) -> None:
    held = await posted(outbox, draft(PARTNER), FORBIDDEN)
    before = await content(outbox, held.id)
    sent = await rerouted(outbox, held)
    after = await content(outbox, held.id)
    assert after == f"Sender: {PRIMARY}\r\n".encode() + before
    assert sent.size == len(after)
    assert (sent.state, sent.via, sent.host) == (State.QUEUED, Via.ORGANISATION, ORGANISATION.host)
    assert (sent.envelope_from, sent.sender_header) == (PRIMARY, PRIMARY)
    assert sent.over_organisation
    assert sent.message_id == held.message_id
    meant = Meant(
        sender=PARTNER,
        sender_header=PRIMARY,
        reply_to=(Address.parse("antwort@partnerdomain.example"),),
        message_id=held.message_id,
        subject="Größe",
        visible=held.recipients,
    )
    passed = checked([after], meant)
    assert b"".join(passed) == after


async def test_through_the_organisation_goes_only_what_is_held(outbox: Outbox) -> None:
    queued = await posted(outbox, draft(PARTNER))
    with pytest.raises(DeliveryError) as refused:
        await rerouted(outbox, queued, ALLOWED)
    assert refused.value.problem.reason is Reason.OUTBOX_WRONG_STATE
    assert (await outbox.get(queued.id)).via is Via.GATEWAY


async def test_an_organisation_that_wants_gateways_does_not_take_it_instead(outbox: Outbox) -> None:
    strict = fresh(gateway_policy(False), external_from_policy(True))
    held = await posted(outbox, draft(PARTNER), strict)
    before = await content(outbox, held.id)
    with pytest.raises(MessageError) as refused:
        await rerouted(outbox, held, strict)
    assert refused.value.problem.reason is Reason.ROUTE_GATEWAY_REQUIRED
    assert (await outbox.get(held.id)).state is State.HELD
    assert await content(outbox, held.id) == before


def submitted(sender: Address) -> Submitted:
    text = f"From: {sender}\r\nTo: kunde@extern.example\r\nX-Mailer: git\r\nSubject: Hallo\r\n\r\nText\r\n"
    return read_submission(
        text.encode(), recipients=(), recipients_from_header=True, sender=PRIMARY, stop_at_dot=False, now=NOW
    )


@pytest.mark.parametrize(("sender", "on_behalf"), [(PRIMARY, None), (ON_BEHALF, PRIMARY), (PARTNER, None)])
async def test_a_finished_message_takes_the_route_of_its_from(
    outbox: Outbox, sender: Address, on_behalf: Address | None
) -> None:
    message = await post_submitted(submitted(sender), profile=PROFILE, policy=ALLOWED, outbox=outbox, now=NOW)
    mail = await parsed(outbox, message)
    assert message.state is State.QUEUED
    assert message.sender_header == on_behalf
    assert (mail["Sender"] and str(mail["Sender"])) == (on_behalf and str(on_behalf))
    with pytest.raises(DeliveryError) as no_draft:
        await outbox.draft(message.id)
    assert no_draft.value.problem.reason is Reason.OUTBOX_NO_DRAFT


async def test_a_finished_message_is_held_or_refused_as_any_other(outbox: Outbox) -> None:
    held = await post_submitted(submitted(PARTNER), profile=PROFILE, policy=STALE, outbox=outbox, now=NOW)
    assert held.state is State.HELD
    with pytest.raises(MessageError) as refused:
        await post_submitted(submitted(PENDING), profile=PROFILE, policy=ALLOWED, outbox=outbox, now=NOW)
    assert refused.value.problem.reason is Reason.ROUTE_UNVERIFIED
    assert len(await outbox.list()) == 1


async def test_what_is_not_as_meant_is_not_queued(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def forged(*arguments: Any, **named: Any) -> Iterator[bytes]:
        yield b"Bcc: still@extern.example\r\n"
        yield from build(*arguments, **named)

    monkeypatch.setattr(mime, "build", forged)
    with pytest.raises(MessageError) as caught:
        await posted(outbox, draft())
    assert caught.value.problem.reason is Reason.MESSAGE_GATE
    assert await outbox.list() == []


async def test_a_finished_message_that_is_not_as_meant_is_not_queued(outbox: Outbox) -> None:
    found = submitted(PRIMARY)
    forged = replace(found, meant=replace(found.meant, subject="anders"))
    with pytest.raises(MessageError) as caught:
        await post_submitted(forged, profile=PROFILE, policy=ALLOWED, outbox=outbox, now=NOW)
    assert caught.value.problem.reason is Reason.MESSAGE_GATE
    assert await outbox.list() == []


async def test_the_windows_have_their_turn_while_a_long_text_is_encoded(
    outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = threading.Event()

    def slow(*arguments: Any, **named: Any) -> Iterator[bytes]:
        assert turn.wait(10)
        return build(*arguments, **named)

    monkeypatch.setattr(mime, "build", slow)
    asyncio.get_running_loop().call_soon(turn.set)
    message = await posted(outbox, draft())
    assert message.state is State.QUEUED


async def test_only_what_may_take_long_is_encoded_before_the_database_is_asked(
    outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded_in: list[str] = []

    def told(*arguments: Any, **named: Any) -> Iterator[bytes]:
        encoded_in.append(threading.current_thread().name.partition("_")[0])
        return build(*arguments, **named)

    monkeypatch.setattr(mime, "build", told)
    file = tmp_path / "plan.txt"
    file.write_bytes(b"Plan")
    crowd = tuple(Mailbox.parse(f"kunde{number}@extern.example") for number in range(11))
    for number, written in enumerate(
        (
            draft(),
            draft(text="x" * 9000),
            draft(html="<p>Tag</p>"),
            draft(attachments=(Attachment(str(file), file.name, 4),)),
            draft(bcc=crowd),
        )
    ):
        await posted(outbox, replace(written, id=f"d{number}"))
    assert encoded_in == ["database", "limited", "limited", "limited", "limited"]
