"""What scripts rely on, field by field: names, types, exit codes, where the data folder comes from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.reading import shown, verification_code
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason
from app.routing import Rule
from tests.app.policy.documents import external_from_policy, names_policy, service_policy
from tests.canary import OWN
from tests.end2end.program import ROOT, Outcome
from tests.end2end.shell import Shell, says

STRANGER = "kunde@extern.example"
NONE = type(None)
ROUTE = {
    "address": str, "verdict": str, "via": str, "host": str, "port": int, "security": str, "username": str,
    "envelope_from": str, "sender_header": NONE, "reason": str, "steps": list, "policy": dict,
}  # fmt: skip
POLICY = {"state": str, "allows_gateways": bool, "serial": int, "checked_at": str, "decided_by": str}
SENT = {"id": str, "state": str, "reply": str, "queue_id": str, "reason": NONE}
ROW = {
    "id": str, "state": str, "from": str, "to": list, "subject": str, "attempts": int, "due": NONE, "reason": NONE,
    "reply": str, "queue_id": str,
}  # fmt: skip
ADDRESS = {
    "address": str, "name": str, "reply_to": NONE, "primary": bool, "default": bool, "alias": bool,
    "verification": str, "via": str, "host": str, "port": int, "security": str, "username": str, "verdict": str,
    "reason": NONE,
}  # fmt: skip


def done(outcome: Outcome) -> Outcome:
    assert (outcome.code, outcome.err) == (0, "")
    return outcome


def types(data: Any) -> dict[str, type]:
    return {name: type(value) for name, value in data.items()}


def send(shell: Shell, subject: str, *more: str) -> Outcome:
    return shell.run(
        "send", "--from", PRIMARY, "--to", STRANGER, "--subject", subject, "--body", "Tag", "--json", *more
    )


def add_partner(shell: Shell, world: DemoWorld, *more: str) -> Outcome:
    server = world.partner.access()
    return shell.run(
        "address", "add", PARTNER, "--name", "N. Name", "--gateway", f"{server.host}:{server.port}", "--security",
        "starttls", "--user", server.username, "--password-stdin", *more, stdin=world.partner.password + "\n",
    )  # fmt: skip


def confirm_partner(shell: Shell, world: DemoWorld) -> None:
    done(add_partner(shell, world))
    code = verification_code(world.inbox.messages(Server.ORGANISATION)[-1])
    assert code is not None
    done(shell.run("address", "verify", PARTNER, code))


# Where the data folder and the form of the output come from


@pytest.mark.parametrize(
    "arguments",
    [
        ("--home", "{other}", "outbox", "list", "--json"),
        ("outbox", "--home", "{other}", "list", "--json"),
        ("outbox", "list", "--home", "{other}", "--json"),
        ("--json", "outbox", "list", "--home", "{other}"),
        ("outbox", "--json", "list", "--home={other}"),
    ],
)
def test_home_and_json_stand_before_or_after_the_command(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    other = tmp_path / "other"
    outcome = done(shell.run_plain(*(each.format(other=other) for each in arguments)))
    assert outcome.json == {"messages": []}
    assert (other / "absender.db").is_file()
    assert not shell.home.exists()


def test_the_environment_names_the_folder_unless_the_option_does(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ABSENDER_HOME", str(tmp_path / "environment"))
    done(shell.run_plain("outbox", "list"))
    assert (tmp_path / "environment").is_dir()
    done(shell.run_plain("outbox", "list", "--home", str(tmp_path / "option")))
    assert (tmp_path / "option").is_dir()


# The fields


def test_set_up_says_where_mail_goes(shell: Shell, world: DemoWorld) -> None:
    outcome = done(shell.set_up(world, "--json"))
    server = world.organisation.access()
    assert outcome.json == {
        "address": PRIMARY, "organisation": "Beispiel GmbH", "host": server.host, "port": server.port,
        "security": "starttls", "username": PRIMARY,
    }  # fmt: skip


def test_the_user_name_of_set_up_replaces_the_policys(shell: Shell, world: DemoWorld) -> None:
    says(shell.set_up(world, "--user", "n.name"), Reason.SERVER_AUTH_REJECTED, "n.name")


def test_each_address_is_one_row(ready: Shell, world: DemoWorld) -> None:
    done(add_partner(ready, world, "--not-alias", "--reply-to", "antwort@partnerdomain.example"))
    rows = done(ready.run("address", "list", "--json")).json["addresses"]
    assert types(rows[0]) == ADDRESS
    assert types(rows[1]) == ADDRESS | {"reply_to": str, "reason": str}
    assert (rows[0]["primary"], rows[0]["default"], rows[0]["alias"]) == (True, True, True)
    assert (rows[1]["verification"], rows[1]["alias"], rows[1]["via"]) == ("pending", False, "gateway")
    assert (rows[1]["verdict"], rows[1]["reason"]) == ("refusal", "route-unverified")


def test_every_step_of_an_address_answers_with_the_address(ready: Shell, world: DemoWorld) -> None:
    added = done(add_partner(ready, world, "--json")).json
    assert added == {"address": PARTNER, "verification": "pending"}
    assert done(ready.run("address", "resend", PARTNER, "--json")).json == added
    code = verification_code(world.inbox.messages(Server.ORGANISATION)[-1])
    assert code is not None
    assert done(ready.run("address", "verify", PARTNER, code, "--json")).json == {
        "address": PARTNER, "verification": "accepted",
    }  # fmt: skip
    assert done(ready.run("address", "default", PARTNER, "--json")).json == {"address": PARTNER, "default": True}
    assert done(ready.run("address", "delete", PARTNER, "--json")).json == {"address": PARTNER, "deleted": True}
    says(ready.run("address", "delete", PARTNER), Reason.PROFILE_UNKNOWN_ADDRESS, PARTNER)


def test_an_alias_that_the_policy_lists_is_confirmed_at_once(ready: Shell) -> None:
    added = ready.run("address", "add", "vertrieb@beispiel.example", "--name", "Vertrieb", "--json")
    assert done(added).json == {"address": "vertrieb@beispiel.example", "verification": "accepted"}


def test_a_route_has_every_field(ready: Shell, world: DemoWorld) -> None:
    confirm_partner(ready, world)
    route = done(ready.run("route", PARTNER, "--json")).json
    assert types(route) == ROUTE
    assert types(route["policy"]) == POLICY
    assert route["policy"]["decided_by"] == "/Vertrieb"
    assert datetime.fromisoformat(route["policy"]["checked_at"]).tzinfo is not None
    assert (route["verdict"], route["via"], route["security"]) == ("route", "gateway", "starttls")
    assert [types(step) for step in route["steps"]] == [{"rule": str, "held": bool, "detail": str}] * 7
    assert {step["rule"] for step in route["steps"]} <= {rule.value for rule in Rule}
    assert route["reason"] == route["steps"][-1]["rule"] == "policy-allows"


def test_on_behalf_of_names_the_sender(ready: Shell, world: DemoWorld) -> None:
    done(ready.run("address", "add", PARTNER, "--name", "N"))
    code = verification_code(world.inbox.messages()[-1])
    assert code is not None
    done(ready.run("address", "verify", PARTNER, code))
    route = done(ready.run("route", PARTNER, "--json")).json
    assert types(route) == ROUTE | {"sender_header": str}
    assert (route["envelope_from"], route["sender_header"], route["via"]) == (PRIMARY, PRIMARY, "organisation")


def test_a_refusal_has_the_same_fields_and_ends_with_one(ready: Shell, world: DemoWorld) -> None:
    confirm_partner(ready, world)
    world.set_policy(allow=False)
    assert ready.run("policy", "refresh").code == 0
    refused = ready.run("route", PARTNER, "--json")
    says(refused, Reason.ROUTE_FORBIDDEN)
    assert types(refused.json) == ROUTE | {"envelope_from": NONE}
    assert (refused.json["verdict"], refused.json["reason"]) == ("refusal", "route-forbidden")
    unknown = ready.run("route", STRANGER, "--json")
    says(unknown, Reason.ROUTE_UNKNOWN_ADDRESS, STRANGER)
    nowhere = {"host": NONE, "port": NONE, "security": NONE, "username": NONE, "envelope_from": NONE}
    assert types(unknown.json) == ROUTE | nowhere


def test_what_else_the_policy_restricts_is_shown_with_whom_it_is_set_for(ready: Shell, world: DemoWorld) -> None:
    plain = done(ready.run("policy", "show")).out
    document = json.loads(world.policy_document())
    document["serial"] += 1
    document["policies"] += [service_policy("DISABLED", unit="", order=299.0), names_policy(False, unit="")]
    document["policies"].append(external_from_policy(True, unit="", order=399.0))
    world.publish_raw(json.dumps(document).encode())
    told = done(ready.run("policy", "refresh")).out
    assert set(told.splitlines()) - set(plain.splitlines()) >= {
        "mail\tswitched off, as set for /",
        "outside addresses\tonly with an own SMTP server, as set for /",
        "name of the main address\tcannot be changed, as set for /",
    }
    data = done(ready.run("policy", "show", "--json")).json
    assert (data["mail_enabled"], data["names_editable"], data["requires_gateway"]) == (False, False, True)


def test_the_policy_has_the_same_fields_as_in_a_route_and_its_origin(ready: Shell, world: DemoWorld) -> None:
    for action in ("show", "refresh"):
        policy = done(ready.run("policy", action, "--json")).json
        more = {"origin": str, "signed_with": NONE, "keychain": NONE, "managed": NONE}
        others = {"mail_enabled": bool, "names_editable": bool, "requires_gateway": bool}
        assert types(policy) == POLICY | more | others
        assert policy["origin"].startswith("https://localhost:")


def test_a_sent_message_has_its_reply_and_queue_id(ready: Shell, world: DemoWorld) -> None:
    sent = done(send(ready, "Eins")).json
    assert types(sent) == SENT
    assert (sent["state"], sent["reply"][:3]) == ("sent", "250")
    assert sent["queue_id"] in sent["reply"]
    (row,) = done(ready.run("outbox", "list", "--json")).json["messages"]
    assert types(row) == ROW
    assert (row["from"], row["to"], row["attempts"]) == (PRIMARY, [STRANGER], 1)
    assert {name: row[name] for name in SENT} == sent
    detail = done(ready.run("outbox", "show", sent["id"], "--json")).json
    assert types(detail) == ROW | {"host": str, "journal": list}
    assert types(detail["journal"][0]) == {
        "started_at": str, "host": str, "port": int, "tls": str, "verdict": str, "reply": str, "dialogue": list,
    }  # fmt: skip


def test_the_text_of_a_sent_message_is_id_state_and_reply(ready: Shell) -> None:
    outcome = ready.run("send", "--from", PRIMARY, "--to", STRANGER, "--subject", "x", "--body", "y")
    assert re.fullmatch(r"[0-9a-f]{32}\tsent\t250 [^\t]+\n", done(outcome).out)


# What a command does and when it ends


def test_without_waiting_the_message_is_queued_and_nothing_is_sent(ready: Shell, world: DemoWorld) -> None:
    seen = len(world.inbox.messages())
    queued = done(send(ready, "Eins", "--no-wait")).json
    assert types(queued) == SENT | {"reply": NONE, "queue_id": NONE}
    assert queued["state"] == "queued"
    assert len(world.inbox.messages()) == seen


def test_the_newest_message_is_listed_last_and_a_run_sends_them_all(ready: Shell) -> None:
    numbers = [done(send(ready, subject, "--no-wait")).json["id"] for subject in ("Eins", "Zwei", "Drei")]
    rows = done(ready.run("outbox", "list", "--json")).json["messages"]
    assert [row["id"] for row in rows] == numbers
    assert types(rows[0]) == ROW | {"due": str, "reply": NONE, "queue_id": NONE}
    ran = done(ready.run("outbox", "run", "--json")).json["messages"]
    assert [(row["id"], row["state"]) for row in ran] == [(number, "sent") for number in numbers]
    assert types(ran[0]) == SENT
    lines = done(ready.run("outbox", "list")).out.splitlines()
    assert [line.split("\t")[:4] for line in lines] == [
        [number, "sent", PRIMARY, subject] for number, subject in zip(numbers, ("Eins", "Zwei", "Drei"), strict=True)
    ]


def test_a_run_ends_with_zero_when_nothing_is_due_though_mail_waits(ready: Shell, world: DemoWorld) -> None:
    done(ready.run("outbox", "run"))
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        deferred = send(ready, "Eins")
        says(deferred, Reason.SERVER_REFUSED)
        assert types(deferred.json) == SENT | {"reply": NONE, "queue_id": NONE, "reason": str}
        assert (deferred.json["state"], deferred.json["reason"]) == ("deferred", "server-refused")
        done(ready.run("outbox", "run"))
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    (row,) = done(ready.run("outbox", "list", "--json")).json["messages"]
    assert row["state"] == "deferred"
    assert datetime.fromisoformat(row["due"]).tzinfo is not None
    retried = done(ready.run("outbox", "retry", row["id"], "--json")).json
    assert (types(retried), retried["state"]) == (SENT | {"reply": NONE, "queue_id": NONE}, "queued")
    cancelled = done(ready.run("outbox", "cancel", row["id"], "--json")).json
    assert cancelled["state"] == "cancelled"
    says(ready.run("outbox", "retry", row["id"]), Reason.OUTBOX_WRONG_STATE)
    says(ready.run("outbox", "show", "nothing"), Reason.OUTBOX_UNKNOWN)


def sendmail(shell: Shell, text: str, *arguments: str) -> Outcome:
    return shell.run("sendmail", *arguments, stdin=text)


def test_sendmail_takes_recipients_from_the_message_or_the_command(ready: Shell, world: DemoWorld) -> None:
    text = f"From: {PRIMARY}\nTo: {STRANGER}\nBcc: still@extern.example\nSubject: Eins\n\nText\n"
    assert done(sendmail(ready, text, "-t", "-i")).out == ""
    assert world.inbox.messages()[-1].recipients == (STRANGER, "still@extern.example")
    done(sendmail(ready, text, "-i", "andere@extern.example"))
    assert world.inbox.messages()[-1].recipients == ("andere@extern.example",)


def test_sendmail_adds_the_from_it_is_given_or_the_default_one(ready: Shell, world: DemoWorld) -> None:
    done(ready.run("address", "add", "vertrieb@beispiel.example", "--name", "Vertrieb"))
    text = f"To: {STRANGER}\nSubject: Eins\n\nText\n"
    for arguments, sender in (((), PRIMARY), (("-f", "vertrieb@beispiel.example"), "vertrieb@beispiel.example")):
        done(sendmail(ready, text, "-t", *arguments))
        arrived = world.inbox.messages()[-1]
        assert (arrived.envelope_from, shown(arrived).from_address) == (sender, sender)


@pytest.mark.parametrize(
    ("flags", "kept"), [((), "Eins\n"), (("-i",), "Eins\n.\nZwei\n"), (("-oi",), "Eins\n.\nZwei\n")]
)
def test_a_line_with_only_a_dot_ends_the_message_unless_it_is_ignored(
    ready: Shell, world: DemoWorld, flags: tuple[str, ...], kept: str
) -> None:
    done(sendmail(ready, f"To: {STRANGER}\nSubject: x\n\nEins\n.\nZwei\n", "-t", *flags))
    assert shown(world.inbox.messages()[-1]).text.replace("\r\n", "\n") == kept


def test_sendmail_that_is_safely_queued_is_done(ready: Shell, world: DemoWorld) -> None:
    world.set_mail_server(Server.ORGANISATION, up=False)
    try:
        outcome = sendmail(ready, f"To: {STRANGER}\nSubject: x\n\ny\n", "-t")
    finally:
        world.set_mail_server(Server.ORGANISATION, up=True)
    assert outcome.code == 0
    assert ready.run("outbox", "list", "--json").json["messages"][0]["state"] == "deferred"


def test_the_texts_say_what_stands_against_an_address_and_its_mail(ready: Shell, world: DemoWorld) -> None:
    confirm_partner(ready, world)
    says(add_partner(ready, world), Reason.PROFILE_DUPLICATE, PARTNER)
    world.set_policy(allow=False)
    done(ready.run("policy", "refresh"))
    listed = done(ready.run("address", "list")).out.splitlines()
    assert [line.split("\t")[-1] for line in listed] == ["primary, default", "not allowed"]
    held = ready.run("send", "--from", PARTNER, "--to", STRANGER, "--subject", "x", "--body", "y", "--json")
    says(held, Reason.ROUTE_FORBIDDEN)
    text = done(ready.run("outbox", "show", held.json["id"])).out
    assert "why\tYour organisation does not allow own SMTP servers." in text.splitlines()
    says(ready.run("address", "delete", PARTNER), Reason.PROFILE_IN_USE, PARTNER, "1")


# Without windows

_BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "qasync"} or name in {"ui.main", "ui.loop"}:
            raise AssertionError(f"{name} was imported")

sys.meta_path.insert(0, Blocked())
from app import cli
from ui.entry import Front
for line in sys.stdin.read().splitlines():
    code = cli.main(line.split("\\t"), Front())
    print(f"{code}: {line.split(chr(9))}", file=sys.stderr)
    assert code == 0
"""


def test_no_command_imports_qt(shell: Shell, world: DemoWorld, tmp_path: Path) -> None:
    secret = tmp_path / OWN / "password"
    secret.parent.mkdir()
    secret.write_text(world.organisation.password + "\n")
    options = f"--policy-ca {world.policy_ca} --mail-ca {world.mail_ca} --name N --policy {world.policy_url}"
    commands = [
        ["setup", "--email", PRIMARY, *options.split(), "--password-command", f"cat {secret}"],
        ["policy", "show"],
        ["policy", "refresh"],
        ["policy", "keygen", str(tmp_path / "key.pem")],
        ["address", "add", "vertrieb@beispiel.example", "--name", "V"],
        ["address", "add", STRANGER, "--name", "N"],
        ["address", "list"],
        ["route", PRIMARY],
        ["send", "--from", PRIMARY, "--to", STRANGER, "--subject", "x", "--body", "y"],
        ["outbox", "list"],
        ["outbox", "run"],
    ]
    ran = subprocess.run(
        [sys.executable, "-c", _BLOCKED],
        input="\n".join("\t".join(["--home", str(shell.home), *command]) for command in commands),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stderr.splitlines()) == len(commands)
    assert json.dumps(PRIMARY)[1:-1] in ran.stdout
