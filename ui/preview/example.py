"""A small organisation to try policies with, for whoever has no export at hand; its domains are nobody's."""

from __future__ import annotations

from app.policy.directory import Directory, Group, OrgUnit, User
from app.policy.document import MailServer, MailServers, Organisation, OrgPolicy, PolicyQuery, Setting
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING
from ui.texts import translate

__all__ = ["example_directory"]

_DOMAIN = "beispiel.example"
_ROOT, _SALES, _NORTH, _SOUTH, _OFFICE = (f"orgUnits/example{number}" for number in range(5))
_PARTNERS, _WORKS = (f"groups/example{number}" for number in range(2))
_FROM_GOOGLE, _AT_ROOT, _AT_UNIT, _AT_GROUP = 101.0, 201.0, 202.0, 399.0
"""`sortOrder` as the Policy API gives it: what Google supplies, then units, then groups."""


def example_directory() -> Directory:
    """Return the organisation in the person's language: off by default, ticked for one unit and one group."""
    sales, office = translate("preview", "Sales"), translate("preview", "Administration")
    north, south = translate("preview", "North"), translate("preview", "South")
    units = (
        OrgUnit(id=_ROOT, path="/"),
        OrgUnit(id=_SALES, path=f"/{sales}", parent=_ROOT),
        OrgUnit(id=_NORTH, path=f"/{sales}/{north}", parent=_SALES),
        OrgUnit(id=_SOUTH, path=f"/{sales}/{south}", parent=_SALES),
        OrgUnit(id=_OFFICE, path=f"/{office}", parent=_ROOT),
    )
    groups = (
        Group(id=_PARTNERS, email=f"partner@{_DOMAIN}", name=translate("preview", "Partner projects")),
        Group(id=_WORKS, email=f"betriebsrat@{_DOMAIN}", name=translate("preview", "Works council")),
    )
    return Directory(
        organisation=Organisation(name="Beispiel GmbH", domains=(_DOMAIN,), support=f"it@{_DOMAIN}"),
        mail_servers=MailServers(submission=MailServer(host=f"smtp.{_DOMAIN}", port=587)),
        units={unit.id: unit for unit in units},
        groups={group.id: group for group in groups},
        users=_users(),
        policies=(
            _policy(_ROOT, "", _FROM_GOOGLE, allow=False, kind="SYSTEM"),
            _policy(_SALES, "", _AT_UNIT, allow=True),
            _policy(_ROOT, _PARTNERS, _AT_GROUP, allow=True),
        ),
    )


def _users() -> tuple[User, ...]:
    return (
        _user("nutzer", _NORTH, aliases=("n.name",)),
        _user("verkauf1", _NORTH),
        _user("verkauf2", _SOUTH),
        _user("messe", _SALES, groups=(_PARTNERS,)),
        _user("buchhaltung", _OFFICE),
        _user("personal", _OFFICE, groups=(_WORKS,)),
        _user("projekte", _OFFICE, groups=(_PARTNERS,)),
        _user("leitung", _ROOT),
    )


def _user(name: str, unit: str, *, aliases: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> User:
    own = tuple(f"{alias}@{_DOMAIN}" for alias in aliases)
    return User(email=f"{name}@{_DOMAIN}", aliases=own, org_unit=unit, groups=groups)


def _policy(unit: str, group: str, order: float, *, allow: bool, kind: str = "ADMIN") -> OrgPolicy:
    return OrgPolicy(
        name=f"policies/example{order:.0f}",
        policy_query=PolicyQuery(org_unit=unit, group=group, sort_order=order),
        setting=Setting(type=GATEWAY_SETTING, value={GATEWAY_FIELD: allow}),
        type=kind,
    )
