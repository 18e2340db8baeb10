"""An organisation read from Google: the Cloud Identity Policy API and the Directory API.

Only a super administrator may read policies; others are told less without an error, so that a policy which forbids
could be missing. Therefore the account that is acted for has to be one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import quote

from app.address import Address
from app.errors import AddressError, ExportError, PolicyError, Reason
from app.exporter.api import (
    ApiGroup,
    ApiMember,
    ApiUser,
    DomainPage,
    GroupPage,
    MemberPage,
    OrgUnitPage,
    PolicyPage,
    UserPage,
)
from app.exporter.collected import Collected, group_id, named_groups
from app.exporter.credentials import Endpoints, ServiceAccount, SignIn
from app.exporter.wire import ANSWER_LIMIT, Answer, Wire, error_of, is_busy
from app.policy.directory import ADMINS
from app.policy.evaluate import SETTINGS
from app.policy.strict_json import check_every_object, checked_text, decoded

__all__ = ["GoogleDirectory", "collect", "scopes_for"]

_SCOPE = "https://www.googleapis.com/auth/"
_POLICIES_SCOPE = f"{_SCOPE}cloud-identity.policies.readonly"
_DIRECTORY_SCOPES = tuple(
    f"{_SCOPE}admin.directory.{name}.readonly" for name in ("user", "orgunit", "group", "group.member")
)
_DOMAIN_SCOPE = f"{_SCOPE}admin.directory.domain.readonly"
_FILTER = r"setting.type.matches('^settings/gmail\\..*$')"
"""CEL, with the backslash of the pattern doubled as its strings want it (reference of policies.list)."""
_EVERY = 1.0
"""Seconds between two requests for policies: a project has 60 a minute, and other tools of the same one share them."""
_EMPTY_PAGES = 100
"""How many pages without anything may follow each other; some are normal."""


class _Paged(Protocol):
    """What pages have in common."""

    @property
    def next_page_token(self) -> str: ...


AnyPage = TypeVar("AnyPage", bound=_Paged)
Wanted = TypeVar("Wanted")


def scopes_for(*, domains: bool) -> tuple[str, ...]:
    """Return the scopes that domain-wide delegation has to grant; all of them only read."""
    return (_POLICIES_SCOPE, *_DIRECTORY_SCOPES, *((_DOMAIN_SCOPE,) if domains else ()))


class GoogleDirectory:
    """Asks the two APIs as one administrator."""

    def __init__(self, wire: Wire, sign_in: SignIn, endpoints: Endpoints) -> None:
        self._wire = wire
        self._sign_in = sign_in
        self._policies_url = f"{endpoints.policies}/v1/policies"
        self._url = f"{endpoints.directory}/admin/directory/v1"
        self._asked_policies = float("-inf")

    def policies(self) -> Iterator[PolicyPage]:
        """Yield the pages of Gmail's policies, a request a second at most; raises ExportError."""
        params: dict[str, str | int] = {"filter": _FILTER, "pageSize": 100}
        return self._pages("policies.list", self._policies_url, params, PolicyPage, lambda page: not page.policies)

    def users(self) -> Iterator[UserPage]:
        """Yield the pages of all users; raises ExportError."""
        params: dict[str, str | int] = {
            "customer": "my_customer",
            "maxResults": 500,
            "orderBy": "email",
            "projection": "basic",
            "fields": "nextPageToken,users(id,primaryEmail,aliases,nonEditableAliases,orgUnitPath,isAdmin,"
            "isDelegatedAdmin,suspended,archived)",
        }
        return self._pages("users.list", f"{self._url}/users", params, UserPage, lambda page: not page.users)

    def groups(self) -> Iterator[GroupPage]:
        """Yield the pages of all groups; raises ExportError."""
        params: dict[str, str | int] = {
            "customer": "my_customer",
            "maxResults": 200,
            "fields": "nextPageToken,groups(id,email,name)",
        }
        return self._pages("groups.list", f"{self._url}/groups", params, GroupPage, lambda page: not page.groups)

    def group(self, key: str, *, nested: bool) -> ApiGroup | None:
        """Return one group, or None for one that was deleted; raises ExportError.

        One that was only found in another may be another organisation's, which its own administrators see alone.
        """
        url = f"{self._url}/groups/{quote(key, safe='')}"
        gone = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN} if nested else {HTTPStatus.NOT_FOUND}
        return self._get("groups.get", url, {"fields": "id,email,name"}, ApiGroup, gone)

    def members(self, key: str) -> list[ApiMember]:
        """Return a group's direct members; raises ExportError."""
        url = f"{self._url}/groups/{quote(key, safe='')}/members"
        params: dict[str, str | int] = {"maxResults": 200, "fields": "nextPageToken,members(id,email,type)"}
        pages = self._pages("members.list", url, params, MemberPage, lambda page: not page.members, {404})
        return [member for page in pages for member in page.members]

    def units(self) -> OrgUnitPage:
        """Return all org units with the root; raises ExportError."""
        url = f"{self._url}/customer/my_customer/orgunits"
        return self._get("orgunits.list", url, {"type": "allIncludingParent"}, OrgUnitPage) or OrgUnitPage()

    def domains(self) -> DomainPage:
        """Return all domains; raises ExportError."""
        return self._get("domains.list", f"{self._url}/customer/my_customer/domains", {}, DomainPage) or DomainPage()

    def _pages(
        self,
        what: str,
        url: str,
        params: dict[str, str | int],
        wanted: type[AnyPage],
        is_empty: Callable[[AnyPage], bool],
        gone: Collection[int] = (),
    ) -> Iterator[AnyPage]:
        """Yield page after page; a page may be empty and not the last, but a token must not come twice."""
        seen: set[str] = set()
        token, empty = "", 0
        while True:
            page = self._get(what, url, {**params, **({"pageToken": token} if token else {})}, wanted, gone)
            if page is None:
                return
            yield page
            token = page.next_page_token
            if not token:
                return
            empty = empty + 1 if is_empty(page) else 0
            if token in seen or empty > _EMPTY_PAGES:
                raise ExportError.because(Reason.GOOGLE_ENDLESS, what=what)
            seen.add(token)

    def _get(
        self, what: str, url: str, params: dict[str, str | int], wanted: type[Wanted], gone: Collection[int] = ()
    ) -> Wanted | None:
        """Return an answer, or None for a status of `gone`; raises ExportError."""
        answer = self._ask(url, params)
        if answer.status == HTTPStatus.UNAUTHORIZED:  # the token ended before its time
            self._sign_in.forget()
            answer = self._ask(url, params)
        if answer.status in gone and not is_busy(answer):
            return None
        _check_status(answer, what)
        if answer.is_web_page:
            raise ExportError.because(Reason.GOOGLE_ANSWER, what=what, detail="it is a web page")
        try:
            text = checked_text(answer.body, ANSWER_LIMIT, source=what)
            check_every_object(text, source=what)
            return decoded(text, wanted, source=what)
        except PolicyError as error:
            detail = error.problem.fact("detail")
            raise ExportError.because(Reason.GOOGLE_ANSWER, what=what, detail=detail) from error

    def _ask(self, url: str, params: dict[str, str | int]) -> Answer:
        if url == self._policies_url:
            self._wait_for_policies()
        return self._wire.exchange(
            "GET", url, params=params, headers={"Authorization": f"Bearer {self._sign_in.token()}"}
        )

    def _wait_for_policies(self) -> None:
        due = self._asked_policies + _EVERY
        if (now := self._wire.clock()) < due:
            self._wire.sleep(due - now)
        self._asked_policies = self._wire.clock()


def collect(
    account: ServiceAccount, admin: str, wire: Wire, endpoints: Endpoints, *, domains: bool, all_groups: bool
) -> Collected:
    """Return everything of the organisation that documents are made of; raises ExportError.

    Groups are read as far as policies name them, with the groups in these; with `all_groups` all of them are, which
    takes a request a group.
    """
    sign_in = SignIn(account, admin, scopes_for(domains=domains), wire)
    google = GoogleDirectory(wire, sign_in, endpoints)
    found = Collected()
    for page in google.policies():
        found.policies += [policy for policy in page.policies if policy.setting.type in SETTINGS]
    for users in google.users():
        found.users += users.users
    _check_admin(admin, found.users)
    found.units += google.units().organization_units
    if domains:
        found.domains += google.domains().domains
    listed = [group for page in google.groups() for group in page.groups] if all_groups else []
    _read_groups(google, found, listed)
    return found


def _read_groups(google: GoogleDirectory, found: Collected, listed: list[ApiGroup]) -> None:
    """Add the groups that are asked for, those in them, and everybody's membership."""
    by_name = {group_id(group.id): group for group in listed}
    asked = {*by_name, *named_groups(found.policies)} - {ADMINS}
    waiting, seen = deque(sorted(asked)), set(asked)
    while waiting:
        name = waiting.popleft()
        key = name.removeprefix("groups/")
        group = by_name.get(name) or google.group(key, nested=name not in asked)
        if group is None:
            continue  # deleted, and its policies with it soon
        found.groups.append(group)
        members = google.members(key)
        found.members[name] = members
        nested = {group_id(member.id) for member in members if member.type == "GROUP" and member.id} - seen
        seen |= nested
        waiting.extend(sorted(nested))


def _check_admin(admin: str, users: list[ApiUser]) -> None:
    """Refuse an account that is not told everything; raises ExportError."""
    wanted = Address.parse(admin)
    for user in users:
        if user.is_admin and wanted in _addresses(user):
            return
    raise ExportError.because(Reason.GOOGLE_NOT_ADMIN, address=admin)


def _addresses(user: ApiUser) -> Iterator[Address]:
    for text in (user.primary_email, *user.aliases, *user.non_editable_aliases):
        try:
            yield Address.parse(text)
        except AddressError:
            continue


def _check_status(answer: Answer, what: str) -> None:
    """Raise ExportError for an answer that holds nothing."""
    if answer.status == HTTPStatus.OK:
        return
    reply = error_of(answer)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or (answer.status == HTTPStatus.FORBIDDEN and is_busy(answer)):
        raise ExportError.because(Reason.GOOGLE_QUOTA, what=what, reply=reply)
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise ExportError.because(Reason.GOOGLE_REFUSED, what=what, status=answer.status, reply=reply)
    raise ExportError.because(Reason.GOOGLE_STATUS, what=what, status=answer.status, reply=reply)
