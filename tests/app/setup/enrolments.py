"""People, policies and half-filled wizards for the tests of the enrolment."""

from dataclasses import replace
from datetime import timedelta

from app.address import Address
from app.policy.document import PolicyDocument
from app.policy.evaluate import Policy, PolicyState, standing
from app.profile import (
    Profile,
    Security,
    SendAsAddress,
    SmtpServer,
    Verification,
)
from app.setup.enrolment import (
    Choice,
    ChooseServer,
    Enrolment,
    ServerForm,
    WizardStep,
    next_step,
)
from tests.app.policy.documents import ISSUED, SALES, document, external_from_policy, gateway_policy

SERVER = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example")
GATEWAY = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer.name")
PRIMARY = SendAsAddress(
    "primary",
    Address.parse("nutzer@beispiel.example"),
    "Nutzer",
    is_primary=True,
    is_default=True,
    verification=Verification.ACCEPTED,
)
PARTNER = SendAsAddress(
    "partner",
    Address.parse("nutzer.name@partner.example"),
    "N. Name",
    smtp_msa=GATEWAY,
    verification=Verification.ACCEPTED,
)
PROFILE = Profile("profile", (PRIMARY,), SERVER, "https://policy.beispiel.example/")
WITH_PARTNER = replace(PROFILE, addresses=(PRIMARY, PARTNER))


def policy_of(said: PolicyDocument, *, hours: int = 0) -> Policy:
    """Return the policy as it stands some hours after it was checked."""
    return standing(
        said,
        now=ISSUED + timedelta(hours=hours),
        checked_at=ISSUED,
        origin="https://policy.beispiel.example/nutzer.json",
    )


ALLOWS = policy_of(document(gateway_policy(value=True, unit=SALES)))
FORBIDS = policy_of(document(gateway_policy(value=False)))
DEFAULT = policy_of(document())
STALE = policy_of(document(gateway_policy(value=True)), hours=25)
UNKNOWN = Policy(PolicyState.UNKNOWN)
REQUIRES = policy_of(document(gateway_policy(value=True), external_from_policy(value=True)))
CLOSED = policy_of(document(external_from_policy(value=True)))

NEW = Enrolment("new")
NAMED = NEW.with_address(name="N. Name", address="nutzer.name@partner.example", treat_as_alias=True)
FORM = ServerForm("smtp.partner.example", "587", None, "nutzer.name", password_given=True)
ALL_TYPED = NAMED.with_choice(Choice.GATEWAY).with_server(FORM)
STORED = replace(PARTNER, id="new", verification=Verification.PENDING)


def step_of(enrolment: Enrolment, policy: Policy = ALLOWS, profile: Profile = PROFILE) -> WizardStep:
    return next_step(enrolment, profile=profile, policy=policy)


def choice_of(enrolment: Enrolment, policy: Policy, profile: Profile = PROFILE) -> ChooseServer:
    step = step_of(enrolment, policy, profile)
    assert isinstance(step, ChooseServer)
    return step
