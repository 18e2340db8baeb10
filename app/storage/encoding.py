"""How values of the core are written into the database's JSON columns, and read back."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

import msgspec

from app.address import Address
from app.errors import Problem, Reason
from app.message.draft import Draft
from app.oauth_client import OAuthClient, RedirectHost
from app.profile import CommandSignIn, NoSignIn, OAuthSignIn, PasswordSignIn, Security, SignIn, SmtpServer

__all__ = [
    "decode_addresses",
    "decode_clients",
    "decode_draft",
    "decode_problem",
    "decode_server",
    "encode",
    "encode_addresses",
    "encode_clients",
    "encode_problem",
    "encode_server",
    "readable_draft",
]

_NOBODY = Address.parse("unknown@sender.invalid")
"""Stands for a sender that cannot be read (RFC 2606 section 2)."""
_CONTROLS = dict.fromkeys(range(32), "\ufffd")
"""What JSON cannot hold."""


class _Server(msgspec.Struct):
    host: str
    port: int
    security: Security
    username: str
    sign_in: Literal["password", "command", "none", "oauth"]
    argv: tuple[str, ...] = ()


class _Client(msgspec.Struct):
    """Without a client secret: that lies in the keychain, or in the administrator's file."""

    name: str
    client_id: str
    authorization_endpoint: str
    token_endpoint: str
    scopes: tuple[str, ...]
    hosts: tuple[str, ...]
    redirect_host: RedirectHost
    issuer: str
    ca_file: str


class _Problem(msgspec.Struct):
    reason: Reason
    facts: dict[str, str]


def encode(value: object) -> str:
    """Return a value made of plain types and dataclasses as JSON."""
    return msgspec.json.encode(value).decode("utf-8")


def encode_server(server: SmtpServer) -> str:
    """Return a server as JSON; its password is not part of it."""
    kind: Literal["password", "command", "none", "oauth"]
    argv: tuple[str, ...] = ()
    match server.sign_in:
        case PasswordSignIn():
            kind = "password"
        case CommandSignIn(argv=argv):
            kind = "command"
        case NoSignIn():
            kind = "none"
        case OAuthSignIn():
            kind = "oauth"
    return encode(_Server(server.host, server.port, server.security, server.username, kind, argv))


def decode_server(text: str) -> SmtpServer:
    """Return the server `encode_server` wrote."""
    found = msgspec.json.decode(text, type=_Server)
    sign_in: SignIn
    match found.sign_in:
        case "password":
            sign_in = PasswordSignIn()
        case "command":
            sign_in = CommandSignIn(found.argv)
        case "none":
            sign_in = NoSignIn()
        case "oauth":
            sign_in = OAuthSignIn()
    return SmtpServer(found.host, found.port, found.security, found.username, sign_in)


def encode_clients(clients: tuple[OAuthClient, ...]) -> str:
    """Return OAuth clients as JSON, without their secrets."""
    names = _Client.__struct_fields__
    return encode([_Client(**{name: getattr(client, name) for name in names}) for client in clients])


def decode_clients(text: str) -> tuple[OAuthClient, ...]:
    """Return the clients `encode_clients` wrote."""
    return tuple(
        OAuthClient(**msgspec.structs.asdict(each)) for each in msgspec.json.decode(text, type=tuple[_Client, ...])
    )


def encode_problem(problem: Problem | None) -> str | None:
    """Return a problem as JSON."""
    return None if problem is None else encode(_Problem(problem.reason, dict(problem.facts)))


def decode_problem(text: str | None) -> Problem | None:
    """Return the problem `encode_problem` wrote."""
    if text is None:
        return None
    found = msgspec.json.decode(text, type=_Problem)
    return Problem.of(found.reason, **found.facts)


def encode_addresses(addresses: tuple[Address, ...]) -> str:
    """Return addresses as a JSON list of their texts."""
    return encode([str(address) for address in addresses])


def decode_addresses(text: str) -> tuple[Address, ...]:
    """Return the addresses `encode_addresses` wrote."""
    return tuple(Address.parse(each) for each in msgspec.json.decode(text, type=list[str]))


def decode_draft(text: str) -> Draft:
    """Return the draft that was written with `encode`."""
    return msgspec.json.decode(text, type=Draft)


def readable_draft(draft_id: str, text: str) -> Draft:
    """Return the draft that was written with `encode`; where that is damaged, all of it as the draft's text."""
    for tried in (text, text.translate(_CONTROLS)):
        with suppress(msgspec.MsgspecError, ValueError):
            draft = decode_draft(tried)
            if draft.id == draft_id:
                return draft
    return Draft(id=draft_id, sender=_NOBODY, text=text)
