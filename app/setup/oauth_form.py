"""A person's own OAuth client as it is typed: what is wrong with each field, and the client it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.errors import Problem, Reason, SetupError
from app.oauth_client import (
    OAuthClient,
    Provider,
    checked_authorization_endpoint,
    checked_client_id,
    checked_endpoint,
    checked_scopes,
    checked_tenant,
    provider_of,
)
from app.setup.field import Field

__all__ = ["OAuthForm"]

_ANY_TENANT = "common"
_PLACE = re.compile(r"https?://([^/?]*?)(?::\d+)?(?=[/?]|$)")


@dataclass(frozen=True, slots=True)
class OAuthForm:
    """A client as typed; its secret is nowhere in this value."""

    client_id: str = ""
    tenant: str = ""
    """Whose accounts Microsoft asks for, where the client is for one organisation only."""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    scopes: str = ""
    """Separated by spaces, as in a request (RFC 6749 section 3.3)."""
    secret_given: bool = False
    """Whether a client secret was typed."""

    def problems(self, host: str) -> Mapping[Field, Problem]:
        """Return what is wrong, by field, with a client whose tokens are for the mail server `host`."""
        checks = _CHECKS if provider_of(host) is None else _CHECKS_OF_PROVIDERS
        found = {field: _problem_of(reason, check, self) for field, (reason, check) in checks.items()}
        return {field: problem for field, problem in found.items() if problem is not None}

    def client(self, host: str) -> OAuthClient:
        """Return the client; raises SetupError while the form has problems."""
        for problem in self.problems(host).values():
            raise SetupError(problem)
        client_id, provider = checked_client_id(self.client_id), provider_of(host)
        if provider is Provider.MICROSOFT:
            return OAuthClient.of_provider(provider, client_id, tenant=_tenant(self))
        if provider is not None:
            return OAuthClient.of_provider(provider, client_id)
        asked = checked_authorization_endpoint(self.authorization_endpoint)
        place = _PLACE.match(asked)
        return OAuthClient(
            name=place[1] if place else asked,
            client_id=client_id,
            authorization_endpoint=asked,
            token_endpoint=checked_endpoint(self.token_endpoint),
            scopes=checked_scopes(self.scopes.split()),
            hosts=(host,),
        )

    @classmethod
    def of(cls, client: OAuthClient) -> OAuthForm:
        """Return the form for a stored client."""
        tenant = ""
        if provider_of(client.hosts[0]) is Provider.MICROSOFT:
            tenant = client.token_endpoint.removeprefix("https://").split("/")[1]
        return cls(
            client_id=client.client_id,
            tenant="" if tenant == _ANY_TENANT else tenant,
            authorization_endpoint=client.authorization_endpoint,
            token_endpoint=client.token_endpoint,
            scopes=" ".join(client.scopes),
        )


def _tenant(form: OAuthForm) -> str:
    return checked_tenant(form.tenant) if form.tenant.strip() else _ANY_TENANT


_Checks = Mapping[Field, tuple[Reason, Callable[[OAuthForm], object]]]
_CHECKS: _Checks = {
    Field.CLIENT_ID: (Reason.SETUP_BAD_CLIENT_ID, lambda form: checked_client_id(form.client_id)),
    Field.AUTHORIZATION_ENDPOINT: (
        Reason.SETUP_BAD_ENDPOINT,
        lambda form: checked_authorization_endpoint(form.authorization_endpoint),
    ),
    Field.TOKEN_ENDPOINT: (Reason.SETUP_BAD_ENDPOINT, lambda form: checked_endpoint(form.token_endpoint)),
    Field.SCOPES: (Reason.SETUP_BAD_SCOPE, lambda form: checked_scopes(form.scopes.split())),
}
_CHECKS_OF_PROVIDERS: _Checks = {
    Field.CLIENT_ID: _CHECKS[Field.CLIENT_ID],
    Field.TENANT: (Reason.SETUP_BAD_TENANT, _tenant),
}


def _problem_of(reason: Reason, check: Callable[[OAuthForm], object], form: OAuthForm) -> Problem | None:
    try:
        check(form)
    except ValueError:
        return Problem.of(reason)
    return None
