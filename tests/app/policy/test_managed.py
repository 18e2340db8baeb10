"""The managed configuration: read strictly, from one place, and wrong in words an administrator can act on."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PolicyError, Problem, Reason
from app.policy.managed import Managed, load_managed, managed_file, parse_managed
from app.profile import Profile, Security, SmtpServer
from tests.app.policy.signers import NEXT, ORG, OTHER

URL = "https://policy.beispiel.example/{email_sha256}.json"
FULL = f"""
format = "absender-managed/1"
[policy]
source = "{URL}"
keys = ["{ORG.key}", "{NEXT.key}"]
ca_file = "/etc/absender/policy.pem"
[mail]
ca_file = "/etc/absender/mail.pem"
"""
SHORT = f'format = "absender-managed/1"\n[policy]\nsource = "{URL}"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "managed.toml"


def written(file: Path, text: str | bytes) -> Path:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(0o644)
    return file


def refusal(text: str | bytes) -> Problem:
    with pytest.raises(PolicyError) as caught:
        parse_managed(text.encode() if isinstance(text, str) else text, file="f")
    return caught.value.problem


def test_everything_that_is_set_is_read(file: Path) -> None:
    keys = (str(ORG.key), str(NEXT.key))
    expected = Managed(str(file), URL, keys, "/etc/absender/policy.pem", "/etc/absender/mail.pem")
    assert load_managed(written(file, FULL)) == expected
    assert load_managed(written(file, SHORT)) == Managed(str(file), URL)


def test_what_is_set_counts_before_the_persons_own_and_the_rest_stays_theirs() -> None:
    server = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer")
    own = Profile(
        "p", (), server, policy_source="own", policy_keys=("own key",), policy_ca="own policy.pem", mail_ca="own.pem"
    )
    keys = (str(ORG.key),)
    short, full = Managed("f", URL), Managed("f", URL, keys, "policy.pem", "mail.pem")
    assert short.applied_to(own) == replace(own, policy_source=URL)
    assert full.applied_to(own) == replace(
        own, policy_source=URL, policy_keys=keys, policy_ca="policy.pem", mail_ca="mail.pem"
    )


def test_without_a_file_nothing_is_managed(file: Path) -> None:
    assert load_managed(file) is None
    assert load_managed(file.parent / "missing" / "managed.toml") is None


def test_its_place_is_the_systems_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = managed_file()
    for name in ("HOME", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "ABSENDER_HOME", "ProgramData", "ALLUSERSPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert managed_file() == before
    assert before.is_absolute()
    if sys.platform == "linux":
        assert before == Path("/etc/absender/managed.toml")


def test_on_a_mac_its_place_is_that_of_all_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert managed_file() == Path("/Library/Application Support/Absender/managed.toml")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "Object missing required field `format`"),
        (SHORT.replace("/1", "/2"), "format: Expected absender-managed/1"),
        (SHORT.replace("source", "url"), "policy: Object contains unknown field `url`"),
        (SHORT + "key = []", "policy: Object contains unknown field `key`"),
        (SHORT + "[telemetry]\n", "Object contains unknown field `telemetry`"),
        (SHORT + "keys = 'ed25519:x'", "policy.keys: Expected `array`, got `str`"),
        (SHORT + "keys = [1]", "policy.keys[0]: Expected `str`, got `int`"),
        (
            SHORT + "keys = ['ed25519:x']",
            "policy.keys: Expected at most two keys as “absender policy keygen” prints them",
        ),
        (
            SHORT + f"keys = ['{ORG.key}', '{NEXT.key}', '{OTHER.key}']",
            "policy.keys: Expected at most two keys as “absender policy keygen” prints them",
        ),
        (SHORT + "ca_file = 'ca.pem'", "policy.ca_file: Expected a file's full path"),
        (SHORT + "[mail]\nca_file = 'ca.pem'", "mail.ca_file: Expected a file's full path"),
        (SHORT + "[mail]\nca_file = 7", "mail.ca_file: Expected `str`, got `int`"),
        (SHORT + "[oauth]\nclient_id = 'x'\n", "oauth: Object contains unknown field `client_id`"),
        ('format = "absender-managed/1"', "Object missing required field `policy`"),
        ('format = "absender-managed/1"\npolicy = 3', "policy: Expected `object`, got `int`"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, detail: str) -> None:
    assert refusal(text) == Problem.of(Reason.MANAGED_WRONG, file="f", detail=detail)


@pytest.mark.parametrize(
    "source",
    [
        " ",
        "a\\u202eb",
        "https://a\\u202eb.example/x.json",
        "http://policy.beispiel.example/x.json",
        "ftp://policy.beispiel.example/x.json",
        "https://nutzer:geheim@policy.beispiel.example/x.json",
        "https://policy.beispiel.example/{user}.json",
        "policy.beispiel.example",
        "policy.json",
        "~/policy.json",
    ],
)
def test_what_cannot_be_a_source_for_everybody_is_named_when_the_file_is_read(source: str) -> None:
    detail = "policy.source: Expected an https address or a file's full path"
    assert refusal(SHORT.replace(URL, source)) == Problem.of(Reason.MANAGED_WRONG, file="f", detail=detail)


@pytest.mark.parametrize("source", [URL, "https://[2001:db8::1]:8443/{domain}/{email}", "http://127.0.0.1/p.json"])
def test_a_source_is_kept_as_it_is_written(source: str) -> None:
    assert parse_managed(SHORT.replace(URL, f" {source} ").encode(), file="f").policy_source == source


def test_a_file_of_the_machine_may_be_a_source(tmp_path: Path) -> None:
    source = str(tmp_path / "{email_sha256}.json").replace("\\", "/")
    assert parse_managed(SHORT.replace(URL, source).encode(), file="f").policy_source == source


@pytest.mark.parametrize(
    "octets",
    [
        SHORT.encode("utf-16"),
        b"\xff\xfe",
        bytes(range(256)),
        FULL[:60].encode(),
        b"{}",
        b"[" * 5000,
        (SHORT * 2).encode(),
    ],
)
def test_what_is_no_toml_is_a_mistake_and_no_fault(octets: bytes) -> None:
    assert refusal(octets).reason is Reason.MANAGED_WRONG


@given(st.binary(max_size=200))
def test_any_octets_are_settings_or_a_policy_error(octets: bytes) -> None:
    assert refusal(octets).reason is Reason.MANAGED_WRONG


def test_a_file_that_cannot_be_trusted_or_read_is_unreadable(file: Path) -> None:
    def detail(place: Path) -> str:
        with pytest.raises(PolicyError) as caught:
            load_managed(place)
        assert caught.value.problem.reason is Reason.MANAGED_UNREADABLE
        return caught.value.problem.fact("detail")

    written(file, SHORT + "#" * 70_000)
    assert detail(file) == "it is too large"
    if sys.platform != "win32":
        written(file, SHORT).chmod(0o666)
        assert detail(file) == "others than its owner may write it"
        assert detail(file.parent) != ""
        assert detail(file / "below") != ""
