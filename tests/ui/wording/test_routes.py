"""The sentences about a route: its line, each rule held and not held, its server, and what recipients see."""

from dataclasses import replace

import pytest

from app.policy.evaluate import Policy, own_policy
from app.profile import NoSignIn, Profile, Security, SendAsAddress, SmtpServer
from app.recipient_view import RecipientView, recipient_view
from app.routing import Refusal, Route, Rule, Step, choose_route
from tests.app.setup.enrolments import ALLOWS, FORBIDS, GATEWAY, PARTNER, PRIMARY, PROFILE, STALE, UNKNOWN
from ui.messages import (
    explain_step,
    on_behalf_line,
    refusal_line,
    route_line,
    security_line,
    security_name,
    security_short,
    sent_through_line,
    via_line,
)

pytestmark = pytest.mark.usefixtures("qapp")

PLAIN = replace(PARTNER, smtp_msa=None)


def with_entry(entry: SendAsAddress) -> Profile:
    return replace(PROFILE, addresses=(PRIMARY, entry))


def route_of(entry: SendAsAddress, policy: Policy = ALLOWS) -> Route:
    route = choose_route(entry.address, with_entry(entry), policy)
    assert isinstance(route, Route)
    return route


def view_of(entry: SendAsAddress) -> RecipientView:
    return recipient_view(route_of(entry), with_entry(entry))


def test_the_line_of_a_gateway_names_server_login_and_reason() -> None:
    assert route_line(route_of(PARTNER)) == (
        "Goes through smtp.partner.example:587 (TLS) as nutzer.name, "
        "because this address has its own gateway and your organisation allows it"
    )


def test_without_an_organisation_nobody_has_to_allow_a_gateway() -> None:
    assert route_line(route_of(PARTNER, own_policy())).endswith("because this address has its own gateway")


def test_the_line_of_the_organisation_says_why_it_is_used() -> None:
    login = "smtp.beispiel.example:587 (TLS) as nutzer@beispiel.example"
    assert route_line(route_of(PLAIN)) == f"Goes through {login}, because this address has no gateway of its own"
    internal = choose_route(PRIMARY.address, PROFILE, ALLOWS)
    assert isinstance(internal, Route)
    assert route_line(internal) == f"Goes through {login}, because this address is hosted there"


def test_a_server_without_sign_in_has_no_login_in_its_line() -> None:
    local = SmtpServer("localhost", 2525, Security.NONE, "", NoSignIn())
    assert "localhost:2525 (unsecured), because" in route_line(route_of(replace(PARTNER, smtp_msa=local)))


def test_foreign_text_in_a_login_is_only_text() -> None:
    odd = replace(GATEWAY, username="{server}\u202e%s")
    assert "as {server}%s, because" in route_line(route_of(replace(PARTNER, smtp_msa=odd)))


def test_a_refusal_is_one_line() -> None:
    for policy, words in ((FORBIDS, "does not allow"), (STALE, "last confirmed"), (UNKNOWN, "not known")):
        refusal = choose_route(PARTNER.address, with_entry(PARTNER), policy)
        assert isinstance(refusal, Refusal)
        assert words in refusal_line(refusal)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("detail", ["", "b.example"])
def test_every_rule_has_its_sentence(rule: Rule, held: bool, detail: str) -> None:
    moment = "2026-11-23T10:42:00+00:00"
    sentence = explain_step(Step(rule, held, moment if detail and rule is Rule.POLICY_FRESH else detail))
    assert sentence.endswith(".")
    assert "{" not in sentence
    assert moment not in sentence
    assert sentence != explain_step(Step(rule, not held, detail if rule is not Rule.POLICY_FRESH else ""))


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Step(Rule.POLICY_ALLOWS, True, "/Vertrieb"), "It allows own SMTP servers, as set for /Vertrieb."),
        (
            Step(Rule.POLICY_ALLOWS, False, "/"),
            "It does not allow own SMTP servers, as set for / (whole organisation).",
        ),
        (Step(Rule.POLICY_ALLOWS, False, ""), "It does not allow own SMTP servers; that is the default."),
        (Step(Rule.POLICY_KNOWN, True, ""), "You stated that no organisation owns your address."),
        (Step(Rule.NO_GATEWAY, False, "smtp.partner.example"), "It has its own gateway, smtp.partner.example."),
    ],
)
def test_a_rule_is_explained_with_its_datum(step: Step, sentence: str) -> None:
    assert explain_step(step) == sentence


@pytest.mark.parametrize("policy", [ALLOWS, FORBIDS, STALE, UNKNOWN, own_policy()])
@pytest.mark.parametrize("entry", [PARTNER, PLAIN])
def test_every_step_of_a_real_decision_can_be_explained(entry: SendAsAddress, policy: Policy) -> None:
    for step in choose_route(entry.address, with_entry(entry), policy).steps:
        assert "…" not in explain_step(step)


@pytest.mark.parametrize(
    ("security", "name", "line", "short"),
    [
        (Security.STARTTLS, "Secured connection using TLS", "Secured connection on port 587 using TLS", "TLS"),
        (Security.SSL, "Secured connection using SSL", "Secured connection on port 587 using SSL", "SSL"),
        (Security.NONE, "Unsecured connection", "Unsecured connection on port 587", "unsecured"),
    ],
)
def test_security_has_gmails_labels(security: Security, name: str, line: str, short: str) -> None:
    assert security_name(security) == name
    assert security_line(replace(GATEWAY, security=security)) == line
    assert security_short(security) == short


def test_a_row_says_whose_server_an_address_goes_through() -> None:
    assert sent_through_line(GATEWAY, "Beispiel GmbH") == "Mail is sent through: smtp.partner.example"
    assert sent_through_line(None, "Beispiel\u202e GmbH") == "Mail is sent through Beispiel GmbH"
    assert sent_through_line(None, "") == "Mail is sent through your main server"


def test_recipients_see_on_behalf_of_only_through_the_organisation() -> None:
    plain, gateway = view_of(PLAIN), view_of(PARTNER)
    assert on_behalf_line(plain) == "nutzer@beispiel.example on behalf of nutzer.name@partner.example"
    assert via_line(plain) == "via beispiel.example"
    assert on_behalf_line(gateway) == "N. Name <nutzer.name@partner.example>"
    assert on_behalf_line(replace(gateway, name="")) == "nutzer.name@partner.example"
    assert via_line(gateway) == ""
