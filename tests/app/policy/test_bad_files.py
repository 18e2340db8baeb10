"""Every file that policies are made or checked with, spoilt in every way: one reason, exact words, never a crash."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ExpectedError, Problem, Reason
from app.exporter.api_files import add_api_file, check_is_whole, directory_in
from app.exporter.collected import Collected
from app.exporter.credentials import read_credentials
from app.exporter.gam import add_gam_file
from app.exporter.organisation import read_organisation
from app.ordinary_file import read_ordinary
from app.policy.directory import read_directory
from app.policy.document import parse
from app.policy.evaluate import gateways_allowed
from app.policy.managed import parse_managed
from app.policy.signature import KEY_MAX_BYTES, PinnedKey, open_document, sign
from tests.app.exporter.world import export
from tests.app.policy.documents import content, gateway_policy
from tests.app.policy.signers import ORG, b64
from tests.app.policy.spoilt import at, deep, retyped, spoilt, truncated, twins
from tests.end2end.bad_policy_files import API, CLIENTS, CREDENTIALS, DIRECTORY, DOCUMENT, GAM, MANAGED, ORGANISATION

Read = Callable[[bytes], object]


def _api(data: bytes) -> None:
    if directory_in(data, file="F") is None:
        found = Collected()
        add_api_file(found, data, file="F")
        check_is_whole(found, file="F")


def _signed(data: bytes) -> None:
    parse(open_document(data, (ORG.key,), source="F").payload, source="F")


JSON_KINDS: dict[str, tuple[dict[str, Any], Read]] = {
    "document": (DOCUMENT, lambda data: parse(data, source="F")),
    "signed document": (DOCUMENT, lambda data: _signed(ORG.signs(data))),
    "directory": (DIRECTORY, lambda data: read_directory(data, source="F")),
    "answers of the API": (API, _api),
    "organisation": (ORGANISATION, lambda data: read_organisation(data, file="F")),
    "credentials": (CREDENTIALS, lambda data: read_credentials(data, file="F")),
}
OTHER_KINDS: dict[str, tuple[bytes, Read]] = {
    "envelope": (ORG.signs(), _signed),
    "managed configuration": (MANAGED.encode(), lambda data: parse_managed(data, file="F")),
    "managed clients": ((MANAGED + CLIENTS).encode(), lambda data: parse_managed(data, file="F")),
    "users from GAM": (GAM["users.csv"].encode(), lambda data: add_gam_file(Collected(), data, file="F")),
    "policies from GAM": (GAM["policies.csv"].encode(), lambda data: add_gam_file(Collected(), data, file="F")),
    "private key": (ORG.pem, lambda data: sign(b"{}", data, source="F", file="F")),
    "public key": (str(ORG.key).encode(), lambda data: PinnedKey.parse(data.decode("latin-1"))),
}
SAMPLES = {
    name: (json.dumps(value, indent=1).encode(), read) for name, (value, read) in JSON_KINDS.items()
} | OTHER_KINDS
ANY_VALUE = "setting", "value"


def refusal(read: Read, data: bytes) -> Problem | None:
    """Return why the data is refused, None if it is not; anything else that is raised fails the test."""
    try:
        read(data)
    except ExpectedError as error:
        return error.problem
    return None


def named(way: tuple[str | int, ...]) -> str:
    """Return a place in JSON as errors write it; of what has any names, the name is left open."""
    text = ""
    for before, step in zip(("", *way), way, strict=False):
        is_open = before in {"names", "members"}
        text += "[...]" if is_open else f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_is_good(name: str) -> None:
    good, read = SAMPLES[name]
    assert refusal(read, good) is None


@pytest.mark.parametrize("name", SAMPLES)
def test_a_spoilt_file_is_refused_with_words(name: str) -> None:
    good, read = SAMPLES[name]
    for what, data in (*spoilt(good), *truncated(good), *deep()):
        if good.strip() in data and name in {"private key", "public key"}:
            continue  # what stands around a PEM block does not count, nor blanks around a public key
        if name.endswith("GAM") and data.endswith(b"\n"):
            continue  # a list that ends sooner is a list
        problem = refusal(read, data)
        assert problem is not None, what
        said = problem.fact("detail") or problem.fact("key") or problem.reason is Reason.POLICY_HTML
        assert said or problem.reason in {Reason.POLICY_UNSIGNED, Reason.POLICY_TOO_LARGE, Reason.POLICY_BAD_KEY}, what


@pytest.mark.parametrize("name", [name for name in JSON_KINDS if name != "credentials"])
def test_a_wrong_type_is_named_with_its_place_wherever_it_is(name: str) -> None:
    good, read = JSON_KINDS[name]
    for way, other in retyped(good):
        problem = refusal(read, at(good, way, other))
        if name == "answers of the API" and other is None and len(way) == 1:
            continue  # a list that Google left out
        if way[-3:-1] == ANY_VALUE or (way[-1:] == ("sortOrder",) and other == 7):
            assert problem is None
            continue
        assert problem is not None, (way, other)
        if way and problem.reason is not Reason.POLICY_BAD_FORMAT:
            assert problem.fact("detail").startswith(f"{named(way)}: "), (way, other, problem)


@pytest.mark.parametrize("way", [(), *((name,) for name in CREDENTIALS)])
def test_credentials_of_a_wrong_type_are_refused_and_never_quoted(way: tuple[str | int, ...]) -> None:
    _, read = JSON_KINDS["credentials"]
    others: tuple[Any, ...] = (None, True, 7, "text", [], {})
    for other in others:
        problem = refusal(read, at(CREDENTIALS, way, other))
        if problem is None:
            assert way in {("client_email",), ("private_key_id",)}
            assert other == "text"
        else:
            assert problem.reason is Reason.CREDENTIALS_WRONG
            assert "BEGIN" not in repr(problem)


@pytest.mark.parametrize("other", [False, None, 1, "true", "True", [], {}, [True], {"a": True}])
def test_a_permission_of_a_wrong_type_is_none(other: object) -> None:
    assert gateways_allowed(parse(json.dumps(content(gateway_policy(True))).encode(), source="F")).value is True
    assert gateways_allowed(parse(json.dumps(content(gateway_policy(other))).encode(), source="F")).value is False


@pytest.mark.parametrize("name", JSON_KINDS)
def test_a_name_that_stands_twice_is_named_in_every_object(name: str) -> None:
    good, read = JSON_KINDS[name]
    seen = 0
    for way, data in twins(good):
        problem = refusal(read, data)
        assert problem is not None, way
        assert re.search(r"stands twice|not JSON as Google", problem.fact("detail")), (way, problem)
        seen += 1
    assert seen >= {"credentials": 1, "organisation": 4}.get(name, 10)


@pytest.mark.parametrize(
    ("name", "old", "new", "reason", "detail"),
    [
        ("document", b'"value": {', b'"value": 7, "x": {', Reason.POLICY_BAD_DOCUMENT,
         "policies[0].setting.value: Expected `object`, got `int`"),
        ("directory", b'"aliases": [', b'"aliases": [7, ', Reason.DIRECTORY_WRONG,
         "users[0].aliases[0]: Expected `str`, got `int`"),
        ("answers of the API", b'"suspended": false', b'"suspended": "no"', Reason.EXPORT_INPUT_WRONG,
         "users[0].suspended: Expected `bool`, got `str`"),
        ("organisation", b'"port": 587', b'"port": 70000', Reason.ORGANISATION_WRONG,
         "mailServers.submission.port: Expected a port from 1 to 65535"),
        ("credentials", b"service_account", b"authorized_user", Reason.CREDENTIALS_WRONG,
         "it is not the key of a service account"),
        ("credentials", b"oauth2.googleapis.com", b"oauth2.example", Reason.CREDENTIALS_WRONG,
         "its token_uri is not Google's, so that the sign-in would be sent to somebody else"),
        ("managed configuration", b"[policy]", b"[polices]", Reason.MANAGED_WRONG,
         "Object contains unknown field `polices`"),
        ("managed configuration", b"keys = [", b"keys = [7, ", Reason.MANAGED_WRONG,
         "policy.keys[0]: Expected `str`, got `int`"),
        ("managed configuration", b"\xc3\xb6", b"\xf6", Reason.MANAGED_WRONG,
         "'utf-8' codec can't decode byte 0xf6 in position 146: invalid start byte"),
        ("managed clients", b'"smtp.gr', b'"smtp gr', Reason.MANAGED_WRONG,
         "oauth.clients[0].hosts[0]: Expected the names of mail servers"),
        ("managed clients", b'= "2"', b"= 2", Reason.MANAGED_WRONG,
         "oauth.clients[1].client_id: Expected `str`, got `int`"),
        ("users from GAM", b"False,", b"perhaps,", Reason.EXPORT_INPUT_WRONG,
         "line 2: Expected `bool`, got `str` - at `$.suspended`"),
        ("users from GAM", b",suspended", b"", Reason.EXPORT_INPUT_WRONG,
         "line 2: it has not as many columns as the heading"),
        ("policies from GAM", b"201.5\n", b"201", Reason.EXPORT_INPUT_WRONG,
         "it is cut off: its last line has no end"),
        ("policies from GAM", b"201.5", b"first", Reason.EXPORT_INPUT_WRONG,
         "line 2: Expected `float`, got `str` - at `$.policyQuery.sortOrder`"),
        ("private key", b"PRIVATE", b"PUBLIC", Reason.POLICY_KEY_UNREADABLE,
         "it holds no Ed25519 private key in PEM form"),
        ("envelope", b".", b"..", Reason.POLICY_BAD_SIGNATURE,
         "it is not three parts of base64url with two dots between them"),
    ],
)  # fmt: skip
def test_the_words_name_what_is_wrong_and_where(name: str, old: bytes, new: bytes, reason: Reason, detail: str) -> None:
    good, read = SAMPLES[name]
    assert good.count(old) >= 1
    problem = refusal(read, good.replace(old, new, 1))
    assert problem is not None
    assert (problem.reason, problem.fact("detail")) == (reason, detail)


@pytest.mark.parametrize("levels", [200, 900, 10_000])
@pytest.mark.parametrize("header", ['{"x":%s}', '{"alg":%s}', "%s"])
def test_a_header_that_nests_without_end_is_no_crash(levels: int, header: str) -> None:
    _, payload, seal = ORG.signs().split(b".")
    spoilt_header = b64((header % ("[" * levels + "]" * levels)).encode()).encode()
    problem = refusal(_signed, b".".join([spoilt_header, payload, seal]))
    assert problem is not None
    assert problem.reason in {Reason.POLICY_BAD_SIGNATURE, Reason.POLICY_UNSIGNED}


@pytest.mark.parametrize("text", ["x = [", "x = {a=", "[a.", "x = [{b=["])
def test_settings_that_nest_without_end_are_a_mistake(text: str) -> None:
    for whole in (text * 5, text * 3000, "x = " + "[" * 30_000 + "]" * 30_000):
        problem = refusal(OTHER_KINDS["managed configuration"][1], (MANAGED + whole).encode())
        assert problem is not None
        assert problem.reason is Reason.MANAGED_WRONG


def test_no_beginning_of_the_settings_loses_the_key() -> None:
    """The documentation's order, keys before the source: whatever is cut off, unsigned documents are never accepted."""
    good = MANAGED.encode()
    for length in range(len(good) - 1):
        assert refusal(OTHER_KINDS["managed configuration"][1], good[:length]) is not None


def test_a_key_is_read_no_further_than_a_key_goes() -> None:
    problem = refusal(OTHER_KINDS["private key"][1], ORG.pem + b"\n" * KEY_MAX_BYTES)
    assert problem == Problem.of(Reason.POLICY_KEY_UNREADABLE, file="F", detail="it is larger than 16 KiB")


def test_no_more_is_read_than_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as opened:
        opened.truncate(1 << 40)
    tracemalloc.start()
    try:
        assert len(read_ordinary(file, 1000)) == 1001
        with pytest.raises(OSError, match="not an ordinary file"):
            read_ordinary(Path("/dev/zero"), 1000)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


def test_a_name_that_can_be_none_is_no_crash() -> None:
    with pytest.raises(OSError, match="null"):
        read_ordinary(Path("a\0b"), 10)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_whatever_happens_to_a_file_it_is_taken_or_refused(name: str, draw: st.DataObject) -> None:
    good, read = SAMPLES[name]
    place = draw.draw(st.integers(0, len(good)))
    gone = draw.draw(st.integers(0, 40))
    refusal(read, good[:place] + draw.draw(st.binary(max_size=12)) + good[place + gone :])


def test_a_folder_whose_index_is_spoilt_is_left_alone(tmp_path: Path) -> None:
    directory, index = read_directory(SAMPLES["directory"][0], source="F"), tmp_path / "index.json"
    export(directory, tmp_path)
    good = index.read_bytes()
    before = {file: file.read_bytes() for file in tmp_path.iterdir() if file != index}
    for what, octets in (*spoilt(good), *truncated(good, 8), *deep()):
        index.write_bytes(octets)
        problem = refusal(lambda _: export(directory, tmp_path), octets)
        assert problem is not None, what
        assert problem.reason is Reason.PUBLISH_FOLDER
        assert index.read_bytes() == octets
        assert {file: file.read_bytes() for file in tmp_path.iterdir() if file != index} == before
