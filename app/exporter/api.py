"""The shapes of Google's answers, as far as they are read; whatever else stands in them is ignored.

Directory API: developers.google.com/admin-sdk/directory/reference/rest/v1 (users, groups, members, orgunits, domains).
"""

from __future__ import annotations

import msgspec

from app.policy.document import OrgPolicy

__all__ = [
    "ApiDomain",
    "ApiDomainAlias",
    "ApiGroup",
    "ApiMember",
    "ApiOrgUnit",
    "ApiUser",
    "DomainPage",
    "GroupPage",
    "MemberPage",
    "OrgUnitPage",
    "PolicyPage",
    "UserPage",
]


class _Struct(msgspec.Struct, frozen=True, rename="camel", kw_only=True, gc=False):
    """Frozen, with camelCase names in JSON."""


class ApiOrgUnit(_Struct, frozen=True, gc=False):
    """An org unit; its ids begin with `id:`."""

    org_unit_id: str
    org_unit_path: str
    parent_org_unit_id: str = ""
    parent_org_unit_path: str = ""


class ApiGroup(_Struct, frozen=True, gc=False):
    """A group."""

    id: str
    email: str
    name: str = ""


class ApiMember(_Struct, frozen=True, gc=False):
    """A direct member of a group; one of type CUSTOMER, which is everybody, has no address."""

    id: str = ""
    email: str = ""
    type: str = "USER"


class ApiUser(_Struct, frozen=True, gc=False):
    """A user account."""

    primary_email: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    non_editable_aliases: tuple[str, ...] = ()
    """Those that come with a domain alias."""
    org_unit_path: str = ""
    is_admin: bool = False
    """A super administrator."""
    is_delegated_admin: bool = False
    suspended: bool = False
    archived: bool = False


class ApiDomainAlias(_Struct, frozen=True):
    """Another name of a domain."""

    domain_alias_name: str
    verified: bool = False


class ApiDomain(_Struct, frozen=True):
    """A domain of the organisation."""

    domain_name: str
    verified: bool = False
    domain_aliases: tuple[ApiDomainAlias, ...] = ()


class PolicyPage(_Struct, frozen=True):
    """One page of `policies.list`; it may be empty and yet not the last."""

    policies: tuple[OrgPolicy, ...] = ()
    next_page_token: str = ""


class UserPage(_Struct, frozen=True):
    """One page of `users.list`."""

    users: tuple[ApiUser, ...] = ()
    next_page_token: str = ""


class GroupPage(_Struct, frozen=True):
    """One page of `groups.list`."""

    groups: tuple[ApiGroup, ...] = ()
    next_page_token: str = ""


class MemberPage(_Struct, frozen=True):
    """One page of `members.list`."""

    members: tuple[ApiMember, ...] = ()
    next_page_token: str = ""


class OrgUnitPage(_Struct, frozen=True):
    """The answer of `orgunits.list`, which has no pages."""

    organization_units: tuple[ApiOrgUnit, ...] = ()


class DomainPage(_Struct, frozen=True):
    """The answer of `domains.list`, which has no pages."""

    domains: tuple[ApiDomain, ...] = ()
