"""Passwords and sign-ins given on a message's page: kept, tried at once, and called wrong where they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.delivery.queued import QueuedMessage
from app.errors import KeychainError, Reason
from app.profile import SmtpServer
from app.storage.keychain import Secret
from ui.mailbox import work
from ui.mailbox.case import Case
from ui.messages import explain
from ui.texts import translate

if TYPE_CHECKING:
    from app.services import Services
    from ui.mailbox.window import MailboxWindow

__all__ = ["Passwords"]

_SOON = timedelta(minutes=2)
"""So soon after a password was typed it is the one that was refused, and not a later one."""


class Passwords:
    """Takes what is typed in a mailbox window, and remembers when, never what."""

    def __init__(self, services: Services, window: MailboxWindow) -> None:
        self._services = services
        self._window = window
        self._typed: dict[str, datetime] = {}

    async def give(self, case: Case, typed: str) -> None:
        """Keep a password for the server of a message and deliver there again; raises StorageError."""
        server = case.password_for
        if server is None:
            return
        self._window.notice.clear()
        try:
            await self._save(server, typed)
        except KeychainError as error:
            words = explain(error.problem)

            def for_session() -> None:
                self._window.notice.clear()
                self._window.start(self._save(server, typed, for_session=True))

            action = (translate("mailbox", "Use it until Absender ends"), for_session)
            self._window.notice.show_text("bad", words.sentence, words.next_step, [action])

    def sign_in(self, case: Case) -> None:
        """Have the person sign in with the browser to the server of a message, which is delivered to again then."""
        if case.sign_in_for is not None:
            from ui.accounts.sign_in_dialog import SignInDialog

            SignInDialog(case.sign_in_for, case.message.sender, self._services, self._window).open()

    async def _save(self, server: SmtpServer, typed: str, *, for_session: bool = False) -> None:
        self._typed[server.queue] = self._services.now()
        await work.save_secret(server, Secret(typed), self._services, for_session=for_session)

    def is_refused_again(self, message: QueuedMessage) -> bool:
        """Return whether it is the password typed just now that was refused."""
        typed = self._typed.get(message.queue)
        if typed is None or message.problem is None:
            return False
        is_about_it = message.problem.reason in {Reason.SERVER_AUTH_REJECTED, Reason.SERVER_AUTH_APP_PASSWORD}
        return is_about_it and typed <= message.changed_at <= typed + _SOON
