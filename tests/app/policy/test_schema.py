"""The published JSON Schema of the policy document: it says what the parser does, at every path, for every type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from app.errors import PolicyError, Problem, Reason
from app.policy.document import FORMAT, MAX_SERIAL, PolicyDocument, parse
from app.policy.published import schema
from tests.app.policy.documents import ROOT, content, gateway_policy, with_value

SCHEMA: dict[str, Any] = json.loads(schema())
Path = tuple[str | int, ...]

# What every field must not be, and how the parser calls the types of JSON.
VALUES: dict[str, Any] = {
    "null": None, "bool": True, "int": 3, "float": 2.5, "str": "a text", "array": [], "object": {},
}  # fmt: skip
EXPECTED = {"string": "str", "integer": "int", "number": "float", "array": "array", "object": "object"}
ALLOWED = {"string": {"str"}, "integer": {"int"}, "number": {"int", "float"}, "array": {"array"}, "object": {"object"}}
_ANNOTATIONS = {"$schema", "$id", "title", "description", "minimum", "maximum", "minItems", "maxItems", "const"}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the schema with its reference followed."""
    return SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def fields(node: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every path of a full document with its part of the schema; each list has one entry."""
    found = resolved(node)
    yield path, found
    for name, inner in found.get("properties", {}).items():
        yield from fields(inner, (*path, name))
    if "items" in found:
        yield from fields(found["items"], (*path, 0))
    if "additionalProperties" in found:
        yield from fields(found["additionalProperties"], (*path, ROOT))


def full() -> dict[str, Any]:
    """Return a document in which every field of the schema stands."""
    policy = gateway_policy(True, group="groups/partner1", query="")
    return content(policy | {"customer": "customers/C0beispiel"})


def shown(path: Path) -> str:
    """Return a path as the parser writes it; which of the names is wrong it does not say."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return text.replace(f"names.{ROOT}", "names[...]")


def fits(node: dict[str, Any], value: Any) -> bool:
    """Whether a value fits the schema, by the keywords this schema uses (JSON Schema 2020-12)."""
    found = resolved(node)
    if "const" in found and value != found["const"]:
        return False
    if "enum" in found:
        return value in found["enum"]
    kind = found["type"]
    if kind == "object":
        return isinstance(value, dict) and _object_fits(found, value)
    if kind == "array":
        low, high = found.get("minItems", 0), found.get("maxItems", len(value) if isinstance(value, list) else 0)
        return (
            isinstance(value, list) and low <= len(value) <= high and all(fits(found["items"], each) for each in value)
        )
    if kind == "string":
        return isinstance(value, str)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or (kind == "integer" and value != int(value)):
        return False
    return bool(found.get("minimum", value) <= value <= found.get("maximum", value))


def _object_fits(node: dict[str, Any], value: dict[str, Any]) -> bool:
    known = node.get("properties", {})
    if not set(node.get("required", ())) <= value.keys():
        return False
    other = node.get("additionalProperties")
    return all(
        fits(known[name], inner) if name in known else other is None or fits(other, inner)
        for name, inner in value.items()
    )


def problem_of(document: dict[str, Any]) -> Problem | None:
    try:
        parse(json.dumps(document).encode(), source="test")
    except PolicyError as error:
        return error.problem
    return None


PATHS = [(path, node) for path, node in fields(SCHEMA) if path]
IDS = [shown(path) for path, _ in PATHS]


def test_the_schema_has_the_types_of_the_parser() -> None:
    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: bare(value) for name, value in node.items() if name not in _ANNOTATIONS and name != "format"}
        return [bare(each) for each in node] if isinstance(node, list) else node

    def fields_kept(node: dict[str, Any]) -> dict[str, Any]:
        """Return the schema without annotations; a field that is called like one is kept."""
        definitions = {}
        for name, each in node["$defs"].items():
            definitions[name] = bare({key: value for key, value in each.items() if key != "properties"})
            if "properties" in each:
                definitions[name]["properties"] = {field: bare(inner) for field, inner in each["properties"].items()}
        return {"$ref": node["$ref"], "$defs": definitions}

    assert fields_kept(SCHEMA) == fields_kept(json.loads(json.dumps(msgspec.json.schema(PolicyDocument))))


def test_the_schema_is_of_this_format() -> None:
    assert SCHEMA["title"] == FORMAT
    assert SCHEMA["$id"] == "urn:absender-policy:1"
    properties = SCHEMA["$defs"]["PolicyDocument"]["properties"]
    assert (properties["format"]["const"], properties["serial"]["maximum"]) == (FORMAT, MAX_SERIAL)


def test_every_field_stands_in_the_full_document() -> None:
    assert fits(SCHEMA, full())
    assert problem_of(full()) is None
    assert len(PATHS) == 39
    for path, _ in PATHS:
        with_value(full(), path, ...)


@pytest.mark.parametrize(("path", "node"), PATHS, ids=IDS)
def test_every_wrong_type_at_every_path_is_named_exactly(path: Path, node: dict[str, Any]) -> None:
    kind = node.get("type", "string")  # an enumeration is one of texts
    expected = "datetime" if node.get("format") == "date-time" else EXPECTED[kind]
    for found, value in VALUES.items():
        if found in ALLOWED[kind]:
            continue
        document = with_value(full(), path, value)
        assert not fits(SCHEMA, document), found
        problem = problem_of(document)
        detail = f"{shown(path)}: Expected `{expected}`, got `{found}`"
        assert problem == Problem.of(Reason.POLICY_BAD_DOCUMENT, source="test", detail=detail)


@pytest.mark.parametrize(("path", "node"), PATHS, ids=IDS)
def test_only_what_is_required_may_not_be_left_out(path: Path, node: dict[str, Any]) -> None:
    document = with_value(full(), path, ...)
    problem = problem_of(document)
    assert fits(SCHEMA, document) is (problem is None)
    if problem is not None and path != ("organisation", "domains", 0):
        outer = f"{shown(path[:-1])}: " if path[:-1] else ""
        detail = f"{outer}Object missing required field `{path[-1]}`"
        assert problem == Problem.of(Reason.POLICY_BAD_DOCUMENT, source="test", detail=detail)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("serial",), -1), (("serial",), MAX_SERIAL + 1), (("organisation", "domains"), []),
        (("organisation", "domains"), ["b.example"] * 1001), (("subject", "aliases"), ["a@b.example"] * 1001),
        (("mailServers", "submission", "port"), 0), (("mailServers", "submission", "port"), 65536),
        (("mailServers", "submission", "securityMode"), "tls"), (("format",), "absender-policy/2"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_fits_neither(path: Path, value: Any) -> None:
    document = with_value(full(), path, value)
    assert not fits(SCHEMA, document)
    assert problem_of(document) is not None


def test_fields_that_are_not_known_fit_and_are_ignored() -> None:
    for path, node in [((), resolved(SCHEMA)), *PATHS]:
        if "properties" in node:
            document = with_value(full(), (*path, "unknown"), [{"deep": None}])
            assert fits(SCHEMA, document)
            assert problem_of(document) is None


def test_every_field_is_explained_in_words_or_in_the_api() -> None:
    for name, node in SCHEMA["$defs"].items():
        assert node["description"].endswith("."), name
