"""Signing in with the browser from a terminal: the address is printed, and opened where there is a screen."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
from contextlib import suppress

from app.cli.output import Output, secret_from_input
from app.errors import Reason, SetupError, SignInError
from app.oauth_client import OAuthClient, checked_client_secret
from app.profile import SmtpServer
from app.services import Services
from app.setup.oauth_form import OAuthForm
from app.storage.keychain import Secret

__all__ = ["check_options", "check_unlocked", "oauth_form", "sign_in"]

_LIBRARIES = "LD_LIBRARY_PATH"


def check_options(arguments: argparse.Namespace) -> None:
    """Leave as argparse does with a client for a sign-in that is none with the browser."""
    if not arguments.browser and (oauth_form(arguments) is not None or arguments.client_secret_stdin):
        arguments.refuse("a client is for --browser")
    if arguments.client_secret_stdin and oauth_form(arguments) is None:
        arguments.refuse("--client-secret-stdin needs --client-id")


def check_unlocked(arguments: argparse.Namespace, services: Services) -> None:
    """Raise SignInError for a sign-in, or a client, that an administrator keeps from the person.

    Before anything else is said of that client, which cannot be used anyway.
    """
    if arguments.browser and services.managed_problem is not None:
        raise SignInError(services.managed_problem)
    if oauth_form(arguments) is not None and services.oauth_locked and services.managed is not None:
        raise SignInError.because(Reason.SIGN_IN_LOCKED, file=services.managed.file)


def oauth_form(arguments: argparse.Namespace) -> OAuthForm | None:
    """Return the person's own client as it was given, None where none was."""
    form = OAuthForm(
        client_id=arguments.client_id,
        tenant=arguments.tenant,
        authorization_endpoint=arguments.authorization_url,
        token_endpoint=arguments.token_url,
        scopes=" ".join(arguments.scope),
    )
    return None if form == OAuthForm() else form


async def sign_in(
    server: SmtpServer,
    services: Services,
    out: Output,
    *,
    client: OAuthClient | None = None,
    secret_given: bool = False,
) -> Secret:
    """Have the person sign in for `server`, and return what lasts of it; raises SignInError and SetupError.

    With `secret_given` the first line of standard input is the secret of `client`, which is the person's own.
    """
    secret = _client_secret() if secret_given else None

    def show(address: str) -> None:
        out.tell(f"{out.front.sign_in_request(server.username)}\n{address}")
        if _has_screen():
            _open(address)

    return await services.sign_in_with_browser(
        server, client, show=show, words=out.front.browser_words(), client_secret=secret
    )


def _client_secret() -> Secret | None:
    try:
        text = checked_client_secret(secret_from_input("Client secret: "))
    except ValueError:
        raise SetupError.because(Reason.SETUP_PASSWORD_UNREADABLE) from None
    return Secret(text) if text else None


def _has_screen() -> bool:
    """Whether a browser could show itself to whoever sits here."""
    if sys.platform in {"win32", "darwin"}:
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"))


def _open(address: str) -> None:
    """Ask the system to open an address; where it cannot, the printed one is there to be copied."""
    if sys.platform == "win32":
        with suppress(OSError):
            os.startfile(address)  # noqa: S606 - an https address of ours
        return
    program = "open" if sys.platform == "darwin" else "xdg-open"
    # In a thread, because some wait for the browser that they start.
    threading.Thread(target=_run, args=(program, address), name="browser", daemon=True).start()


def _run(program: str, address: str) -> None:
    with suppress(OSError):
        subprocess.run(  # noqa: S603 - the system's own program, without a shell
            [program, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
            env=_environment(),
        )


def _environment() -> dict[str, str]:
    """Return the environment with the system's libraries, and not those of this bundle.

    Source: pyinstaller.org/en/stable/common-issues-and-pitfalls.html, “Launching external programs”.
    """
    found = dict(os.environ)
    if getattr(sys, "frozen", False) and found.pop(_LIBRARIES, None) is not None and f"{_LIBRARIES}_ORIG" in found:
        found[_LIBRARIES] = found[f"{_LIBRARIES}_ORIG"]
    return found
