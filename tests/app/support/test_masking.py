"""Pseudonyms: the same thing is the same everywhere, nothing that identifies is left, secrets go without a mask too."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.support.masking import Masking, without_secrets


@pytest.fixture
def mask() -> Masking:
    return Masking(on=True)


def test_the_same_address_is_the_same_pseudonym_in_every_spelling(mask: Masking) -> None:
    assert mask.clean("to:<Nutzer.Name@Beispiel.example>,") == "to:<address-1@domain-1.example>,"
    assert mask.clean("nutzer.name@BEISPIEL.EXAMPLE") == "address-1@domain-1.example"
    assert mask.clean('"nutzer.name"@beispiel.example') == "address-1@domain-1.example"
    assert mask.clean("anders@beispiel.example") == "address-2@domain-1.example"
    assert mask.clean("wer@m\u00fcller.example") == "address-3@domain-2.example"
    assert mask.clean("wer@xn--mller-kva.example") == "address-3@domain-2.example"


def test_a_host_is_seen_to_belong_to_its_domain(mask: Masking) -> None:
    mask.know_domains(["partner.example"])
    assert mask.clean("smtp.partner.example") == "host-1.domain-1.example"
    assert mask.clean("mx.anders.example and anders.example") == "domain-2.example and domain-3.example"
    assert mask.host("smtp.partner.example") == "host-1.domain-1.example"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[203.0.113.7] 2001:db8::1", "[ip-1] ip-2"),
        ("127.0.0.1 ::1 localhost", "127.0.0.1 ::1 localhost"),
        ("/home/nutzer/ca.pem: no such file", "file-1.pem: no such file"),
        (r"C:\Users\nutzer\ca.pem", "file-1.pem"),
        ("~/geheim/x", "file-1"),
        ("orgUnits/abc customers/C0x", "orgUnits/id-1 customers/id-2"),
        ("https://user:pw@partner.example:8443/a?b=c#d", "https://domain-1.example:8443/…"),
        ("5.7.1 queued as 4XQ1 TLSv1.3 and/or 12:30:45", "5.7.1 queued as 4XQ1 TLSv1.3 and/or 12:30:45"),
        ("settings/gmail.per_user_outbound_gateway", "settings/gmail.per_user_outbound_gateway"),
    ],
)
def test_what_identifies_goes_and_what_explains_stays(mask: Masking, text: str, shown: str) -> None:
    assert mask.clean(text) == shown


def test_names_are_masked_whole_and_by_their_words(mask: Masking) -> None:
    mask.know("name", "N. Mustername", parts=True)
    mask.know("user", "nutzer")
    assert mask.clean("N. Mustername, welcome MUSTERNAME; nutzer nutzern") == "name-1, welcome name-1; user-1 nutzern"
    assert mask.name("name", "N. Mustername") == "name-1"
    assert mask.name("name", "Jemand") == "name-2"
    assert mask.name("name", "") == ""


def test_an_address_is_one_thing_though_its_first_part_is_a_name(mask: Masking) -> None:
    mask.know("user", "nutzer")
    assert mask.clean("nutzer@partner.example") == "address-1@domain-1.example"


@pytest.mark.parametrize("on", [True, False])
def test_what_was_written_goes_with_and_without_the_mask(on: bool) -> None:
    mask = Masking(on=on)
    mask.leave_out("Kündigung")
    mask.leave_out("Re:")
    assert mask.clean("rejected: kündigung Re: 5") == "rejected: [left out] Re: 5"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a.example/x/y?token=abc&z.", "see https://a.example/x/y?token=…&z.=…"),
        ("https://nutzer:geheim@a.example/", "https://a.example/"),
        ("https://a.example/k3y0123456789abcdef/p.json", "https://a.example/…/p.json"),
        ("https://[broken", "https://…"),
        ("https://a.example/2026/policy.json#secret", "https://a.example/2026/policy.json"),
    ],
)
def test_links_lose_their_keys_without_a_mask_too(text: str, shown: str) -> None:
    assert without_secrets(text) == shown
    assert Masking(on=False).clean(text) == shown


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_address_is_found_in_any_text(before: str, after: str) -> None:
    shown = Masking(on=True).clean(f"{before} vorname.nachname@firma-gross.example {after}")
    assert not re.search("vorname|nachname|firma-gross", shown)


def test_a_long_line_takes_no_long_time(mask: Masking) -> None:
    for text in ("a" * 1000, "a." * 500, "@" * 1000, "a@" * 500, "1." * 500, ":" * 1000, "/" * 1000, "https://" * 120):
        assert mask.clean(text)
