"""Sentences about signing in with the browser, and about what the mail server makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import Reason
from ui.texts import translate
from ui.wording.facts import Table

if TYPE_CHECKING:
    from app.sign_in.page import BrowserWords

__all__ = ["SIGN_IN", "browser_words", "sign_in_request"]

SIGN_IN: Table = {
    Reason.SETUP_NO_SIGN_IN: lambda: (
        translate("messages", "The sign-in with the browser is missing."),
        translate("messages", "Choose “Sign in…” first."),
    ),
    Reason.SETUP_NOT_IN_BROWSER: lambda: (
        translate("messages", "{username} does not sign in to {host} with the browser."),
        translate("messages", "To change that, open the address in Accounts."),
    ),
    Reason.SERVER_NO_OAUTH: lambda: (
        translate("messages", "{host} does not take a sign-in with the browser. It offers: {offered}."),
        translate("messages", "Choose to sign in with a password, or ask whoever runs the server."),
    ),
    Reason.SERVER_TOKEN_REJECTED: lambda: (
        translate("messages", "{host} did not accept the sign-in for {username}."),
        translate("messages", "Sign in again as {username}, or ask whether this account may send mail this way."),
    ),
    Reason.SERVER_AUTH_NO_PASSWORDS: lambda: (
        translate("messages", "{host} takes no password from {username} any more."),
        translate("messages", "Choose to sign in with the browser in the settings of this server."),
    ),
    Reason.SERVER_AUTH_SWITCHED_OFF: lambda: (
        translate("messages", "Sending with a mail program is switched off for {username} at {host}."),
        translate("messages", "Ask your administrator to allow “Authenticated SMTP” (SMTP AUTH) for this account."),
    ),
    Reason.SIGN_IN_NEEDED: lambda: (
        translate("messages", "{username} is not signed in with {name} yet."),
        translate("messages", "Sign in with the browser. Mail for {host} waits until then."),
    ),
    Reason.SIGN_IN_NO_CLIENT: lambda: (
        translate("messages", "Absender does not know where to sign in for {host}."),
        translate("messages", "Ask your administrator to set it up, or sign in with a password."),
    ),
    Reason.SIGN_IN_LOCKED: lambda: (
        translate("messages", "Your administrator has set where one signs in with the browser ({file})."),
        translate("messages", "Leave out the OAuth client of your own."),
    ),
    Reason.SIGN_IN_ENDED: lambda: (
        translate("messages", "The sign-in at {host} is over: it was withdrawn, it expired, or the password changed."),
        translate("messages", "Sign in with the browser again. Nothing is lost."),
    ),
    Reason.SIGN_IN_CLIENT_REFUSED: lambda: (
        translate("messages", "{host} does not know Absender by the client ID that is set up."),
        translate("messages", "Check the client ID, or ask your administrator."),
    ),
    Reason.SIGN_IN_DECLINED: lambda: (
        translate("messages", "The sign-in at {host} was declined."),
        translate("messages", "Try again and allow it. If it is not yours to allow, ask your administrator."),
    ),
    Reason.SIGN_IN_FAILED: lambda: (
        translate("messages", "{host} ended the sign-in with an error."),
        translate("messages", "Try again. If it happens again, ask your administrator."),
    ),
    Reason.SIGN_IN_NOT_LASTING: lambda: (
        translate("messages", "{host} gave a sign-in that cannot be renewed, so it would be over within the hour."),
        translate("messages", "Ask your administrator to let the client have offline access."),
    ),
    Reason.SIGN_IN_ABANDONED: lambda: (
        translate("messages", "Nobody came back from the browser within {minutes} minutes."),
        translate("messages", "Choose “Sign in…” to try again."),
    ),
    Reason.SIGN_IN_NO_WAY_BACK: lambda: (
        translate("messages", "The browser could not report back to Absender: this computer gives it no free port."),
        translate("messages", "Restart the computer, or check its security software, and try again."),
    ),
    Reason.SIGN_IN_UNREACHABLE: lambda: (
        translate("messages", "{host}, where one signs in, cannot be reached."),
        translate("messages", "Check the network and try again."),
    ),
    Reason.SIGN_IN_TIMEOUT: lambda: (
        translate("messages", "{host}, where one signs in, did not answer in time."),
        translate("messages", "Try again in a moment."),
    ),
    Reason.SIGN_IN_TLS: lambda: (
        translate("messages", "The connection to {host}, where one signs in, is not secure: {detail}."),
        translate("messages", "Nothing was sent there. In a foreign network, sign in to that network first."),
    ),
    Reason.SIGN_IN_STATUS: lambda: (
        translate("messages", "{host}, where one signs in, cannot do so at the moment (HTTP status {status})."),
        translate("messages", "Try again later."),
    ),
    Reason.SIGN_IN_ANSWER: lambda: (
        translate("messages", "What {host} answered is no answer to a sign-in: {detail}."),
        translate("messages", "In a foreign network, sign in to that network first, then try again."),
    ),
    Reason.SIGN_IN_CA_UNREADABLE: lambda: (
        translate("messages", "The file with certificate authorities for the sign-in cannot be read: {file}."),
        translate("messages", "Check the file, or ask your administrator."),
    ),
}


def sign_in_request(username: str) -> str:
    """Return the line above the address that a terminal shows to whoever is to sign in."""
    return translate("messages", "Open this address in a browser, and sign in as {username}:").format(username=username)


def browser_words() -> BrowserWords:
    """Return what the browser says in the end of a sign-in, in the language of the program."""
    from app.sign_in.page import BrowserWords

    return BrowserWords(
        title=translate("messages", "Signing in to Absender"),
        done=translate("messages", "You are signed in. You can close this page and go back to Absender."),
        declined=translate("messages", "You are not signed in. Close this page; Absender says what happened."),
        language=translate("messages", "en"),
    )
