"""The rules of SPF, DKIM and DMARC where a row of the table of zones would not show them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import TypeVar

import pytest

from app.address import Address
from app.forecast.dmarc import Alignment, Dmarc, DmarcFault, DmarcPolicy, are_aligned, find_dmarc, parse_dmarc
from app.forecast.domains import organisational_domain
from app.forecast.forecast import (
    DkimReason,
    DmarcReason,
    Outlook,
    SpfReason,
    forecast_dkim,
    forecast_spf,
    unknown_forecast,
)
from app.forecast.lookup import MemoryLookup
from app.forecast.providers import provider_of
from app.forecast.questions import Answer, Asking, Question, RecordType, Status, ask
from app.forecast.spf import SpfFault, SpfResult, check_host
from app.recipient_view import RecipientView

T = TypeVar("T")
TXT, A, AAAA, PTR = RecordType.TXT, RecordType.A, RecordType.AAAA, RecordType.PTR
Records = dict[tuple[str, RecordType], Sequence[str] | None]


def run(rule: Asking[T], records: Records) -> tuple[T, list[Question]]:
    lookup = MemoryLookup(records)
    asked: list[Question] = []
    answer: Answer | None = None
    while True:
        try:
            question = next(rule) if answer is None else rule.send(answer)
        except StopIteration as ended:
            return ended.value, asked
        asked.append(question)
        answer = lookup.answer(question)


def view(sender: str, envelope: str = "") -> RecipientView:
    address = Address.parse(sender)
    return RecipientView("", address, None, Address.parse(envelope or sender), None, address.domain, "")


def spf_of(record: str, ip: str = "192.0.2.10", **more: Sequence[str] | None) -> tuple[SpfResult, SpfFault | None]:
    records: Records = {("a.example", TXT): [record]}
    outcome, _ = run(check_host(ip_address(ip), "a.example", local="n", helo="h.example"), records)
    return outcome.result, outcome.fault


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ?all", SpfResult.NEUTRAL),
        ("v=spf1 ~all", SpfResult.SOFTFAIL),
        ("v=spf1 -ip4:192.0.2.0/24 +all", SpfResult.FAIL),
        ("v=spf1 ip6:2001:db8::/32", SpfResult.NEUTRAL),
    ],
)
def test_the_first_mechanism_that_matches_decides(record: str, result: SpfResult) -> None:
    assert spf_of(record) == (result, None)


def test_a_name_that_cannot_be_one_is_not_asked_for() -> None:
    answer, asked = run(ask("a..example", A), {})
    assert (answer.status, asked) == (Status.NO_NAME, [])
    assert run(ask(f"{'x' * 64}.example", A), {})[1] == []
    assert run(ask("X.Example.", A), {})[1] == [Question("x.example", A)]


def test_a_failing_server_is_no_answer_wherever_it_fails() -> None:
    rows: list[Records] = [
        {("a.example", TXT): None},
        {("a.example", TXT): ["v=spf1 include:b.example -all"], ("b.example", TXT): None},
        {("a.example", TXT): ["v=spf1 a -all"], ("a.example", A): None},
        {("a.example", TXT): ["v=spf1 mx -all"], ("a.example", RecordType.MX): ["m.example"], ("m.example", A): None},
    ]
    for records in rows:
        outcome, _ = run(check_host(ip_address("192.0.2.10"), "a.example", local="n", helo=""), records)
        assert (outcome.result, outcome.fault) == (SpfResult.TEMPERROR, SpfFault.DNS)


def test_a_failing_reverse_name_just_does_not_match() -> None:
    records: Records = {("a.example", TXT): ["v=spf1 ptr:b.example -all"], ("10.2.0.192.in-addr.arpa", PTR): None}
    outcome, _ = run(check_host(ip_address("192.0.2.10"), "a.example", local="n", helo=""), records)
    assert outcome.result is SpfResult.FAIL


def test_only_ten_reverse_names_are_looked_at() -> None:
    names = [f"m{number}.a.example" for number in range(12)]
    records: Records = {
        ("a.example", TXT): ["v=spf1 ptr -all"],
        ("10.2.0.192.in-addr.arpa", PTR): names,
        ("m11.a.example", A): ["192.0.2.10"],
    }
    outcome, asked = run(check_host(ip_address("192.0.2.10"), "a.example", local="n", helo=""), records)
    assert outcome.result is SpfResult.FAIL
    assert len([each for each in asked if each.type is A]) == 10


def test_an_ipv6_server_is_looked_for_among_ipv6_addresses() -> None:
    records: Records = {("a.example", TXT): ["v=spf1 a//64 -all"], ("a.example", AAAA): ["2001:db8::1"]}
    outcome, asked = run(check_host(ip_address("2001:db8::ff"), "a.example", local="n", helo=""), records)
    assert outcome.result is SpfResult.PASS
    assert asked[-1] == Question("a.example", AAAA)


@pytest.mark.parametrize(
    ("domain", "organisation"),
    [
        ("a.b.partner.example", "partner.example"),
        ("a.firma.co.uk", "firma.co.uk"),
        ("firma.co.uk", "firma.co.uk"),
        ("co.uk", "co.uk"),
        ("a.nutzer.github.io", "nutzer.github.io"),
        ("post.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("example", "example"),
    ],
)
def test_the_organisational_domain_is_one_label_below_a_public_suffix(domain: str, organisation: str) -> None:
    assert organisational_domain(domain) == organisation


@pytest.mark.parametrize(
    ("checked", "from_domain", "relaxed", "strict"),
    [
        ("a.example", "a.example", True, True),
        ("post.a.example", "a.example", True, False),
        ("a.example", "abt.a.example", True, False),
        ("a.co.uk", "b.co.uk", False, False),
        ("nota.example", "a.example", False, False),
    ],
)
def test_relaxed_compares_organisations_and_strict_whole_names(
    checked: str, from_domain: str, relaxed: bool, strict: bool
) -> None:
    assert are_aligned(checked, from_domain, Alignment.RELAXED) is relaxed
    assert are_aligned(checked, from_domain, Alignment.STRICT) is strict


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("v=DMARC1; p=none", Dmarc("a.example", DmarcPolicy.NONE)),
        (
            "v=DMARC1;p=REJECT;aspf=S;adkim=s",
            Dmarc("a.example", DmarcPolicy.REJECT, Alignment.STRICT, Alignment.STRICT),
        ),
        ("v=DMARC1; p=reject; p=none; junk; pct=999", Dmarc("a.example", DmarcPolicy.REJECT)),
        ("v=DMARC1; p=quarantine; pct=0", Dmarc("a.example", DmarcPolicy.QUARANTINE, percent=0)),
        ("v=DMARC1; p=bad; rua=MAILTO:r@a.example", Dmarc("a.example", DmarcPolicy.NONE)),
        ("v=DMARC1; p=bad; rua=https://a.example", None),
        ("v=DMARC1; sp=reject", None),
    ],
)
def test_a_dmarc_record_is_read_as_receivers_do(text: str, found: Dmarc | None) -> None:
    assert parse_dmarc(text, "a.example", is_inherited=False) == found


def test_the_policy_for_subdomains_counts_only_below() -> None:
    text = "v=DMARC1; p=reject; sp=none"
    below, own = (parse_dmarc(text, "a.example", is_inherited=inherited) for inherited in (True, False))
    assert below is not None
    assert own is not None
    assert (below.policy, own.policy) == (DmarcPolicy.NONE, DmarcPolicy.REJECT)
    assert parse_dmarc("v=DMARC1; p=reject; sp=bad", "a.example", is_inherited=True) is None


def test_an_own_record_is_not_looked_for_above() -> None:
    records: Records = {("_dmarc.abt.a.example", TXT): ["v=DMARC1; p=none"], ("_dmarc.a.example", TXT): None}
    found, asked = run(find_dmarc("abt.a.example"), records)
    assert isinstance(found, Dmarc)
    assert found.domain == "abt.a.example"
    assert len(asked) == 1


def test_a_faulty_own_record_is_not_replaced_by_the_one_above() -> None:
    records: Records = {("_dmarc.abt.a.example", TXT): ["v=DMARC1"], ("_dmarc.a.example", TXT): ["v=DMARC1; p=none"]}
    assert run(find_dmarc("abt.a.example"), records)[0] is DmarcFault.SYNTAX


def test_without_an_answer_all_is_unknown_but_what_the_route_says_itself() -> None:
    offline = unknown_forecast(view("n@a.example", "n@b.example"))
    assert (offline.spf.reason, offline.spf.is_aligned) == (SpfReason.NOT_LOOKED_UP, False)
    assert offline.dkim.reason is DkimReason.NOT_LOOKED_UP
    assert (offline.dmarc.outlook, offline.dmarc.reason) == (Outlook.UNKNOWN, DmarcReason.NOT_LOOKED_UP)


def test_a_server_whose_name_does_not_resolve_for_now_leaves_spf_unknown() -> None:
    records: Records = {
        ("a.example", TXT): ["v=spf1 ip4:192.0.2.1 -all"],
        ("smtp.a.example", A): None,
        ("smtp.a.example", AAAA): None,
    }
    found, _ = run(forecast_spf(view("n@a.example"), "smtp.a.example", None), records)
    assert (found.outlook, found.reason) == (Outlook.UNKNOWN, SpfReason.NOT_LOOKED_UP)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "10.1.2.3"])
def test_a_server_in_the_own_network_leaves_spf_unknown(host: str) -> None:
    records: Records = {("a.example", TXT): ["v=spf1 ip4:192.0.2.1 -all"]}
    found, asked = run(forecast_spf(view("n@a.example"), host, None), records)
    assert (found.outlook, found.reason) == (Outlook.UNKNOWN, SpfReason.LOCAL_SERVER)
    assert [each.name for each in asked] == ["a.example"]


def test_a_fault_behind_other_sources_is_not_certain_without_a_server() -> None:
    records: Records = {("a.example", TXT): ["v=spf1 ip4:192.0.2.77 include:none.example -all"]}
    found, _ = run(forecast_spf(view("n@a.example"), "", None), records)
    assert found.reason is SpfReason.SERVER_NOT_CHOSEN
    faulty: Records = {("a.example", TXT): ["v=spf1 ip5:192.0.2.77 -all"]}
    found, _ = run(forecast_spf(view("n@a.example"), "", None), faulty)
    assert (found.outlook, found.fault) == (Outlook.BAD, SpfFault.SYNTAX)


def test_a_domains_own_include_says_nothing_of_its_own_server() -> None:
    records: Records = {
        ("a.example", TXT): ["v=spf1 include:_spf.a.example -all"],
        ("_spf.a.example", TXT): ["v=spf1 ip4:198.51.100.1 -all"],
        ("smtp.a.example", A): ["192.0.2.10"],
    }
    found, _ = run(forecast_spf(view("n@a.example"), "smtp.a.example", None), records)
    assert (found.outlook, found.reason) == (Outlook.UNKNOWN, SpfReason.NOT_LISTED)


def test_a_failing_lookup_of_records_is_unknown() -> None:
    records: Records = {("a.example", TXT): None, ("smtp.a.example", A): ["192.0.2.1"], ("_dmarc.a.example", TXT): None}
    found, _ = run(forecast_spf(view("n@a.example"), "smtp.a.example", None), records)
    assert (found.outlook, found.reason) == (Outlook.UNKNOWN, SpfReason.NOT_LOOKED_UP)
    assert run(find_dmarc("a.example"), records)[0] is DmarcFault.DNS


def test_a_failing_lookup_of_keys_is_unknown() -> None:
    found, _ = run(forecast_dkim(view("n@a.example"), "smtp.a.example", None), {("_domainkey.a.example", TXT): None})
    assert (found.outlook, found.reason) == (Outlook.UNKNOWN, DkimReason.NOT_LOOKED_UP)


def test_a_providers_key_counts_only_for_the_senders_own_domain() -> None:
    records: Records = {("google._domainkey.a.example", TXT): ["v=DKIM1; p=MIIB"]}
    own, _ = run(forecast_dkim(view("n@a.example"), "smtp.gmail.com", None), records)
    other, asked = run(forecast_dkim(view("n@a.example", "n@b.example"), "smtp.gmail.com", None), records)
    assert (own.reason, other.reason) == (DkimReason.PROVIDER_KEY, DkimReason.OTHER_SIGNER)
    assert [each.name for each in asked] == ["_domainkey.a.example"]


def test_providers_are_known_by_their_servers() -> None:
    provider = provider_of("smtp.office365.com")
    assert provider is not None
    assert provider.selectors == ("selector1", "selector2")
    assert provider_of("smtp.a.example") is None
