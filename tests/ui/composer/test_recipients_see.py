"""The window "What recipients see": there at once, filled when DNS has answered, and true to the route."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QLabel

from app.address import Address
from app.demo.authority import DOMAIN
from app.demo.world import PARTNER, PARTNER_DOMAIN
from app.forecast.lookup import MemoryLookup, NoLookup
from app.forecast.questions import Answer, Question, RecordType
from tests.ui.composer.writing import Writing, until
from ui.composer.recipients_see import RecipientsSeeDialog
from ui.composer.window import ComposerWindow

RECORDS = {
    (PARTNER_DOMAIN, RecordType.TXT): ["v=spf1 -all"],
    (f"_dmarc.{PARTNER_DOMAIN}", RecordType.TXT): ["v=DMARC1; p=reject"],
    (DOMAIN, RecordType.TXT): ["v=spf1 +all"],
}


class SlowLookup(MemoryLookup):
    """Answers when the test says so."""

    def __init__(self) -> None:
        super().__init__(RECORDS)
        self.may_answer = asyncio.Event()

    async def ask(self, question: Question) -> Answer:
        await self.may_answer.wait()
        return await super().ask(question)


def opened(window: ComposerWindow) -> RecipientsSeeDialog:
    window.header.route.recipients_see.click()
    (dialog,) = window.findChildren(RecipientsSeeDialog)
    return dialog


def told(dialog: RecipientsSeeDialog, check: str) -> str:
    label = dialog.findChild(QLabel, f"forecast{check}")
    assert isinstance(label, QLabel)
    return label.text()


async def test_the_window_is_there_before_dns_answers(desk: Writing) -> None:
    lookup = desk.demo.services.lookup = SlowLookup()
    window = desk.open()
    dialog = opened(window)
    assert dialog.isVisible()
    assert told(dialog, "SPF") == "SPF: being looked up …"
    lookup.may_answer.set()
    await until(lambda: told(dialog, "SPF") == "SPF: expected to pass")
    assert told(dialog, "DMARC") == "DMARC: not set up"


async def test_an_open_window_follows_the_route(desk: Writing) -> None:
    desk.demo.services.lookup = MemoryLookup(RECORDS)
    window = desk.open()
    dialog = opened(window)
    await until(lambda: told(dialog, "SPF") == "SPF: expected to pass")
    window.header.from_field.chosen.emit(Address.parse(PARTNER))
    await until(lambda: told(dialog, "SPF") == "SPF: expected to fail")
    assert told(dialog, "DMARC") == "DMARC: expected to fail"
    shown = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(PARTNER in text for text in shown)
    assert not any(DOMAIN in text.partition(PARTNER_DOMAIN)[0] for text in shown)
    assert opened(window) is dialog


async def test_a_route_that_is_refused_closes_the_window(desk: Writing) -> None:
    desk.demo.services.lookup = MemoryLookup(RECORDS)
    window = desk.open()
    window.header.from_field.chosen.emit(Address.parse(PARTNER))
    dialog = opened(window)
    closed: list[bool] = []
    dialog.destroyed.connect(lambda: closed.append(True))
    await desk.allow(False)
    await until(lambda: closed)
    await desk.allow(True)


async def test_a_window_closed_meanwhile_asks_nothing_more(desk: Writing) -> None:
    lookup = desk.demo.services.lookup = SlowLookup()
    window = desk.open()
    dialog = opened(window)
    closed: list[bool] = []
    dialog.destroyed.connect(lambda: closed.append(True))
    dialog.close()
    await until(lambda: closed)
    lookup.may_answer.set()
    await until(lambda: not any(task.get_name() == "forecast" for task in asyncio.all_tasks()))
    assert lookup.asked == []
    assert not window.findChildren(RecipientsSeeDialog)


async def test_without_dns_all_is_unknown(desk: Writing) -> None:
    desk.demo.services.lookup = NoLookup()
    dialog = opened(desk.open())
    await until(lambda: "being" not in told(dialog, "SPF"))
    assert [told(dialog, check) for check in ("SPF", "DKIM", "DMARC")] == [
        "SPF: unknown",
        "DKIM: unknown",
        "DMARC: unknown",
    ]


async def test_the_demo_has_records_of_its_own(desk: Writing) -> None:
    window = desk.open()
    dialog = opened(window)
    window.header.from_field.chosen.emit(Address.parse(PARTNER))
    await until(lambda: "being" not in told(dialog, "DMARC"))
    shown = " ".join(label.text() for label in dialog.forecast.findChildren(QLabel))
    assert f"{PARTNER_DOMAIN} asks recipients to reject what fails." in shown
    assert "This server is in your own network" in shown
