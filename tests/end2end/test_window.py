"""The main job in a real window, by mouse and keyboard, against real Postfix, twice, and a real keychain."""

from __future__ import annotations

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.profile import Security
from tests.end2end.program import OpenProgram, Program
from tests.end2end.test_command_line import done, mailed_code, set_up
from tests.servers.display import Display
from tests.servers.fixtures import PostOffices

pytestmark = pytest.mark.system("postfix", "gnome-keyring", "window")

STRANGER = "kunde@extern.example"
WIZARD = "Add another email address"


def add_the_partner(window: OpenProgram, organisation: DemoWorld, post_offices: PostOffices) -> None:
    """Go through the wizard: first forbidden, then allowed; tested, then confirmed with the mailed code."""
    server = post_offices.partner.access(Security.STARTTLS)
    window.click("accountsButton")
    window.click("addAddress")
    window.fill("nameField", "N. Name")
    window.fill("addressField", PARTNER)
    window.click("nextButton")
    window.find("gatewayChoice", enabled=False)
    window.find(".*does not allow.*", window=WIZARD)
    organisation.set_policy(allow=True)
    window.click("checkNow", window=WIZARD)
    window.click("gatewayChoice")
    window.click("nextButton")
    window.fill("hostField", server.host)
    window.fill("portField", str(server.port))
    window.fill("usernameField", server.username)
    window.fill("passwordField", post_offices.partner.password)
    window.click("testConnection")
    window.click("nextButton", seconds=30)
    window.find("codeField", seconds=30)
    window.fill("codeField", mailed_code(post_offices.organisation))
    window.display.key("Return")
    window.find("finishButton|addAddress", enabled=True, seconds=30)


def write(window: OpenProgram, sender: str, subject: str) -> None:
    """Write a message from `sender` and send it, by keyboard where a person would."""
    window.click("newMessageButton")
    window.click("fromField")
    window.click(f".*{sender}.*", kind="item")
    window.click("toField")
    window.display.type(STRANGER)
    window.display.key("Return")
    window.fill("subjectField", subject)
    window.click("bodyField")
    window.display.type("Guten Tag")
    window.display.key("ctrl+Return")


def test_the_main_job_from_forbidden_to_held(
    program: Program, organisation: DemoWorld, post_offices: PostOffices, display: Display
) -> None:
    organisation.set_policy(allow=False)
    done(set_up(program, organisation, post_offices))
    with program.open(display) as window:
        add_the_partner(window, organisation, post_offices)
        window.click("cancelButton", window="Accounts")
        write(window, PRIMARY, "From the organisation")
        write(window, PARTNER, "From the partner")
        own = post_offices.organisation.wait_for("From the organisation", seconds=40)
        partner = post_offices.partner.wait_for("From the partner", seconds=40)
        assert (own.envelope_from, own.message["Sender"]) == (PRIMARY, None)
        assert (partner.envelope_from, partner.message["Sender"]) == (PARTNER, None)
        assert PRIMARY.encode() not in partner.data.partition(b"\n\n")[0]
        organisation.set_policy(allow=False)
        window.click("checkNow", window="Mailbox")
        window.find(".*does not allow.*", window="Mailbox")
        write(window, PARTNER, "Held for the policy")
        window.click(".*Held for the policy.*", kind="item", window="Mailbox", seconds=30)
        for choice in ("waitButton", "throughOrganisationButton", "backToDraftsButton"):
            window.find(choice, enabled=True)
        window.click("throughOrganisationButton")
        held = post_offices.organisation.wait_for("Held for the policy", seconds=40)
        assert (held.envelope_from, held.message["Sender"]) == (PRIMARY, PRIMARY)
        assert PARTNER in held.message["From"]
        assert {each.message["Subject"] for each in post_offices.partner.delivered()} == {"From the partner"}
