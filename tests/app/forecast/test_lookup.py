"""The edge without a network: what is not asked for at all, and what no answer means."""

from __future__ import annotations

from pathlib import Path

import dns.resolver
import pytest

from app.address import Address
from app.forecast.forecast import Outlook, unknown_forecast
from app.forecast.lookup import DnsLookup, NoLookup, look_up_forecast
from app.forecast.questions import Answer, Question, RecordType, Status
from app.recipient_view import RecipientView
from app.services import open_services
from app.storage.folder import DataFolder
from app.storage.keychain import MemoryKeychain

SENDER = Address.parse("nutzer@partner.example")
VIEW = RecipientView("", SENDER, None, SENDER, None, SENDER.domain, "")


async def test_where_nobody_is_asked_everything_is_unknown() -> None:
    assert await look_up_forecast(VIEW, "smtp.partner.example", NoLookup()) == unknown_forecast(VIEW)


@pytest.mark.parametrize("name", ["partner.example", "_dmarc.partner.example", "a.test", "localhost", "x.invalid"])
async def test_reserved_names_are_not_asked_of_the_systems_servers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise AssertionError(name)

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", refuse)
    assert await DnsLookup().ask(Question(name, RecordType.TXT)) == Answer(Status.NO_NAME)


@pytest.mark.parametrize("kind", [dns.resolver.NoResolverConfiguration, OSError])
async def test_a_system_without_dns_servers_is_offline(kind: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **named: object) -> None:
        raise kind

    monkeypatch.setattr("dns.asyncresolver.Resolver.__init__", fail)
    sender = Address.parse("nutzer@partner.beispiel")
    view = RecipientView("", sender, None, sender, None, sender.domain, "")
    found = await look_up_forecast(view, "smtp.partner.beispiel", DnsLookup())
    assert {found.spf.outlook, found.dkim.outlook, found.dmarc.outlook} == {Outlook.UNKNOWN}


@pytest.mark.parametrize(("asks_dns", "kind"), [(False, NoLookup), (True, DnsLookup)])
async def test_the_wiring_asks_nobody_unless_it_is_told_to(asks_dns: bool, kind: type, tmp_path: Path) -> None:
    async with open_services(DataFolder(tmp_path / "home"), keychain=MemoryKeychain()) as services:
        services.asks_dns = asks_dns or services.asks_dns
        assert type(services.lookup) is kind
