"""Clients of authorization servers: which addresses, identifiers and scopes there can be, and in which form."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.oauth_client import (
    AUTHORIZATION_PARAMETERS,
    OAuthClient,
    OAuthClientError,
    Provider,
    checked,
    checked_authorization_endpoint,
    checked_client_id,
    checked_client_secret,
    checked_endpoint,
    checked_hosts,
    checked_issuer,
    checked_name,
    checked_scopes,
    checked_tenant,
    client_for,
    provider_of,
)

CLIENT = OAuthClient(
    name="Beispiel GmbH",
    client_id="absender",
    authorization_endpoint="https://sso.beispiel.example/authorize",
    token_endpoint="https://sso.beispiel.example/token",
    scopes=("smtp", "offline_access"),
    hosts=("smtp.beispiel.example",),
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" https://sso.beispiel.example/authorize ", "https://sso.beispiel.example/authorize"),
        ("HTTPS://SSO.Beispiel.Example./Authorize?x=Y", "https://sso.beispiel.example/Authorize?x=Y"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://sso.beispiel.example:443", "https://sso.beispiel.example"),
        ("https://sso.beispiel.example:8443/%C3%A4?a=b?c", "https://sso.beispiel.example:8443/%C3%A4?a=b?c"),
        ("https://[2001:DB8::1]:8443/t", "https://[2001:db8::1]:8443/t"),
        ("https://192.0.2.1/t", "https://192.0.2.1/t"),
        ("http://localhost:8080/t", "http://localhost:8080/t"),
        ("http://127.0.0.1:80/t", "http://127.0.0.1/t"),
        ("http://[::1]:8080/t", "http://[::1]:8080/t"),
    ],
)
def test_an_endpoint_has_one_form(typed: str, stored: str) -> None:
    assert checked_endpoint(typed) == stored
    assert checked_endpoint(stored) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sso.beispiel.example/authorize",
        "http://sso.beispiel.example/authorize",
        "http://localhost.beispiel.example/t",
        "http://127.0.0.1.beispiel.example/t",
        "ftp://sso.beispiel.example/t",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "javascript://sso.beispiel.example/%0aalert(1)",
        "https://nutzer@sso.beispiel.example/t",
        "https://nutzer:wort@sso.beispiel.example/t",
        "https://sso.beispiel.example/t#fragment",
        "https://sso.beispiel.example/t?a#",
        "https://sso.beispiel.example/a b",
        "https://sso.beispiel.example/a\nb",
        "https://sso.beispiel.example\\@evil.example/",
        "https://sso.beispiel.example/a\\b",
        "https://sso.beispiel.example/ä",
        "https://sso.beispiel.example/%zz",
        "https://sso.beispiel.example/\u212a",  # a K where case does not count
        "http\u017f://sso.beispiel.example/",  # an s likewise
        "https://sso\u00a0.beispiel.example/",
        "https://sso.beispiel.example:0/t",
        "https://sso.beispiel.example:65536/t",
        "https://sso.beispiel.example:port/t",
        "https:///t",
        "https://-sso.example/t",
        "https://[::1/t",
        "https://[nothing]/t",
        "https://sso_1.beispiel.example/t",
        f"https://sso.beispiel.example/{'a' * 2048}",
    ],
)
def test_what_can_be_no_endpoint_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Expected an https address"):
        checked_endpoint(typed)


@given(
    st.text(alphabet="htps:/[]1.#@?%\\ \u017f\u212aä", max_size=40)
    | st.from_regex(r"https?://[^/]{1,20}/[!-~]{0,20}", fullmatch=True)
)
def test_whatever_passes_is_https_or_this_machine(typed: str) -> None:
    try:
        stored = checked_endpoint(typed)
    except ValueError:
        return
    host = stored.partition("://")[2].partition("/")[0].partition("?")[0]
    assert stored.isascii()
    assert not set(stored) & set("#@\\ \t\r\n") or "@" in stored.partition("/")[2]
    assert "@" not in host
    assert stored.startswith("https://") or host.rpartition(":")[0] in {"localhost", "127.0.0.1", "[::1]", ""}


@pytest.mark.parametrize("name", sorted(AUTHORIZATION_PARAMETERS))
def test_an_address_says_nothing_that_the_program_says_itself(name: str) -> None:
    for query in (f"{name}=x", f"prompt=consent&{name}", f"%{ord(name[0]):02x}{name[1:]}=x"):
        with pytest.raises(ValueError, match=name):
            checked_authorization_endpoint(f"https://sso.beispiel.example/a?{query}")


def test_an_address_may_have_a_query_of_its_own() -> None:
    address = "https://sso.beispiel.example/a?prompt=consent&hd=beispiel.example"
    assert checked_authorization_endpoint(address) == address


def test_an_issuer_is_kept_to_the_letter() -> None:
    assert checked_issuer("https://SSO.beispiel.example/") == "https://SSO.beispiel.example/"
    assert checked_issuer("") == ""
    for bad in ("https://sso.beispiel.example/?a", "http://sso.beispiel.example", "Beispiel GmbH"):
        with pytest.raises(ValueError, match="Expected"):
            checked_issuer(bad)


@pytest.mark.parametrize("bad", ["", " ", "ä", "a\tb", "a\x7f", "a" * 2049])
def test_an_identifier_is_of_printable_ascii(bad: str) -> None:
    with pytest.raises(ValueError, match="client ID"):
        checked_client_id(bad)
    if bad.strip():
        with pytest.raises(ValueError, match="client secret"):
            checked_client_secret(bad)


def test_identifier_and_secret_lose_the_spaces_around_them() -> None:
    assert checked_client_id(" 123-abc.apps.example\n") == "123-abc.apps.example"
    assert checked_client_secret(" a b ") == "a b"
    assert checked_client_secret("") == ""


@pytest.mark.parametrize(
    "bad", [(), ("",), ("a b",), ('a"',), ("a\\",), ("ä",), ("a", "b\n"), tuple(map(str, range(65)))]
)
def test_a_scope_is_a_token(bad: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="scopes"):
        checked_scopes(bad)


def test_scopes_stand_once_each_in_their_order() -> None:
    assert checked_scopes(["https://mail.beispiel.example/", "a", "a"]) == ("https://mail.beispiel.example/", "a")


def test_mail_servers_have_one_form() -> None:
    assert checked_hosts([" SMTP.Bücher.example. ", "smtp.xn--bcher-kva.example", "[::1]"]) == (
        "smtp.xn--bcher-kva.example",
        "::1",
    )


@pytest.mark.parametrize("bad", [[], [""], ["*.beispiel.example"], ["smtp.beispiel.example:587"], ["a b"], ["*"]])
def test_what_names_no_mail_server_is_refused(bad: list[str]) -> None:
    with pytest.raises(ValueError, match="mail servers"):
        checked_hosts(bad)


@pytest.mark.parametrize(
    "tenant", ["common", "organizations", "beispiel.example", "72f988bf-86f1-41af-91ab-2d7cd011db47"]
)
def test_a_tenant_is_a_domain_an_identifier_or_a_word(tenant: str) -> None:
    stored = OAuthClient.of_provider(Provider.MICROSOFT, "absender", tenant=checked_tenant(f" {tenant.upper()} "))
    assert checked(stored) == stored
    assert f"/{tenant}/" in stored.token_endpoint


@pytest.mark.parametrize("bad", ["", "a/b", "..", "a?b", "a b", "common#"])
def test_what_would_change_the_address_is_no_tenant(bad: str) -> None:
    with pytest.raises(ValueError, match="tenant"):
        checked_tenant(bad)


@pytest.mark.parametrize("bad", ["", " ", "a\u202eb", "a\nb", "a" * 101])
def test_a_name_is_for_people(bad: str) -> None:
    with pytest.raises(ValueError, match="name"):
        checked_name(bad)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("name", ""),
        ("client_id", ""),
        ("client_secret", "ä"),
        ("authorization_endpoint", "https://sso.beispiel.example/?state=1"),
        ("token_endpoint", "http://sso.beispiel.example"),
        ("scopes", ()),
        ("hosts", ()),
        ("issuer", "x"),
    ],
)
def test_a_client_names_the_field_that_is_wrong(field: str, bad: object) -> None:
    with pytest.raises(OAuthClientError, match="Expected") as caught:
        checked(replace(CLIENT, **{field: bad}))  # type: ignore[arg-type]  # one field of any type
    assert caught.value.field == field


def test_a_client_is_stored_in_one_form() -> None:
    typed = replace(CLIENT, client_id=" absender ", hosts=("SMTP.beispiel.example",))
    assert checked(typed) == CLIENT


@pytest.mark.parametrize("provider", Provider)
def test_a_providers_client_needs_no_more_than_its_identifier(provider: Provider) -> None:
    client = OAuthClient.of_provider(provider, "absender")
    assert checked(client) == client
    assert all(provider_of(host.upper()) is provider for host in client.hosts)
    assert client_for(client.hosts[0], (CLIENT, client)) is client


def test_a_client_is_for_its_own_mail_servers_only() -> None:
    assert client_for("SMTP.beispiel.example", (CLIENT,)) is CLIENT
    assert client_for("smtp.partner.example", (CLIENT,)) is None
    assert client_for("evil.smtp.beispiel.example", (CLIENT,)) is None
    assert provider_of("smtp.beispiel.example") is None


def test_what_is_registered_is_this_machine() -> None:
    assert CLIENT.redirect_uri == "http://127.0.0.1"
    assert OAuthClient.of_provider(Provider.MICROSOFT, "absender").redirect_uri == "http://localhost"


def test_a_client_does_not_show_its_secret() -> None:
    assert "geheim" not in repr(replace(CLIENT, client_secret="geheim"))
