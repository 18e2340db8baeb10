"""The wizard's second page: each way with what recipients' servers will probably find."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.demo.authority import DOMAIN
from app.demo.world import DemoWorld
from app.forecast.lookup import MemoryLookup
from app.forecast.questions import RecordType
from app.services import Services
from app.setup.enrolment import ChooseServer
from tests.ui.accounts.test_wizard import allow, fill_in, on_server_page, on_sign_in_page, until
from ui.accounts.offer_card import OfferCard
from ui.accounts.wizard import AddAddressDialog

PARTNER_DOMAIN = "partnerdomain.example"
RECORDS = {
    (DOMAIN, RecordType.TXT): ["v=spf1 +all"],
    (PARTNER_DOMAIN, RecordType.TXT): ["v=spf1 ip4:192.0.2.1 -all"],
    (f"_dmarc.{PARTNER_DOMAIN}", RecordType.TXT): ["v=DMARC1; p=quarantine"],
    (f"k1._domainkey.{PARTNER_DOMAIN}", RecordType.TXT): ["p=MIIB"],
}


def told(wizard: AddAddressDialog) -> dict[str, list[str]]:
    cards = wizard.server_page.findChildren(OfferCard)
    return {
        card.radio.objectName(): [label.text() for label in card.forecast.findChildren(QLabel) if label.isVisible()]
        for card in cards
    }


async def test_each_way_shows_its_own_forecast(qtbot: QtBot, services: Services) -> None:
    services.lookup = MemoryLookup(RECORDS)
    wizard = await on_server_page(qtbot, services)
    await until(lambda: "being" not in str(told(wizard)))
    both = told(wizard)
    assert both["organisationChoice"][:3] == ["SPF: passes, but does not count", "DKIM: unknown", "DMARC: unknown"]
    assert "as spam" in both["organisationChoice"][-1]
    assert both["gatewayChoice"][0] == "SPF: unknown"
    cards = wizard.server_page.findChildren(OfferCard)
    (gateway,) = [card for card in cards if card.radio.objectName() == "gatewayChoice"]
    spf = gateway.forecast.findChild(QLabel, "forecastSPF")
    assert isinstance(spf, QLabel)
    assert "not chosen yet" in spf.toolTip()
    assert "not chosen yet" in spf.accessibleDescription()


async def test_a_server_that_was_entered_is_the_one_that_is_looked_up(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    lookup = services.lookup = MemoryLookup(RECORDS)
    await allow(world, services)
    wizard = await on_sign_in_page(qtbot, services, world)
    fill_in(wizard, world, host="smtp.partnerdomain.example")
    wizard.back_button.click()
    await until(lambda: wizard.page() is wizard.server_page)
    await until(lambda: any(each.name == "smtp.partnerdomain.example" for each in lookup.asked))


async def test_both_ways_are_seen_as_soon_as_a_changed_policy_is_shown(qtbot: QtBot, services: Services) -> None:
    wizard = await on_server_page(qtbot, services)
    step = wizard._step
    assert isinstance(step, ChooseServer)
    wizard.server_page.show_step(step)
    assert [card.isVisible() for card in wizard.server_page.findChildren(OfferCard)] == [True, True]
