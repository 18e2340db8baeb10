"""Who is previewed: somebody of the directory or somebody invented, with the addresses to show and the policy."""

from datetime import timedelta

import msgspec
import pytest

from app.address import Address
from app.errors import AddressError, Reason, SetupError
from app.policy.directory import User
from app.policy.document import MailServer, MailServers, Organisation
from app.policy.evaluate import PolicyState
from app.preview.effects import effects
from app.preview.person import example_profile, invented_user, preview_policy
from app.profile import Profile, Security
from app.routing import Refusal, Route, Via, choose_route
from tests.app.preview.organisation import ADMINS, NORTH, NOW, PARTNERS, SALES, WORKS, directory, person, ticked

NUTZER = person("nutzer")


def profile_of(user: User, **changes: object) -> Profile:
    return example_profile(directory(**changes), user, source="preview", now=NOW)


def test_an_invented_person_is_in_the_unit_and_groups_chosen() -> None:
    there = directory()
    found = invented_user(there, " Neu@Bücher.example ", NORTH, [PARTNERS, ADMINS, PARTNERS])
    assert found == User(email="Neu@xn--bcher-kva.example", org_unit=NORTH, groups=(PARTNERS, ADMINS))
    assert preview_policy(ticked(there, SALES), found, now=NOW).allows_gateways


def test_the_address_may_be_that_of_somebody_who_is_elsewhere() -> None:
    assert invented_user(directory(), "leitung@beispiel.example", SALES).org_unit == SALES


@pytest.mark.parametrize(
    ("address", "unit", "groups", "reason", "facts"),
    [
        (
            "neu@partner.example",
            SALES,
            (),
            Reason.PREVIEW_OTHER_DOMAIN,
            {"address": "neu@partner.example", "domain": "partner.example"},
        ),
        (
            "neu@sub.beispiel.example",
            SALES,
            (),
            Reason.PREVIEW_OTHER_DOMAIN,
            {"address": "neu@sub.beispiel.example", "domain": "sub.beispiel.example"},
        ),
        ("neu@beispiel.example", "/Vertrieb", (), Reason.PREVIEW_UNKNOWN_UNIT, {"unit": "/Vertrieb"}),
        ("neu@beispiel.example", "", (), Reason.PREVIEW_UNKNOWN_UNIT, {"unit": ""}),
        (
            "neu@beispiel.example",
            SALES,
            (WORKS, "groups/none"),
            Reason.PREVIEW_UNKNOWN_GROUP,
            {"group": "groups/none"},
        ),
    ],
)
def test_what_cannot_be_invented_is_said(
    address: str, unit: str, groups: tuple[str, ...], reason: Reason, facts: dict[str, str]
) -> None:
    with pytest.raises(SetupError) as error:
        invented_user(directory(), address, unit, groups)
    assert error.value.problem.reason is reason
    assert dict(error.value.problem.facts) == facts


@pytest.mark.parametrize(
    "address", ["", "neu", "neu@", "neu@beispiel.example\nBcc: x@y.example", "<neu@beispiel.example>"]
)
def test_what_is_no_address_is_nobodys(address: str) -> None:
    with pytest.raises(AddressError):
        invented_user(directory(), address, SALES)


def test_the_policy_of_the_preview_is_fresh_and_says_where_it_is_from() -> None:
    since = NOW - timedelta(days=3)
    policy = preview_policy(directory(), NUTZER, now=NOW, serial=4, origin="export.json", since=since)
    assert (policy.state, policy.origin, policy.since, policy.checked_at) == (
        PolicyState.FRESH,
        "export.json",
        since,
        NOW,
    )
    assert policy.document is not None
    assert policy.document.serial == 4
    assert policy.document.subject_address == Address.parse(NUTZER.email)


def test_the_profile_has_the_persons_addresses_and_an_external_one_with_and_without_a_gateway() -> None:
    profile = profile_of(NUTZER)
    assert [(entry.id, str(entry.address), entry.is_verified) for entry in profile.addresses] == [
        ("primary", "nutzer@beispiel.example", True),
        ("alias-1", "n.name@beispiel.example", True),
        ("gateway", "nutzer@partner.example", True),
        ("external", "nutzer@verein.example", True),
    ]
    assert profile.primary is profile.default
    gateway = profile.get("gateway").smtp_msa
    assert gateway is not None
    assert (gateway.host, gateway.port, gateway.security) == ("smtp.partner.example", 587, Security.STARTTLS)
    assert profile.get("external").smtp_msa is None
    assert profile.policy_source == "preview"
    assert profile.organisation_server.username == "nutzer@beispiel.example"


@pytest.mark.parametrize(
    ("local", "name"),
    [
        ("nutzer", "Nutzer"),
        ("n.name", "N. Name"),
        ("n-m_NAME2", "N. M. NAME2"),
        ("größe", "Größe"),
        ('"a b"', ""),
        ("=?utf-8?q?x?=", ""),
        ("-n", ""),
    ],
)
def test_the_name_is_made_of_the_address(local: str, name: str) -> None:
    profile = profile_of(User(email=f"{local}@beispiel.example"))
    assert profile.primary.display_name == name
    assert {profile.name_for(entry) for entry in profile.addresses} == {name}


def test_the_four_addresses_show_the_four_ways_mail_can_go() -> None:
    profile = profile_of(NUTZER)
    allowed = preview_policy(ticked(directory(), SALES), NUTZER, now=NOW)
    routes = {entry.id: choose_route(entry.address, profile, allowed) for entry in profile.addresses}
    assert all(isinstance(route, Route) for route in routes.values())
    gateway, external = routes["gateway"], routes["external"]
    assert isinstance(gateway, Route)
    assert isinstance(external, Route)
    assert (gateway.via, external.via, external.on_behalf_of) == (Via.GATEWAY, Via.ORGANISATION, True)
    assert isinstance(
        choose_route(gateway.entry.address, profile, preview_policy(directory(), NUTZER, now=NOW)), Refusal
    )


def test_the_examples_are_never_in_a_domain_of_the_organisation() -> None:
    domains = ("beispiel.example", "partner.example", "verein.example", "extern1.example")
    profile = profile_of(NUTZER, organisation=Organisation(name="Beispiel GmbH", domains=domains))
    assert [profile.get(each).address.domain for each in ("gateway", "external")] == [
        "extern2.example",
        "extern3.example",
    ]


def test_an_alias_is_shown_once_and_no_example_is_one() -> None:
    user = User(
        email="nutzer@beispiel.example",
        aliases=("NUTZER@beispiel.example", "n@beispiel.example", "N@beispiel.example", "nutzer@partner.example"),
    )
    shown = [str(entry.address) for entry in profile_of(user).addresses]
    assert shown == [
        "nutzer@beispiel.example",
        "n@beispiel.example",
        "nutzer@partner.example",
        "nutzer@verein.example",
        "nutzer@extern1.example",
    ]


def test_more_aliases_than_fit_leave_room_for_the_examples() -> None:
    user = User(email="nutzer@beispiel.example", aliases=tuple(f"a{n}@beispiel.example" for n in range(500)))
    profile = profile_of(user)
    assert len(profile.addresses) == 100
    assert profile.get("external").smtp_msa is None
    assert effects(profile, *[preview_policy(directory(), user, now=NOW)] * 2).changed == ()


def test_a_server_on_this_machine_needs_no_sign_in() -> None:
    servers = MailServers(submission=MailServer(host="localhost", port=2525, security_mode=Security.NONE, username=""))
    there = msgspec.structs.replace(directory(), mail_servers=servers)
    assert example_profile(there, NUTZER, source="preview", now=NOW).organisation_server.username == ""
