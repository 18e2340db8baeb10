"""The policy document: what is taken, what is refused and how the refusal reads."""

import json
import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Address
from app.errors import PolicyError, Problem, Reason
from app.policy.document import MAX_BYTES, MAX_SERIAL, OrgPolicy, PolicyDocument, digest, parse
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING, gateways_allowed
from app.profile import NoSignIn, PasswordSignIn, Security, SmtpServer
from tests.app.policy.documents import PARTNERS, PERSON, SALES, content, data, document, gateway_policy


def refusal(raw: bytes, expected: Address | None = None) -> Problem:
    with pytest.raises(PolicyError) as caught:
        parse(raw, source="https://policy.example/p.json", expected=expected)
    return caught.value.problem


def changed(path: str, value: Any) -> bytes:
    """Return the document with the field at `path` replaced, or removed for an ellipsis."""
    whole = content(gateway_policy(True))
    *way, last = path.split(".")
    inner: Any = whole
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(whole).encode()


def test_the_designs_example_is_read_in_full() -> None:
    found = parse(data(gateway_policy(True, unit=SALES, order=202.0001)), source="test", expected=PERSON)
    assert found.serial == 7
    assert found.issued_at == datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
    assert found.subject_address == PERSON
    assert found.aliases == (Address.parse("vertrieb@beispiel.example"),)
    assert found.name_of(SALES) == "/Vertrieb"
    assert found.name_of("orgUnits/other") == "orgUnits/other"
    policy = found.policies[0]
    assert policy.policy_query.sort_order == 202.0001
    assert policy.setting.type == GATEWAY_SETTING
    assert policy.setting.value == {GATEWAY_FIELD: True}


def test_domains_and_hosts_are_kept_as_a_labels() -> None:
    server = {"submission": {"host": "SMTP.Bücher.example", "port": 465, "securityMode": "ssl", "username": "n@x"}}
    found = document(mailServers=server)
    assert found.domains == ("beispiel.example", "xn--bcher-kva.example")
    assert found.submission_server() == SmtpServer("smtp.xn--bcher-kva.example", 465, Security.SSL, "n@x")


def test_the_user_name_of_the_server_is_filled_in() -> None:
    assert document().submission_server() == SmtpServer(
        "smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example", PasswordSignIn()
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_a_server_on_this_machine_may_do_without_tls_and_sign_in(host: str) -> None:
    server = {"host": host, "port": 2525, "securityMode": "none", "username": ""}
    assert document(mailServers={"submission": server}).submission_server() == SmtpServer(
        host, 2525, Security.NONE, "", NoSignIn()
    )


def test_a_server_by_ip_address_is_taken_as_it_is() -> None:
    server = {"host": "192.0.2.7", "port": 587}
    assert document(mailServers={"submission": server}).submission_server().host == "192.0.2.7"


def test_unknown_fields_and_settings_are_ignored() -> None:
    other = {"name": "policies/x", "setting": {"type": "settings/gmail.pop_access", "value": {"deep": [{"a": 1e300}]}}}
    found = document(
        other, future={"any": ["thing", None]}, organisation={"name": "B", "domains": ["b.example"], "x": 1}
    )
    assert found.policies == (OrgPolicy(name="policies/x", setting=found.policies[0].setting),)


def test_white_space_and_a_byte_order_mark_around_the_document_do_not_matter() -> None:
    assert parse(b"\xef\xbb\xbf\r\n" + data() + b"\n", source="test") == document()


def test_the_digest_tells_any_two_contents_apart() -> None:
    assert digest(data()) == digest(data())
    assert digest(data()) != digest(data() + b" ")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<!DOCTYPE html><title>Sign in to the network</title>", Reason.POLICY_HTML),
        (b"  \r\n<html>", Reason.POLICY_HTML),
        (b"\xef\xbb\xbf<html>", Reason.POLICY_HTML),
        (b"", Reason.POLICY_NOT_JSON),
        (b"   ", Reason.POLICY_NOT_JSON),
        (data()[:200], Reason.POLICY_NOT_JSON),
        (data()[:-1], Reason.POLICY_NOT_JSON),
        (data() + b"}", Reason.POLICY_NOT_JSON),
        (data() * 2, Reason.POLICY_NOT_JSON),
        (b"not found", Reason.POLICY_NOT_JSON),
        (data().decode().encode("utf-16"), Reason.POLICY_NOT_JSON),
        (b"\x00\x01\x02", Reason.POLICY_NOT_JSON),
        (b"[" * 100_000, Reason.POLICY_NOT_JSON),
        (b'{"a":' * 40 + b"1" + b"}" * 40, Reason.POLICY_NOT_JSON),
        (b" " * (MAX_BYTES + 1), Reason.POLICY_TOO_LARGE),
        (b"[" * 10_000_000, Reason.POLICY_TOO_LARGE),
        (b"[]", Reason.POLICY_BAD_DOCUMENT),
        (b"null", Reason.POLICY_BAD_DOCUMENT),
        (b"{}", Reason.POLICY_BAD_DOCUMENT),
        (b'"a string"', Reason.POLICY_BAD_DOCUMENT),
    ],
)
def test_what_is_no_document_is_refused_with_its_reason(raw: bytes, reason: Reason) -> None:
    problem = refusal(raw)
    assert problem.reason is reason
    assert problem.fact("source") == "https://policy.example/p.json"


def test_brackets_inside_texts_do_not_count_as_nesting() -> None:
    name = '[[{{"' + "[" * 1000 + '\\"'
    assert document(organisation={"name": name, "domains": ["b.example"]}).organisation.name == name


@pytest.mark.parametrize("found", ["absender-policy/2", "", "x" * 500])
def test_another_format_is_named_even_when_its_fields_are_others(found: str) -> None:
    problem = refusal(json.dumps({"format": found, "everything": "else"}).encode())
    assert problem.reason is Reason.POLICY_BAD_FORMAT
    assert problem.fact("format") == found[:80]


def test_a_document_for_another_user_is_refused() -> None:
    problem = refusal(changed("subject.email", "kollege@beispiel.example"), PERSON)
    assert problem.reason is Reason.POLICY_OTHER_USER
    assert problem.fact("expected") == "nutzer@beispiel.example"
    assert problem.fact("found") == "kollege@beispiel.example"


def test_the_same_user_in_another_spelling_is_not_another_user() -> None:
    found = parse(changed("subject.email", "Nutzer@BEISPIEL.example"), source="test", expected=PERSON)
    assert found.subject_address == PERSON


@pytest.mark.parametrize(
    ("path", "value", "detail"),
    [
        ("serial", ..., "Object missing required field `serial`"),
        ("serial", "7", "serial: Expected `int`, got `str`"),
        ("serial", 7.5, "serial: Expected `int`, got `float`"),
        ("serial", True, "serial: Expected `int`, got `bool`"),
        ("serial", -1, "serial: Expected a number from 0"),
        ("serial", MAX_SERIAL + 1, "serial: Expected a number from 0"),
        ("serial", 10**30, "serial: Expected a number from 0"),
        ("issuedAt", "yesterday", "issuedAt: Invalid RFC3339"),
        ("issuedAt", "2026-11-23T09:12:00", "issuedAt: Expected a time with its zone"),
        ("expiresAt", "2026-11-23T09:12:00", "expiresAt: Expected a time with its zone"),
        ("expiresAt", ..., "Object missing required field `expiresAt`"),
        ("organisation", ..., "Object missing required field `organisation`"),
        ("organisation.domains", [], "organisation.domains: Expected from 1"),
        ("organisation.domains", ["d.example"] * 1001, "organisation.domains: Expected from 1"),
        ("organisation.domains", ["*.beispiel.example"], "organisation.domains[0]: Expected a domain name"),
        ("organisation.domains", ["b.example", ""], "organisation.domains[1]: Expected a domain name"),
        ("organisation.domains", ["b.example."], "organisation.domains[0]: Expected a domain name"),
        ("organisation.domains", "b.example", "organisation.domains: Expected `array`, got `str`"),
        ("organisation.name", "Beispiel\r\nGmbH", "organisation.name: Expected a text without line breaks"),
        ("organisation.support", "\u202eit@x", "organisation.support: Expected a text without line breaks"),
        ("names", {SALES: "/Ver\ntrieb"}, "names['orgUnits/sales001']: Expected a text without line breaks"),
        ("names", {"a\nb": "c"}, "names: Expected a text without line breaks"),
        ("subject.email", "nutzer", "subject.email: Expected an email address"),
        ("subject.aliases", ["a@b.example", "\n"], "subject.aliases[1]: Expected an email address"),
        ("subject.aliases", ["a@b.example"] * 1001, "subject.aliases: Expected at most"),
        ("mailServers.submission.host", "", "mailServers.submission.host: Expected a host name"),
        ("mailServers.submission.host", "smtp.b.example\r\nx", "mailServers.submission.host: Expected a host name"),
        ("mailServers.submission.host", "smtp b.example", "mailServers.submission.host: Expected a host name"),
        ("mailServers.submission.port", 0, "mailServers.submission.port: Expected a port"),
        ("mailServers.submission.port", 65536, "mailServers.submission.port: Expected a port"),
        ("mailServers.submission.securityMode", "none", "mailServers.submission.securityMode: Expected starttls"),
        ("mailServers.submission.securityMode", "tls", "mailServers.submission.securityMode: Invalid enum value"),
        ("mailServers.submission.username", "", "mailServers.submission.username: Expected a user name"),
        ("mailServers.submission.username", "a\0b", "mailServers.submission.username: Expected a text without"),
        ("policies", {}, "policies: Expected `array`, got `object`"),
        ("policies.0.setting", ..., "policies[0]: Object missing required field `setting`"),
        ("policies.0.setting.value", [], "policies[0].setting.value: Expected `object`, got `array`"),
        ("policies.0.policyQuery.sortOrder", "201", "policies[0].policyQuery.sortOrder: Expected `float`"),
        ("policies.0.name", "p\n1", "policies[0].name: Expected a text without line breaks"),
        ("policies.0.policyQuery.orgUnit", "\x1b[31m", "policies[0].policyQuery.orgUnit: Expected a text without"),
        ("policies.0.policyQuery.group", "a\u202eb", "policies[0].policyQuery.group: Expected a text without"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(path: str, value: object, detail: str) -> None:
    problem = refusal(changed(path, value))
    assert problem.reason is Reason.POLICY_BAD_DOCUMENT
    assert detail in problem.fact("detail")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("place", ['"serial":', '"ignored":', '"names":{},"x":['])
@pytest.mark.case("P12")
def test_numbers_that_are_none_are_refused_wherever_they_stand(number: str, place: str) -> None:
    tail = "]" if place.endswith("[") else ""
    problem = refusal(f"{{{place}{number}{tail},{data().decode()[1:]}".encode())
    assert problem.reason in {Reason.POLICY_NOT_JSON, Reason.POLICY_BAD_DOCUMENT}


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (f'"{GATEWAY_FIELD}": false', f'"{GATEWAY_FIELD}": false, "{GATEWAY_FIELD}": true'),
        (f'"{GATEWAY_FIELD}": false', f'"{GATEWAY_FIELD}": true, "{GATEWAY_FIELD}": false'),
        (f'"{GATEWAY_FIELD}": false', f'"{GATEWAY_FIELD}": false, "\\u0061{GATEWAY_FIELD[1:]}": true'),
        ('"serial": 7', '"serial": 7, "serial": 8'),
        ('"sortOrder": 201.0', '"sortOrder": 201.0, "sortOrder": 301.0'),
        ('"policies": [', '"policies": [], "policies": ['),
        ('"format":', '"unknown": {"a": 1, "b": {"c": 1, "c": 2}}, "format":'),
    ],
)
@pytest.mark.case("P12")
def test_a_name_that_stands_twice_refuses_the_document(once: str, twice: str) -> None:
    raw = data(gateway_policy(False)).decode()
    assert raw.count(once) == 1
    problem = refusal(raw.replace(once, twice).encode())
    assert problem.reason is Reason.POLICY_NOT_JSON
    assert "twice" in problem.fact("detail")


def test_a_text_that_is_no_utf8_is_refused_in_ignored_fields_too() -> None:
    assert refusal(b'{"ignored": "\xff", ' + data()[1:]).reason is Reason.POLICY_NOT_JSON


def _with(extra: bytes) -> bytes:
    return data()[:-1] + b", " + extra + b"}"


BOMBS = {
    "nested arrays": b"[" * MAX_BYTES,
    "nested objects": b'{"a":' * (MAX_BYTES // 5),
    "quotes": b'"' * MAX_BYTES,
    "escapes": b"\\" * MAX_BYTES,
    "an unending text": b'"' + b"a" * (MAX_BYTES - 1),
    "one huge number": _with(b'"x": ' + b"9" * 250_000),
    "one long fraction": _with(b'"x": 0.' + b"9" * 250_000),
    "empty objects": _with(b'"x": [' + b",".join([b"{}"] * 80_000) + b"]"),
    "many fields": _with(b'"x": {' + b",".join(b'"k%d":1' % number for number in range(22_000)) + b"}"),
    "the last of many fields twice": _with(b'"x": {' + b",".join(b'"k%d":1' % n for n in range(22_000)) + b',"k1":1}'),
    "many domains": data(organisation={"name": "B", "domains": [f"d{n}.bücher.example" for n in range(9_000)]}),
    "ten megabytes": b"[" * 10_000_000,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.case("P12")
def test_a_bomb_takes_little_memory(bomb: bytes) -> None:
    tracemalloc.start()
    try:
        parse(bomb, source="test")
    except PolicyError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 * 2**20


@given(st.binary(max_size=400))
def test_any_bytes_are_a_document_or_a_policy_error(raw: bytes) -> None:
    found: PolicyDocument | Problem
    try:
        found = parse(raw, source="test")
    except PolicyError as error:
        found = error.problem
    assert isinstance(found, PolicyDocument) or found.fact("source") == "test"


@given(st.data())
def test_a_damaged_document_never_allows_more_than_the_whole_one(draw: st.DataObject) -> None:
    raw = data(gateway_policy(False), gateway_policy(False, group=PARTNERS, order=301.5))
    position = draw.draw(st.integers(0, len(raw) - 1))
    length = draw.draw(st.integers(0, 12))
    damaged = raw[:position] + draw.draw(st.binary(max_size=8)) + raw[position + length :]
    try:
        found = parse(damaged, source="test", expected=PERSON)
    except PolicyError:
        return
    assert not gateways_allowed(found).value
