"""Signing in with the browser from a terminal: asked for in words, done in a browser, kept in the keychain alone."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason
from app.oauth_client import OAuthClient
from app.profile import OAuthSignIn, SmtpServer
from tests.app.demo.person import decide
from tests.end2end.program import ROOT, Program
from tests.end2end.shell import Shell, says

CLIENT_SECRET = "GOCSPX-5b0d9e"
_DECIDE = "import sys; from tests.app.demo.person import decide; decide(*sys.argv[1:])"


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Return what puts a person before a screen, whose browser opens what it is given; they answer with a choice."""

    def sit_down(choice: str) -> Path:
        folder, opened = tmp_path / "bin", tmp_path / "opened"
        folder.mkdir(exist_ok=True)
        program = folder / "xdg-open"
        program.write_text(
            f'#!/bin/sh\necho "$1" >> {opened}\necho noise\n'
            f"PYTHONPATH={ROOT} exec {sys.executable} -c '{_DECIDE}' \"$1\" {choice}\n"
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        monkeypatch.setenv("DISPLAY", ":nowhere")
        # What is in the address is for everybody to see, and so cannot be watched like a password.
        monkeypatch.setattr("app.sign_in.browser.secrets", SimpleNamespace(token_urlsafe=lambda n: os.urandom(n).hex()))
        return opened

    return sit_down


@pytest.fixture
def managed(tmp_path: Path, world: DemoWorld, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The administrator's file, with the client for the partner's server."""
    file = tmp_path / "managed.toml"
    file.write_text(policy_of(world) + table(world.oauth_client))
    file.chmod(0o644)
    monkeypatch.setattr("app.services.managed_file", lambda: file)
    return file


def policy_of(world: DemoWorld) -> str:
    return (
        f'format = "absender-managed/1"\n[policy]\nsource = "{world.policy_url}"\nca_file = "{world.policy_ca}"\n'
        f'[mail]\nca_file = "{world.mail_ca}"\n'
    )


def table(client: OAuthClient) -> str:
    return (
        f'[[oauth.clients]]\nname = "{client.name}"\nclient_id = "{client.client_id}"\n'
        f'client_secret = "{CLIENT_SECRET}"\nissuer = "{client.issuer}"\nca_file = "{client.ca_file}"\n'
        f'authorization_endpoint = "{client.authorization_endpoint}"\ntoken_endpoint = "{client.token_endpoint}"\n'
        f"scopes = {json.dumps(client.scopes)}\nhosts = {json.dumps(client.hosts)}\n"
    )


def server_of(world: DemoWorld) -> SmtpServer:
    server = world.partner.access_with_token()
    assert isinstance(server.sign_in, OAuthSignIn)
    return server


def add(world: DemoWorld, *more: str) -> tuple[str, ...]:
    server = server_of(world)
    gateway = f"{server.host}:{server.port}"
    return (
        "address", "add", PARTNER, "--name", "N", "--gateway", gateway, "--user", server.username, "--browser", *more
    )  # fmt: skip


def own_client(world: DemoWorld, *more: str) -> tuple[str, ...]:
    client = world.oauth_client
    return (
        "--client-id", client.client_id, "--authorization-url", client.authorization_endpoint,
        "--token-url", client.token_endpoint, "--scope", client.scopes[0], *more,
    )  # fmt: skip


def test_an_address_is_added_with_the_browser_alone(
    ready: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    opened = screen("allow")
    outcome = ready.run(*add(world), "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["address"] == PARTNER
    line, address = outcome.err.splitlines()
    assert line == f"Open this address in a browser, and sign in as {server_of(world).username}:"
    assert address == opened.read_text().strip()
    account = server_of(world).keychain_account
    assert json.loads(ready.vault.content[account])["client_id"] == world.oauth_client.client_id
    assert ready.holds(CLIENT_SECRET) == []
    assert ready.holds(world.oauth_client.token_endpoint) == []  # what is managed is nobody's own


def test_whoever_declines_adds_nothing(
    ready: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    screen("decline")
    before = ready.state()
    outcome = ready.run(*add(world))
    assert outcome.code == 1
    assert "The sign-in at " in outcome.err
    assert " was declined." in outcome.err
    assert ready.state() == before


def test_without_a_client_it_is_said_before_anybody_is_asked(
    ready: Shell, world: DemoWorld, screen: Callable[[str], Path]
) -> None:
    opened = screen("allow")
    says(ready.run(*add(world)), Reason.SIGN_IN_NO_CLIENT, server_of(world).host)
    says(ready.run(*add(world), "--client-id", "x"), Reason.SETUP_BAD_ENDPOINT)
    says(ready.run("address", "add", PARTNER, "--name", "N", "--browser"), Reason.SETUP_BAD_HOST)
    assert not opened.exists()


def test_what_the_policy_forbids_is_said_before_anybody_is_asked(
    ready: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    opened = screen("allow")
    world.set_policy(allow=False)
    assert ready.run("policy", "refresh").code == 0
    says(ready.run(*add(world)), Reason.ROUTE_FORBIDDEN)
    assert not opened.exists()


def test_a_client_of_ones_own_is_no_way_round_the_administrators(
    ready: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    opened = screen("allow")
    before = ready.state()
    says(ready.run(*add(world, *own_client(world))), Reason.SIGN_IN_LOCKED, str(managed))
    says(ready.run(*add(world, "--client-id", "mine")), Reason.SIGN_IN_LOCKED, str(managed))
    managed.write_text(policy_of(world) + "[oauth]\nclients = []\n")
    says(ready.run(*add(world, *own_client(world))), Reason.SIGN_IN_LOCKED, str(managed))
    says(ready.run(*add(world)), Reason.SIGN_IN_NO_CLIENT)
    managed.write_text("[policy")
    says(ready.run(*add(world, *own_client(world))), Reason.MANAGED_WRONG, str(managed))
    assert ready.state() == before
    assert not opened.exists()


def test_set_up_signs_in_with_the_browser_where_the_organisations_server_has_a_client(
    shell: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    """The demo's organisation takes no tokens, so the connection test says that; then nothing is kept."""
    opened = screen("allow")
    client = world.oauth_client
    host = world.organisation.access().host
    managed.write_text(managed.read_text().replace(json.dumps(client.hosts), json.dumps([host])))
    setup = ("setup", "--email", PRIMARY, "--name", "N", "--browser")
    outcome = shell.run(*setup)
    assert outcome.code == 1
    assert f"{host} does not take a sign-in with the browser." in outcome.err
    assert opened.exists()
    assert shell.vault.content == {}
    managed.write_text(policy_of(world))
    says(shell.run(*setup), Reason.SIGN_IN_NO_CLIENT, host)
    says(shell.run("address", "list"), Reason.PROFILE_MISSING)


def test_a_sign_in_that_is_over_is_done_again_and_its_mail_goes(
    ready: Shell, world: DemoWorld, managed: Path, screen: Callable[[str], Path]
) -> None:
    screen("allow")
    assert ready.run(*add(world)).code == 0
    code = re.search(r"\b\d{6,}\b", world.inbox.messages()[-1].data.decode())
    assert code is not None
    assert ready.run("address", "verify", PARTNER, code[0]).code == 0
    world.partner_sign_in.withdraw()
    sent = ready.run("send", "--from", PARTNER, "--to", "kunde@extern.example", "--subject", "x", "--body", "y")
    assert "The sign-in at " in sent.err
    assert ready.run("outbox", "list", "--json").json["messages"][-1]["state"] == "held"
    done = ready.run("address", "sign-in", PARTNER, "--json")
    server = server_of(world)
    assert done.json == {"address": PARTNER, "host": server.host, "username": server.username}
    assert ready.run("outbox", "run").code == 0
    assert ready.run("outbox", "list", "--json").json["messages"][-1]["state"] == "sent"
    says(ready.run("address", "sign-in", PRIMARY), Reason.SETUP_NOT_IN_BROWSER, PRIMARY)
    says(ready.run("address", "sign-in", "niemand@extern.example"), Reason.PROFILE_UNKNOWN_ADDRESS)


def test_a_client_secret_of_ones_own_is_in_the_keychain_alone(
    ready: Shell, world: DemoWorld, screen: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen("allow")
    monkeypatch.setenv("SSL_CERT_FILE", world.policy_ca)
    own = own_client(world, "--client-secret-stdin")
    outcome = ready.run(*add(world, *own), stdin=f"{CLIENT_SECRET}\n")
    assert outcome.code == 0, outcome.err
    assert CLIENT_SECRET not in outcome.out + outcome.err
    assert json.loads(ready.vault.content[server_of(world).keychain_account])["client_secret"] == CLIENT_SECRET
    assert ready.holds(CLIENT_SECRET) == []
    assert len(ready.holds(world.oauth_client.token_endpoint)) >= 1
    assert ready.run("address", "sign-in", PARTNER).code == 0
    assert json.loads(ready.vault.content[server_of(world).keychain_account])["client_secret"] == CLIENT_SECRET
    says(ready.run(*add(world, *own), stdin=b"\xff\n"), Reason.PROFILE_DUPLICATE)


def test_without_a_screen_the_address_is_there_to_be_copied_and_ctrl_c_ends_it(
    program: Program, world: DemoWorld
) -> None:
    program.env |= {"SSL_CERT_FILE": world.policy_ca}
    done = program.run(
        "setup", "--email", PRIMARY, "--name", "N", "--policy", world.policy_url, "--policy-ca", world.policy_ca,
        "--mail-ca", world.mail_ca, "--password-stdin", stdin=f"{world.organisation.password}\n",
    )  # fmt: skip
    assert done.code == 0, done.err
    with started(program, *add(world, *own_client(world))) as process:
        asked_for(process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (1, "", "")
    with started(program, *add(world, *own_client(world))) as process:
        decide(asked_for(process), "allow")
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert "A code was mailed to" in out


def started(program: Program, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "import sys; from ui.entry import main; sys.exit(main())", *words],
        env=program.env, cwd=program.folder, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def asked_for(process: subprocess.Popen[str]) -> str:
    """Return the address that is to be opened, as soon as it is printed."""
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Open this address in a browser")
    return process.stderr.readline().strip()
