"""Policy documents to test with, as the organisation of the design's example would write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from app.address import Address
from app.policy.document import PolicyDocument, parse
from app.policy.evaluate import (
    EXTERNAL_FROM_FIELD,
    EXTERNAL_FROM_SETTING,
    GATEWAY_FIELD,
    GATEWAY_SETTING,
    NAME_FORMAT_FIELD,
    NAME_FORMAT_SETTINGS,
    SERVICE_FIELD,
    SERVICE_SETTING,
)

PERSON = Address.parse("nutzer@beispiel.example")
ROOT, SALES, PARTNERS = "orgUnits/root0001", "orgUnits/sales001", "groups/partner1"
ISSUED = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


def gateway_policy(value: Any, *, unit: str = ROOT, order: float = 201.0, **query: Any) -> dict[str, Any]:
    """Return one policy of the gateway setting, as the API writes it."""
    return org_policy(GATEWAY_SETTING, {GATEWAY_FIELD: value}, unit=unit, order=order, **query)


def external_from_policy(value: Any, *, unit: str = ROOT, order: float = 201.0, **query: Any) -> dict[str, Any]:
    """Return one policy of the setting that external addresses need a gateway."""
    return org_policy(EXTERNAL_FROM_SETTING, {EXTERNAL_FROM_FIELD: value}, unit=unit, order=order, **query)


def service_policy(value: Any, *, unit: str = ROOT, order: float = 201.0, **query: Any) -> dict[str, Any]:
    """Return one policy of the setting that switches mail on or off."""
    return org_policy(SERVICE_SETTING, {SERVICE_FIELD: value}, unit=unit, order=order, **query)


def names_policy(
    value: Any, *, kind_of_name: int = 0, unit: str = ROOT, order: float = 201.0, **query: Any
) -> dict[str, Any]:
    """Return one policy of the setting that lets people change their names, under one of its two names."""
    return org_policy(NAME_FORMAT_SETTINGS[kind_of_name], {NAME_FORMAT_FIELD: value}, unit=unit, order=order, **query)


def org_policy(setting: str, value: Any, *, unit: str, order: float, **query: Any) -> dict[str, Any]:
    """Return one policy; an empty `unit` leaves the org unit out."""
    kind = query.pop("kind", "ADMIN")
    asked = {"sortOrder": order, **({"orgUnit": unit} if unit else {}), **query}
    name = f"policies/{unit}-{query.get('group', '')}-{order}"
    return {"name": name, "policyQuery": asked, "setting": {"type": setting, "value": value}, "type": kind}


def content(*policies: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a whole document with these policies; `changes` replace its top-level fields."""
    return {
        "format": "absender-policy/1",
        "serial": 7,
        "issuedAt": "2026-11-23T09:12:00Z",
        "expiresAt": "2027-11-23T09:12:00Z",
        "organisation": {
            "name": "Beispiel GmbH",
            "customer": "customers/C0beispiel",
            "domains": ["beispiel.example", "Bücher.example"],
            "support": "it@beispiel.example",
        },
        "subject": {
            "email": "nutzer@beispiel.example",
            "aliases": ["vertrieb@beispiel.example"],
            "orgUnits": [ROOT, SALES],
            "groups": [PARTNERS],
        },
        "names": {ROOT: "/", SALES: "/Vertrieb", PARTNERS: "partner@beispiel.example"},
        "mailServers": {
            "submission": {
                "host": "smtp.beispiel.example",
                "port": 587,
                "securityMode": "starttls",
                "username": "{email}",
            }
        },
        "policies": list(policies),
    } | changes


def data(*policies: dict[str, Any], **changes: Any) -> bytes:
    """Return the same as bytes."""
    return json.dumps(content(*policies, **changes), ensure_ascii=False).encode()


def document(*policies: dict[str, Any], **changes: Any) -> PolicyDocument:
    """Return the same, parsed."""
    return parse(data(*policies, **changes), source="test")


def with_value(whole: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return a copy of `whole` with another value at `path`, or none for an ellipsis."""
    copy: dict[str, Any] = json.loads(json.dumps(whole))
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    if value is not ...:
        inner[path[-1]] = value
    elif not isinstance(inner, dict) or path[-1] in inner:
        del inner[path[-1]]
    return copy
