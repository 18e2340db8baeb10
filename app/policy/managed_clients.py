"""The organisation's OAuth clients as they stand in the managed configuration, each mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from app.oauth_client import (
    OAuthClient,
    OAuthClientError,
    Provider,
    RedirectHost,
    checked,
    checked_hosts,
    checked_name,
    checked_scopes,
    checked_tenant,
)

__all__ = ["CLIENTS_LIMIT", "OAuthTable", "clients_of"]

T = TypeVar("T")
R = TypeVar("R")
E = TypeVar("E", bound=StrEnum)

CLIENTS_LIMIT = 32
"""More authorization servers than any organisation has."""
_OF_PROVIDER = ("provider", "client_id", "client_secret", "name", "tenant")
_OF_OTHERS = (
    "name", "client_id", "client_secret", "authorization_endpoint", "token_endpoint", "scopes", "hosts", "redirect",
    "issuer", "ca_file",
)  # fmt: skip
_NEEDED = ("name", "client_id", "authorization_endpoint", "token_endpoint", "scopes", "hosts")


class _ClientTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    provider: str | msgspec.UnsetType = msgspec.UNSET
    tenant: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    client_id: str | msgspec.UnsetType = msgspec.UNSET
    client_secret: str | msgspec.UnsetType = msgspec.UNSET
    authorization_endpoint: str | msgspec.UnsetType = msgspec.UNSET
    token_endpoint: str | msgspec.UnsetType = msgspec.UNSET
    scopes: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    hosts: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    redirect: str | msgspec.UnsetType = msgspec.UNSET
    issuer: str | msgspec.UnsetType = msgspec.UNSET
    ca_file: str | msgspec.UnsetType = msgspec.UNSET

    def __repr__(self) -> str:
        """Keep the client secret out of every log."""
        return "_ClientTable()"


class OAuthTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[oauth]`; with an empty list nobody signs in with the browser."""

    clients: Annotated[tuple[_ClientTable, ...], msgspec.Meta(max_length=CLIENTS_LIMIT)]


def clients_of(table: OAuthTable) -> tuple[OAuthClient, ...]:
    """Return the clients in the form they are stored in; raises ValueError, its place before what is wrong."""
    found: list[OAuthClient] = []
    for number, entry in enumerate(table.clients):
        fields = {name: getattr(entry, name) for name in entry.__struct_fields__}
        given = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
        try:
            client = _of_provider(given) if "provider" in given else _of_others(given)
            _check_hosts(client, found, given)
        except OAuthClientError as error:
            place = f".{error.field}" if error.field else ""
            raise ValueError(f"oauth.clients[{number}]{place}: {error}") from None
        found.append(client)
    return tuple(found)


def _of_provider(given: Mapping[str, Any]) -> OAuthClient:
    """Return a client of which the program knows the rest; raises OAuthClientError."""
    provider = _one_of(Provider, "provider", given["provider"])
    known = [name for name in _OF_PROVIDER if name != "tenant" or provider is Provider.MICROSOFT]
    _check_names(given, known, ("client_id",), f"Expected nothing beside the provider “{provider}”")
    optional = {name: given[name] for name in ("client_secret", "name") if name in given}
    if "name" in given:
        optional["name"] = _checked("name", checked_name, given["name"])
    if "tenant" in given:
        optional["tenant"] = _checked("tenant", checked_tenant, given["tenant"])
    return checked(OAuthClient.of_provider(provider, given["client_id"], **optional))


def _of_others(given: Mapping[str, Any]) -> OAuthClient:
    """Return a client that stands there in full; raises OAuthClientError."""
    _check_names(given, _OF_OTHERS, _NEEDED, "Expected only beside the provider “microsoft”")
    fields = {name: given[name] for name in _OF_OTHERS if name in given and name != "redirect"}
    # One at a time, so that the place of the wrong one can be told.
    for name, check in (("scopes", checked_scopes), ("hosts", checked_hosts)):
        for number, each in enumerate(given[name]):
            _checked(f"{name}[{number}]", check, (each,))
    if (ca_file := given.get("ca_file")) and not Path(ca_file).is_absolute():
        raise OAuthClientError("ca_file", "Expected a file's full path")
    if "redirect" in given:
        fields["redirect_host"] = _one_of(RedirectHost, "redirect", given["redirect"])
    return checked(OAuthClient(**fields))


def _check_names(given: Mapping[str, Any], known: Iterable[str], needed: Iterable[str], otherwise: str) -> None:
    for name in given:
        if name not in known:
            raise OAuthClientError(name, otherwise)
    for name in needed:
        if name not in given:
            raise OAuthClientError("", f"Object missing required field `{name}`")


def _check_hosts(client: OAuthClient, others: Sequence[OAuthClient], given: Mapping[str, Any]) -> None:
    """Refuse a second client for a mail server: which of the two its tokens are from would be a matter of order."""
    for host in client.hosts:
        if any(other.covers(host) for other in others):
            place = "hosts" if "hosts" in given else "provider"
            raise OAuthClientError(place, f"Expected no second client for {host}")


def _checked(field: str, check: Callable[[T], R], value: T) -> R:
    try:
        return check(value)
    except ValueError as error:
        raise OAuthClientError(field, str(error)) from None


def _one_of(kind: type[E], field: str, value: str) -> E:
    if value not in set(kind):
        raise OAuthClientError(field, f"Expected {' or '.join(f'“{each}”' for each in kind)}")
    return kind(value)
