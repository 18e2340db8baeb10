"""A data folder full of what must not come out of it: secrets in links and commands, and private words everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from app.address import Address, Mailbox
from app.delivery.dialogue import DialogueLine
from app.delivery.journal import Attempt, Ending
from app.delivery.outbox import NewMessage
from app.delivery.verdict import Rejected
from app.errors import Problem, Reason
from app.message.draft import Attachment, Draft
from app.oauth_client import OAuthClient
from app.policy.document import FORMAT, digest
from app.policy.watch import StoredPolicy
from app.profile import CommandSignIn, Profile, Security, SendAsAddress, SmtpServer, Verification
from app.routing import Route, Rule, Step, Via
from app.services import Services, open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain, Secret

__all__ = ["NOW", "PRIVATE", "SECRETS", "fill"]

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
SECRETS = (
    "kanarienvogel", "geheime-signatur", "Kündigung wegen", "gehaltsliste", "Lieber Freund", "entwurfswort", "123456789"
)  # fmt: skip
"""What is in no bundle: passwords, tokens, arguments, and what people wrote."""
PRIVATE = (
    "vorname", "nachname", "nutzer.eigen", "firma-gross", "partnerhaus", "gmbh-name", "abteilung7", "empfang-dort",
    "/srv/ordner", "wurzel.pem", "sales001", "C0firma", "203.0.113.77", "2001:db8::77", "drittweg", "Hausmacht",
)  # fmt: skip
"""What is in none with the mask on."""

SOURCE = "https://policy.firma-gross.example/kanarienvogel0123456789abcdef/p.json?token=kanarienvogel&x"
PRIMARY = Address.parse("nutzer.eigen@firma-gross.example")
OTHER = Address.parse("info@partnerhaus.example")
CUSTOMER = Address.parse("Vorname.Nachname@empfang-dort.example")

CLIENT = OAuthClient(
    name="GmbH-Name",
    client_id="kanarienvogel",
    client_secret="kanarienvogel",
    authorization_endpoint="https://sso.firma-gross.example/kanarienvogel/a",
    token_endpoint="https://sso.firma-gross.example/kanarienvogel/t",
    scopes=("smtp",),
    hosts=("smtp.partnerhaus.example",),
    ca_file="/srv/ordner/wurzel.pem",
)


def profile(folder: Path) -> Profile:
    command = CommandSignIn(("/srv/ordner/pass", "--key", "kanarienvogel"))
    gateway = SmtpServer("smtp.partnerhaus.example", 587, Security.STARTTLS, "vorname", command)
    entries = (
        SendAsAddress(
            id="a", address=PRIMARY, display_name="Vorname Nachname", signature="<p>geheime-signatur</p>",
            is_primary=True, is_default=True, verification=Verification.ACCEPTED,
        ),
        SendAsAddress(id="b", address=OTHER, smtp_msa=gateway, verification=Verification.ACCEPTED),
    )  # fmt: skip
    server = SmtpServer("mail.firma-gross.example", 465, Security.SSL, str(PRIMARY))
    return Profile(
        id="p",
        addresses=entries,
        organisation_server=server,
        policy_source=SOURCE,
        mail_ca="/srv/ordner/wurzel.pem",
        oauth_clients=(CLIENT,),
    )


def document() -> bytes:
    def policy(name: str, type: str, value: dict[str, object]) -> dict[str, object]:  # noqa: A002 - the field's name
        query = {"orgUnit": "orgUnits/sales001", "sortOrder": 2.0}
        return {
            "name": f"policies/{name}",
            "customer": "customers/C0firma",
            "policyQuery": query,
            "setting": {"type": type, "value": value},
        }

    return msgspec.json.encode(
        {
            "format": FORMAT, "serial": 7, "issuedAt": NOW, "expiresAt": NOW + timedelta(hours=20),
            "x": "kanarienvogel",
            "organisation": {"name": "GmbH-Name & Co", "domains": ["firma-gross.example"],
                "customer": "customers/C0firma", "support": "it@firma-gross.example"},
            "subject": {"email": str(PRIMARY), "orgUnits": ["orgUnits/sales001"]},
            "names": {"orgUnits/sales001": "/Abteilung7"},
            "mailServers": {"submission": {"host": "mail.firma-gross.example", "port": 465, "securityMode": "ssl"}},
            "policies": [
                policy("p1", "settings/gmail.per_user_outbound_gateway", {"allowUsersToUseExternalSmtpServers": True}),
                policy("p2", "settings/security.other", {"secret": "kanarienvogel"}),
            ],
        }
    )  # fmt: skip


async def fill(home: Path) -> None:
    """Make a data folder with all of it."""
    async with open_services(DataFolder(home), keychain=MemoryKeychain(), now=lambda: NOW) as services:
        await services.keychain.set("vorname@smtp.partnerhaus.example:587", Secret("kanarienvogel"))
        mine = profile(home)
        data = document()
        stored = StoredPolicy(SOURCE, data, '"kanarienvogel"', 7, digest(data), NOW - timedelta(minutes=3))
        await services.policies.save(stored)
        await services.profiles.save(mine)
        await services.profiles.save_codes("b", {"code": "123456789"})
        await services.drafts.save(Draft(id="d", sender=PRIMARY, subject="entwurfswort", text="Lieber Freund"), NOW)
        await _fail(services, mine)


async def _fail(services: Services, mine: Profile) -> None:
    draft = Draft(
        id="m1", sender=OTHER, to=(Mailbox(CUSTOMER, "Vorname Drittweg"),), subject="Kündigung wegen Umzug",
        text="Lieber Freund", attachments=(Attachment("/srv/ordner/gehaltsliste.ods", "gehaltsliste.ods", 3),),
    )  # fmt: skip
    entry = mine.addresses[1]
    assert entry.smtp_msa is not None
    route = Route(entry, Via.GATEWAY, entry.smtp_msa, OTHER, None, ())
    new = NewMessage(replace(draft, attachments=()), route, (CUSTOMER,), "<abc123@partnerhaus.example>")
    await services.outbox.put(new, [b"Subject: x\r\n\r\nLieber Freund\r\n"], NOW)
    await services.outbox.claim(NOW)
    problem = Problem.of(
        Reason.SERVER_RECIPIENT_REJECTED, host="smtp.partnerhaus.example", recipients=str(CUSTOMER).lower(),
        reply="550 5.1.1 no vorname.nachname@EMPFANG-DORT.example here, see https://partnerhaus.example/x?k=kanarienvogel",
        text="Lieber Freund", name="gehaltsliste.ods",
    )  # fmt: skip
    attempt = Attempt(
        "m1", NOW, NOW, "smtp.partnerhaus.example", 587, "TLSv1.3", (Step(Rule.IN_PROFILE, True, str(OTHER)),),
        Ending.REJECTED, problem, problem.fact("reply"), "4XQ1", _dialogue(),
    )  # fmt: skip
    await services.outbox.settle("m1", Rejected(problem, problem.fact("reply")), NOW, attempt)


def _dialogue() -> tuple[DialogueLine, ...]:
    return (
        DialogueLine("S", "220 smtp.partnerhaus.example at your service, [203.0.113.77]"),
        DialogueLine("S", "250-hello 2001:db8::77 \x1b[31m\u202e"),
        DialogueLine("*", "tls: TLSv1.3; smtp.partnerhaus.example, *.partnerhaus.example; Hausmacht; AG Root"),
        DialogueLine("C", "AUTH PLAIN ***"),
        DialogueLine("S", "235 welcome Vorname"),
        DialogueLine("C", f"MAIL FROM:<{OTHER}> SIZE=40"),
        DialogueLine("C", f"RCPT TO:<{CUSTOMER}>"),
        DialogueLine("S", "550 5.1.1 <vorname.nachname@empfang-dort.example>: Kündigung wegen Umzug, /srv/ordner/x"),
        DialogueLine("S", "250 2.0.0 queued as 4XQ1"),
    )
