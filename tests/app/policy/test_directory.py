"""The organisation's directory: read with exact mistakes, written back the same, and a document for each person."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PolicyError, Problem, Reason
from app.policy.directory import (
    ADMINS,
    DIRECTORY_MAX_BYTES,
    Directory,
    Group,
    OrgUnit,
    User,
    read_directory,
    write_directory,
)
from app.policy.document import parse
from app.policy.evaluate import gateways_allowed
from tests.app.policy.documents import PARTNERS, ROOT, SALES, content, gateway_policy

NORTH, GONE = "orgUnits/north001", "orgUnits/gone0001"
ISSUED, EXPIRES = datetime(2026, 11, 23, 9, 12, tzinfo=UTC), datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
EDITORS = "groups/editors1"
HIDDEN = "Expected a text without line breaks and other hidden characters"


def whole(*policies: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a directory with these policies; `changes` replace its top-level fields."""
    shared = content(*policies)
    return {
        "format": "absender-directory/1",
        "organisation": shared["organisation"],
        "mailServers": shared["mailServers"],
        "units": [
            {"id": ROOT, "path": "/"},
            {"id": SALES, "path": "/Vertrieb", "parent": ROOT},
            {"id": NORTH, "path": "/Vertrieb/Nord", "parent": SALES},
        ],
        "groups": [
            {"id": PARTNERS, "email": "partner@beispiel.example", "name": "Partner"},
            {"id": EDITORS, "email": "redaktion@beispiel.example"},
        ],
        "policies": shared["policies"],
        "users": [
            {"email": "nutzer@beispiel.example", "aliases": ["n@beispiel.example"], "orgUnit": NORTH, "groups": []},
            {"email": "chefin@beispiel.example", "orgUnit": ROOT, "groups": [PARTNERS, EDITORS, ADMINS]},
            {"email": "neu@beispiel.example", "orgUnit": "", "groups": []},
        ],
    } | changes


def directory(*policies: dict[str, Any], **changes: Any) -> Directory:
    return read_directory(json.dumps(whole(*policies, **changes)).encode(), source="directory.json")


def refusal(raw: bytes) -> Problem:
    with pytest.raises(PolicyError) as caught:
        read_directory(raw, source="directory.json")
    assert caught.value.problem.reason is Reason.DIRECTORY_WRONG
    assert caught.value.problem.fact("file") == "directory.json"
    return caught.value.problem


def changed(path: str, value: Any) -> bytes:
    """Return the directory with the field at `path` replaced."""
    found = whole(gateway_policy(True))
    *way, last = path.split(".")
    inner: Any = found
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return json.dumps(found).encode()


def test_units_and_groups_are_found_by_their_id_and_people_stay_in_order() -> None:
    found = directory()
    assert found.units[NORTH] == OrgUnit(id=NORTH, path="/Vertrieb/Nord", parent=SALES)
    assert found.groups[PARTNERS] == Group(id=PARTNERS, email="partner@beispiel.example", name="Partner")
    assert [user.email for user in found.users] == [
        "nutzer@beispiel.example", "chefin@beispiel.example", "neu@beispiel.example",
    ]  # fmt: skip


def test_what_is_written_is_read_back_the_same() -> None:
    found = directory(gateway_policy(True, group=PARTNERS, query="entity.groups"), gateway_policy(False, kind="SYSTEM"))
    written = write_directory(found)
    assert read_directory(written, source="directory.json") == found
    assert write_directory(read_directory(written, source="directory.json")) == written


def test_an_organisation_without_people_is_written_and_read() -> None:
    found = directory(users=[], units=[], groups=[])
    assert read_directory(write_directory(found), source="directory.json") == found


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=30))
def test_any_path_of_a_unit_is_read_back_the_same(path: str) -> None:
    found = directory(units=[{"id": ROOT, "path": path}])
    assert read_directory(write_directory(found), source="directory.json").units[ROOT].path == path


def test_equal_memberships_are_kept_once() -> None:
    found = directory(
        users=[{"email": f"n{number}@beispiel.example", "orgUnit": NORTH, "groups": [PARTNERS]} for number in range(2)]
    )
    assert found.users[0].groups is found.users[1].groups
    assert found.users[0].org_unit is found.users[1].org_unit


class TestTheChainOfUnits:
    """From the root to the leaf, and never further than what is known."""

    def test_it_runs_from_the_root_to_the_leaf(self) -> None:
        assert directory().chain(NORTH) == (ROOT, SALES, NORTH)
        assert directory().chain(ROOT) == (ROOT,)

    def test_without_a_unit_there_is_none(self) -> None:
        assert directory().chain("") == ()

    def test_a_deleted_unit_ends_it(self) -> None:
        found = directory(units=[{"id": NORTH, "path": "/Vertrieb/Nord", "parent": GONE}])
        assert found.chain(NORTH) == (GONE, NORTH)
        assert found.chain(GONE) == (GONE,)

    def test_a_cycle_ends_it(self) -> None:
        loop = [{"id": SALES, "path": "/a", "parent": NORTH}, {"id": NORTH, "path": "/b", "parent": SALES}]
        assert directory(units=loop).chain(NORTH) == (SALES, NORTH)
        assert directory(units=[{"id": ROOT, "path": "/", "parent": ROOT}]).chain(ROOT) == (ROOT,)


class TestTheDocumentOfAPerson:
    """What is published of the organisation to one person."""

    def document(self, found: Directory, number: int = 0) -> Any:
        written = found.document(found.users[number], serial=3, issued_at=ISSUED, expires_at=EXPIRES)
        return parse(msgspec.json.encode(written), source="test", expected=written.subject_address)

    def test_it_is_a_document_that_the_program_takes(self) -> None:
        found = self.document(directory(gateway_policy(True)))
        assert (found.serial, found.issued_at, found.expires_at) == (3, ISSUED, EXPIRES)
        assert found.organisation.name == "Beispiel GmbH"
        assert found.subject.aliases == ("n@beispiel.example",)
        assert found.subject.org_units == (ROOT, SALES, NORTH)
        assert found.names == {ROOT: "/", SALES: "/Vertrieb", NORTH: "/Vertrieb/Nord"}
        assert gateways_allowed(found).value

    def test_policies_of_other_units_and_groups_are_not_in_it(self) -> None:
        policies = (
            gateway_policy(True, unit=SALES, order=202.0),
            gateway_policy(False, unit=GONE, order=203.0),
            gateway_policy(False, group=PARTNERS, order=399.0),
        )
        found = self.document(directory(*policies))
        assert [policy.policy_query.sort_order for policy in found.policies] == [202.0]
        assert [policy.policy_query.sort_order for policy in self.document(directory(*policies), 1).policies] == [399.0]

    def test_a_policy_that_cannot_be_told_not_to_apply_is_in_it(self) -> None:
        found = self.document(directory(gateway_policy(False, query="entity.licenses.exists(l, l in ['/product/x'])")))
        assert len(found.policies) == 1

    def test_only_the_groups_that_policies_name_are_in_it(self) -> None:
        clause = "entity.groups.exists(g, g.group_id == groupId('editors1'))"
        named = self.document(directory(gateway_policy(True, group=PARTNERS), gateway_policy(True, query=clause)), 1)
        assert named.subject.groups == (PARTNERS, EDITORS)
        assert named.names[EDITORS] == "redaktion@beispiel.example"
        assert self.document(directory(gateway_policy(True)), 1).subject.groups == ()

    def test_an_administrator_is_in_the_group_that_has_no_name(self) -> None:
        found = self.document(directory(gateway_policy(True, group=ADMINS)), 1)
        assert found.subject.groups == (ADMINS,)
        assert ADMINS not in found.names
        assert gateways_allowed(found).value

    def test_somebody_whose_unit_is_not_known_gets_nothing_that_a_unit_gives(self) -> None:
        found = self.document(directory(gateway_policy(True)), 2)
        assert found.subject.org_units == ()
        assert not gateways_allowed(found).value


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "it is a web page"),
        (b"", "Input data was truncated"),
        (b"\x00\x01", "there is a zero at byte 0, as in no text in UTF-8"),
        (json.dumps(whole()).encode()[:-1], "Input data was truncated"),
        (json.dumps(whole()).encode("utf-16"), "there is a zero at byte 3, as in no text in UTF-8"),
        (b"[" * 100, "nested deeper than 32 levels"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "Object missing required field `format`"),
        (b'{"format": "absender-policy/1"}', "its format is 'absender-policy/1' instead of 'absender-directory/1'"),
        (json.dumps(whole())[:-1].encode() + b',"x":{"a":1,"a":2}}', "the name 'a' stands twice in one object"),
        (changed("users", {}), "users: Expected `array`, got `object`"),
        (changed("users.1.email", "chefin"), "users[1].email: Expected an email address"),
        (changed("users.1.email", 7), "users[1].email: Expected `str`, got `int`"),
        (changed("users.1.email", "NUTZER@Beispiel.example"), "users[1].email: Expected nobody else's address"),
        (changed("users.0.aliases", ["a b@c.example"]), "users[0].aliases[0]: Expected an email address"),
        (changed("users.0.aliases", ["a@c.example"] * 1001), "users[0].aliases: Expected at most 1000 addresses"),
        (changed("units.1.id", ""), "units[1].id: Expected a text that is not empty"),
        (changed("units.1.id", ROOT), "units[1].id: Expected one that stands nowhere else in the list"),
        (changed("groups.1.id", PARTNERS), "groups[1].id: Expected one that stands nowhere else in the list"),
        (changed("units.0.path", "/\n"), f"units[0].path: {HIDDEN}"),
        (changed("groups.0.name", "a\u202eb"), f"groups[0].name: {HIDDEN}"),
        (changed("organisation.domains", []), "organisation.domains: Expected from 1 to 1000 domains"),
        (changed("mailServers.submission.port", 0), "mailServers.submission.port: Expected a port from 1 to 65535"),
        (changed("policies.0.setting", None), "policies[0].setting: Expected `object`, got `null`"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(raw: bytes, detail: str) -> None:
    assert refusal(raw).fact("detail") == detail


def test_a_file_larger_than_any_organisation_is_refused_unread() -> None:
    assert refusal(bytes(DIRECTORY_MAX_BYTES + 1)).fact("detail") == "it is larger than 256 MiB"


def test_a_file_without_end_quotes_its_format_shortened() -> None:
    assert len(refusal(json.dumps({"format": "x" * 1000}).encode()).fact("detail")) < 150


def test_a_user_needs_nothing_but_an_address() -> None:
    assert directory(users=[{"email": "n@b.example"}]).users == (User(email="n@b.example"),)
