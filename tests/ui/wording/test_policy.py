"""The banner and its reasons, and the request to the administrator."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.errors import Problem, Reason
from app.policy.evaluate import Considered, Outcome, Policy, PolicyState, own_policy
from app.setup.admin_request import admin_request
from tests.app.policy.documents import (
    ISSUED,
    ROOT,
    SALES,
    document,
    external_from_policy,
    gateway_policy,
    names_policy,
    service_policy,
)
from tests.app.setup.enrolments import ALLOWS, DEFAULT, FORBIDS, PARTNER, PROFILE, STALE, UNKNOWN, policy_of
from ui.messages import (
    admin_request_text,
    explain_others,
    explain_outcome,
    origin_name,
    policy_detail,
    policy_headline,
    policy_since,
    policy_word,
)
from ui.wording.facts import moment

pytestmark = pytest.mark.usefixtures("qapp")

NOW = ISSUED + timedelta(minutes=5)
CHECKED = f"checked {moment(ISSUED, NOW)} from policy.beispiel.example"


@pytest.mark.parametrize(
    ("policy", "headline", "word"),
    [
        (ALLOWS, "Beispiel GmbH allows own SMTP servers for outside addresses", "allowed"),
        (FORBIDS, "Beispiel GmbH does not allow own SMTP servers", "not allowed"),
        (DEFAULT, "Beispiel GmbH does not allow own SMTP servers", "not allowed"),
        (STALE, "The policy of Beispiel GmbH was not confirmed lately", "out of date"),
        (replace(STALE, document=None), "The policy of your organisation was not confirmed lately", "out of date"),
        (UNKNOWN, "The policy of your organisation is not known", "unknown"),
        (own_policy(), "You stated that no organisation owns your address", "your choice"),
    ],
)
def test_the_banner_says_how_the_policy_stands(policy: Policy, headline: str, word: str) -> None:
    assert policy_headline(policy) == headline
    assert policy_word(policy) == word


@pytest.mark.parametrize(
    ("policy", "detail"),
    [
        (ALLOWS, f"Set for /Vertrieb · {CHECKED} · changes can take up to 24 hours"),
        (FORBIDS, f"Set for / (whole organisation) · {CHECKED} · changes can take up to 24 hours"),
        (DEFAULT, f"The default, as nothing is set for you · {CHECKED} · changes can take up to 24 hours"),
        (
            replace(FORBIDS, problem=Problem.of(Reason.POLICY_TIMEOUT, host="policy.beispiel.example")),
            f"Set for / (whole organisation) · {CHECKED} · the last check failed · changes can take up to 24 hours",
        ),
        (UNKNOWN, "Own SMTP servers cannot be used until it is known"),
        (
            replace(UNKNOWN, origin="/etc/absender/policy.json"),
            "Looked up at policy.json · own SMTP servers cannot be used until it is known",
        ),
        (own_policy(), "Own SMTP servers are your own choice"),
    ],
)
def test_the_banner_says_who_set_it_when_and_from_where(policy: Policy, detail: str) -> None:
    assert policy_detail(policy, NOW) == detail


def test_the_banner_says_where_an_administrator_set_the_place() -> None:
    words = "this place is set by your administrator"
    for policy in (ALLOWS, STALE, UNKNOWN):
        assert words not in policy_detail(policy, NOW).lower()
        assert policy_detail(replace(policy, is_managed=True), NOW).lower().count(words) == 1


def test_the_banner_of_an_old_policy_says_what_waits() -> None:
    detail = policy_detail(STALE, ISSUED + timedelta(hours=25))
    assert detail.startswith("Checked yesterday, ")
    assert detail.endswith(" · mail through own SMTP servers is held until it is confirmed again")


@pytest.mark.parametrize("state", [PolicyState.FRESH, PolicyState.STALE])
def test_that_mail_is_switched_off_comes_first(state: PolicyState) -> None:
    off = service_policy("DISABLED", unit=SALES, order=202.0)
    policy = Policy(state, document(gateway_policy(True), off), checked_at=ISSUED, origin=ALLOWS.origin)
    assert policy_headline(policy) == "Beispiel GmbH has switched mail off for you"
    assert policy_detail(policy, NOW) == f"Set for /Vertrieb · {CHECKED} · messages wait until mail is on again"
    assert explain_others(policy) == [("For /Vertrieb: mail is switched off", "This decides.")]


def test_what_else_is_decided_is_told_where_it_restricts() -> None:
    strict = policy_of(
        document(
            gateway_policy(True), service_policy("ENABLED"), external_from_policy(True), names_policy("no", unit=SALES)
        )
    )
    assert explain_others(strict) == [
        ("For / (whole organisation): outside addresses need an SMTP server of their own", "This decides."),
        (
            "For /Vertrieb: the name of your main address cannot be changed",
            "Its value makes no sense, so the stricter reading decides.",
        ),
    ]
    lax = policy_of(document(service_policy("ENABLED"), external_from_policy(False), names_policy(True)))
    assert explain_others(lax) == explain_others(own_policy()) == []


def test_a_row_says_since_when_it_is_not_allowed() -> None:
    since = NOW - timedelta(hours=1)
    assert policy_since(replace(FORBIDS, since=since), NOW) == f"not allowed since {moment(since, NOW)}"
    assert policy_since(replace(ALLOWS, since=since), NOW) == f"allowed since {moment(since, NOW)}"
    assert policy_since(FORBIDS, NOW) == ""
    assert policy_since(replace(STALE, since=since), NOW) == ""


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://policy.beispiel.example:8443/n.json?x={email}", "policy.beispiel.example"),
        ("file:///etc/absender/policy.json", "policy.json"),
        ("/etc/absender/pol\u202eicy.json", "policy.json"),
        ("", ""),
    ],
)
def test_an_origin_is_named_by_its_server_or_file(origin: str, name: str) -> None:
    assert origin_name(origin) == name


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("decides", [True, False])
def test_every_outcome_of_a_policy_has_its_sentence(outcome: Outcome, decides: bool) -> None:
    policy = FORBIDS.gateways.considered[0].policy
    says, became = explain_outcome(Considered(policy, outcome, "/Vertrieb", value=True), decides=decides)
    assert says == "For /Vertrieb: own SMTP servers allowed"
    assert became.endswith(".")


def test_what_a_policy_says_is_said_even_if_it_makes_no_sense() -> None:
    policy = policy_of(document(gateway_policy("viel", unit=SALES), gateway_policy(value=False, unit=ROOT, order=1.0)))
    said = [explain_outcome(each, decides=each is policy.gateways.decided_by) for each in policy.gateways.considered]
    assert said == [
        ("For /Vertrieb: neither allowed nor forbidden", "Its value makes no sense, so the stricter reading decides."),
        ("For / (whole organisation): own SMTP servers not allowed", "Another one has priority over this."),
    ]


def test_the_request_tells_the_administrator_what_to_change() -> None:
    text = admin_request_text(admin_request(PARTNER.address, profile=PROFILE, policy=FORBIDS))
    for part in (
        "nutzer@beispiel.example",
        "nutzer.name@partner.example",
        "At present that is not allowed.",
        "Apps > Google Workspace > Gmail > End User Access > Allow per-user outbound gateways",
        "settings/gmail.per_user_outbound_gateway",
        "decided for: / (whole organisation) (policies/",
        "https://policy.beispiel.example/nutzer.json",
    ):
        assert part in text


@pytest.mark.parametrize("policy", [DEFAULT, STALE, UNKNOWN, own_policy()])
def test_the_request_is_complete_however_the_policy_stands(policy: Policy) -> None:
    text = admin_request_text(admin_request(PARTNER.address, profile=PROFILE, policy=policy))
    assert "{" not in text
    assert ("cannot be confirmed" in text) is (policy.state is PolicyState.STALE)
    assert ("can be fetched" in text) is (policy.state is PolicyState.UNKNOWN)
