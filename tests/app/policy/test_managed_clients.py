"""The organisation's OAuth clients in the managed configuration: read strictly, in place of the person's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.address import Address
from app.errors import PolicyError, Problem, Reason
from app.oauth_client import OAuthClient, Provider, RedirectHost
from app.policy.managed import Managed, parse_managed
from app.policy.managed_clients import CLIENTS_LIMIT
from app.profile import Profile, Security, SendAsAddress, SmtpServer

SECRET = "GOCSPX-8c1f0e7a5b"
BASE = 'format = "absender-managed/1"\n[policy]\nsource = "https://policy.beispiel.example/{email}.json"\n'
GOOGLE = f'[[oauth.clients]]\nprovider = "google"\nclient_id = "1"\nclient_secret = "{SECRET}"\n'
MICROSOFT = '[[oauth.clients]]\nprovider = "microsoft"\nclient_id = "2"\ntenant = "beispiel.example"\n'
OWN = """\
[[oauth.clients]]
name = "Beispiel GmbH"
client_id = "absender"
authorization_endpoint = "https://sso.beispiel.example/authorize"
token_endpoint = "https://sso.beispiel.example/token"
scopes = ["smtp", "offline_access"]
hosts = ["smtp.beispiel.example"]
"""
FULL = OWN + 'issuer = "https://sso.beispiel.example"\nca_file = "/etc/absender/sso.pem"\nredirect = "localhost"\n'
CLIENT = OAuthClient(
    name="Beispiel GmbH",
    client_id="absender",
    authorization_endpoint="https://sso.beispiel.example/authorize",
    token_endpoint="https://sso.beispiel.example/token",
    scopes=("smtp", "offline_access"),
    hosts=("smtp.beispiel.example",),
)


def managed(text: str) -> Managed:
    return parse_managed((BASE + text).encode(), file="f")


def detail(text: str) -> str:
    with pytest.raises(PolicyError) as caught:
        managed(text)
    problem = caught.value.problem
    assert problem == Problem.of(Reason.MANAGED_WRONG, file="f", detail=problem.fact("detail"))
    assert SECRET not in repr(problem)
    return problem.fact("detail")


def line_set(name: str, value: str | None) -> str:
    """Return the whole client with another value, or without it."""
    kept = [line for line in FULL.splitlines() if not line.startswith(f"{name} =")]
    return "\n".join([*kept, *([] if value is None else [f"{name} = {value}"])]) + "\n"


def test_all_clients_are_read_in_their_order() -> None:
    everything = replace(
        CLIENT,
        issuer="https://sso.beispiel.example",
        ca_file="/etc/absender/sso.pem",
        redirect_host=RedirectHost.NAME,
    )
    assert managed(GOOGLE + MICROSOFT + FULL).oauth_clients == (
        OAuthClient.of_provider(Provider.GOOGLE, "1", client_secret=SECRET),
        OAuthClient.of_provider(Provider.MICROSOFT, "2", tenant="beispiel.example"),
        everything,
    )
    assert managed(OWN).oauth_clients == (CLIENT,)


def test_what_is_left_open_and_what_is_locked_away_are_two_things() -> None:
    assert managed("").oauth_clients is None
    assert managed("[oauth]\nclients = []\n").oauth_clients == ()


def test_a_client_is_read_in_the_form_it_is_compared_in() -> None:
    text = (
        line_set("hosts", '["SMTP.Bücher.example.", "192.0.2.1"]')
        .replace("https://sso.beispiel.example/token", "HTTPS://SSO.Beispiel.Example:443/token")
        .replace('"absender"', '" absender "')
    )
    clients = managed(text).oauth_clients
    assert clients is not None
    assert clients[0].hosts == ("smtp.xn--bcher-kva.example", "192.0.2.1")
    assert (clients[0].token_endpoint, clients[0].client_id) == ("https://sso.beispiel.example/token", "absender")


@pytest.mark.parametrize("place", ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_a_server_of_this_machine_needs_no_tls(place: str) -> None:
    assert managed(OWN.replace("https://sso.beispiel.example", place)).oauth_clients


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("unknown", "1", ": Object contains unknown field `unknown`"),
        ("name", None, ": Object missing required field `name`"),
        ("client_id", None, ": Object missing required field `client_id`"),
        ("authorization_endpoint", None, ": Object missing required field `authorization_endpoint`"),
        ("token_endpoint", None, ": Object missing required field `token_endpoint`"),
        ("scopes", None, ": Object missing required field `scopes`"),
        ("hosts", None, ": Object missing required field `hosts`"),
        ("name", "7", ".name: Expected `str`, got `int`"),
        ("name", '" "', ".name: Expected a name of at most 100 characters"),
        ("name", '"a\\u202eb"', ".name: Expected a name of at most 100 characters"),
        ("client_id", '""', ".client_id: Expected a client ID of printable ASCII characters"),
        ("client_id", '"a\\u0000b"', ".client_id: Expected a client ID of printable ASCII characters"),
        ("client_id", "[]", ".client_id: Expected `str`, got `array`"),
        ("client_secret", '"a\\nb"', ".client_secret: Expected a client secret of printable ASCII characters"),
        ("client_secret", "7", ".client_secret: Expected `str`, got `int`"),
        ("token_endpoint", '"http://sso.beispiel.example/t"', ".token_endpoint: Expected an https address"),
        ("token_endpoint", '"https://a:b@sso.beispiel.example/t"', ".token_endpoint: Expected an https address"),
        ("token_endpoint", '"https://sso.beispiel.example/t#a"', ".token_endpoint: Expected an https address"),
        ("token_endpoint", '"sso.beispiel.example"', ".token_endpoint: Expected an https address"),
        ("token_endpoint", '""', ".token_endpoint: Expected an https address"),
        ("authorization_endpoint", '"ftp://x.example/"', ".authorization_endpoint: Expected an https address"),
        (
            "authorization_endpoint",
            '"https://x.example/a?state=1"',
            ".authorization_endpoint: Expected an https address without “state”",
        ),
        ("scopes", "[]", ".scopes: Expected scopes without spaces, quotation marks and backslashes"),
        ("scopes", '["a", "b c"]', ".scopes[1]: Expected scopes without spaces, quotation marks and backslashes"),
        ("scopes", '["a", 7]', ".scopes[1]: Expected `str`, got `int`"),
        ("scopes", '"a b"', ".scopes: Expected `array`, got `str`"),
        ("hosts", "[]", ".hosts: Expected the names of mail servers"),
        ("hosts", '["a.example", "b c"]', ".hosts[1]: Expected the names of mail servers"),
        ("hosts", '["a.example:587"]', ".hosts[0]: Expected the names of mail servers"),
        ("redirect", '"http://localhost"', ".redirect: Expected “127.0.0.1” or “localhost”"),
        ("issuer", '"beispiel"', ".issuer: Expected an https address"),
        ("issuer", '"https://x.example/?a"', ".issuer: Expected an https address without a query"),
        ("ca_file", '"sso.pem"', ".ca_file: Expected a file's full path"),
        ("tenant", '"beispiel.example"', ".tenant: Expected only beside the provider “microsoft”"),
    ],
)
def test_a_mistake_in_a_client_is_named_with_its_place(name: str, value: str | None, expected: str) -> None:
    assert detail(GOOGLE + line_set(name, value)) == f"oauth.clients[1]{expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[oauth]\n", "oauth: Object missing required field `clients`"),
        ("[oauth]\nclients = []\nmore = 1\n", "oauth: Object contains unknown field `more`"),
        ("[oauth]\nclients = 3\n", "oauth.clients: Expected `array`, got `int`"),
        ("[oauth]\nclients = [3]\n", "oauth.clients[0]: Expected `object`, got `int`"),
        ("[oauth]\nclients = [{}]\n", "oauth.clients[0]: Object missing required field `name`"),
        (OWN * (CLIENTS_LIMIT + 1), f"oauth.clients: Expected `array` of length <= {CLIENTS_LIMIT}"),
        (GOOGLE.replace("google", "Google"), "oauth.clients[0].provider: Expected “google” or “microsoft”"),
        (GOOGLE + 'tenant = "x"\n', "oauth.clients[0].tenant: Expected nothing beside the provider “google”"),
        (GOOGLE + "scopes = []\n", "oauth.clients[0].scopes: Expected nothing beside the provider “google”"),
        (
            MICROSOFT + 'hosts = ["smtp.beispiel.example"]\n',
            "oauth.clients[0].hosts: Expected nothing beside the provider “microsoft”",
        ),
        (
            MICROSOFT.replace("beispiel.example", "a/b"),
            "oauth.clients[0].tenant: Expected a domain or a tenant's identifier",
        ),
        ('[[oauth.clients]]\nprovider = "google"\n', "oauth.clients[0]: Object missing required field `client_id`"),
        (GOOGLE + 'name = "\\u0007"\n', "oauth.clients[0].name: Expected a name of at most 100 characters"),
        (GOOGLE + GOOGLE, "oauth.clients[1].provider: Expected no second client for smtp.gmail.com"),
        (
            GOOGLE + line_set("hosts", '["a.example", "SMTP.gmail.com"]'),
            "oauth.clients[1].hosts: Expected no second client for smtp.gmail.com",
        ),
    ],
)
def test_a_mistake_in_the_list_is_named_with_its_place(text: str, expected: str) -> None:
    assert detail(text) == expected


def test_a_client_secret_shows_itself_nowhere() -> None:
    found = managed(GOOGLE)
    assert found.oauth_clients is not None
    assert found.oauth_clients[0].client_secret == SECRET
    assert SECRET not in repr(found)
    assert SECRET not in detail(GOOGLE + MICROSOFT + MICROSOFT)


@pytest.mark.parametrize(("text", "expected"), [("", (CLIENT,)), (GOOGLE, None), ("[oauth]\nclients = []\n", ())])
def test_clients_that_are_set_count_in_place_of_the_persons_own(
    text: str, expected: tuple[OAuthClient, ...] | None
) -> None:
    entry = SendAsAddress("a", Address.parse("nutzer@beispiel.example"), is_primary=True, is_default=True)
    server = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer")
    own = Profile("p", (entry,), server, "", oauth_clients=(CLIENT,))
    found = managed(text)
    assert found.applied_to(own).oauth_clients == (found.oauth_clients if expected is None else expected)
