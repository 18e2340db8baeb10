"""An organisation read from Google: complete whatever the pages are like, patient with limits, exact about failures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.errors import ExportError, Problem, Reason
from app.policy.directory import ADMINS
from app.policy.evaluate import gateways_allowed
from tests.app.exporter.world import START, Clock, directory_from, read_from
from tests.servers.google_emulator import GoogleEmulator, Reply
from tests.servers.google_organisation import ADMIN, DOMAIN, GoogleOrganisation, gateway_policy

HTML = Reply(200, b"<!DOCTYPE html><title>Sign in</title>", Content_Type="text/html")


def refusal(google: GoogleEmulator, clock: Clock, **options: Any) -> Problem:
    with pytest.raises(ExportError) as caught:
        read_from(google, clock, **options)
    return caught.value.problem


def people_in(group: str, organisation: GoogleOrganisation, seen: frozenset[str] = frozenset()) -> set[str]:
    """Return the addresses in a group and the groups in it: the same by another way, for a small organisation."""
    found: set[str] = set()
    for member in organisation.members.get(group, []):
        if member["type"] == "USER":
            found.add(member["email"])
        elif member["id"] not in seen:
            found |= people_in(member["id"], organisation, seen | {group})
    return found


class TestWhatIsRead:
    """Everything of the organisation, and its directory."""

    def test_everybody_is_there_with_unit_aliases_and_nested_groups(self, google: GoogleEmulator) -> None:
        known, found = google.organisation, directory_from(google)
        assert [user.email for user in found.users] == [user["primaryEmail"] for user in known.users]
        for user, raw in zip(found.users, known.users, strict=True):
            assert set(user.aliases) == {*raw.get("aliases", ()), *raw["nonEditableAliases"]}
            assert found.units[user.org_unit].path == raw["orgUnitPath"]
            path = "/".join(raw["orgUnitPath"].split("/"))
            chain = [found.units[unit].path for unit in found.chain(user.org_unit)]
            assert chain == sorted(chain, key=len)
            assert chain[-1] == path
            assert chain[0] == "/"
        named = people_in("02grp0000", known)
        assert {user.email for user in found.users if "groups/02grp0000" in user.groups} == named
        assert named > {member["email"] for member in known.members["02grp0000"] if member["type"] == "USER"}

    def test_the_administrators_are_in_googles_own_group(self, google: GoogleEmulator) -> None:
        google.organisation.users[3]["isDelegatedAdmin"] = True
        found = directory_from(google)
        assert [user.email for user in found.users if ADMINS in user.groups] == [
            ADMIN, google.organisation.users[3]["primaryEmail"],
        ]  # fmt: skip

    def test_only_verified_domains_are_the_organisations(self, google: GoogleEmulator) -> None:
        google.organisation.domains[0]["domainAliases"] = [
            {"domainAliasName": "alias.example", "verified": True, "parentDomainName": DOMAIN},
            {"domainAliasName": "neu.example", "verified": False, "parentDomainName": DOMAIN},
        ]
        found = directory_from(google).organisation
        assert found.domains == (DOMAIN, "alias.example")
        assert (found.name, found.customer) == ("Beispiel GmbH", "customers/C0beispiel")

    def test_policies_that_nobody_reads_are_left_out(self, google: GoogleEmulator) -> None:
        assert "settings/gmail.pop_access" not in {policy.setting.type for policy in directory_from(google).policies}

    def test_documents_do_not_depend_on_the_order_of_googles_answers(self, google: GoogleEmulator) -> None:
        found = directory_from(google)
        google.organisation.policies.reverse()
        assert directory_from(google).policies == found.policies

    def test_suspended_and_archived_accounts_are_left_out(self, google: GoogleEmulator) -> None:
        google.organisation.users[1]["suspended"] = True
        google.organisation.users[2]["archived"] = True
        gone = {user["primaryEmail"] for user in google.organisation.users[1:3]}
        assert not gone & {user.email for user in directory_from(google).users}

    def test_a_member_of_type_customer_is_everybody(self, google: GoogleEmulator) -> None:
        google.organisation.members["02grp0000"] = [{"type": "CUSTOMER", "id": "C0beispiel", "role": "MEMBER"}]
        assert all("groups/02grp0000" in user.groups for user in directory_from(google).users)

    def test_somebody_from_elsewhere_in_a_group_is_nobody(self, google: GoogleEmulator) -> None:
        google.organisation.members["02grp0000"] = [
            {"type": "USER", "id": "999", "email": "gast@partner.example"},
            {"type": "EXTERNAL", "id": "998", "email": "keine Adresse"},
        ]
        assert not any("groups/02grp0000" in user.groups for user in directory_from(google).users)

    def test_a_group_that_was_deleted_has_nobody(self, google: GoogleEmulator) -> None:
        google.organisation.groups = google.organisation.groups[1:]
        found = directory_from(google)
        assert "groups/02grp0000" not in found.groups
        assert not any("groups/02grp0000" in user.groups for user in found.users)

    def test_a_nested_group_of_another_organisation_is_passed_over(self, google: GoogleEmulator) -> None:
        forbidden = Reply.error(403, "Not Authorized to access this resource/api", "PERMISSION_DENIED", "forbidden")
        known = google.organisation
        known.members["02grp0000"] = [
            {"type": "GROUP", "id": "09other", "email": "g@x.example"},
            known.members["02grp0001"][0],
        ]
        google.script("group", lambda handler: google_group(google, handler), forbidden)
        assert len(directory_from(google).groups) == 1

    def test_only_groups_that_policies_name_are_asked_for_unless_all_are(self, google: GoogleEmulator) -> None:
        google.organisation.members["02grp0000"].pop()  # the one nested in it
        assert set(directory_from(google).groups) == {"groups/02grp0000"}
        assert set(directory_from(google, all_groups=True).groups) == {
            f"groups/02grp000{number}" for number in range(6)
        }

    def test_a_policy_of_a_deleted_unit_applies_to_nobody(self, google: GoogleEmulator) -> None:
        google.organisation.policies.append(gateway_policy("gone", True, order=299.0, unit="03gone"))
        found = directory_from(google)
        for user in found.users:
            document = found.document(user, serial=1, issued_at=START, expires_at=START)
            assert "policies/gone" not in {policy.name for policy in document.policies}

    def test_somebody_in_a_unit_that_is_not_listed_has_none(self, google: GoogleEmulator) -> None:
        google.organisation.users[5]["orgUnitPath"] = "/Soeben angelegt"
        found = directory_from(google)
        user = next(each for each in found.users if each.email == google.organisation.users[5]["primaryEmail"])
        assert user.org_unit == ""
        assert not gateways_allowed(found.document(user, serial=1, issued_at=START, expires_at=START)).value

    def test_a_name_with_hidden_characters_spoils_no_document(self, google: GoogleEmulator) -> None:
        google.organisation.units[1]["orgUnitPath"] = "/Vertrieb\u200b"
        for user in google.organisation.users:
            user["orgUnitPath"] = "/Vertrieb\u200b"
        found = directory_from(google)
        assert found.units[found.users[0].org_unit].path == "/Vertrieb\ufffd"


def google_group(google: GoogleEmulator, handler: Any) -> None:
    """Answer with the group that was asked for, as without a script."""
    handler.reply(200, json.dumps(google.organisation.groups[0]).encode())


class TestPages:
    """All pages are read, however they are cut, and no more than there are."""

    def test_every_page_is_asked_for_with_the_same_parameters(self, google: GoogleEmulator) -> None:
        google.organisation = GoogleOrganisation.of(1201)
        google.organisation.policies += [
            gateway_policy(f"m{number}", True, order=300.0 + number, unit="03gone") for number in range(250)
        ]
        found = directory_from(google)
        assert (len(found.users), len([each for each in found.policies if each.name.startswith("policies/m")])) == (
            1202,
            250,
        )
        asked = google.asked("users")
        assert len(asked) == 3
        assert len({json.dumps({**each, "pageToken": ""}, sort_keys=True) for each in asked}) == 1
        assert asked[0]["maxResults"] == "500"
        assert google.asked("policies")[0]["pageSize"] == "100"

    def test_an_empty_page_that_is_not_the_last_ends_nothing(self, google: GoogleEmulator) -> None:
        google.organisation.policies += [
            gateway_policy(f"m{number}", True, order=300.0 + number, unit="03gone") for number in range(150)
        ]
        google.empty_every = 2
        assert len(directory_from(google).policies) == 150 + 6 + 1
        assert len(google.asked("policies")) == 4

    def test_policies_are_asked_for_once_a_second_at_most(self, google: GoogleEmulator, clock: Clock) -> None:
        google.empty_every = 2
        read_from(google, clock)
        assert len(google.asked("policies")) == 2
        assert clock.slept == [1.0]

    def test_a_page_token_that_comes_again_is_an_endless_list(self, google: GoogleEmulator, clock: Clock) -> None:
        google.always("policies", Reply(200, b'{"policies": [], "nextPageToken": "again"}'))
        problem = refusal(google, clock)
        assert (problem.reason, problem.fact("what")) == (Reason.GOOGLE_ENDLESS, "policies.list")
        assert len(google.asked("policies")) == 2

    def test_empty_pages_with_ever_new_tokens_are_an_endless_list(self, google: GoogleEmulator, clock: Clock) -> None:
        tokens = iter(range(10_000))
        google.always("users", lambda handler: handler.reply(200, b'{"nextPageToken": "%d"}' % next(tokens)))
        assert refusal(google, clock).reason is Reason.GOOGLE_ENDLESS
        assert len(google.asked("users")) < 200
