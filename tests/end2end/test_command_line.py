"""The command line against real Postfix, twice, and a real keychain: what scripts rely on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.profile import Security
from tests.canary import OWN, canary
from tests.end2end.program import Outcome, Program
from tests.servers.fixtures import PostOffices
from tests.servers.postfix import Postfix

pytestmark = pytest.mark.system("postfix", "gnome-keyring")

ROUTE_FIELDS = {
    "address", "verdict", "via", "host", "port", "security", "username", "envelope_from", "sender_header", "reason",
    "steps", "policy",
}  # fmt: skip
STRANGER = "kunde@extern.example"


def done(outcome: Outcome) -> Outcome:
    assert outcome.code == 0, outcome.err
    return outcome


def set_up(program: Program, organisation: DemoWorld, post_offices: PostOffices, *way: str) -> Outcome:
    return program.run(
        "setup", "--email", PRIMARY, "--name", "Nutzer", "--policy", organisation.policy_url,
        "--policy-ca", organisation.policy_ca, "--mail-ca", post_offices.ca_file, *(way or ("--password-stdin",)),
        stdin=post_offices.organisation.password + "\n",
    )  # fmt: skip


def add_partner(program: Program, partner: Postfix, *, password: str | None = None) -> Outcome:
    server = partner.access(Security.STARTTLS)
    return program.run(
        "address", "add", PARTNER, "--name", "N. Name", "--gateway", f"{server.host}:{server.port}",
        "--security", "starttls", "--user", server.username, "--password-stdin",
        stdin=(partner.password if password is None else password) + "\n",
    )  # fmt: skip


def mailed_code(organisation: Postfix) -> str:
    mail = organisation.wait_for(f"Beispiel GmbH Confirmation - Send Mail as {PARTNER}")
    body = mail.message.get_body(("plain",))
    assert body is not None
    found = re.search(r"\d{3} ?\d{3} ?\d{3}", body.get_content())
    assert found is not None
    return found[0]


@pytest.fixture
def ready(program: Program, organisation: DemoWorld, post_offices: PostOffices) -> Program:
    """Set up, with the policy that allows gateways."""
    organisation.set_policy(allow=True)
    done(set_up(program, organisation, post_offices))
    return program


@pytest.fixture
def with_partner(ready: Program, post_offices: PostOffices) -> Program:
    """As `ready`, with the partner's address confirmed."""
    done(add_partner(ready, post_offices.partner))
    done(ready.run("address", "verify", PARTNER, mailed_code(post_offices.organisation)))
    return ready


def send(program: Program, sender: str, subject: str, *more: str | Path, to: str = STRANGER) -> Outcome:
    return program.run(
        "send", "--from", sender, "--to", to, "--subject", subject, "--body", "Guten Tag,\n.\nGrüße", "--json", *more
    )


def test_set_up_keeps_the_password_in_the_keychain_and_nowhere_else(
    program: Program, organisation: DemoWorld, post_offices: PostOffices
) -> None:
    outcome = done(set_up(program, organisation, post_offices))
    assert "Beispiel GmbH" in outcome.out
    password = post_offices.organisation.password.encode()
    files = [file for file in program.folder.rglob("*") if file.is_file() and "keyrings" not in file.parts]
    assert any(file.name.endswith(".db") for file in files)
    assert not [file for file in files if password in file.read_bytes()]


def test_set_up_with_a_wrong_password_keeps_nothing(
    program: Program, organisation: DemoWorld, post_offices: PostOffices
) -> None:
    outcome = program.run(
        "setup", "--email", PRIMARY, "--name", "Nutzer", "--policy", organisation.policy_url, "--policy-ca",
        organisation.policy_ca, "--mail-ca", post_offices.ca_file, "--password-stdin", stdin=canary("wrong") + "\n",
    )  # fmt: skip
    assert outcome.code == 1
    assert canary("wrong") not in outcome.err
    assert "The server said:" in outcome.err
    assert program.run("address", "list").code == 1
    done(set_up(program, organisation, post_offices))


def test_a_password_command_needs_no_keychain(
    program: Program, organisation: DemoWorld, post_offices: PostOffices, tmp_path: Path
) -> None:
    secret = tmp_path / OWN / "password.txt"
    secret.parent.mkdir()
    secret.write_text(post_offices.organisation.password + "\nsecond line\n")
    del program.env["DBUS_SESSION_BUS_ADDRESS"]
    done(set_up(program, organisation, post_offices, "--password-command", f"cat {secret}"))
    assert done(send(program, PRIMARY, "By command")).json["state"] == "sent"


def test_without_a_keychain_the_reason_is_said_and_nothing_kept(
    program: Program, organisation: DemoWorld, post_offices: PostOffices
) -> None:
    del program.env["DBUS_SESSION_BUS_ADDRESS"]
    outcome = set_up(program, organisation, post_offices)
    assert outcome.code == 1
    assert "keychain" in outcome.err.lower()
    assert program.run("address", "list").code == 1


def test_usage_errors_end_with_two_and_no_traceback(program: Program) -> None:
    for arguments in (["nonsense"], ["send"], ["address"], ["outbox", "show"], ["setup", "--email", PRIMARY]):
        outcome = program.run(*arguments)
        assert outcome.code == 2
        assert "Traceback" not in outcome.err


def test_commands_before_set_up_say_so(program: Program) -> None:
    for arguments in (["address", "list"], ["route", PRIMARY], ["policy", "show"], ["outbox", "run"]):
        outcome = program.run(*arguments)
        assert outcome.code == 1
        assert "absender" in outcome.err
        assert "Traceback" not in outcome.err


def test_a_forbidden_gateway_is_refused_before_the_server_is_asked(
    program: Program, organisation: DemoWorld, post_offices: PostOffices
) -> None:
    organisation.set_policy(allow=False)
    done(set_up(program, organisation, post_offices))
    before = post_offices.partner.log().count("starttls=")
    outcome = add_partner(program, post_offices.partner)
    assert outcome.code == 1
    assert [row["address"] for row in done(program.run("address", "list", "--json")).json["addresses"]] == [PRIMARY]
    # Others connect to see that the server is up, or did in earlier tests; the program would have gone on to TLS.
    assert post_offices.partner.log().count("starttls=") == before


def test_a_wrong_gateway_password_adds_nothing(ready: Program, post_offices: PostOffices) -> None:
    outcome = add_partner(ready, post_offices.partner, password=canary("wrong"))
    assert outcome.code == 1
    assert canary("wrong") not in outcome.err + outcome.out
    assert len(done(ready.run("address", "list", "--json")).json["addresses"]) == 1


def test_the_way_of_an_address_from_added_to_default(ready: Program, post_offices: PostOffices) -> None:
    done(add_partner(ready, post_offices.partner))
    refused = ready.run("route", PARTNER, "--json")
    assert (refused.code, refused.json["reason"]) == (1, "route-unverified")
    assert send(ready, PARTNER, "Too early").code == 1
    assert ready.run("address", "default", PARTNER).code == 1
    assert ready.run("address", "verify", PARTNER, "000000000").code == 1
    done(ready.run("address", "verify", PARTNER, mailed_code(post_offices.organisation).replace(" ", "-")))
    done(ready.run("address", "default", PARTNER))
    rows = done(ready.run("address", "list", "--json")).json["addresses"]
    assert [(row["address"], row["default"]) for row in rows] == [(PRIMARY, False), (PARTNER, True)]
    assert ready.run("address", "delete", PRIMARY).code == 1
    done(ready.run("address", "delete", PARTNER))
    assert ready.run("route", PARTNER).code == 1


def test_the_route_as_json_has_its_fields(with_partner: Program, post_offices: PostOffices) -> None:
    server = post_offices.partner.access(Security.STARTTLS)
    route = done(with_partner.run("route", PARTNER, "--json")).json
    assert route.keys() == ROUTE_FIELDS
    assert (route["verdict"], route["via"], route["port"]) == ("route", "gateway", server.port)
    assert (route["username"], route["envelope_from"], route["sender_header"]) == (server.username, PARTNER, None)
    assert route["policy"].keys() == {"state", "allows_gateways", "serial", "checked_at", "decided_by"}
    assert route["policy"]["state"] == "fresh"
    assert all(step.keys() == {"rule", "held", "detail"} for step in route["steps"])
    primary = done(with_partner.run("route", PRIMARY, "--json")).json
    assert (primary["via"], primary["envelope_from"], primary["sender_header"]) == ("organisation", PRIMARY, None)


def test_each_address_goes_through_its_own_server(with_partner: Program, post_offices: PostOffices) -> None:
    verdict = done(send(with_partner, PARTNER, "From the partner", "--bcc", "still@extern.example")).json
    assert verdict.keys() == {"id", "state", "reply", "queue_id", "reason"}
    assert (verdict["state"], verdict["reason"]) == ("sent", None)
    done(send(with_partner, PRIMARY, "From the organisation"))
    partner = post_offices.partner.wait_for("From the partner")
    assert (partner.message["From"], partner.envelope_from) == (f'"N. Name" <{PARTNER}>', PARTNER)
    assert partner.message["Sender"] is None
    assert partner.message["Bcc"] is None
    assert PRIMARY.encode() not in partner.data.partition(b"\n\n")[0]
    organisation = post_offices.organisation.wait_for("From the organisation")
    assert organisation.envelope_from == PRIMARY
    assert {each.message["Subject"] for each in post_offices.partner.delivered()} == {"From the partner"}


def test_an_external_address_without_gateway_goes_on_behalf_of(ready: Program, post_offices: PostOffices) -> None:
    done(ready.run("address", "add", PARTNER, "--name", "N. Name", "--reply-to", "antwort@partnerdomain.example"))
    done(ready.run("address", "verify", PARTNER, mailed_code(post_offices.organisation)))
    done(send(ready, PARTNER, "On behalf"))
    mail = post_offices.organisation.wait_for("On behalf")
    assert (mail.message["Sender"], mail.envelope_from) == (PRIMARY, PRIMARY)
    assert PARTNER in mail.message["From"]
    assert mail.message["Reply-To"] == "antwort@partnerdomain.example"


def test_a_revoked_gateway_holds_mail_until_it_is_allowed_again(
    with_partner: Program, organisation: DemoWorld, post_offices: PostOffices
) -> None:
    organisation.set_policy(allow=False)
    done(with_partner.run("policy", "refresh"))
    held = send(with_partner, PARTNER, "Held for the policy")
    assert (held.code, held.json["state"], held.json["reason"]) == (1, "held", "route-forbidden")
    done(with_partner.run("outbox", "run"))
    rows = done(with_partner.run("outbox", "list", "--json")).json["messages"]
    assert [row["state"] for row in rows] == ["held"]
    organisation.set_policy(allow=True)
    done(with_partner.run("policy", "refresh"))
    done(with_partner.run("outbox", "run"))
    post_offices.partner.wait_for("Held for the policy")
    row = done(with_partner.run("outbox", "list", "--json")).json["messages"][-1]
    assert row["state"] == "sent"
    assert row.keys() == {
        "id", "state", "from", "to", "subject", "attempts", "due", "reason", "reply", "queue_id",
    }  # fmt: skip


def test_a_server_that_is_down_defers_and_a_later_run_delivers(ready: Program, post_offices: PostOffices) -> None:
    post_offices.organisation.pause()
    deferred = send(ready, PRIMARY, "Later")
    post_offices.organisation.resume()
    assert (deferred.code, deferred.json["state"]) == (1, "deferred")
    number = deferred.json["id"]
    done(ready.run("outbox", "retry", number))
    done(ready.run("outbox", "run"))
    post_offices.organisation.wait_for("Later")
    shown = done(ready.run("outbox", "show", number))
    assert "250" in shown.out
    assert post_offices.organisation.password not in shown.out


def test_a_queued_message_can_be_cancelled(ready: Program, post_offices: PostOffices) -> None:
    queued = done(send(ready, PRIMARY, "Never", "--no-wait")).json
    assert queued["state"] == "queued"
    done(ready.run("outbox", "cancel", queued["id"]))
    done(ready.run("outbox", "run"))
    assert [row["state"] for row in done(ready.run("outbox", "list", "--json")).json["messages"]] == ["cancelled"]
    assert post_offices.organisation.delivered() == []


def test_a_refused_recipient_stops_the_message_for_all(ready: Program, post_offices: PostOffices) -> None:
    outcome = send(ready, PRIMARY, "To nobody", "--cc", "x" * 60 + "@" + ".".join(["y" * 60] * 2) + ".example")
    assert outcome.code in {0, 1}
    bad = ready.run("send", "--from", PRIMARY, "--to", "a@b@c", "--subject", "x", "--body", "y")
    assert bad.code == 1
    assert "Traceback" not in bad.err


def test_attachments_and_a_body_from_a_file_arrive_whole(
    ready: Program, post_offices: PostOffices, tmp_path: Path
) -> None:
    attached = tmp_path / "Angebot – größer.bin"
    attached.write_bytes(bytes(range(256)) * 400)
    body = tmp_path / "text.txt"
    body.write_text("Zeile\n.\n..\nFrom hier\n" + "ü" * 2000 + "\n", encoding="utf-8")
    done(
        ready.run(
            "send",
            "--from",
            PRIMARY,
            "--to",
            STRANGER,
            "--subject",
            "Größe =?utf-8?q?x?=",
            "--body-file",
            body,
            "--attach",
            attached,
        )
    )
    message = post_offices.organisation.wait_for("Größe =?utf-8?q?x?=").message
    text = message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == body.read_text(encoding="utf-8")
    (part,) = message.iter_attachments()
    assert (part.get_filename(), part.get_content()) == (attached.name, attached.read_bytes())


def test_a_message_from_standard_input_goes_as_git_sends_it(ready: Program, post_offices: PostOffices) -> None:
    text = (
        f"From: Nutzer <{PRIMARY}>\nTo: {STRANGER}\nBcc: still@extern.example\nSubject: [PATCH] fix\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\nGrüße\n"
    )
    outcome = done(ready.run("sendmail", "-t", "-i", stdin=text))
    assert outcome.out == ""
    mail = post_offices.organisation.wait_for("[PATCH] fix")
    assert mail.message["Bcc"] is None
    assert mail.message.get_content().strip() == "Grüße"
    recipients = {each.recipient for each in post_offices.organisation.delivered()}
    assert recipients == {STRANGER, "still@extern.example"}
    unknown = ready.run("sendmail", "-t", stdin=f"From: wer@fremd.example\nTo: {STRANGER}\nSubject: x\n\ny\n")
    assert unknown.code == 1


def test_the_policy_is_shown_and_a_failed_refresh_says_why(ready: Program, organisation: DemoWorld) -> None:
    shown = done(ready.run("policy", "show", "--json")).json
    assert (shown["state"], shown["allows_gateways"]) == ("fresh", True)
    organisation.set_policy_server(up=False)
    failed = ready.run("policy", "refresh", "--json")
    assert failed.code == 1
    assert json.loads(failed.out)["state"] == "fresh"
    assert "Traceback" not in failed.err


@pytest.mark.parametrize(
    ("page", "kind"),
    [(b"<html>Sign in to the network</html>", "text/html"), (b'{"format": "absender-pol', "application/json")],
)
def test_what_is_no_policy_changes_nothing(ready: Program, organisation: DemoWorld, page: bytes, kind: str) -> None:
    organisation.publish_raw(page, content_type=kind)
    assert ready.run("policy", "refresh").code == 1
    assert done(ready.run("policy", "show", "--json")).json["allows_gateways"] is True


def test_the_home_option_outranks_the_environment(program: Program, tmp_path: Path) -> None:
    outcome = program.run("--home", tmp_path / "other", "outbox", "list", "--json")
    assert done(outcome).json == {"messages": []}
    assert (tmp_path / "other").is_dir()
    assert not program.home.exists()


@pytest.mark.parametrize("command", [[], ["compose"], ["demo"]])
def test_without_a_display_a_sentence_says_so(program: Program, command: list[str]) -> None:
    del program.env["QT_QPA_PLATFORM"]
    outcome = program.run(*command)
    assert outcome.code == 1
    assert "display" in outcome.err
    assert len(outcome.err.splitlines()) == 1
