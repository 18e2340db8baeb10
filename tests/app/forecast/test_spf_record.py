"""An SPF record's grammar and macros, with the examples of RFC 7208 section 7.4."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.forecast.spf_record import MacroFacts, Mechanism, SpfRecord, SpfSyntaxError, expand, is_spf, parse_spf

V4 = MacroFacts(ip_address("192.0.2.3"), "strong-bad", "email.example.com", "mail.example.com")
V6 = MacroFacts(ip_address("2001:db8::cb01"), "strong-bad", "email.example.com", "mail.example.com")


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"),
        ("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"),
        ("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"),
        ("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"),
        ("%{p}.%{h}.example", "unknown.mail.example.com.example"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("a%%b%_c%-d.example", "a%b c%20d.example"),
        ("example.com.", "example.com"),
    ],
)
def test_macros_expand_as_the_standard_shows(text: str, expanded: str) -> None:
    assert expand(text, "email.example.com", V4) == expanded


def test_an_ipv6_address_is_written_in_nibbles() -> None:
    nibbles = "2.0.0.1.0.d.b.8." + "0." * 20 + "c.b.0.1"
    assert expand("%{i}.%{v}.example", "a.example", V6) == f"{nibbles}.ip6.example"
    assert expand("%{ir}", "a.example", V6) == ".".join(reversed(nibbles.split(".")))


def test_labels_of_a_name_that_is_too_long_go_from_its_left() -> None:
    facts = MacroFacts(V4.ip, "x" * 300, "a.example", "")
    assert expand("%{l}._spf.example", "a.example", facts) == "_spf.example"
    assert len(expand("%{l}", "a.example", facts)) == 300  # one label: nothing can go, and nobody is asked


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=spf1", SpfRecord(())),
        ("v=spf1   -all  ", SpfRecord((Mechanism("-", "all"),))),
        ("v=spf1 ?A ~MX", SpfRecord((Mechanism("?", "a"), Mechanism("~", "mx")))),
        ("v=spf1 a/24//64", SpfRecord((Mechanism("+", "a", v4_bits=24, v6_bits=64),))),
        ("v=spf1 mx:b.example//0", SpfRecord((Mechanism("+", "mx", "b.example", v6_bits=0),))),
        ("v=spf1 ptr ptr:b.example", SpfRecord((Mechanism("+", "ptr"), Mechanism("+", "ptr", "b.example")))),
        ("v=spf1 ip4:192.0.2.1/24", SpfRecord((Mechanism("+", "ip4", network=ip_network("192.0.2.0/24")),))),
        ("v=spf1 ip6:2001:db8::/0", SpfRecord((Mechanism("+", "ip6", network=ip_network("::/0")),))),
        ("v=spf1 redirect=b.example exp=c.example", SpfRecord((), "b.example")),
        ("v=spf1 unknown=%{d} a.b-c_d=%%x Moo=", SpfRecord(())),
        ("v=spf1 exists:%{l}.%{d}", SpfRecord((Mechanism("+", "exists", "%{l}.%{d}"),))),
        ("v=spf1 include:b-1.x1y.", SpfRecord((Mechanism("+", "include", "b-1.x1y."),))),
    ],
)
def test_what_the_grammar_allows_is_read(text: str, record: SpfRecord) -> None:
    assert parse_spf(text) == record


@pytest.mark.parametrize(
    "term",
    [
        "all:b.example", "-all.", "al", "unknown", "+", "\tall", "-redirect=b.example",
        "include", "include:", "include:b", "include:b.example/24", "include:b.1", "include:b.-x", "exists", "ptr:",
        "a:", "a/33", "a/024", "a//129", "a/24/64", "a/", "a:b", "mx:%{d", "mx:b..%", "a:bü.example", "a:%{d}x",
        "ip4", "ip4:", "ip4:192.0.2", "ip4:192.0.2.1/33", "ip4:192.0.2.1/", "ip4:192.0.2.1/08", "ip4:2001:db8::1",
        "ip6:192.0.2.1", "ip6:2001:db8::1/129", "ip4192.0.2.1", "ip4:192.0.2.0/255.255.255.0",
        "redirect=", "redirect=b", "redirect=b.example redirect=c.example", "exp=b.example exp=b.example",
        "exists:%{c}.example", "exists:%{d0}.example", "exists:%{z}.example", "exists:%(d).example", "exists:%{d}%",
        "exists:ü%{d}.example",
        "1x=y", "x=%", "x=%{t}",
    ],
)  # fmt: skip
def test_what_the_grammar_does_not_allow_is_an_error(term: str) -> None:
    with pytest.raises(SpfSyntaxError):
        parse_spf(f"v=spf1 {term} -all")


@pytest.mark.parametrize(
    ("text", "is_record"),
    [("v=spf1", True), ("V=SPF1 -all", True), ("v=spf10 -all", False), (" v=spf1", False), ("v=spf1\t-all", False)],
)
def test_a_record_is_known_by_its_first_word(text: str, is_record: bool) -> None:
    assert is_spf(text) is is_record


@given(st.text(alphabet="amxipct46:/%{}.-+~?=_ dlrsn019é", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        record = parse_spf(f"v=spf1 {text}")
    except SpfSyntaxError:
        return
    for mechanism in record.mechanisms:
        assert expand(mechanism.domain, "a.example", V6) or mechanism.domain in {"", "%_", "%{l}"}
