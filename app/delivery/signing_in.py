"""Signs in on a connection: one mechanism, one secret, and one more token where the first was kept too long."""

from __future__ import annotations

from collections.abc import Sequence

from app.delivery.auth import (
    MECHANISMS,
    TOKEN_MECHANISMS,
    Exchange,
    Mechanism,
    challenge_of,
    choose_mechanism,
    forms_of,
    is_for_nothing,
    refusal_reason,
    told_of_token,
)
from app.delivery.channel import Channel
from app.delivery.dialogue import Consequence, SessionError, Stage
from app.delivery.replies import Reply, clean_text
from app.errors import KeychainError, Problem, Reason, SignInError
from app.profile import NoSignIn, OAuthSignIn
from app.redaction import forms_of_secret
from app.sign_in.access_tokens import PASSING, AccessToken
from app.storage.keychain import Secret

__all__ = ["ClosedError", "sign_in"]


class ClosedError(SessionError):
    """The server closed the connection with its refusal of a token; `token` is the renewed one it has not seen."""

    def __init__(self, problem: Problem, token: AccessToken) -> None:
        super().__init__(problem, stage=Stage.SIGN_IN)
        self.token = token


async def sign_in(channel: Channel, offered: Sequence[str], secret: Secret | None) -> str:
    """Sign in with one of the mechanisms that are offered, and return its name; raises SessionError."""
    if secret is None or isinstance(channel.server.sign_in, NoSignIn):
        return ""
    channel.begin(Stage.SIGN_IN)
    channel.require_protection()
    if not offered:
        raise channel.error(Reason.SERVER_NO_AUTH, None, Consequence.STOP)
    names = clean_text(channel.without_secrets(" ".join(offered)))
    with_token = isinstance(channel.server.sign_in, OAuthSignIn)
    mechanism = choose_mechanism(offered, TOKEN_MECHANISMS if with_token else MECHANISMS)
    if mechanism is None:
        missing = Reason.SERVER_NO_OAUTH if with_token else Reason.SERVER_NO_MECHANISM
        raise channel.error(missing, None, Consequence.STOP, offered=names)
    if isinstance(secret, AccessToken):
        reply = await _with_token(channel, mechanism, secret)
    else:
        reply, _ = await _exchange(channel, mechanism, secret)
    if reply.code == 235:
        channel.succeed(mechanism.name)
        return mechanism.name
    consequence = Consequence.STOP if reply.is_permanent else Consequence.RETRY
    facts = {"username": channel.server.username, "offered": names, "detail": "AUTH"}
    raise channel.error(refusal_reason(reply, with_token=with_token), reply, consequence, **facts)


async def _with_token(channel: Channel, mechanism: Mechanism, token: AccessToken) -> Reply:
    """Show a token, and where that was a kept one and is refused, one more; raises SessionError."""
    if token.renew is None:
        channel.note("*", f"{Stage.SIGN_IN}: access token fetched")
    reply, told = await _exchange(channel, mechanism, token)
    is_refused = reply.is_permanent and refusal_reason(reply, with_token=True) is Reason.SERVER_TOKEN_REJECTED
    if token.renew is None or not is_refused or is_for_nothing(told):
        return reply
    # It had ended before its time, or the person withdrew it: another one tells which.
    renewed = await _renewed(channel, token)
    channel.note("*", f"{Stage.SIGN_IN}: access token renewed")
    closed = ClosedError(channel.error(Reason.SERVER_CONNECTION_LOST, stage=Stage.SIGN_IN).problem, renewed)
    if not channel.wire.is_quiet:
        channel.abort()
        raise closed
    try:
        return (await _exchange(channel, mechanism, renewed))[0]
    except SessionError as error:
        if error.problem.reason is Reason.SERVER_CONNECTION_LOST:
            raise closed from error
        raise


async def _renewed(channel: Channel, token: AccessToken) -> AccessToken:
    """Return another token, the last one that is shown; raises SessionError for why there is none."""
    assert token.renew is not None
    try:
        return AccessToken((await token.renew()).reveal())
    except SignInError as error:
        consequence = Consequence.RETRY if error.problem.reason in PASSING else Consequence.STOP
        raise SessionError(error.problem, stage=channel.stage, consequence=consequence) from None
    except KeychainError as error:
        raise SessionError(error.problem, stage=channel.stage, consequence=Consequence.STOP) from None


async def _exchange(channel: Channel, mechanism: Mechanism, secret: Secret) -> tuple[Reply, dict[str, str]]:
    """Go through a mechanism once; return the reply that ends it, and what was told of a token. Raises SessionError."""
    exchange = Exchange(mechanism, channel.server.username, secret.reveal())
    for form in forms_of_secret(secret.reveal()):
        channel.hide(form)
    command = exchange.command()
    _hide(channel, command.split(b" ")[2:])
    told: dict[str, str] = {}
    reply = await channel.command(command.decode(), shown=f"AUTH {mechanism.name} ***")
    while reply.code == 334:
        challenge = challenge_of(reply)
        if challenge is None:
            raise await _cancelled(channel, "challenge is not base64")
        answer = exchange.answer(challenge)
        if answer is None:
            raise await _cancelled(channel, "too many challenges")
        if exchange.has_surrendered:
            told = told_of_token(challenge)
            _note_refusal(channel, told)
        else:
            _hide(channel, [answer])
        reply = await channel.command(answer.decode(), shown="***")
    return reply, told


def _hide(channel: Channel, answers: Sequence[bytes]) -> None:
    for answer in answers:
        for form in forms_of(answer):
            channel.hide(form)


def _note_refusal(channel: Channel, told: dict[str, str]) -> None:
    """Keep the server's word on a token; it comes in base64, which nobody reads, and with it anything may come."""
    words = ", ".join(f"{name} {channel.without_secrets(value)}" for name, value in told.items())
    channel.note("*", f"{Stage.SIGN_IN}: access token refused{': ' if words else ''}{words}")


async def _cancelled(channel: Channel, detail: str) -> SessionError:
    """Break the exchange off (RFC 4954 section 4: a single asterisk), and return what that means."""
    await channel.command("*")
    return channel.error(Reason.SERVER_PROTOCOL, detail=detail)
