"""Bad input at the command line: policies, addresses and names; the right sentence, and nothing half-saved."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason
from tests.end2end.program import Outcome
from tests.end2end.shell import CANARY, Shell, says

STRANGER = "kunde@extern.example"


def refused(shell: Shell, outcome: Outcome, reason: Reason, before: object, *words: str) -> None:
    """Assert the reason, that nothing is printed as a result, and that nothing was kept."""
    says(outcome, reason, *words)
    assert outcome.out == ""
    assert shell.state() == before
    assert CANARY not in outcome.err
    assert shell.holds(CANARY) == []


# The policy

DEEP = b'{"format": "absender-policy/1", "serial": 99, "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"
Publish = Callable[[DemoWorld], None]


def _for_another(world: DemoWorld) -> None:
    document = json.loads(world.policy_document())
    document["subject"]["email"] = "andere@beispiel.example"
    world.publish_raw(json.dumps(document).encode())


def _truncated(world: DemoWorld) -> None:
    world.publish_raw(world.policy_document()[:-200])


def _changed(world: DemoWorld) -> None:
    document = json.loads(world.policy_document())
    document["organisation"]["name"] = "Anders GmbH"
    world.publish_raw(json.dumps(document).encode())


def _without_server(world: DemoWorld) -> None:
    document = json.loads(world.policy_document())
    del document["mailServers"]
    document["serial"] += 1
    world.publish_raw(json.dumps(document).encode())


def _newer_format(world: DemoWorld) -> None:
    document = json.loads(world.policy_document())
    document["format"] = "absender-policy/2"
    world.publish_raw(json.dumps(document).encode())


def raw(data: bytes, kind: str = "application/json", status: int = 200, location: str = "") -> Publish:
    return lambda world: world.publish_raw(data, content_type=kind, status=status, location=location)


BAD_POLICIES: dict[str, tuple[Publish, Reason, tuple[str, ...]]] = {
    "captive portal": (raw(b"<html>Sign in</html>", "text/html"), Reason.POLICY_HTML, ("localhost", "browser")),
    "a web page that calls itself JSON": (raw(b"\n <!DOCTYPE html>"), Reason.POLICY_HTML, ("web page",)),
    "sign-in required (RFC 6585)": (raw(b"", status=511), Reason.POLICY_HTML, ("sign in",)),
    "redirect to the network's portal": (
        raw(b"", status=302, location="https://portal.hotel.example/"), Reason.POLICY_REDIRECT, ("portal.hotel",)
    ),
    "truncated": (_truncated, Reason.POLICY_NOT_JSON, ("truncated",)),
    "empty": (raw(b""), Reason.POLICY_NOT_JSON, ("not a policy",)),
    "10 MB": (raw(b" " * 10_000_000), Reason.POLICY_TOO_LARGE, ("too large",)),
    "deeply nested": (raw(DEEP), Reason.POLICY_NOT_JSON, ("nested deeper than",)),
    "for another user": (_for_another, Reason.POLICY_OTHER_USER, ("andere@beispiel.example", PRIMARY)),
    "without a mail server": (_without_server, Reason.POLICY_BAD_DOCUMENT, ("mailServers",)),
    "a format of tomorrow": (_newer_format, Reason.POLICY_BAD_FORMAT, ("absender-policy/2", "Update")),
    "not there": (raw(b"no", "text/plain", 404), Reason.POLICY_NOT_FOUND, ("There is no policy for you",)),
    "a server in trouble": (raw(b"no", "text/plain", 503), Reason.POLICY_HTTP_STATUS, ("503",)),
    "a server that is down": (lambda world: world.set_policy_server(up=False), Reason.POLICY_UNREACHABLE, ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD_POLICIES)
def test_set_up_with_a_policy_that_is_none_names_its_fault_and_keeps_nothing(
    shell: Shell, world: DemoWorld, kind: str
) -> None:
    publish, reason, words = BAD_POLICIES[kind]
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    publish(world)
    refused(shell, shell.set_up(world, password=CANARY), reason, before, *words)


@pytest.mark.parametrize("kind", BAD_POLICIES)
def test_a_bad_policy_leaves_the_good_one_in_force(ready: Shell, world: DemoWorld, kind: str) -> None:
    publish, reason, words = BAD_POLICIES[kind]
    before = ready.state()
    publish(world)
    outcome = ready.run("policy", "refresh", "--json")
    says(outcome, reason, *words)
    assert ready.state() == before
    assert (outcome.json["state"], outcome.json["allows_gateways"]) == ("fresh", True)


def test_a_policy_older_than_the_last_is_refused(ready: Shell, world: DemoWorld) -> None:
    old = world.policy_document()
    world.set_policy(allow=False)
    assert ready.run("policy", "refresh").code == 0
    before = ready.state()
    world.publish_raw(old)
    outcome = ready.run("policy", "refresh", "--json")
    says(outcome, Reason.POLICY_ROLLBACK)
    assert outcome.json["allows_gateways"] is False
    assert ready.state() == before


def test_a_policy_with_the_same_number_and_other_content_is_refused(ready: Shell, world: DemoWorld) -> None:
    assert ready.run("policy", "refresh").code == 0
    before = ready.state()
    _changed(world)
    says(ready.run("policy", "refresh"), Reason.POLICY_SAME_SERIAL)
    assert ready.state() == before


def test_a_policy_server_with_a_wrong_certificate_is_not_believed(
    shell: Shell, world: DemoWorld, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    assert shell.run("outbox", "list").code == 0
    before, asked = shell.state(), len(world.policy_requests)
    outcome = shell.set_up(world, "--policy-ca", other, password=CANARY)
    refused(shell, outcome, Reason.POLICY_TLS, before, "localhost", "certificate")
    assert len(world.policy_requests) == asked


@pytest.mark.parametrize(
    ("option", "content", "reason"),
    [
        ("--policy-ca", None, Reason.POLICY_CA_UNREADABLE),
        ("--policy-ca", "no certificate", Reason.POLICY_CA_UNREADABLE),
        ("--mail-ca", None, Reason.POLICY_CA_UNREADABLE),
        ("--mail-ca", "no certificate", Reason.POLICY_CA_UNREADABLE),
    ],
)
def test_an_authorities_file_that_is_none_is_named(
    shell: Shell, world: DemoWorld, tmp_path: Path, option: str, content: str | None, reason: Reason
) -> None:
    file = tmp_path / "broken.pem"
    if content is not None:
        file.write_text(content)
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    refused(shell, shell.set_up(world, option, file, password=CANARY), reason, before, "broken.pem")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", Reason.POLICY_NO_SOURCE),
        ("http://policy.beispiel.example/x", Reason.POLICY_BAD_SOURCE),
        ("ftp://policy.beispiel.example/x", Reason.POLICY_BAD_SOURCE),
        ("https://nutzer:geheim@policy.beispiel.example/x", Reason.POLICY_BAD_SOURCE),
        ("https://policy.beispiel.example/{user}", Reason.POLICY_BAD_SOURCE),
        ("https://[::1/x", Reason.POLICY_BAD_SOURCE),
        ("nowhere/policy.json", Reason.POLICY_NOT_FOUND),
        ("/dev/null", Reason.POLICY_UNREADABLE),
    ],
)
def test_a_source_that_cannot_be_one_is_named(shell: Shell, world: DemoWorld, source: str, reason: Reason) -> None:
    assert shell.run("outbox", "list").code == 0
    before = shell.state()
    refused(shell, shell.set_up(world, "--policy", source, password=CANARY), reason, before)


# Addresses and names

BAD_ADDRESSES = {
    "nobody@extern.example\r\nBcc: x@y.example": Reason.ADDRESS_CONTROL,
    "nobody\n@extern.example": Reason.ADDRESS_CONTROL,
    "no\u202ebody@extern.example": Reason.ADDRESS_CONTROL,
    "nobody@ext\u200bern.example": Reason.ADDRESS_CONTROL,
    "": Reason.ADDRESS_EMPTY,
    "   ": Reason.ADDRESS_EMPTY,
    "no body@extern.example": Reason.ADDRESS_SPACE,
    "nobody@ex tern.example": Reason.ADDRESS_SPACE,
    "nobody": Reason.ADDRESS_NO_AT,
    "@extern.example": Reason.ADDRESS_NO_LOCAL,
    "nobody@": Reason.ADDRESS_NO_DOMAIN,
    "a@b@extern.example": Reason.ADDRESS_BAD_LOCAL,
    ".nobody@extern.example": Reason.ADDRESS_BAD_LOCAL,
    '"nobody@extern.example': Reason.ADDRESS_BAD_LOCAL,
    f"{'x' * 65}@extern.example": Reason.ADDRESS_LOCAL_TOO_LONG,
    f"nobody@{'x' * 64}.example": Reason.ADDRESS_BAD_DOMAIN,
    f"nobody@{'.'.join(['x' * 60] * 4)}.example": Reason.ADDRESS_TOO_LONG,
    "nobody@-extern-.example": Reason.ADDRESS_BAD_DOMAIN,
    "nobody@extern..example": Reason.ADDRESS_BAD_DOMAIN,
    "nobody@[192.0.2.1]": Reason.ADDRESS_LITERAL,
}


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_what_is_no_address_is_refused_with_its_reason_wherever_it_is_typed(ready: Shell, text: str) -> None:
    reason, before = BAD_ADDRESSES[text], ready.state()
    for arguments in (
        ["address", "add", text, "--name", "N"],
        ["address", "add", STRANGER, "--name", "N", "--reply-to", text or " "],
        ["send", "--from", PRIMARY, "--to", text, "--subject", "x", "--body", "y"],
        ["send", "--from", text, "--to", STRANGER, "--subject", "x", "--body", "y"],
        ["route", text],
        ["address", "verify", text, "123456789"],
    ):
        refused(ready, ready.run(*arguments), reason, before)


@pytest.mark.parametrize("text", ["no body@extern.example", "x\r\n@extern.example", "nobody"])
def test_set_up_refuses_what_is_no_address_before_it_makes_a_folder(shell: Shell, world: DemoWorld, text: str) -> None:
    says(shell.set_up(world, "--email", text, password=CANARY), BAD_ADDRESSES.get(text, Reason.ADDRESS_CONTROL))
    assert not shell.home.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nutzer@Bücher.example", "nutzer@xn--bcher-kva.example"),
        ('"nutzer name"@extern.example', '"nutzer name"@extern.example'),
        (f"{'x' * 64}@extern.example", f"{'x' * 64}@extern.example"),
        ("o'neil+liste@extern.example", "o'neil+liste@extern.example"),
    ],
)
def test_an_unusual_address_that_is_one_gets_its_code_and_can_be_sent_to(
    ready: Shell, world: DemoWorld, typed: str, kept: str
) -> None:
    added = ready.run("address", "add", typed, "--name", "N", "--json")
    assert (added.code, added.err) == (0, "")
    assert added.json == {"address": kept, "verification": "pending"}
    assert world.inbox.messages()[-1].recipients == (kept,)
    sent = ready.run("send", "--from", PRIMARY, "--to", typed, "--subject", "x", "--body", "y", "--json")
    assert sent.json["state"] == "sent", sent.err
    assert world.inbox.messages()[-1].recipients == (kept,)


def test_letters_before_the_at_that_mail_cannot_carry_are_named_and_nothing_is_added(ready: Shell) -> None:
    before = ready.state()
    outcome = ready.run("address", "add", "jürgen@extern.example", "--name", "N")
    refused(ready, outcome, Reason.MESSAGE_ADDRESS_NOT_ASCII, before, "jürgen@extern.example")


BAD_NAMES = {
    "Nutzer\r\nBcc: x@y.example": Reason.NAME_CONTROL,
    "Nutzer\nName": Reason.NAME_CONTROL,
    "\u202eeman reztuN": Reason.NAME_CONTROL,
    "Nutzer \u2067Name\u2069": Reason.NAME_CONTROL,
    "Nutzer\x1b[31m": Reason.NAME_CONTROL,
    "=?utf-8?b?TnV0emVy?=": Reason.NAME_ENCODED_WORD,
    "x" * 321: Reason.NAME_TOO_LONG,
}


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_could_break_or_disguise_a_header_is_refused(
    shell: Shell, world: DemoWorld, tmp_path: Path, name: str
) -> None:
    says(shell.set_up(world, "--name", name, password=CANARY), BAD_NAMES[name])
    assert not shell.home.exists()
    assert shell.set_up(world).code == 0
    before = shell.state()
    refused(shell, shell.run("address", "add", STRANGER, "--name", name), BAD_NAMES[name], before)


@pytest.mark.parametrize("name", ['N. "Nick" Name', "Name, Nutzer (extern) <x@y.example>", "Größe \\ 用户"])
def test_a_name_with_quotes_commas_or_brackets_arrives_as_it_was_typed(
    shell: Shell, world: DemoWorld, name: str
) -> None:
    from app.demo.reading import shown

    assert shell.set_up(world, "--name", name).code == 0
    sent = shell.run("send", "--from", PRIMARY, "--to", STRANGER, "--subject", "x", "--body", "y")
    assert sent.code == 0, sent.err
    mail = shown(world.inbox.messages()[-1])
    assert (mail.from_name, mail.from_address) == (name, PRIMARY)


def test_octets_that_are_no_text_are_named(ready: Shell, world: DemoWorld) -> None:
    before = ready.state()
    body = ["send", "--from", PRIMARY, "--to", STRANGER, "--subject", "x", "--body-file", "-"]
    refused(ready, ready.run(*body, stdin=b"Gr\xfc\xdfe"), Reason.MESSAGE_UNREADABLE, before, "not UTF-8")
    server = world.partner.access()
    add = ["address", "add", PARTNER, "--name", "N", "--gateway", f"{server.host}:{server.port}", "--user", "u"]
    typed = ready.run(*add, "--password-stdin", stdin=CANARY.encode("latin-1"))
    refused(ready, typed, Reason.SETUP_PASSWORD_UNREADABLE, before)
