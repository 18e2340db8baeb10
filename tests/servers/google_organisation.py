"""An organisation as Google keeps it, of any size: org units, groups in groups, people, policies, in the API's JSON."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.exporter.api import ApiDomain, ApiGroup, ApiMember, ApiOrgUnit, ApiUser
from app.exporter.collected import Collected
from app.policy.document import OrgPolicy
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING, SERVICE_FIELD, SERVICE_SETTING

__all__ = ["ADMIN", "CUSTOMER", "DOMAIN", "GoogleOrganisation", "Json", "gateway_policy", "policy", "raw"]

Json = dict[str, Any]
DOMAIN = "beispiel.example"
ADMIN = f"verwaltung@{DOMAIN}"
CUSTOMER = "C0beispiel"
_NAMES = ("Vertrieb", "Technik", "Einkauf", "Werk", "Labor", "Nord", "Süd", "Ost", "West", "Lager")


def policy(
    name: str, setting: str, value: Json, *, order: float, unit: str = "", group: str = "", kind: str = "ADMIN"
) -> Json:
    """Return a policy as policies.list has it; units and groups by their id in the Directory API."""
    query: Json = {"sortOrder": order}
    if unit:
        query["orgUnit"] = f"orgUnits/{unit.removeprefix('id:')}"
    if group:
        query["group"] = group if group.isupper() else f"groups/{group}"
    return {
        "name": f"policies/{name}",
        "customer": f"customers/{CUSTOMER}",
        "policyQuery": query,
        "setting": {"type": setting, "value": value},
        "type": kind,
    }


def gateway_policy(name: str, value: object, **query: Any) -> Json:
    """Return a policy of the gateway setting."""
    return policy(name, GATEWAY_SETTING, {GATEWAY_FIELD: value}, **query)


@dataclass
class GoogleOrganisation:
    """What Google knows; tests change it between exports."""

    units: list[Json] = field(default_factory=list)
    """With the root first; `orgUnitId` with `id:` before it."""
    groups: list[Json] = field(default_factory=list)
    members: dict[str, list[Json]] = field(default_factory=dict)
    """The direct members by the group's id."""
    users: list[Json] = field(default_factory=list)
    policies: list[Json] = field(default_factory=list)
    domains: list[Json] = field(default_factory=list)

    @classmethod
    def of(cls, people: int, *, units: int = 12, groups: int = 6, seed: int = 4) -> GoogleOrganisation:
        """Return an organisation with so many people besides the administrator; the same for the same seed."""
        chance = random.Random(seed)
        made = cls(domains=[_domain(DOMAIN), _domain("zweig.example", verified=False)])
        made._add_units(units)
        made._add_users(people, chance)
        made._add_groups(groups, chance)
        made._add_policies()
        return made

    def unit(self, path: str) -> str:
        """Return the id of a unit."""
        return next(str(unit["orgUnitId"]) for unit in self.units if unit["orgUnitPath"] == path)

    def tick(self, path: str, *, value: bool) -> None:
        """Set the gateway box of a unit, as an administrator does in the Admin console."""
        unit = self.unit(path).removeprefix("id:")
        made = gateway_policy(f"of-{unit}", value, order=202.0 + path.count("/") + 0.5, unit=unit)
        self.policies = [each for each in self.policies if each["name"] != made["name"]] + [made]

    def user(self, address: str) -> Json:
        """Return an account."""
        return next(user for user in self.users if user["primaryEmail"] == address)

    def below(self, path: str) -> list[str]:
        """Return the addresses of everybody in a unit and those under it."""
        return [user["primaryEmail"] for user in self.users if f"{user['orgUnitPath']}/".startswith(f"{path}/")]

    def _add_units(self, count: int) -> None:
        self.units.append(_unit("id:03root0000", "/", "", ""))
        for number in range(1, count):
            parent = self.units[(number - 1) // 4]
            path = f"{str(parent['orgUnitPath']).rstrip('/')}/{_NAMES[number % len(_NAMES)]} {number}"
            made = _unit(f"id:03unit{number:04}", path, parent["orgUnitId"], parent["orgUnitPath"])
            self.units.append(made)

    def _add_users(self, people: int, chance: random.Random) -> None:
        self.users.append(_user(0, ADMIN, "/", is_admin=True))
        for number in range(1, people + 1):
            unit = chance.choice(self.units)["orgUnitPath"]
            self.users.append(_user(number, f"nutzer{number:06}@{DOMAIN}", unit))

    def _add_groups(self, count: int, chance: random.Random) -> None:
        for number in range(count):
            self.groups.append(_group(number))
            picked = chance.sample(self.users, min(len(self.users), 5))
            self.members[f"02grp{number:04}"] = [_member(user) for user in picked]
        for number in range(count - 1):  # each group is in the one before it, and the first in the last: a cycle
            self.members[f"02grp{number:04}"].append(_member_group(self.groups[number + 1]))
        if count > 1:
            self.members[f"02grp{count - 1:04}"].append(_member_group(self.groups[0]))

    def _add_policies(self) -> None:
        root = self.units[0]["orgUnitId"]
        self.policies += [
            policy("s1", SERVICE_SETTING, {SERVICE_FIELD: "ENABLED"}, order=101.0, unit=root, kind="SYSTEM"),
            gateway_policy("g0", False, order=201.0, unit=root),
            policy("x1", "settings/gmail.pop_access", {"enablePopAccess": False}, order=201.5, unit=root),
        ]
        for number, unit in enumerate(self.units[1:5], 1):
            self.policies.append(
                gateway_policy(f"g{number}", number % 2 == 1, order=202.0 + number, unit=unit["orgUnitId"])
            )
        for group in self.groups[:1]:
            self.policies.append(gateway_policy("gg", True, order=399.0, unit=root, group=group["id"]))


def _unit(unit_id: str, path: str, parent: str, parent_path: str) -> Json:
    found: Json = {
        "kind": "admin#directory#orgUnit",
        "etag": f'"{unit_id}"',
        "name": path.rpartition("/")[2] or "Beispiel GmbH",
        "orgUnitId": unit_id,
        "orgUnitPath": path,
        "blockInheritance": False,
    }
    return found | ({"parentOrgUnitId": parent, "parentOrgUnitPath": parent_path} if parent else {})


def _user(number: int, address: str, unit: str, *, is_admin: bool = False) -> Json:
    found: Json = {
        "kind": "admin#directory#user",
        "id": f"1{number:020}",
        "etag": f'"{number}"',
        "primaryEmail": address,
        "name": {"givenName": "N.", "familyName": "Name", "fullName": "N. Name"},
        "isAdmin": is_admin,
        "isDelegatedAdmin": False,
        "suspended": False,
        "archived": False,
        "customerId": CUSTOMER,
        "orgUnitPath": unit,
        "isMailboxSetup": True,
        "nonEditableAliases": [f"{address}.test-google-a.example"],
    }
    return found | ({"aliases": [f"a{number}@{DOMAIN}"]} if number % 3 == 1 else {})


def _group(number: int) -> Json:
    return {
        "kind": "admin#directory#group",
        "id": f"02grp{number:04}",
        "etag": f'"{number}"',
        "email": f"gruppe{number}@{DOMAIN}",
        "name": f"Gruppe {number}",
        "directMembersCount": "5",
        "adminCreated": True,
    }


def _member(user: Json) -> Json:
    return {
        "kind": "admin#directory#member",
        "id": user["id"],
        "email": user["primaryEmail"],
        "role": "MEMBER",
        "type": "USER",
        "status": "ACTIVE",
    }


def _member_group(group: Json) -> Json:
    return {
        "kind": "admin#directory#member",
        "id": group["id"],
        "email": group["email"],
        "role": "MEMBER",
        "type": "GROUP",
        "status": "ACTIVE",
    }


def _domain(name: str, *, verified: bool = True) -> Json:
    return {
        "kind": "admin#directory#domain",
        "domainName": name,
        "isPrimary": name == DOMAIN,
        "verified": verified,
        "creationTime": "1700000000000",
    }


def raw(organisation: GoogleOrganisation) -> Collected:
    """Return the organisation as if everything had been read from Google."""
    return Collected(
        policies=msgspec.convert(organisation.policies, list[OrgPolicy]),
        units=msgspec.convert(organisation.units, list[ApiOrgUnit]),
        groups=msgspec.convert(organisation.groups, list[ApiGroup]),
        members=msgspec.convert(organisation.members, dict[str, list[ApiMember]]),
        users=msgspec.convert(organisation.users, list[ApiUser]),
        domains=msgspec.convert(organisation.domains, list[ApiDomain]),
    )
