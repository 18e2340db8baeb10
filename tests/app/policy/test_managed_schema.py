"""The published JSON Schema of managed.toml: it fits what the program reads, and refuses what the program refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest

from app.errors import PolicyError
from app.policy.managed import MANAGED_FORMAT, _File, parse_managed
from app.policy.published import managed_schema
from tests.app.policy.signers import NEXT, ORG, OTHER

SCHEMA: dict[str, Any] = json.loads(managed_schema())
SOURCE = "https://policy.beispiel.example/{email_sha256}.json"
FULL: dict[str, Any] = {
    "format": MANAGED_FORMAT,
    "policy": {"source": SOURCE, "keys": [str(ORG.key), str(NEXT.key)], "ca_file": "/etc/absender/policy.pem"},
    "mail": {"ca_file": "/etc/absender/mail.pem"},
}
KINDS: dict[str, type] = {"object": dict, "array": list, "string": str}


def fits(node: dict[str, Any], value: Any) -> bool:
    """Whether a value fits the schema, by the keywords this schema uses (JSON Schema 2020-12)."""
    if type(value) is not KINDS[node["type"]] or value != node.get("const", value):
        return False
    if isinstance(value, dict):
        known = node["properties"]
        assert node["additionalProperties"] is False
        is_whole = set(node.get("required", ())) <= value.keys() <= known.keys()
        return is_whole and all(fits(known[name], inner) for name, inner in value.items())
    if isinstance(value, list):
        return len(value) <= node["maxItems"] and all(fits(node["items"], each) for each in value)
    assert isinstance(value, str)
    return len(value) >= node.get("minLength", 0) and re.search(node.get("pattern", ""), value) is not None


def toml(value: Any) -> str:
    """Return a value as TOML writes it, tables in a line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(inner)}" for name, inner in value.items()) + "}"
    return json.dumps(value)


def is_read(settings: dict[str, Any]) -> bool:
    try:
        parse_managed("\n".join(f"{name} = {toml(value)}" for name, value in settings.items()).encode(), file="f")
    except PolicyError:
        return False
    return True


def with_value(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return everything with another value at `path`, or none for an ellipsis."""
    whole: Any = json.loads(json.dumps(FULL))
    inner = whole
    for name in path[:-1]:
        inner = inner[name]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert isinstance(whole, dict)
    return whole


PATHS = [("format",), ("policy",), ("policy", "source"), ("policy", "keys"), ("policy", "ca_file"), ("mail",)]
PATHS.append(("mail", "ca_file"))


def test_everything_that_can_be_set_fits_and_is_read() -> None:
    assert fits(SCHEMA, FULL)
    assert is_read(FULL)
    assert (SCHEMA["title"], SCHEMA["$id"]) == (MANAGED_FORMAT, "urn:absender-managed:1")


@pytest.mark.parametrize("path", PATHS, ids=".".join)
@pytest.mark.parametrize("value", [..., True, 3, 2.5, "a text", [], ["a"], {}, {"unknown": 1}])
def test_schema_and_program_agree_on_every_type_at_every_path(path: tuple[str, ...], value: Any) -> None:
    settings = with_value(path, value)
    # Whether a text is an address or a full path is more than a schema can say.
    is_only_a_text = path[-1] in {"source", "ca_file"} and value == "a text"
    assert fits(SCHEMA, settings) is (is_read(settings) or is_only_a_text)


@pytest.mark.parametrize(
    "keys", [[], [str(ORG.key)], [str(ORG.key)[:-1]], ["ed25519:"], [str(key.key) for key in (ORG, NEXT, OTHER)]]
)
def test_schema_and_program_agree_on_keys(keys: list[str]) -> None:
    settings = with_value(("policy", "keys"), keys)
    assert fits(SCHEMA, settings) is is_read(settings)


@pytest.mark.parametrize("path", [(), ("policy",), ("mail",)])
def test_a_name_that_is_not_known_fits_neither(path: tuple[str, ...]) -> None:
    settings = with_value((*path, "unknown"), "x")
    assert not fits(SCHEMA, settings)
    assert not is_read(settings)


def test_the_schema_has_every_field_of_the_program() -> None:
    program = msgspec.json.schema(_File)["$defs"]
    tables = {
        "_File": SCHEMA,
        "_PolicyTable": SCHEMA["properties"]["policy"],
        "_MailTable": SCHEMA["properties"]["mail"],
    }
    for name, table in tables.items():
        assert list(program[name]["properties"]) == list(table["properties"])
        assert sorted(program[name]["required"]) == sorted(table.get("required", []))
