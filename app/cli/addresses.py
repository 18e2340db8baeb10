"""`absender address`: the From addresses, with the same rules as the Accounts dialog and its wizard."""

from __future__ import annotations

import argparse
from dataclasses import replace
from uuid import uuid4

from app.address import Address, check_name
from app.cli.browser import check_options, check_unlocked, oauth_form, sign_in
from app.cli.output import Output, cell, password_from_input
from app.delivery.verdict import Delivered, Uncertain, Verdict
from app.errors import ExpectedError, Problem, ProfileError, Reason, SetupError
from app.instance import ask_running
from app.oauth_client import OAuthClient
from app.policy.evaluate import Policy
from app.profile import OAuthSignIn, Security, SendAsAddress, SmtpServer, Verification
from app.routing import Refusal, choose_route
from app.services import Services, open_services
from app.setup.adding import Mailer, add_address, confirm_code, mail_code, remove_address
from app.setup.enrolment import is_vouched_for
from app.setup.probe import probe
from app.setup.server_form import ServerForm, SignInKind
from app.storage.folder import DataFolder
from app.storage.keychain import Secret

__all__ = ["run_address"]


async def run_address(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Run one `address` action; raises ExpectedError."""
    if arguments.action == "add":
        check_options(arguments)
    actions = {
        "list": _list,
        "add": _add,
        "verify": _verify,
        "resend": _resend,
        "sign-in": _sign_in,
        "default": _default,
        "delete": _delete,
    }
    async with open_services(folder) as services:
        services.the_profile  # noqa: B018 - says at once that set-up is missing
        code = await actions[arguments.action](arguments, services, out)
    # A running program must not go on with the profile as it was.
    ask_running(folder.instance, {"action": "reload"})
    return code


async def _list(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    del arguments
    rows = [_row(entry, services) for entry in services.the_profile.addresses]
    lines = [
        f"{row['address']}\t{cell(row['name'])}\t{row['host']}:{row['port']}\t{', '.join(_marks(row))}".rstrip()
        for row in rows
    ]
    return out.result("\n".join(lines), {"addresses": rows})


def _row(entry: SendAsAddress, services: Services) -> dict[str, object]:
    profile = services.the_profile
    server = entry.smtp_msa or profile.organisation_server
    chosen = choose_route(entry.address, profile, services.policy)
    return {
        "address": str(entry.address),
        "name": profile.name_for(entry),
        "reply_to": str(entry.reply_to) if entry.reply_to else None,
        "primary": entry.is_primary,
        "default": entry.is_default,
        "alias": entry.treat_as_alias,
        "verification": entry.verification.value,
        "via": "gateway" if entry.smtp_msa else "organisation",
        "host": server.host,
        "port": server.port,
        "security": server.security.value,
        "username": server.username,
        "verdict": "refusal" if isinstance(chosen, Refusal) else "route",
        "reason": chosen.problem.reason.value if isinstance(chosen, Refusal) else None,
    }


def _marks(row: dict[str, object]) -> list[str]:
    marks = [mark for mark in ("primary", "default") if row[mark]]
    if row["verification"] == Verification.PENDING:
        marks.append("unconfirmed")
    elif row["verdict"] == "refusal":
        marks.append("not allowed")
    return marks


async def _add(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    address = Address.parse(arguments.address)
    secret = Secret(password_from_input()) if arguments.password_stdin else None
    gateway, client = _gateway(arguments, address, secret, services)
    entry = SendAsAddress(
        id=uuid4().hex,
        address=address,
        display_name=check_name(arguments.name),
        reply_to=Address.parse(arguments.reply_to) if arguments.reply_to else None,
        treat_as_alias=not arguments.not_alias,
        smtp_msa=gateway,
    )
    if services.the_profile.find(address) is not None:
        raise ProfileError.because(Reason.PROFILE_DUPLICATE, address=address.display)
    policy = await services.checked_policy()
    entry = replace(entry, verification=_verification(address, policy))
    if gateway is not None:
        problem = _against_gateway(entry, services, policy)
        if problem is None and arguments.browser:
            given = arguments.client_secret_stdin
            secret = await sign_in(gateway, services, out, client=client, secret_given=given)
        problem = problem or await _test_gateway(entry, gateway, secret, services)
        if problem is not None:
            return out.problem(problem)
    await services.take_profile(
        await add_address(entry, secret, profiles=services.profiles, keychain=services.keychain, client=client)
    )
    if entry.is_verified:
        return out.result(f"{address.display} was added.", {"address": str(address), "verification": "accepted"})
    return await _mail_first_code(entry, services, out)


async def _mail_first_code(entry: SendAsAddress, services: Services, out: Output) -> int:
    """Mail the code of an address that was added just now; without it the address goes again."""
    try:
        verdict = await _mail_code(entry, services, out)
    except ExpectedError:
        await _remove(entry, services)
        raise
    if not isinstance(verdict, Delivered | Uncertain):
        await _remove(entry, services)
    return _code_mailed(entry, verdict, out)


def _against_gateway(entry: SendAsAddress, services: Services, policy: Policy) -> Problem | None:
    """Return what the policy has against this gateway."""
    accepted = replace(entry, verification=Verification.ACCEPTED)
    chosen = choose_route(entry.address, services.the_profile.with_address(accepted), policy)
    return chosen.problem if isinstance(chosen, Refusal) else None


async def _test_gateway(
    entry: SendAsAddress, server: SmtpServer, secret: Secret | None, services: Services
) -> Problem | None:
    """Return what the server itself has against this."""
    known = await services.secret_of(server, secret)
    report = await probe(server, known, entry.address, tls=services.mail_tls())
    return report.problem


def _gateway(
    arguments: argparse.Namespace, address: Address, secret: Secret | None, services: Services
) -> tuple[SmtpServer | None, OAuthClient | None]:
    """Return the gateway that was asked for, by the wizard's own rules, and the person's own client for it.

    Raises SetupError and SignInError.
    """
    command: str | None = arguments.password_command
    if not arguments.gateway:
        if arguments.user or arguments.security or secret is not None or command is not None or arguments.browser:
            raise SetupError.because(Reason.SETUP_BAD_HOST, host="")
        return None, None
    check_unlocked(arguments, services)
    host, colon, port = arguments.gateway.rpartition(":")
    form = ServerForm(
        host=host if colon else port,
        port=port if colon else "",
        security=Security(arguments.security) if arguments.security else None,
        username=arguments.user or (str(address) if arguments.browser else ""),
        kind=_kind(arguments),
        command=command or "",
        password_given=arguments.browser or (secret is not None and bool(secret.reveal())),
        own_client=oauth_form(arguments),
    )
    for problem in form.problems(clients=services.oauth_clients).values():
        raise SetupError(problem)
    return form.server(), form.client()


def _kind(arguments: argparse.Namespace) -> SignInKind:
    if arguments.browser:
        return SignInKind.BROWSER
    return SignInKind.PASSWORD if arguments.password_command is None else SignInKind.COMMAND


def _verification(address: Address, policy: Policy) -> Verification:
    return Verification.ACCEPTED if is_vouched_for(address, policy) else Verification.PENDING


async def _mail_code(entry: SendAsAddress, services: Services, out: Output) -> Verdict:
    organisation = services.policy.organisation

    def words(address: Address, code: str) -> tuple[str, str]:
        return out.front.verification_mail(address, code, organisation)

    mailer = Mailer(services.secret_of, services.mail_tls, words)
    return await mail_code(entry, profiles=services.profiles, mailer=mailer, now=services.now())


def _code_mailed(entry: SendAsAddress, verdict: Verdict, out: Output) -> int:
    if not isinstance(verdict, Delivered):
        return out.problem(verdict.problem)
    return out.result(
        f"A code was mailed to {entry.address.display}. Confirm it with: absender address verify {entry.address} CODE",
        {"address": str(entry.address), "verification": entry.verification.value},
    )


async def _remove(entry: SendAsAddress, services: Services) -> None:
    await services.take_profile(
        await remove_address(entry.id, profiles=services.profiles, keychain=services.keychain, outbox=services.outbox)
    )


def _entry(arguments: argparse.Namespace, services: Services) -> SendAsAddress:
    address = Address.parse(arguments.address)
    entry = services.the_profile.find(address)
    if entry is None:
        raise ProfileError.because(Reason.PROFILE_UNKNOWN_ADDRESS, address=address.display)
    return entry


async def _verify(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    entry = _entry(arguments, services)
    await confirm_code(entry.id, arguments.code, profiles=services.profiles, now=services.now())
    return out.result(
        f"{entry.address.display} is confirmed.", {"address": str(entry.address), "verification": "accepted"}
    )


async def _resend(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    entry = _entry(arguments, services)
    return _code_mailed(entry, await _mail_code(entry, services, out), out)


async def _sign_in(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    """Sign in anew where the last sign-in is over; mail that waited for it goes."""
    entry = _entry(arguments, services)
    server = entry.smtp_msa or services.the_profile.organisation_server
    if not isinstance(server.sign_in, OAuthSignIn):
        raise SetupError.because(Reason.SETUP_NOT_IN_BROWSER, username=server.username, host=server.host)
    secret = await sign_in(server, services, out)
    problem = await _test_gateway(entry, server, secret, services)
    if problem is not None:
        return out.problem(problem)
    await services.keychain.set(server.keychain_account, secret)
    if not ask_running(services.folder.instance, {"action": "unblock", "queue": server.queue}):
        await services.postman.unblock(server.queue)
    return out.result(
        f"{server.username} is signed in to {server.host}.",
        {"address": str(entry.address), "host": server.host, "username": server.username},
    )


async def _default(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    entry = _entry(arguments, services)
    await services.profiles.change(lambda profile: profile.with_default(entry.id))
    return out.result(
        f"New messages start with {entry.address.display}.", {"address": str(entry.address), "default": True}
    )


async def _delete(arguments: argparse.Namespace, services: Services, out: Output) -> int:
    entry = _entry(arguments, services)
    await _remove(entry, services)
    return out.result(f"{entry.address.display} was deleted.", {"address": str(entry.address), "deleted": True})
