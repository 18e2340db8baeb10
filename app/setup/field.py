"""What a person types to add an address, by name: so a problem stands beside the field it is about."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Field"]


class Field(StrEnum):
    """What a person types, so that a problem can stand beside it."""

    NAME = "name"
    ADDRESS = "address"
    REPLY_TO = "reply-to"
    HOST = "host"
    PORT = "port"
    SECURITY = "security"
    USERNAME = "username"
    SIGN_IN = "sign-in"
    """How one signs in: with a password, or with the browser."""
    PASSWORD = "password"  # noqa: S105
    """The password, or the sign-in that was done with the browser."""
    COMMAND = "command"
    CLIENT_ID = "client-id"
    TENANT = "tenant"
    AUTHORIZATION_ENDPOINT = "authorization-endpoint"
    TOKEN_ENDPOINT = "token-endpoint"  # noqa: S105
    SCOPES = "scopes"
