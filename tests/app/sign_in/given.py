"""Secrets as the running program finds them, for whoever needs no more than a keychain."""

from __future__ import annotations

from collections.abc import Sequence

from app.oauth_client import OAuthClient
from app.profile import SmtpServer
from app.sign_in.access_tokens import AccessTokens
from app.sign_in.secrets import SecretOf, secret_for
from app.storage.keychain import Keychain, Secret


def secrets_in(keychain: Keychain, clients: Sequence[OAuthClient] = ()) -> SecretOf:
    """Return what `Services.secret_of` is, over a keychain alone."""
    tokens = AccessTokens(keychain, lambda: clients)

    async def secret_of(server: SmtpServer, typed: Secret | None = None, /) -> Secret | None:
        return await secret_for(server, keychain, tokens, typed)

    return secret_of
