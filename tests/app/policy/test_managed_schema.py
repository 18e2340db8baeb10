"""The published JSON Schema of managed.toml: it fits what the program reads, and refuses what the program refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import PolicyError
from app.policy.managed import MANAGED_FORMAT, _File, parse_managed
from app.policy.published import managed_schema
from tests.app.policy.documents import with_value
from tests.app.policy.signers import NEXT, ORG, OTHER

SCHEMA: dict[str, Any] = json.loads(managed_schema())
SOURCE = "https://policy.beispiel.example/{email_sha256}.json"
FULL: dict[str, Any] = {
    "format": MANAGED_FORMAT,
    "policy": {"source": SOURCE, "keys": [str(ORG.key), str(NEXT.key)], "ca_file": "/etc/absender/policy.pem"},
    "mail": {"ca_file": "/etc/absender/mail.pem"},
}
KINDS: dict[str, type] = {"object": dict, "array": list, "string": str}
CLIENT: dict[str, Any] = {
    "name": "Beispiel GmbH",
    "client_id": "absender",
    "client_secret": "kein Geheimnis",
    "authorization_endpoint": "https://sso.beispiel.example/authorize",
    "token_endpoint": "https://sso.beispiel.example/token",
    "scopes": ["smtp", "offline_access"],
    "hosts": ["smtp.beispiel.example"],
    "redirect": "localhost",
    "issuer": "https://sso.beispiel.example",
    "ca_file": "/etc/absender/sso.pem",
}
GOOGLE = {"provider": "google", "client_id": "1-x.apps.googleusercontent.com", "client_secret": "x", "name": "Google"}
MICROSOFT = {"provider": "microsoft", "client_id": "1", "tenant": "beispiel.example"}
WITH_CLIENTS = FULL | {"oauth": {"clients": [CLIENT, GOOGLE, MICROSOFT]}}


def fits(node: Any, value: Any) -> bool:
    """Whether a value fits the schema, by the keywords this schema uses (JSON Schema 2020-12)."""
    if node is False or type(value) is not KINDS.get(node.get("type", ""), type(value)):
        return False
    if value != node.get("const", value) or value not in node.get("enum", [value]):
        return False
    if "oneOf" in node and sum(fits(each, value) for each in node["oneOf"]) != 1:
        return False
    if isinstance(value, dict):
        known = node["properties"]
        is_closed = "type" in node  # what stands in `oneOf` adds to an object that is
        assert not is_closed or node["additionalProperties"] is False
        is_whole = set(node.get("required", ())) <= value.keys() and (not is_closed or value.keys() <= known.keys())
        return is_whole and all(fits(known[name], inner) for name, inner in value.items() if name in known)
    if isinstance(value, list):
        return node.get("minItems", 0) <= len(value) <= node["maxItems"] and all(
            fits(node["items"], each) for each in value
        )
    assert isinstance(value, str)
    is_long_enough = node.get("minLength", 0) <= len(value) <= node.get("maxLength", len(value))
    return is_long_enough and re.search(node.get("pattern", ""), value) is not None


def toml(value: Any) -> str:
    """Return a value as TOML writes it, tables in a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def is_read(whole: dict[str, Any]) -> bool:
    try:
        parse_managed("\n".join(f"{name} = {toml(value)}" for name, value in whole.items()).encode(), file="f")
    except PolicyError:
        return False
    return True


CLIENTS = ("oauth", "clients")
PATHS: list[tuple[str | int, ...]] = [
    *[("format",), ("policy",), ("policy", "source"), ("policy", "keys"), ("policy", "ca_file")],
    *[("mail",), ("mail", "ca_file"), ("oauth",), CLIENTS, (*CLIENTS, 0), (*CLIENTS, 1), (*CLIENTS, 2)],
    *[(*CLIENTS, 0, name) for name in CLIENT],
    *[(*CLIENTS, 0, "scopes", 0), (*CLIENTS, 0, "hosts", 0)],
    *[(*CLIENTS, 1, name) for name in dict.fromkeys([*GOOGLE, "tenant", *CLIENT])],
    *[(*CLIENTS, 2, name) for name in dict.fromkeys([*MICROSOFT, *CLIENT])],
]
MEANT = {"source", "ca_file", "authorization_endpoint", "token_endpoint", "issuer", "hosts", 0, "tenant"}
"""Where a text has to be an address, a name or a path, which is more than a schema can say."""


def test_everything_that_can_be_set_fits_and_is_read() -> None:
    for whole in (FULL, WITH_CLIENTS, FULL | {"oauth": {"clients": []}}):
        assert fits(SCHEMA, whole)
        assert is_read(whole)
    assert (SCHEMA["title"], SCHEMA["$id"]) == (MANAGED_FORMAT, "urn:absender-managed:1")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_schema_and_program_agree_on_every_type_at_every_path(path: tuple[str | int, ...]) -> None:
    for value in (..., True, 3, 2.5, "", "a text", [], ["a"], [3], {}, {"unknown": 1}):
        whole = with_value(WITH_CLIENTS, path, value)
        if value in ("", "a text") and path[-1] in MEANT and fits(SCHEMA, whole):
            continue
        assert fits(SCHEMA, whole) is is_read(whole), value


@pytest.mark.parametrize(
    "keys", [[], [str(ORG.key)], [str(ORG.key)[:-1]], ["ed25519:"], [str(key.key) for key in (ORG, NEXT, OTHER)]]
)
def test_schema_and_program_agree_on_keys(keys: list[str]) -> None:
    whole = with_value(WITH_CLIENTS, ("policy", "keys"), keys)
    assert fits(SCHEMA, whole) is is_read(whole)


@pytest.mark.parametrize("path", [(), ("policy",), ("mail",), ("oauth",), *((*CLIENTS, number) for number in range(3))])
def test_a_name_that_is_not_known_fits_neither(path: tuple[str | int, ...]) -> None:
    whole = with_value(WITH_CLIENTS, (*path, "unknown"), "x")
    assert not fits(SCHEMA, whole)
    assert not is_read(whole)


def test_the_schema_has_every_field_of_the_program() -> None:
    program = msgspec.json.schema(_File)["$defs"]
    tables = {
        "_File": SCHEMA,
        "_PolicyTable": SCHEMA["properties"]["policy"],
        "_MailTable": SCHEMA["properties"]["mail"],
        "OAuthTable": SCHEMA["properties"]["oauth"],
        "_ClientTable": SCHEMA["properties"]["oauth"]["properties"]["clients"]["items"],
    }
    for name, table in tables.items():
        assert list(program[name]["properties"]) == list(table["properties"])
        assert sorted(program[name]["required"]) == sorted(table.get("required", []))


_ANY = st.sampled_from([True, 7, "", " ", "x", "google", "microsoft", "localhost", [], ["x"], ["a b"], [7], {}])
_FIELDS = st.sampled_from([*GOOGLE, *MICROSOFT, *CLIENT, "unknown"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([CLIENT, GOOGLE, MICROSOFT]), max_size=3),
    st.dictionaries(_FIELDS, _ANY, max_size=2),
    st.sets(_FIELDS, max_size=2),
    st.integers(0, 2),
)
def test_what_the_program_reads_fits_the_schema(
    clients: list[dict[str, Any]], others: dict[str, Any], gone: set[str], number: int
) -> None:
    changed = [dict(client) for client in clients]
    if number < len(changed):
        changed[number] = {name: value for name, value in (changed[number] | others).items() if name not in gone}
    found = FULL | {"oauth": {"clients": changed}}
    fits_it, read = fits(SCHEMA, found), is_read(found)
    assert fits_it or not read
    # Beyond the schema are two clients for a mail server, and what a text has to be.
    if fits_it and not read:
        assert len({client.get("provider") for client in changed}) < len(changed) or others.keys() & MEANT
