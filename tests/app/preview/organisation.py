"""A small organisation to try changes on: three levels of units, groups across them, a person for each place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from app.policy.directory import ADMINS, Directory, Group, OrgUnit, User
from app.policy.document import MailServer, MailServers, Organisation, OrgPolicy
from app.preview.change import Change, Choice, apply_change

__all__ = [
    "ADMINS",
    "NORTH",
    "NOW",
    "OFFICE",
    "PARTNERS",
    "ROOT",
    "SALES",
    "WORKS",
    "directory",
    "inherited",
    "person",
    "policies",
    "ticked",
    "unticked",
]

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROOT, SALES, NORTH, OFFICE = "orgUnits/root0001", "orgUnits/sales001", "orgUnits/north001", "orgUnits/office01"
PARTNERS, WORKS = "groups/partner1", "groups/works001"
_UNITS = (
    OrgUnit(id=NORTH, path="/Vertrieb/Nord", parent=SALES),
    OrgUnit(id=OFFICE, path="/Büro", parent=ROOT),
    OrgUnit(id=ROOT, path="/"),
    OrgUnit(id=SALES, path="/Vertrieb", parent=ROOT),
)
_GROUPS = (
    Group(id=PARTNERS, email="partner@beispiel.example", name="Partner"),
    Group(id=WORKS, email="betriebsrat@beispiel.example"),
)
_USERS = (
    User(email="leitung@beispiel.example", org_unit=ROOT),
    User(email="messe@beispiel.example", org_unit=SALES, groups=(PARTNERS, WORKS)),
    User(email="nutzer@beispiel.example", aliases=("n.name@beispiel.example",), org_unit=NORTH),
    User(email="buero@beispiel.example", org_unit=OFFICE, groups=(WORKS, ADMINS)),
)


def directory(*written: dict[str, Any], **changes: Any) -> Directory:
    """Return the organisation with these policies as the API writes them; `changes` replace fields."""
    made = Directory(
        organisation=Organisation(
            name="Beispiel GmbH", customer="customers/C0beispiel", domains=("beispiel.example", "Bücher.example")
        ),
        mail_servers=MailServers(submission=MailServer(host="smtp.beispiel.example", port=587)),
        units={unit.id: unit for unit in _UNITS},
        groups={group.id: group for group in _GROUPS},
        users=_USERS,
        policies=policies(*written),
    )
    return msgspec.structs.replace(made, **changes)


def policies(*written: dict[str, Any]) -> tuple[OrgPolicy, ...]:
    """Return policies from what the API writes."""
    return msgspec.convert(written, tuple[OrgPolicy, ...])


def person(name: str, *, among: Directory | None = None) -> User:
    """Return the person of this name."""
    return next(user for user in (among or directory()).users if user.email.startswith(f"{name}@"))


def ticked(before: Directory, *targets: str) -> Directory:
    return _changed(before, targets, Choice.TICK)


def unticked(before: Directory, *targets: str) -> Directory:
    return _changed(before, targets, Choice.UNTICK)


def inherited(before: Directory, *targets: str) -> Directory:
    return _changed(before, targets, Choice.INHERIT)


def _changed(before: Directory, targets: tuple[str, ...], choice: Choice) -> Directory:
    for target in targets:
        before = apply_change(before, Change(target, choice))
    return before
