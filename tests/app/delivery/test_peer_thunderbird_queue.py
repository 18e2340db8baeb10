"""What Thunderbird's tests expect of messages sent later, of their recipients and copies, held to our rules."""

import socket
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from app.address import Address, Mailbox, Unparsed, split_mailboxes
from app.delivery.outbox import Outbox, State
from app.errors import MessageError, Reason
from app.message.draft import Attachment
from app.profile import Security
from tests.app.delivery.letters import NOW, PARTNER, PRIMARY, content, minutes
from tests.app.delivery.real_office import office_at
from tests.app.delivery.test_tls import FAULTS
from tests.app.message.letters import field, names, read
from tests.servers.exchange import PASSWORD, authority
from tests.servers.peer_script import BOTH, row
from tests.servers.scripted import Polite, Talk

both = pytest.mark.parametrize("security", BOTH)


def box(text: str) -> Mailbox:
    return Mailbox.parse(text)


def _whole(data: bytes) -> bytes:
    """Return a message as it was before it went over the wire."""
    assert data.endswith(b"\r\n.\r\n")
    return data[:-3].replace(b"\r\n..", b"\r\n.")


@both
@pytest.mark.parametrize(
    ("address", "wire"),
    [
        row("TB-idn-1", "to@kunden.example", "to@kunden.example"),
        row("TB-idn-2", "to@d\u00f8mi.example", "to@xn--dmi-0na.example"),
    ],
)
async def test_a_domain_goes_as_a_labels(security: Security, address: str, wire: str, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        await office.post(to=(box(address),))
        assert await office.deliver() == [State.SENT]
        assert f"RCPT TO:<{wire}>\r\n".encode() in office.running.lines
        assert field(office.running.messages[0], "To") == wire.encode()


@pytest.mark.case("TB-idn-3")
async def test_a_local_part_outside_ascii_is_refused_and_never_altered(outbox: Outbox) -> None:
    async with office_at(Polite(), outbox) as office:
        with pytest.raises(MessageError) as refused:
            await office.post(to=(box("t\u00f6@kunden.example"),))
        assert refused.value.problem.reason is Reason.MESSAGE_ADDRESS_NOT_ASCII
        assert await outbox.list() == []


@pytest.mark.case("TB-idn-4")
async def test_what_is_no_address_keeps_the_message_here(outbox: Outbox) -> None:
    (found,) = split_mailboxes("nobody")
    assert isinstance(found, Unparsed)
    async with office_at(Polite(), outbox) as office:
        with pytest.raises(MessageError) as refused:
            await office.post(to=(), unfinished=(("to", found.text),))
        assert refused.value.problem.reason is Reason.MESSAGE_UNFINISHED_RECIPIENT
        assert await outbox.list() == []


@both
@pytest.mark.parametrize(
    ("sign_in", "sender", "named"),
    [
        row("TB-message-1", True, PRIMARY, None),
        row("TB-message-2", True, PARTNER, PRIMARY),
        row("TB-message-3", False, PRIMARY, None),
        row("TB-message-4", False, PARTNER, PRIMARY),
    ],
)
async def test_the_envelope_is_the_accounts_and_from_the_persons(
    security: Security, sign_in: bool, sender: Address, named: Address | None, outbox: Outbox
) -> None:
    async with office_at(Polite(), outbox, security, sign_in=sign_in) as office:
        await office.post(sender=sender)
        assert await office.deliver() == [State.SENT]
        assert any(line.startswith(f"MAIL FROM:<{PRIMARY}>".encode()) for line in office.running.lines)
        (message,) = office.running.messages
        assert field(message, "From") == str(sender).encode()
        assert ("Sender" in names(message)) == (named is not None)
        assert office.running.credentials_seen == sign_in


@both
@pytest.mark.parametrize("count", [row("TB-later-1", 1), row("TB-later-2", 4)])
async def test_what_was_queued_arrives_to_the_byte(security: Security, count: int, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        for number in range(count):
            await office.post(number, text=".\n..\nText " * number)
        queued = [await content(outbox, message.id) for message in await outbox.list()]
        assert await office.deliver() == [State.SENT] * count
        assert [_whole(message) for message in office.running.messages] == queued
        assert office.running.connections == 1


@pytest.mark.case("TB-later-3")
async def test_without_a_server_the_message_stays_and_says_so(outbox: Outbox) -> None:
    async with office_at(Polite(), outbox) as office:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            office.server = replace(office.server, port=closed.getsockname()[1])
        await office.give_password(PASSWORD)
        message = await office.post()
        before = await content(outbox, message.id)
        assert await office.deliver() == [State.DEFERRED]
        problem = (await outbox.get(message.id)).problem
        assert problem is not None
        assert problem.reason is Reason.SERVER_REFUSED
        assert await content(outbox, message.id) == before


@both
@pytest.mark.case("TB-background", "TB-browser-background")
async def test_one_goes_while_the_other_waits_for_its_time(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        await office.post(1)
        await office.post(2, due=NOW + minutes(90))
        assert await office.deliver() == [State.SENT, State.QUEUED]
        assert await office.deliver(after=89) == [State.SENT, State.QUEUED]
        assert await office.deliver(after=1) == [State.SENT, State.SENT]


BLIND = Mailbox.parse("Geheim <geheim@empfang.example>")


async def _later_once(talk: Talk) -> None:
    is_first = talk.server.verbs().count("MAIL") == 1
    await talk.say(b"451 4.3.0 later\r\n" if is_first else b"250 Ok\r\n")


@both
@pytest.mark.parametrize(
    ("script", "later"),
    [
        row("TB-bcc-1", Polite(), 0),
        row("TB-bcc-2", Polite({"MAIL": _later_once}), 1),
    ],
)
async def test_blind_recipients_get_it_and_nobody_sees_them(
    security: Security, script: Polite, later: int, outbox: Outbox
) -> None:
    async with office_at(script, outbox, security) as office:
        message = await office.post(bcc=(BLIND,), text="Bcc: a line of the text\n")
        await office.deliver()
        assert await office.deliver(after=later) == [State.SENT]
        assert office.recipients[-1] == BLIND.address
        (data,) = office.running.messages
        assert b"eheim" not in data
        assert "bcc" not in [name.lower() for name in names(data)]
        assert b"\r\nBcc: a line of the text\r\n" in data
        assert (await outbox.draft(message.id)).bcc == (BLIND,)


@both
@pytest.mark.case("TB-bcc-3")
async def test_a_message_to_blind_recipients_alone_goes_to_these_alone(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        await office.post(to=(), bcc=(BLIND,))
        assert await office.deliver() == [State.SENT]
        assert office.recipients == [BLIND.address]
        assert field(office.running.messages[0], "To") == b"undisclosed-recipients:;"


@both
@pytest.mark.case("TB-bcc-4")
async def test_an_attached_message_loses_nothing_but_its_bcc(
    security: Security, outbox: Outbox, tmp_path: Path
) -> None:
    eml = "From: a@x.example\r\nBcc: b@x.example\r\nSubject: \u00fcber\r\n\r\nGr\u00fc\u00dfe\r\n".encode("latin-1")
    (tmp_path / "alt.eml").write_bytes(eml)
    async with office_at(Polite(), outbox, security) as office:
        attachment = Attachment(str(tmp_path / "alt.eml"), "alt.eml", len(eml), "message/rfc822")
        await office.post(bcc=(BLIND,), attachments=(attachment,))
        assert await office.deliver() == [State.SENT]
        data = _whole(office.running.messages[0])
    assert "bcc" not in [name.lower() for name in names(data)]
    (part,) = read(data).iter_attachments()
    assert part.get_payload(decode=True) == eml.replace(b"Bcc: b@x.example\r\n", b"")


@both
@pytest.mark.case("TB-browser-copies")
async def test_what_was_sent_stays_to_be_read_with_all_its_recipients(security: Security, outbox: Outbox) -> None:
    async with office_at(Polite(), outbox, security) as office:
        message = await office.post(bcc=(BLIND,))
        assert await office.deliver() == [State.SENT]
        sent = await outbox.get(message.id)
        assert BLIND.address in sent.recipients
        assert await content(outbox, message.id) == _whole(office.running.messages[0])


@pytest.mark.parametrize(
    "fault",
    [
        row("TB-browser-cert-1", "another host"),
        row("TB-browser-cert-2", "expired"),
        row("TB-browser-cert-3", "not yet valid"),
        row("TB-browser-cert-4", "self-signed"),
    ],
)
async def test_a_message_waits_for_a_good_certificate_and_then_goes(fault: str, outbox: Outbox, tmp_path: Path) -> None:
    make, reason, _ = FAULTS[fault]
    async with office_at(Polite(), outbox, certificate=make(tmp_path)) as office:
        message = await office.post()
        assert await office.deliver() == [State.DEFERRED]
        problem = (await outbox.get(message.id)).problem
        assert problem is not None
        assert problem.reason is reason
        assert not office.running.credentials_seen
        office.running.tls = authority().certify()
        assert await office.deliver(after=1) == [State.SENT]


@pytest.mark.case("TB-temp-files")
async def test_a_message_leaves_no_file_behind(outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    (tmp_path / "temp").mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path / "temp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = sorted(tmp_path.rglob("*"))
    async with office_at(Polite(ehlo=("AUTH PLAIN",)), outbox) as office:
        await office.post(attachments=(Attachment(str(tmp_path / "file"), "file", 3_000_000),))
        assert await office.deliver() == [State.SENT]
    assert sorted(tmp_path.rglob("*")) == before
