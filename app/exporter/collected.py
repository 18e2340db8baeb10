"""What was read of an organisation, from wherever, turned into its directory: units by id, membership resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.address import Address, has_hidden_characters
from app.errors import AddressError, ExportError, Reason
from app.exporter.api import ApiDomain, ApiGroup, ApiMember, ApiOrgUnit, ApiUser
from app.exporter.organisation import OrganisationFile, completed
from app.policy.directory import ADMINS, Directory, Group, OrgUnit, User
from app.policy.document import OrgPolicy
from app.policy.evaluate import SETTINGS, groups_named

__all__ = ["Collected", "directory_of", "group_id", "named_groups", "unit_id"]

_ROOT = "/"


@dataclass(slots=True)
class Collected:
    """Everything that was read, in the shapes of Google's API."""

    policies: list[OrgPolicy] = field(default_factory=list)
    units: list[ApiOrgUnit] = field(default_factory=list)
    groups: list[ApiGroup] = field(default_factory=list)
    members: dict[str, list[ApiMember]] = field(default_factory=dict)
    """The direct members of each group, by the group's id or address; of the others they are not known."""
    users: list[ApiUser] = field(default_factory=list)
    domains: list[ApiDomain] = field(default_factory=list)


def unit_id(api_id: str) -> str:
    """Return an org unit's name in policies for its id in the Directory API, which begins with `id:`."""
    return f"orgUnits/{api_id.removeprefix('id:')}"


def group_id(api_id: str) -> str:
    """Return a group's name in policies for its id in the Directory API."""
    return f"groups/{api_id}"


def named_groups(policies: Iterable[OrgPolicy]) -> frozenset[str]:
    """Return the groups that policies ask for, as these name them."""
    return frozenset(name for policy in policies for name in groups_named(policy.policy_query))


def directory_of(found: Collected, organisation: OrganisationFile, *, source: str, file: str) -> Directory:
    """Return the directory; `source` names what was read, and `file` the organisation's own facts.

    People whose account is suspended or archived are not in it, nor are policies of settings that nobody reads.
    Raises ExportError: EXPORT_INPUT_WRONG for what fits no directory, ORGANISATION_WRONG where facts are missing.
    """
    policies = tuple(policy for policy in found.policies if policy.setting.type in SETTINGS)
    customer = next((policy.customer for policy in policies if policy.customer), "")
    units = _units(found.units)
    active = [user for user in found.users if not (user.suspended or user.archived)]
    addresses = _addresses(active, source)
    groups = {
        name: Group(id=name, email=_readable(group.email), name=_readable(group.name))
        for name, group in _named(found.groups)
    }
    memberships = _memberships(found, active, addresses, groups)
    return Directory(
        organisation=completed(organisation, _domains(found.domains), customer, file=file),
        mail_servers=organisation.mail_servers,
        units=units,
        groups=groups,
        users=tuple(_users(active, units, memberships, source)),
        policies=tuple(sorted((*policies, *organisation.policies), key=_order)),
    )


def _order(policy: OrgPolicy) -> tuple[str, float, str]:
    """Return by what policies are sorted: Google's answers have them in any order, and documents must not differ."""
    return (policy.setting.type, policy.policy_query.sort_order, policy.name)


def _named(groups: Iterable[ApiGroup]) -> Iterator[tuple[str, ApiGroup]]:
    return ((group_id(group.id), group) for group in groups)


def _readable(name: str) -> str:
    """Return a name without characters that a document must not have; somebody may have pasted one."""
    if name.isascii() and name.isprintable():
        return name
    return "".join("\ufffd" if has_hidden_characters(char) else char for char in name)


def _domains(domains: Iterable[ApiDomain]) -> tuple[str, ...]:
    """Return all verified domains and their aliases: to every one of them the organisation's mail belongs."""
    names: list[str] = []
    for domain in domains:
        if domain.verified:
            names += [
                domain.domain_name,
                *(alias.domain_alias_name for alias in domain.domain_aliases if alias.verified),
            ]
    return tuple(dict.fromkeys(names))


def _units(units: Iterable[ApiOrgUnit]) -> dict[str, OrgUnit]:
    """Return the units by id; the root, which some answers leave out, is known from the units below it."""
    found: dict[str, OrgUnit] = {}
    for unit in units:
        if unit.parent_org_unit_path == _ROOT and unit.parent_org_unit_id:
            root = unit_id(unit.parent_org_unit_id)
            found.setdefault(root, OrgUnit(id=root, path=_ROOT))
        name = unit_id(unit.org_unit_id)
        parent = unit_id(unit.parent_org_unit_id) if unit.parent_org_unit_id and unit.org_unit_path != _ROOT else ""
        found[name] = OrgUnit(id=name, path=_readable(unit.org_unit_path), parent=parent)
    return found


def _addresses(users: list[ApiUser], source: str) -> dict[tuple[str, str], int]:
    """Return everybody's place in the list by their primary address; raises ExportError for one that stands twice."""
    found: dict[tuple[str, str], int] = {}
    for index, user in enumerate(users):
        for address in _all_addresses(user):
            try:
                key = Address.parse(address).key
            except AddressError as error:
                detail = f"{address[:80]!r} is no email address"
                raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=source, detail=detail) from error
            if address is user.primary_email and found.setdefault(key, index) != index:
                detail = f"{address} stands there twice"
                raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=source, detail=detail)
    return found


def _all_addresses(user: ApiUser) -> Iterator[str]:
    yield user.primary_email
    yield from user.aliases
    yield from user.non_editable_aliases


def _memberships(
    found: Collected, users: list[ApiUser], addresses: Mapping[tuple[str, str], int], groups: Mapping[str, Group]
) -> list[tuple[str, ...]]:
    """Return the groups of each person, nested ones included."""
    ids = {user.id: index for index, user in enumerate(users) if user.id}
    by_name = _members_by_group(found)
    lists: dict[int, list[str]] = {}
    for group in groups:
        for index in _people_of(group, by_name, ids, addresses, len(users)):
            lists.setdefault(index, []).append(group)
    for index, user in enumerate(users):
        if user.is_admin or user.is_delegated_admin:
            lists.setdefault(index, []).append(ADMINS)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    return [shared.setdefault(key, key) for key in (tuple(sorted(lists.get(index, ()))) for index in range(len(users)))]


def _members_by_group(found: Collected) -> dict[str, list[ApiMember]]:
    """Return the direct members by the group's id, whether they were listed by id or by address."""
    by_email = {group.email.lower(): group_id(group.id) for group in found.groups}
    members: dict[str, list[ApiMember]] = {}
    for name, listed in found.members.items():
        group = by_email.get(name.lower(), name if name.startswith("groups/") else group_id(name))
        members.setdefault(group, []).extend(_named_by_id(member, by_email) for member in listed)
    return members


def _named_by_id(member: ApiMember, by_email: Mapping[str, str]) -> ApiMember:
    """Return a nested group with the id it has among the groups; some lists have its address only."""
    known = by_email.get(member.email.lower()) if member.type == "GROUP" else None
    return ApiMember(id=known.removeprefix("groups/"), email=member.email, type="GROUP") if known else member


def _people_of(
    group: str,
    members: Mapping[str, list[ApiMember]],
    ids: Mapping[str, int],
    addresses: Mapping[tuple[str, str], int],
    everybody: int,
) -> Iterable[int]:
    """Return everybody in a group, directly or through groups in it, which may be in each other."""
    people: set[int] = set()
    seen, waiting = {group}, [group]
    while waiting:
        for member in members.get(waiting.pop(), ()):
            if member.type == "CUSTOMER":
                return range(everybody)
            if member.type == "GROUP":
                nested = group_id(member.id)
                if nested not in seen:
                    seen.add(nested)
                    waiting.append(nested)
            elif (index := _person(member, ids, addresses)) is not None:
                people.add(index)
    return people


def _person(member: ApiMember, ids: Mapping[str, int], addresses: Mapping[tuple[str, str], int]) -> int | None:
    """Return whose account a member is; None for people from elsewhere, and for accounts that are off."""
    if member.id in ids:
        return ids[member.id]
    try:
        return addresses.get(Address.parse(member.email).key)
    except AddressError:
        return None


def _users(
    users: list[ApiUser], units: Mapping[str, OrgUnit], memberships: list[tuple[str, ...]], source: str
) -> Iterator[User]:
    by_path = {unit.path.casefold(): unit.id for unit in units.values()}
    if _ROOT not in by_path and any(user.org_unit_path == _ROOT for user in users):
        detail = "the unit with the path / is not among the org units"
        raise ExportError.because(Reason.EXPORT_INPUT_WRONG, file=source, detail=detail)
    for user, groups in zip(users, memberships, strict=True):
        yield User(
            email=user.primary_email,
            aliases=tuple(sorted({*user.aliases, *user.non_editable_aliases})),
            org_unit=by_path.get(_readable(user.org_unit_path).casefold(), ""),
            groups=groups,
        )
