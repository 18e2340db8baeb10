"""`absender setup`: fetch the policy, take the organisation server from it, test it, keep the profile."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from app.address import Address, check_name
from app.cli.browser import check_options, check_unlocked, oauth_form, sign_in
from app.cli.output import Output, password_from_input
from app.errors import PolicyError, Problem, ProfileError, Reason
from app.policy.evaluate import Policy
from app.policy.managed import Managed
from app.policy.signature import pinned_keys
from app.profile import OAuthSignIn
from app.services import Services, open_services
from app.setup.first_start import Wish, new_profile, set_up
from app.setup.server_form import command_words
from app.storage.folder import DataFolder
from app.storage.keychain import Secret

__all__ = ["run_setup"]


async def run_setup(arguments: argparse.Namespace, folder: DataFolder, out: Output) -> int:
    """Set up the data folder; raises ExpectedError and then keeps nothing."""
    check_options(arguments)
    wish = Wish(
        address=Address.parse(arguments.email),
        name=arguments.name,
        policy_source=_source(arguments.policy),
        policy_ca=_absolute(arguments.policy_ca),
        policy_keys=tuple(str(key) for key in pinned_keys(arguments.policy_key)),
        mail_ca=_absolute(arguments.mail_ca),
        username=arguments.user,
        command=() if arguments.password_command is None else command_words(arguments.password_command),
        in_browser=arguments.browser,
    )
    check_name(wish.name)
    secret = Secret(password_from_input()) if arguments.password_stdin else None
    async with open_services(folder) as services:
        if services.profile is not None:
            raise ProfileError.because(Reason.PROFILE_EXISTS, address=services.profile.primary.address.display)
        check_unlocked(arguments, services)
        return await _set_up(_managed(wish, services.managed), secret, services, out, arguments)


async def _set_up(
    wish: Wish, secret: Secret | None, services: Services, out: Output, arguments: argparse.Namespace
) -> int:
    policy = await services.look_up_policy(wish.address, wish.policy_source, wish.policy_ca, wish.policy_keys)
    if policy.document is None:
        raise PolicyError(policy.problem or Problem.of(Reason.POLICY_NO_SOURCE))
    profile = new_profile(_with_client(wish, policy, arguments), policy, services.now())
    if isinstance(profile.organisation_server.sign_in, OAuthSignIn):
        client = next(iter(profile.oauth_clients), None)
        given = arguments.client_secret_stdin
        secret = await sign_in(profile.organisation_server, services, out, client=client, secret_given=given)
    report = await set_up(
        profile,
        secret,
        profiles=services.profiles,
        keychain=services.keychain,
        secret_of=services.secret_of,
        tls=lambda: services.mail_tls_for(wish.mail_ca),
    )
    if report.problem is not None:
        return out.problem(report.problem)
    await services.take_profile(profile)
    server = profile.organisation_server
    return out.result(
        f"{wish.address.display} is set up at {policy.organisation}. "
        f"Mail goes through {server.host}:{server.port} as {server.username}.",
        {
            "address": str(wish.address),
            "organisation": policy.organisation,
            "host": server.host,
            "port": server.port,
            "security": server.security.value,
            "username": server.username,
        },
    )


def _with_client(wish: Wish, policy: Policy, arguments: argparse.Namespace) -> Wish:
    """Return the wish with the person's own OAuth client, where one was given; raises SetupError."""
    form = oauth_form(arguments)
    server = policy.document.submission_server() if policy.document else None
    return wish if form is None or server is None else replace(wish, client=form.client(server.host))


def _managed(wish: Wish, managed: Managed | None) -> Wish:
    """Return the wish with what an administrator set; raises PolicyError where the same was wished for otherwise."""
    if managed is None:
        return wish
    wished = (
        (wish.policy_source, managed.policy_source),
        (wish.policy_keys, managed.policy_keys),
        (wish.policy_ca, managed.policy_ca),
        (wish.mail_ca, managed.mail_ca),
    )
    if any(own and fixed and own != fixed for own, fixed in wished):
        raise PolicyError.because(Reason.MANAGED_LOCKED, file=managed.file)
    return replace(
        wish,
        policy_source=managed.policy_source,
        policy_keys=managed.policy_keys or wish.policy_keys,
        policy_ca=managed.policy_ca or wish.policy_ca,
        mail_ca=managed.mail_ca or wish.mail_ca,
    )


def _absolute(file: str) -> str:
    return str(Path(file).expanduser().absolute()) if file else ""


def _source(text: str) -> str:
    """Return a URL as it is, and a file's path so that it holds from any folder."""
    return text if "://" in text else _absolute(text)
