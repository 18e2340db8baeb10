"""Demo control is the administrator's hand and the recipients' eyes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from smtplib import SMTP
from ssl import create_default_context

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QPlainTextEdit, QWidget

from app.demo.authority import PRIMARY
from app.demo.inbox import Server
from app.demo.world import PARTNER, DemoWorld
from app.profile import Security
from tests.app.demo.person import VERIFIER, ask_for_token, code_from
from ui.demo.control import DemoControl


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def control(world: DemoWorld) -> AsyncIterator[DemoControl]:
    window = DemoControl(world)
    window.show()
    gone: list[bool] = []
    window.destroyed.connect(lambda: gone.append(True))
    yield window
    window.close()
    await until(lambda: gone)


def hand_in(world: DemoWorld, text: str, *, sender: str = "") -> None:
    """Send a message through the organisation's server, blocking."""
    server = world.organisation.access(Security.STARTTLS)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = PARTNER, "kunde@extern.example", "Angebot"
    if sender:
        message["Sender"] = sender
    message.set_content(text)
    with SMTP(server.host, server.port) as session:
        session.starttls(context=create_default_context(cafile=world.mail_ca))
        session.login(server.username, world.organisation.password)
        session.send_message(message, from_addr=PRIMARY)


def press(window: QWidget, name: str) -> None:
    button = window.findChild(QAbstractButton, name)
    assert isinstance(button, QAbstractButton)
    button.click()


def text_of(window: QWidget, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


async def test_saving_publishes_what_was_ticked_and_says_what_the_server_says(
    control: DemoControl, world: DemoWorld
) -> None:
    assert "not allowed" in text_of(control, "policyStatus")
    control.allow.click()
    assert not world.policy_status.published.allow, "nothing is published before it is saved"
    press(control, "savePolicy")
    await until(lambda: world.policy_status.published.allow)
    await until(lambda: ": allowed" in text_of(control, "policyStatus"))


async def test_a_window_that_is_closed_while_it_saves_is_left_alone(
    world: DemoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_policy, is_gone = world.set_policy, threading.Event()

    def slow(*, allow: bool, delay: float | None) -> None:
        is_gone.wait(10)
        set_policy(allow=allow, delay=delay)

    monkeypatch.setattr(world, "set_policy", slow)
    window = DemoControl(world)
    window.destroyed.connect(is_gone.set)
    window.show()
    window.allow.click()
    saving = asyncio.ensure_future(window._publish())
    await asyncio.sleep(0)
    window.close()
    await saving
    assert is_gone.is_set()
    assert world.policy_status.published.allow


async def test_a_change_can_be_announced_that_takes_effect_later(control: DemoControl, world: DemoWorld) -> None:
    control.allow.click()
    press(control, "delay-soon")
    press(control, "savePolicy")
    await until(lambda: world.policy_status.wanted.allow)
    assert not world.policy_status.published.allow
    await until(lambda: "still gives the old answer" in text_of(control, "policyStatus"))


async def test_never_takes_the_policy_server_down_and_saving_again_puts_it_up(
    control: DemoControl, world: DemoWorld
) -> None:
    press(control, "delay-never")
    press(control, "savePolicy")
    await until(lambda: not world.policy_status.is_up)
    await until(lambda: text_of(control, "policyStatus") == "The policy server is down.")
    press(control, "delay-now")
    await until(control.save.isEnabled)
    press(control, "savePolicy")
    await until(lambda: world.policy_status.is_up)


async def test_an_arrival_is_shown_as_recipients_see_it_and_as_it_came(control: DemoControl, world: DemoWorld) -> None:
    await asyncio.to_thread(hand_in, world, "Guten Tag", sender=PRIMARY)
    await until(lambda: control.inboxes[Server.ORGANISATION].count() == 1)
    assert control.inboxes[Server.PARTNER].count() == 0
    inbox = control.inboxes[Server.ORGANISATION]
    assert text_of(inbox, "arrivedFrom") == f"From: {PRIMARY} on behalf of {PARTNER}"
    assert PRIMARY in text_of(inbox, "arrivedFacts")
    raw = inbox.findChild(QPlainTextEdit, "arrivedRaw")
    assert isinstance(raw, QPlainTextEdit)
    assert f"Sender: {PRIMARY}" in raw.toPlainText()


async def test_the_code_of_a_verification_mail_is_copied_with_one_press(control: DemoControl, world: DemoWorld) -> None:
    await asyncio.to_thread(hand_in, world, "Confirmation code: 123456789")
    await until(lambda: control.findChild(QAbstractButton, "copyCode") is not None)
    press(control, "copyCode")
    assert QGuiApplication.clipboard().text() == "123456789"
    press(control, "partnerPasswordCopy")
    assert QGuiApplication.clipboard().text() == world.partner.password
    QGuiApplication.clipboard().clear()


async def test_the_sign_in_with_the_browser_can_be_ended(control: DemoControl, world: DemoWorld) -> None:
    form = {"grant_type": "authorization_code", "redirect_uri": "http://127.0.0.1:9/", "code_verifier": VERIFIER}
    granted = await ask_for_token(world, {**form, "code": await code_from(world)})
    assert world.partner_sign_in.accepts(str(granted["access_token"]))
    button = control.findChild(QAbstractButton, "endSignIn")
    assert isinstance(button, QAbstractButton)
    button.click()
    assert not world.partner_sign_in.accepts(str(granted["access_token"]))
    again = {"grant_type": "refresh_token", "refresh_token": str(granted["refresh_token"])}
    assert await ask_for_token(world, again) == {"error": "invalid_grant"}
