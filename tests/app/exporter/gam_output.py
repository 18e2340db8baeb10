"""What GAM 7 prints of an organisation: its `print` commands as CSV, with and without formatjson."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from tests.servers.google_organisation import GoogleOrganisation, Json

__all__ = ["flat", "flattened", "table", "with_json"]

_LISTS = ("aliases", "nonEditableAliases")
_MEMBER = ("type", "role", "id", "status", "email")


def table(rows: Iterable[Json]) -> bytes:
    """Return rows as CSV; columns are all that any row has, in the order they come up."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def flattened(value: Any, path: str = "") -> Json:
    """Return nested JSON as GAM's columns: `setting.value.x`, `aliases.0`."""
    if isinstance(value, dict):
        inner: Iterable[tuple[str, Any]] = ((str(name), each) for name, each in value.items())
    elif isinstance(value, list):
        inner = ((str(number), each) for number, each in enumerate(value))
    else:
        return {path: value}
    found: Json = {}
    for name, each in inner:
        found |= flattened(each, f"{path}.{name}" if path else name)
    return found


def flat(known: GoogleOrganisation) -> dict[str, bytes]:
    """Return the files of the `print` commands without formatjson."""
    paths = {unit["orgUnitId"].removeprefix("id:"): unit["orgUnitPath"] for unit in known.units}
    policies = [flattened(_mapped(policy, paths)) for policy in known.policies]
    users = ("primaryEmail", "id", "orgUnitPath", "isAdmin", "isDelegatedAdmin", "suspended", "archived")
    lists = [
        flattened({name: user.get(name, []) for name in ("aliases", "nonEditableAliases")}) for user in known.users
    ]
    return {
        "policies": table(policies),
        "orgs": table(
            {name: unit.get(name, "") for name in ("orgUnitPath", "orgUnitId", "name", "parentOrgUnitId")}
            for unit in known.units
        ),
        "users": table(
            {name: user[name] for name in users} | more for user, more in zip(known.users, lists, strict=True)
        ),
        "groups": table({name: group[name] for name in ("email", "id", "name")} for group in known.groups),
        "members": table(
            {
                "group": group["email"],
                **{name: member.get(name, "") for name in ("type", "role", "id", "status", "email")},
            }
            for group in known.groups
            for member in known.members[group["id"]]
        ),
        "domains": table({name: domain[name] for name in ("domainName", "verified")} for domain in known.domains),
    }


def with_json(known: GoogleOrganisation) -> dict[str, bytes]:
    """Return the files of the `print` commands with formatjson."""
    paths = {unit["orgUnitId"].removeprefix("id:"): unit["orgUnitPath"] for unit in known.units}
    members = [
        {"group": group["email"], "JSON": _line(member)}
        for group in known.groups
        for member in known.members[group["id"]]
    ]
    return {
        "policies": table({"name": each["name"], "JSON": _line(_mapped(each, paths))} for each in known.policies),
        "orgs": table({"orgUnitPath": each["orgUnitPath"], "JSON": _line(each)} for each in known.units),
        "users": table({"primaryEmail": each["primaryEmail"], "JSON": _line(each)} for each in known.users),
        "groups": table({"email": each["email"], "JSON": _line(each)} for each in known.groups),
        "members": table(members),
        "domains": table({"domainName": each["domainName"], "JSON": _line(each)} for each in known.domains),
    }


def _mapped(policy: Json, paths: dict[str, str]) -> Json:
    """Return a policy with the path that GAM adds."""
    unit = policy["policyQuery"].get("orgUnit", "").removeprefix("orgUnits/")
    return policy | {"policyQuery": policy["policyQuery"] | ({"orgUnitPath": paths[unit]} if unit in paths else {})}


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
