"""What lasts of a sign-in with the browser, as the keychain holds it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from app.oauth_client import OAuthClient
from app.storage.keychain import Secret

__all__ = ["Grant"]


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """The keychain's form; its `repr` is never asked for."""

    client_id: str
    token_endpoint: str
    refresh_token: str
    client_secret: str = ""

    def __repr__(self) -> str:
        return "_Kept()"


@dataclass(frozen=True, slots=True)
class Grant:
    """The lasting permission (RFC 6749 section 1.5), bound to whom it was given and who may redeem it.

    So a refresh token never reaches another server than the one that issued it, whatever the settings say since.
    """

    client_id: str
    token_endpoint: str
    refresh_token: Secret
    client_secret: Secret | None = None
    """The person's own client's, if it has one; an administrator's stands in the managed configuration."""

    def is_for(self, client: OAuthClient) -> bool:
        """Whether `client` is the one the permission was given to."""
        return (self.client_id, self.token_endpoint) == (client.client_id, client.token_endpoint)

    def to_secret(self) -> Secret:
        """Return the form the keychain keeps."""
        secret = self.client_secret.reveal() if self.client_secret else ""
        kept = _Kept(self.client_id, self.token_endpoint, self.refresh_token.reveal(), secret)
        return Secret(msgspec.json.encode(kept).decode())

    @classmethod
    def from_secret(cls, secret: Secret) -> Grant | None:
        """Return what `to_secret` made, or None for anything else."""
        try:
            kept = msgspec.json.decode(secret.reveal(), type=_Kept)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None
        own = Secret(kept.client_secret) if kept.client_secret else None
        return cls(kept.client_id, kept.token_endpoint, Secret(kept.refresh_token), own)
