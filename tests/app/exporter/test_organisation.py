"""The organisation's own facts: TOML or JSON, each mistake with its place, and domains from wherever they are known."""

from __future__ import annotations

import json

import pytest

from app.errors import ExportError, Problem, Reason
from app.exporter.organisation import ORGANISATION_MAX_BYTES, completed, read_organisation
from tests.app.exporter.world import FACTS, facts

OWN = {
    "name": "policies/own",
    "setting": {"type": "settings/absender.external_from", "value": {"requireGateway": True}},
}


def refusal(data: bytes) -> Problem:
    with pytest.raises(ExportError) as caught:
        read_organisation(data, file="organisation.toml")
    assert caught.value.problem.reason is Reason.ORGANISATION_WRONG
    return caught.value.problem


def as_json(**changes: object) -> bytes:
    whole: dict[str, object] = {
        "organisation": {"name": "Beispiel GmbH", "domains": ["beispiel.example"]},
        "mailServers": {"submission": {"host": "smtp.beispiel.example", "port": 587}},
    }
    return json.dumps(whole | changes).encode()


def test_toml_and_json_say_the_same() -> None:
    toml = read_organisation(
        FACTS.replace("[organisation]", '[organisation]\ndomains = ["a.example"]').encode(), file="f"
    )
    same = {"name": "Beispiel GmbH", "domains": ["a.example"], "support": "it@beispiel.example"}
    assert read_organisation(b"\xef\xbb\xbf " + as_json(organisation=same), file="f") == toml
    assert toml.mail_servers.submission.port == 587


def test_domains_and_customer_come_from_the_directory_where_the_file_is_silent() -> None:
    found = completed(facts(), ("b.example",), "customers/C1", file="f")
    assert (found.domains, found.customer) == (("b.example",), "customers/C1")
    named = read_organisation(as_json(), file="f")
    assert completed(named, ("b.example",), "", file="f").domains == ("beispiel.example",)


@pytest.mark.parametrize(
    ("domains", "detail"), [((), "from 1 to 1000 domains"), (("-",), "[0]: Expected a domain name")]
)
def test_without_a_good_domain_there_is_no_organisation(domains: tuple[str, ...], detail: str) -> None:
    with pytest.raises(ExportError) as caught:
        completed(facts(), domains, "", file="f")
    assert detail in caught.value.problem.fact("detail")


def test_policies_of_the_programs_own_settings_may_stand_there() -> None:
    assert read_organisation(as_json(policies=[OWN]), file="f").policies[0].name == "policies/own"
    google = OWN | {"setting": {"type": "settings/gmail.pop_access", "value": {}}}
    detail = "policies[0].setting.type: Expected one that begins with settings/absender."
    assert refusal(as_json(policies=[google])).fact("detail") == detail


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "Object missing required field `organisation`"),
        (b"\xff\xfe\x00", "can't decode byte 0xff"),
        (b"organisation = ", "Invalid value"),
        (b"<html>", "Invalid"),
        (b"x = " + b"[" * 20_000, ""),
        (b"[organisation]\nname = 7", "organisation.name: Expected `str`, got `int`"),
        (FACTS.encode().replace(b"support", b"suport"), "organisation: Object contains unknown field `suport`"),
        (FACTS.encode().replace(b"587", b'"587"'), "mailServers.submission.port: Expected `int`, got `str`"),
        (FACTS.encode().replace(b"587", b"0"), "mailServers.submission.port: Expected a port from 1 to 65535"),
        (FACTS.encode().replace(b"smtp.", b"smtp ."), "mailServers.submission.host: Expected a host name"),
        (as_json() + b"}", "Extra data"),
        (as_json()[:-1] + b',"policies":[],"policies":[]}', "the name 'policies' stands twice in one object"),
        (as_json(users=[]), "Object contains unknown field `users`"),
        (as_json(mailServers=None), "mailServers: Expected `object`, got `null`"),
        (b"{" + b" " * ORGANISATION_MAX_BYTES, "it is larger than 64 KiB"),
        (b"#" * (ORGANISATION_MAX_BYTES + 1), "it is larger than 64 KiB"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(data: bytes, detail: str) -> None:
    assert detail in refusal(data).fact("detail")
