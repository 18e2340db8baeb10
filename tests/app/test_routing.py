"""`choose_route`: every rule, in its order, with its steps; and what holds for any profile and any policy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Address
from app.errors import Problem, Reason
from app.policy.document import PolicyDocument
from app.policy.evaluate import Policy, PolicyState, own_policy, standing
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification
from app.routing import Refusal, Route, Rule, Step, Via, choose_route, is_internal
from tests.app.policy.documents import SALES, document, external_from_policy, gateway_policy, service_policy

PRIMARY = Address.parse("nutzer@beispiel.example")
COLLEAGUE = Address.parse("vertrieb@beispiel.example")
PARTNER = Address.parse("nutzer.name@partner.example")
STRANGER = Address.parse("fremd@partner.example")
ORGANISATION = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example")
GATEWAY = SmtpServer("smtp.partner.example", 465, Security.SSL, "nutzer.name")
CHECKED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ORIGIN = "https://policy.beispiel.example/nutzer.json"

ALLOWING = document(gateway_policy(True, unit=SALES, order=202.0))
FORBIDDING = document(gateway_policy(False, unit=SALES, order=202.0))
STRICT = document(gateway_policy(True, unit=SALES, order=202.0), external_from_policy(True, unit=SALES, order=202.0))


def entry(
    address: Address,
    gateway: SmtpServer | None = None,
    *,
    verification: Verification = Verification.ACCEPTED,
    primary: bool = False,
) -> SendAsAddress:
    return SendAsAddress(
        id=str(address),
        address=address,
        is_primary=primary,
        is_default=primary,
        smtp_msa=gateway,
        verification=verification,
    )


def profile(*entries: SendAsAddress) -> Profile:
    everybody = (entry(PRIMARY, primary=True), *entries)
    return Profile(id="p", addresses=everybody, organisation_server=ORGANISATION, policy_source=ORIGIN)


def fresh(found: PolicyDocument = ALLOWING) -> Policy:
    return standing(found, now=CHECKED, checked_at=CHECKED, origin=ORIGIN)


def stale(found: PolicyDocument = ALLOWING) -> Policy:
    return standing(found, now=CHECKED + timedelta(days=2), checked_at=CHECKED, origin=ORIGIN)


UNKNOWN = Policy(PolicyState.UNKNOWN, origin=ORIGIN)


def route(sender: Address, among: Profile, policy: Policy) -> Route:
    found = choose_route(sender, among, policy)
    assert isinstance(found, Route)
    return found


def refused(sender: Address, among: Profile, policy: Policy) -> Refusal:
    found = choose_route(sender, among, policy)
    assert isinstance(found, Refusal)
    return found


def test_1_an_address_that_is_not_in_the_profile_is_refused_and_not_replaced() -> None:
    found = refused(STRANGER, profile(entry(PARTNER)), fresh())
    assert found.address == STRANGER
    assert found.problem == Problem.of(Reason.ROUTE_UNKNOWN_ADDRESS, address="fremd@partner.example")
    assert found.steps == (Step(Rule.IN_PROFILE, False, "fremd@partner.example"),)


@pytest.mark.parametrize("gateway", [None, GATEWAY])
def test_2_an_address_that_is_not_verified_is_refused(gateway: SmtpServer | None) -> None:
    found = refused(PARTNER, profile(entry(PARTNER, gateway, verification=Verification.PENDING)), fresh())
    assert found.problem == Problem.of(Reason.ROUTE_UNVERIFIED, address="nutzer.name@partner.example")
    assert found.steps == (
        Step(Rule.IN_PROFILE, True, "nutzer.name@partner.example"),
        Step(Rule.VERIFIED, False, "pending"),
    )


@pytest.mark.parametrize("address", [PRIMARY, COLLEAGUE])
def test_3_an_internal_address_goes_through_the_organisation_as_itself(address: Address) -> None:
    found = route(address, profile(entry(COLLEAGUE)), fresh())
    assert (found.via, found.server) == (Via.ORGANISATION, ORGANISATION)
    assert (found.envelope_from, found.sender_header, found.on_behalf_of) == (address, None, False)
    assert found.steps == (
        Step(Rule.IN_PROFILE, True, str(address)),
        Step(Rule.VERIFIED, True, "accepted"),
        Step(Rule.NO_GATEWAY, True, "smtp.beispiel.example"),
        Step(Rule.EXTERNAL, False, "beispiel.example"),
    )


def test_3_an_external_address_without_a_gateway_goes_through_the_organisation_on_behalf_of() -> None:
    found = route(PARTNER, profile(entry(PARTNER)), fresh())
    assert (found.via, found.server) == (Via.ORGANISATION, ORGANISATION)
    assert (found.envelope_from, found.sender_header, found.on_behalf_of) == (PRIMARY, PRIMARY, True)
    assert found.entry.address == PARTNER
    assert found.steps == (
        Step(Rule.IN_PROFILE, True, "nutzer.name@partner.example"),
        Step(Rule.VERIFIED, True, "accepted"),
        Step(Rule.NO_GATEWAY, True, "smtp.beispiel.example"),
        Step(Rule.EXTERNAL, True, "partner.example"),
        Step(Rule.GATEWAY_NOT_REQUIRED, True, ""),
    )


@pytest.mark.parametrize("policy", [fresh(FORBIDDING), stale(), stale(FORBIDDING), UNKNOWN, own_policy()])
@pytest.mark.parametrize("address", [PRIMARY, PARTNER])
def test_mail_through_the_organisation_goes_on_whatever_the_policy(policy: Policy, address: Address) -> None:
    assert route(address, profile(entry(PARTNER)), policy).server == ORGANISATION


@pytest.mark.parametrize("policy", [fresh(STRICT), stale(STRICT)])
def test_an_organisation_may_require_a_gateway_for_external_addresses(policy: Policy) -> None:
    found = refused(PARTNER, profile(entry(PARTNER)), policy)
    assert found.problem == Problem.of(
        Reason.ROUTE_GATEWAY_REQUIRED,
        address="nutzer.name@partner.example",
        domain="partner.example",
        decided_by="/Vertrieb",
    )
    assert found.steps[-1] == Step(Rule.GATEWAY_NOT_REQUIRED, False, "/Vertrieb")
    assert route(PRIMARY, profile(), policy).via is Via.ORGANISATION


def test_a_required_gateway_that_is_there_is_used() -> None:
    assert route(PARTNER, profile(entry(PARTNER, GATEWAY)), fresh(STRICT)).server == GATEWAY


SWITCHED_OFF = document(gateway_policy(True, unit=SALES, order=202.0), service_policy("DISABLED"))


@pytest.mark.parametrize("policy", [fresh(SWITCHED_OFF), stale(SWITCHED_OFF)])
@pytest.mark.parametrize(
    ("sender", "gateway"), [(PRIMARY, None), (COLLEAGUE, None), (PARTNER, None), (PARTNER, GATEWAY)]
)
def test_where_mail_is_switched_off_nothing_goes_by_any_way(
    policy: Policy, sender: Address, gateway: SmtpServer | None
) -> None:
    among = profile() if sender == PRIMARY else profile(entry(sender, gateway))
    found = refused(sender, among, policy)
    assert found.problem == Problem.of(
        Reason.ROUTE_MAIL_DISABLED, address=sender.display, organisation="Beispiel GmbH", decided_by="/"
    )
    assert found.steps[-1] == Step(Rule.MAIL_ENABLED, held=False, detail="/")


def test_where_mail_is_switched_on_that_is_told_and_the_rest_decides() -> None:
    found = route(PRIMARY, profile(), fresh(document(service_policy("ENABLED"))))
    assert Step(Rule.MAIL_ENABLED, held=True, detail="/") in found.steps


@pytest.mark.parametrize("policy", [fresh(), stale(), UNKNOWN])
def test_4_an_internal_address_with_a_gateway_is_refused(policy: Policy) -> None:
    found = refused(COLLEAGUE, profile(entry(COLLEAGUE, GATEWAY)), policy)
    assert found.problem == Problem.of(
        Reason.ROUTE_INTERNAL_GATEWAY, address="vertrieb@beispiel.example", domain="beispiel.example"
    )
    assert found.steps[-1] == Step(Rule.EXTERNAL, False, "beispiel.example")


def test_5_an_external_address_with_a_gateway_that_is_allowed_goes_through_it_as_itself() -> None:
    found = route(PARTNER, profile(entry(PARTNER, GATEWAY)), fresh())
    assert (found.via, found.server) == (Via.GATEWAY, GATEWAY)
    assert (found.envelope_from, found.sender_header, found.on_behalf_of) == (PARTNER, None, False)
    assert found.steps == (
        Step(Rule.IN_PROFILE, True, "nutzer.name@partner.example"),
        Step(Rule.VERIFIED, True, "accepted"),
        Step(Rule.NO_GATEWAY, False, "smtp.partner.example"),
        Step(Rule.EXTERNAL, True, "partner.example"),
        Step(Rule.POLICY_KNOWN, True, ORIGIN),
        Step(Rule.POLICY_FRESH, True, "2026-11-23T12:00:00+00:00"),
        Step(Rule.POLICY_ALLOWS, True, "/Vertrieb"),
    )


@pytest.mark.parametrize(
    ("policy", "problem", "step"),
    [
        (
            fresh(FORBIDDING),
            {"reason": Reason.ROUTE_FORBIDDEN, "decided_by": "/Vertrieb"},
            Step(Rule.POLICY_ALLOWS, False, "/Vertrieb"),
        ),
        (
            fresh(document()),
            {"reason": Reason.ROUTE_FORBIDDEN, "decided_by": ""},
            Step(Rule.POLICY_ALLOWS, False, ""),
        ),
        (
            stale(),
            {"reason": Reason.ROUTE_POLICY_STALE, "checked_at": "2026-11-23T12:00:00+00:00"},
            Step(Rule.POLICY_FRESH, False, "2026-11-23T12:00:00+00:00"),
        ),
        (
            stale(FORBIDDING),
            {"reason": Reason.ROUTE_POLICY_STALE, "checked_at": "2026-11-23T12:00:00+00:00"},
            Step(Rule.POLICY_FRESH, False, "2026-11-23T12:00:00+00:00"),
        ),
        (UNKNOWN, {"reason": Reason.ROUTE_POLICY_UNKNOWN}, Step(Rule.POLICY_KNOWN, False, ORIGIN)),
    ],
    ids=["forbidden", "default", "stale", "stale-and-forbidden", "unknown"],
)
def test_6_a_gateway_the_policy_does_not_allow_now_is_refused_with_that_reason(
    policy: Policy, problem: dict[str, str], step: Step
) -> None:
    found = refused(PARTNER, profile(entry(PARTNER, GATEWAY)), policy)
    facts = {name: fact for name, fact in problem.items() if name != "reason"}
    assert found.problem == Problem.of(
        Reason(problem["reason"]), address="nutzer.name@partner.example", host="smtp.partner.example", **facts
    )
    assert found.steps[-1] == step
    assert [held.held for held in found.steps if held.rule is not Rule.NO_GATEWAY] == [
        True for _ in found.steps[2:]
    ] + [False]


# Whose domain it is.


@pytest.mark.parametrize(
    ("domain", "internal"),
    [
        ("beispiel.example", True),
        ("BEISPIEL.example", True),
        ("bücher.example", True),
        ("xn--bcher-kva.example", True),
        ("BÜCHER.EXAMPLE", True),
        ("sub.beispiel.example", False),
        ("evil-beispiel.example", False),
        ("beispiel.example.evil.example", False),
        ("example", False),
        ("eispiel.example", False),
        ("beispiel.examples", False),
        ("bucher.example", False),
        ("partner.example", False),
        ("Beispiel.Example", True),
        ("XN--BCHER-KVA.example", True),
        ("b\u0075\u0308cher.example", True),
        ("ｂｅｉｓｐｉｅｌ.example", True),
        ("beispiel。example", True),
        ("a.b.beispiel.example", False),
        ("beispiel.example.example", False),
        ("beispiel-example.example", False),
        ("beispielexample.example", False),
        ("beispiele.example", False),
        ("xbeispiel.example", False),
        ("beispiel.exampl", False),
        ("beispiel.example.beispiel.example.evil.example", False),
        ("beispiel.evil.example", False),
        ("beispiel", False),
        ("beispìel.example", False),
        ("beispiеl.example", False),
        ("BEISPIEL.EVIL.example", False),
        ("xn--beispel-dza.example", False),
        ("sub.bücher.example", False),
        ("evil-bücher.example", False),
        ("bücher.example.evil.example", False),
        ("buecher.example", False),
        ("xn--bcher-kva.evil.example", False),
        ("büchеr.example", False),
        ("1.beispiel.example", False),
        ("beispiel.example-evil.example", False),
    ],
)
@pytest.mark.case("P11")
def test_a_domain_is_the_organisations_only_if_it_is_the_very_same(domain: str, internal: bool) -> None:
    assert is_internal(Address.parse(f"jemand@{domain}"), profile(), fresh()) is internal


def test_the_primary_addresss_domain_counts_while_no_document_is_known() -> None:
    assert is_internal(COLLEAGUE, profile(), UNKNOWN)
    assert not is_internal(PARTNER, profile(), UNKNOWN)


def test_the_primary_address_is_internal_even_where_the_document_forgot_its_domain() -> None:
    elsewhere = fresh(document(organisation={"name": "B", "domains": ["andere.example"]}))
    found = route(PRIMARY, profile(), elsewhere)
    assert (found.envelope_from, found.sender_header) == (PRIMARY, None)
    assert not is_internal(COLLEAGUE, profile(), elsewhere)


def test_without_an_organisation_every_other_address_is_external_and_may_have_a_gateway() -> None:
    among = profile(entry(COLLEAGUE, GATEWAY), entry(PARTNER, GATEWAY))
    for address in (COLLEAGUE, PARTNER):
        found = route(address, among, own_policy())
        assert (found.via, found.envelope_from, found.sender_header) == (Via.GATEWAY, address, None)
        assert [step.detail for step in found.steps[4:]] == ["", "", ""]
    assert route(PRIMARY, among, own_policy()).sender_header is None
    assert route(COLLEAGUE, profile(entry(COLLEAGUE)), own_policy()).sender_header == PRIMARY


def test_the_sender_is_found_in_any_spelling_and_the_entrys_own_is_used() -> None:
    found = route(Address.parse("Nutzer.Name@PARTNER.example"), profile(entry(PARTNER, GATEWAY)), fresh())
    assert str(found.envelope_from) == "nutzer.name@partner.example"


# What holds for anything.

ADDRESSES = st.sampled_from(
    [PRIMARY, COLLEAGUE, PARTNER, STRANGER, Address.parse("x@bücher.example"), Address.parse("x@sub.beispiel.example")]
)
ENTRIES = st.builds(
    entry,
    ADDRESSES,
    st.sampled_from([None, GATEWAY]),
    verification=st.sampled_from(list(Verification)),
)
PROFILES = st.lists(ENTRIES, max_size=5, unique_by=lambda each: each.address).map(
    lambda entries: profile(*(each for each in entries if each.address != PRIMARY))
)
DOCUMENTS = st.builds(
    lambda values, required, services: document(
        *(gateway_policy(value, order=200.0 + index) for index, value in enumerate(values)),
        *(external_from_policy(value) for value in required),
        *(service_policy(value) for value in services),
    ),
    st.lists(st.sampled_from([True, False, "true"]), max_size=3),
    st.lists(st.booleans(), max_size=1),
    st.lists(st.sampled_from(["ENABLED", "DISABLED", "x"]), max_size=1),
)
POLICIES = st.one_of(
    st.just(UNKNOWN),
    st.just(own_policy()),
    st.builds(
        lambda found, hours: standing(
            found, now=CHECKED + timedelta(hours=hours), checked_at=CHECKED, origin=ORIGIN, since=CHECKED
        ),
        DOCUMENTS,
        st.integers(-30, 60),
    ),
)


@given(ADDRESSES, PROFILES, POLICIES)
def test_a_route_never_changes_the_sender_and_never_leaves_the_rules(
    sender: Address, among: Profile, policy: Policy
) -> None:
    found = choose_route(sender, among, policy)
    listed = among.find(sender)
    if isinstance(found, Refusal):
        assert found.address == sender
        assert not any(isinstance(getattr(found, name), SmtpServer) for name in found.__slots__)
        assert not found.steps[-1].held
        return
    assert found.entry is listed
    assert found.entry.address == sender
    assert found.entry.is_verified
    assert found.via is (Via.GATEWAY if found.entry.smtp_msa else Via.ORGANISATION)
    if found.via is Via.GATEWAY:
        assert found.server is found.entry.smtp_msa
        assert policy.state in {PolicyState.FRESH, PolicyState.OWN}
        assert policy.allows_gateways
        assert not is_internal(sender, among, policy)
        assert (found.envelope_from, found.sender_header) == (sender, None)
    else:
        assert found.server is among.organisation_server
        assert found.sender_header in {None, among.primary.address}
        assert (found.sender_header is None) is is_internal(sender, among, policy)
        assert found.envelope_from == (found.sender_header or sender)
        assert found.sender_header != sender


@given(ADDRESSES, PROFILES, POLICIES)
def test_the_steps_are_the_rules_in_their_order_each_once(sender: Address, among: Profile, policy: Policy) -> None:
    order = list(Rule)
    places = [order.index(step.rule) for step in choose_route(sender, among, policy).steps]
    assert places == sorted(set(places))


@given(ADDRESSES, PROFILES, POLICIES)
def test_a_policy_that_goes_stale_never_opens_a_gateway_and_leaves_the_rest(
    sender: Address, among: Profile, policy: Policy
) -> None:
    if policy.state is not PolicyState.FRESH:
        return
    before = choose_route(sender, among, policy)
    after = choose_route(sender, among, replace(policy, state=PolicyState.STALE))
    if isinstance(before, Route) and before.via is Via.GATEWAY:
        assert isinstance(after, Refusal)
        assert after.problem.reason is Reason.ROUTE_POLICY_STALE
    elif isinstance(before, Route):
        assert after == before
    else:
        assert isinstance(after, Refusal)
