"""The table of zones, asked of a real DNS server on this machine; and what servers do when they fail."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from app.address import Address
from app.forecast.forecast import DkimReason, DmarcReason, Outlook, SpfReason
from app.forecast.lookup import DnsLookup, look_up_forecast
from app.forecast.questions import Answer, Question, RecordType, Status
from app.recipient_view import RecipientView
from tests.app.forecast.test_table import expected, told
from tests.app.forecast.zones import CASES, Case, zone_texts
from tests.servers.nameserver import Nameserver

pytestmark = pytest.mark.system("named")

_BIG = " ".join(f'"{"x" * 250}"' for _ in range(40))
_REST = 'smtp A 192.0.2.10\n_dmarc TXT "v=DMARC1; p=reject"'
_EXTRA = {
    "gross.example": f"@ TXT {_BIG}",
    "kette.example": "a CNAME b.weiter.example.",
    "weiter.example": 'b TXT "am Ziel"',
    "gemischt.example": f'@ TXT "v=spf1 include:kaputt.example -all"\n{_REST}',
    "wartend.example": f'@ TXT "v=spf1 include:stumm.example -all"\n{_REST}',
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nameserver]:
    folder = tmp_path_factory.mktemp("dns")
    with Nameserver(folder, zone_texts() | _EXTRA, broken=("kaputt.example",), silent=("stumm.example",)) as server:
        yield server


@pytest.fixture
def lookup(server: Nameserver) -> DnsLookup:
    return DnsLookup(["127.0.0.1"], port=server.port)


def view(address: str) -> RecipientView:
    sender = Address.parse(address)
    return RecipientView("", sender, None, sender, None, sender.domain, "")


async def txt(lookup: DnsLookup, name: str) -> Answer:
    return await lookup.ask(Question(name, RecordType.TXT))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_each_row_of_the_table_is_forecast_from_real_answers(case: Case, lookup: DnsLookup) -> None:
    assert told(await look_up_forecast(case.view, case.server, lookup)) == expected(case)


async def test_what_is_too_long_for_a_datagram_comes_by_tcp(lookup: DnsLookup) -> None:
    assert await txt(lookup, "gross.example") == Answer(Status.FOUND, ("x" * 10_000,))


async def test_an_alias_is_followed_into_another_zone(lookup: DnsLookup) -> None:
    assert await txt(lookup, "a.kette.example") == Answer(Status.FOUND, ("am Ziel",))


async def test_a_name_without_such_a_record_is_no_missing_name(lookup: DnsLookup) -> None:
    assert (await txt(lookup, "_domainkey.at-google.example")).status is Status.NO_DATA
    assert (await txt(lookup, "gibt.es.nicht.example")).status is Status.NO_NAME


async def test_a_server_that_fails_leaves_spf_unknown_and_is_asked_again(lookup: DnsLookup) -> None:
    assert (await txt(lookup, "kaputt.example")).status is Status.FAILED
    found = await look_up_forecast(view("nutzer@gemischt.example"), "smtp.gemischt.example", lookup)
    assert (found.spf.outlook, found.spf.reason) == (Outlook.UNKNOWN, SpfReason.NOT_LOOKED_UP)
    assert (found.dmarc.outlook, found.dmarc.reason) == (Outlook.UNKNOWN, DmarcReason.UNDECIDED)


async def test_what_is_not_answered_in_time_is_unknown_and_the_rest_is_told(server: Nameserver) -> None:
    patient = DnsLookup(["127.0.0.1"], port=server.port, answer_limit=0.5)
    found = await look_up_forecast(view("nutzer@wartend.example"), "smtp.wartend.example", patient)
    assert found.spf.reason is SpfReason.NOT_LOOKED_UP
    assert found.dkim.reason is DkimReason.NO_KEYS
    assert found.dmarc.record is not None


async def test_a_forecast_ends_when_its_time_is_over(server: Nameserver) -> None:
    found = await look_up_forecast(
        view("nutzer@stumm.example"), "smtp.stumm.example", DnsLookup(["127.0.0.1"], port=server.port), limit=0.3
    )
    assert {found.spf.outlook, found.dkim.outlook, found.dmarc.outlook} == {Outlook.UNKNOWN}


async def test_a_failing_first_server_is_passed_over(server: Nameserver) -> None:
    # Nobody listens on 127.0.0.2, which answers at once that it is closed.
    lookup = DnsLookup(["127.0.0.2", "127.0.0.1"], port=server.port)
    assert (await txt(lookup, "weiter.example")).status is Status.NO_DATA


async def test_answers_are_kept_as_long_as_they_hold(server: Nameserver) -> None:
    now = 0.0
    lookup = DnsLookup(["127.0.0.1"], port=server.port, clock=lambda: now)
    first = await txt(lookup, "b.weiter.example")
    missing = await txt(lookup, "c.weiter.example")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        lookup._resolver.port = closed.getsockname()[1]  # type: ignore[union-attr] # it has asked
        lookup._resolver.lifetime = 0.2  # type: ignore[union-attr] # it has asked
        now = 59.0
        assert await txt(lookup, "b.weiter.example") is first
        assert await txt(lookup, "c.weiter.example") is missing
        now = 61.0
        assert (await txt(lookup, "c.weiter.example")).status is Status.FAILED
        assert await txt(lookup, "b.weiter.example") is first
        now = 301.0
        assert (await txt(lookup, "b.weiter.example")).status is Status.FAILED


async def test_two_who_ask_the_same_at_once_share_a_question(lookup: DnsLookup) -> None:
    first, second = await asyncio.gather(txt(lookup, "b.weiter.example"), txt(lookup, "b.weiter.example"))
    assert first is second
