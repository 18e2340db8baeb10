"""The demo organisation's administration: writes one policy document after another, each with a higher serial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.policy.document import FORMAT
from app.policy.evaluate import EXTERNAL_FROM_FIELD, EXTERNAL_FROM_SETTING, GATEWAY_FIELD, GATEWAY_SETTING
from app.profile import SmtpServer

__all__ = ["ALIAS", "DOMAIN", "ORGANISATION", "PRIMARY", "Choice", "PolicyAuthority"]

ORGANISATION = "Beispiel GmbH"
DOMAIN = "beispiel.example"
PRIMARY = "nutzer@beispiel.example"
ALIAS = "vertrieb@beispiel.example"

_CUSTOMER = "customers/C0beispiel"
_ROOT = "orgUnits/root0001"
_SALES = "orgUnits/sales001"
_PARTNER_GROUP = "groups/partner1"
# A demo left open over the weekend must not fail for a document that ran out.
_VALID_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the administrator ticked for the org unit /Vertrieb."""

    allow: bool = False
    """Allow per-user outbound gateways."""
    require_gateway: bool = False
    """Refuse external addresses without a gateway (the stricter modern rule)."""


class PolicyAuthority:
    """Writes the policy documents of `PRIMARY`; each is newer than the last."""

    def __init__(self, submission: SmtpServer) -> None:
        self.serial = 0
        self._submission = {
            "host": submission.host,
            "port": submission.port,
            "securityMode": submission.security.value,
            "username": "{email}",
        }

    def document(self, choice: Choice, now: datetime) -> bytes:
        """Return the next document, saying `choice`, as UTF-8 JSON."""
        self.serial += 1
        return msgspec.json.format(msgspec.json.encode(self._content(choice, now)), indent=2)

    def _content(self, choice: Choice, now: datetime) -> dict[str, Any]:
        issued = now.replace(microsecond=0)
        return {
            "format": FORMAT,
            "serial": self.serial,
            "issuedAt": issued,
            "expiresAt": issued + _VALID_FOR,
            "organisation": {
                "name": ORGANISATION,
                "customer": _CUSTOMER,
                "domains": [DOMAIN],
                "support": f"it@{DOMAIN}",
            },
            "subject": {
                "email": PRIMARY,
                "aliases": [ALIAS],
                "orgUnits": [_ROOT, _SALES],
                "groups": [_PARTNER_GROUP],
            },
            "names": {_ROOT: "/", _SALES: "/Vertrieb", _PARTNER_GROUP: f"partner@{DOMAIN}"},
            "mailServers": {"submission": self._submission},
            "policies": [
                _policy("p1", _ROOT, 101.0, GATEWAY_SETTING, {GATEWAY_FIELD: False}),
                _policy("p2", _SALES, 202.0, GATEWAY_SETTING, {GATEWAY_FIELD: choice.allow}),
                _policy("p3", _SALES, 202.0, EXTERNAL_FROM_SETTING, {EXTERNAL_FROM_FIELD: choice.require_gateway}),
            ],
        }


def _policy(name: str, org_unit: str, sort_order: float, setting: str, value: dict[str, bool]) -> dict[str, Any]:
    return {
        "name": f"policies/{name}",
        "customer": _CUSTOMER,
        "policyQuery": {"orgUnit": org_unit, "sortOrder": sort_order},
        "setting": {"type": setting, "value": value},
        "type": "ADMIN",
    }
