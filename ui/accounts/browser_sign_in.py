"""Signing in with the browser, as one watches it: asked for, waited for, done; the grant leaves it as a `Secret`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.errors import ExpectedError, Problem
from app.oauth_client import OAuthClient, client_for
from app.profile import SmtpServer
from app.services import Services
from app.storage.keychain import Secret
from ui import tasks
from ui.accounts.page import detail_of
from ui.browser import open_in_browser
from ui.messages import browser_words, explain
from ui.widgets import Button, Card, Heading, IconLabel, LinkButton, PlainLabel, QuietLabel, announce, restyle

__all__ = ["BrowserSignIn", "Login"]


@dataclass(frozen=True, slots=True)
class Login:
    """Whom to ask for a sign-in, and for which server."""

    server: SmtpServer
    name: str
    """Of who is asked, for people."""
    client: OAuthClient | None = None
    """The person's own client; None for the one that is known for the server."""
    client_secret: Secret | None = None


class _State(Enum):
    IDLE = auto()
    WAITING = auto()
    DONE = auto()
    KEPT = auto()
    """Nothing was done here; the keychain has what was done before."""


class BrowserSignIn(QWidget):
    """Says how the sign-in stands, with what can be done about it.

    `start` is called when the person wants to sign in; it answers with `begin`. A sign-in belongs to the login that
    was typed when it began: `follow` tells what is typed now.
    """

    changed = Signal()
    """There is a sign-in, or none any more."""
    signed_in = Signal()

    def __init__(self, services: Services, start: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._typed: Hashable = None
        self._kept: Hashable = None
        self._asked: Hashable = None
        """What was typed when the sign-in began that runs or is done."""
        self._login: Login | None = None
        self._secret: Secret | None = None
        self._address = ""
        self._no_browser = False
        self._name = ""
        self._running: list[asyncio.Task[Any]] = []
        self.setObjectName("browserSignIn")
        self._icon = IconLabel("globe", "accent", side=20)
        self._title = Heading(level=3)
        self._detail = QuietLabel()
        self._error = PlainLabel()
        self._error.setProperty("bad", True)
        self.start_button = Button(self.tr("S&ign in…"), name="signInButton")
        self.again = LinkButton(self.tr("S&ign in again"), name="signInAgain")
        self.open_again = LinkButton(self.tr("Open agai&n"), name="openBrowserAgain")
        self.copy = LinkButton(self.tr("Copy add&ress"), name="copySignInAddress")
        self.stop = LinkButton(self.tr("Stop &waiting"), name="stopSignIn")
        for button in (self.start_button, self.again):
            button.clicked.connect(start)
        self.open_again.clicked.connect(self._open)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        self.stop.clicked.connect(self.cancel)
        self._lay_out()
        self.destroyed.connect(partial(_cancel, self._running))
        self._show()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for part in (self._title, self._detail, self._error):
            texts.addWidget(part)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.setContentsMargins(0, 4, 0, 0)
        actions.addWidget(self.start_button)
        links = QHBoxLayout()
        links.setSpacing(8)
        # A link's own padding, so that its text stands below the text above.
        links.setContentsMargins(-4, 0, 0, 0)
        for link in (self.again, self.open_again, self.copy, self.stop):
            links.addWidget(link)
        actions.addLayout(links)
        actions.addStretch(1)
        texts.addLayout(actions)
        row = QHBoxLayout()
        row.setSpacing(12)
        mark = QVBoxLayout()
        mark.addWidget(self._icon)
        mark.addStretch(1)
        row.addLayout(mark)
        row.addLayout(texts, 1)
        card = Card()
        card.body.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)

    # What the page around it says and asks

    def follow(self, typed: Hashable, name: str) -> None:
        """Take note of what is typed now, and of who would be asked: empty where that is not known yet."""
        if typed == self._typed and name == self._name:
            return
        self._typed, self._name = typed, name
        if self._running and self._asked != typed:
            self.cancel()
        self._error.setText("")
        self._show()

    def keep(self, kept: Hashable) -> None:
        """Take note of a login whose sign-in the keychain has; None for none."""
        self._kept = kept
        self._show()

    def begin(self, login: Login) -> None:
        """Have the person sign in; what is there from before is given up."""
        self.forget()
        self._login, self._asked = login, self._typed
        self._running.append(tasks.start(self._run(login), name="sign-in with the browser"))
        self._show()
        announce(self, self._title.text())
        self.stop.setFocus()

    def cancel(self) -> None:
        """End the wait, if there is one."""
        had_focus = self._has_focus()
        _cancel(self._running)
        self._running.clear()
        self._show()
        if had_focus and self.start_button.isVisibleTo(self):
            self.start_button.setFocus()

    def forget(self) -> None:
        """Give up what is there: it was for something else, or is kept now."""
        _cancel(self._running)
        self._running.clear()
        self._secret = self._asked = self._login = None
        self._address, self._no_browser = "", False
        self._error.setText("")
        self._show()

    def secret(self) -> Secret | None:
        """Return what lasts of the sign-in, where it is for what is typed now."""
        return self._secret if self._asked == self._typed else None

    def is_waiting(self) -> bool:
        """Return whether the browser is being waited for."""
        return bool(self._running)

    def set_error(self, text: str) -> None:
        """Say what is missing; empty for nothing."""
        if text and self._running:
            text = self.tr("Finish the sign-in in your browser first.")
        self._error.setText(text)
        restyle(self.start_button, "wrong", bool(text))
        self._show()
        announce(self, text)

    def error(self) -> str:
        """Return what is said to be wrong."""
        return self._error.text()

    def line(self) -> str:
        """Return what is said of how it stands."""
        return self._title.text()

    def first_field(self) -> QWidget | None:
        """Return what one would press next; None where there is a sign-in."""
        if self._state() is _State.WAITING:
            return self.open_again if self._address else self.stop
        return self.start_button if self._state() is _State.IDLE else None

    # The sign-in

    async def _run(self, login: Login) -> None:
        try:
            secret = await self._services.sign_in_with_browser(
                login.server,
                login.client,
                show=self._take_address,
                words=browser_words(),
                client_secret=login.client_secret or await _known_secret(login, self._services),
            )
        except ExpectedError as error:
            self._end(error.problem)
        else:
            self._end(None, secret)

    def _take_address(self, address: str) -> None:
        if isValid(self):
            self._address = address
            self._open()

    def _open(self) -> None:
        self._no_browser = not open_in_browser(self._address)
        self._show()
        if self._has_focus():
            # Return pressed once more does no harm there.
            self.open_again.setFocus()
        if self._no_browser:
            announce(self, self._title.text())

    def _end(self, problem: Problem | None, secret: Secret | None = None) -> None:
        if not isValid(self):
            return
        had_focus = self._has_focus()
        self._running.clear()
        self._secret = secret
        if problem is not None:
            self._error.setText(f"{explain(problem).sentence} {detail_of(problem)}".strip())
        self._show()
        announce(self, self._error.text() or self._title.text())
        # Whoever is done in the browser goes on here.
        self.window().activateWindow()
        if secret is None:
            if had_focus:
                self.start_button.setFocus()
            return
        self.changed.emit()
        self.signed_in.emit()

    def _has_focus(self) -> bool:
        # Also while another program's window is in front, as the browser's is.
        return _is_within(self.window().focusWidget(), self)

    # What is seen

    def _state(self) -> _State:
        if self._running:
            return _State.WAITING
        if self.secret() is not None:
            return _State.DONE
        return _State.KEPT if self._kept is not None and self._kept == self._typed else _State.IDLE

    def _show(self) -> None:
        state = self._state()
        icon, colour, title, detail = self._words(state)
        self._icon.set_icon(icon, colour)
        self._title.setText(title)
        self._detail.setText(detail)
        self._error.setVisible(bool(self._error.text()))
        is_waiting = state is _State.WAITING
        for button, shown in (
            (self.start_button, state is _State.IDLE),
            (self.again, state in {_State.DONE, _State.KEPT}),
            (self.open_again, is_waiting and bool(self._address)),
            (self.copy, is_waiting and bool(self._address)),
            (self.stop, is_waiting),
        ):
            button.setVisible(shown)
        self.start_button.setAccessibleDescription(self._error.text() or detail)
        self.setAccessibleName(title)
        self.setAccessibleDescription(detail)

    def _words(self, state: _State) -> tuple[str, str, str, str]:
        """Return icon, its colour, and what is said."""
        name = self._login.name if self._login is not None and state is not _State.IDLE else self._name
        if state is _State.WAITING and self._no_browser:
            text = self.tr("Copy the address and open it in a browser on this computer.")
            return "triangle-alert", "warn", self.tr("No browser could be opened"), text
        if state is _State.WAITING:
            text = self.tr("Sign in there, then come back here.")
            return "globe", "accent", self.tr("Waiting for your browser …"), text
        if state is _State.DONE and self._login is not None:
            title = self.tr("Signed in with {name}").format(name=name)
            text = self.tr("You were asked to sign in as {username}. The connection test shows whether you did.")
            return "circle-check", "good", title, text.format(username=self._login.server.username)
        if state is _State.KEPT:
            text = self.tr("It stays as it is, unless you sign in again.")
            return "globe", "quiet", self.tr("You sign in with your browser"), text
        text = self.tr("Your browser opens, and you sign in there. Absender does not learn your password.")
        if name:
            text = self.tr(
                "Your browser opens, and you sign in there with {name}. Absender does not learn your password."
            )
        return "globe", "accent", self.tr("Sign in with your browser"), text.format(name=name)


async def _known_secret(login: Login, services: Services) -> Secret | None:
    """Return the secret of the person's own client, as it lies with another address that is signed in with it."""
    client = login.client or client_for(login.server.host, services.oauth_clients)
    others = services.profile.servers if services.profile is not None and client is not None else ()
    for server in others:
        if client is not None and client.covers(server.host):
            secret = await services.tokens.own_client_secret(server, client)
            if secret is not None:
                return secret
    return None


def _is_within(part: QWidget | None, whole: QWidget) -> bool:
    return part is not None and whole.isAncestorOf(part)


def _cancel(running: list[asyncio.Task[Any]], *_: object) -> None:
    for task in running:
        task.cancel()
