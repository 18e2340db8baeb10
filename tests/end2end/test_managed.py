"""The managed configuration from end to end: set-up takes it, nothing else can be chosen, and a wrong one is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.demo.authority import PRIMARY
from app.demo.world import PARTNER, DemoWorld
from app.errors import Reason
from tests.end2end.program import Outcome
from tests.end2end.shell import Shell, says

CLIENT = """\
[[oauth.clients]]
name = "Beispiel GmbH"
client_id = "absender"
authorization_endpoint = "{url}/authorize"
token_endpoint = "{url}/token"
scopes = ["smtp", "offline_access"]
hosts = ["localhost"]
ca_file = "{ca}"
"""


@pytest.fixture
def managed(tmp_path: Path, world: DemoWorld, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a file in place as an administrator writes it for the organisation of `world`."""
    file = tmp_path / "managed.toml"
    file.write_text(
        f'format = "absender-managed/1"\n[policy]\nsource = "{world.policy_url}"\nca_file = "{world.policy_ca}"\n'
        f'[mail]\nca_file = "{world.mail_ca}"\n'
    )
    file.chmod(0o644)
    for place in ("app.services.managed_file", "app.cli.policy_files.managed_file"):
        monkeypatch.setattr(place, lambda: file)
    return file


def set_up(shell: Shell, world: DemoWorld, *more: str) -> Outcome:
    return shell.run(
        "setup", "--email", PRIMARY, "--name", "Nutzer", "--password-stdin", *more,
        stdin=world.organisation.password + "\n",
    )  # fmt: skip


def test_set_up_needs_no_policy_where_it_is_managed(shell: Shell, world: DemoWorld, managed: Path) -> None:
    assert set_up(shell, world).code == 0
    shown = shell.run("policy", "refresh", "--json").json
    assert (shown["managed"], shown["state"]) == (str(managed), "fresh")
    assert f"managed\t{managed}" in shell.run("policy", "show").out


@pytest.mark.parametrize("option", ["--policy", "--policy-ca", "--mail-ca"])
def test_set_up_refuses_what_is_managed_otherwise(
    shell: Shell, world: DemoWorld, managed: Path, tmp_path: Path, option: str
) -> None:
    says(set_up(shell, world, option, str(tmp_path / "own")), Reason.MANAGED_LOCKED, str(managed))
    says(shell.run("outbox", "run"), Reason.PROFILE_MISSING)


def test_without_a_policy_there_is_no_set_up(shell: Shell, world: DemoWorld) -> None:
    says(set_up(shell, world), Reason.POLICY_NO_SOURCE)


def test_a_wrong_file_is_said_and_closes_the_gateways(shell: Shell, world: DemoWorld, managed: Path) -> None:
    assert set_up(shell, world).code == 0
    managed.write_text("[policy")
    says(shell.run("policy", "show"), Reason.MANAGED_WRONG, str(managed))
    says(shell.run("route", PARTNER), Reason.ROUTE_UNKNOWN_ADDRESS)
    assert shell.run("route", PRIMARY).code == 0
    says(set_up(shell, world), Reason.PROFILE_EXISTS)


def test_a_wrong_file_stops_set_up(shell: Shell, world: DemoWorld, managed: Path) -> None:
    managed.write_text("[policy")
    says(set_up(shell, world, "--policy", world.policy_url), Reason.MANAGED_WRONG)


def test_an_administrator_checks_the_file_before_it_is_rolled_out(
    shell: Shell, world: DemoWorld, managed: Path
) -> None:
    outcome = shell.run("policy", "check", "--managed", managed)
    assert outcome.code == 0
    assert f"policy\t{world.policy_url}\nkeys\tnone" in outcome.out
    found = shell.run("policy", "check", "--managed", managed, "--json").json
    expected = {"policy": world.policy_url, "keys": [], "policy_ca": world.policy_ca, "mail_ca": world.mail_ca}
    assert found == expected | {"oauth_clients": None}
    assert "sign-in with the browser\tleft to the person" in outcome.out
    assert shell.run("policy", "check", "--managed").out == outcome.out
    assert shell.run("policy", "check").code == 2
    text = managed.read_text()
    managed.write_text(text.replace("source", "sauce"))
    says(shell.run("policy", "check", "--managed", managed), Reason.MANAGED_WRONG, "policy: Object contains unknown")
    managed.write_text(text.replace(world.mail_ca, "/missing.pem"))
    says(shell.run("policy", "check", "--managed", managed), Reason.POLICY_CA_UNREADABLE, "/missing.pem")
    says(shell.run("policy", "check", "--managed", managed.parent / "no.toml"), Reason.MANAGED_UNREADABLE, "no.toml")
    assert not shell.home.exists()


def test_an_administrator_sees_each_client_and_no_client_secret(shell: Shell, world: DemoWorld, managed: Path) -> None:
    text = managed.read_text()
    managed.write_text(f"{text}[oauth]\nclients = []\n")
    assert "sign-in with the browser\tnobody" in shell.run("policy", "check", "--managed", managed).out
    assert shell.run("policy", "check", "--managed", managed, "--json").json["oauth_clients"] == []
    client = '[[oauth.clients]]\nprovider = "google"\nclient_id = "1.apps.example"\nclient_secret = "GOCSPX-7c1e"\n'
    managed.write_text(text + client)
    shown = shell.run("policy", "check", "--managed", managed)
    for line in (
        "sign-in with the browser\twith these clients only",
        "client\tGoogle",
        "  client id\t1.apps.example",
        "  client secret\ta client secret is set",
        "  for\tsmtp.gmail.com smtp.googlemail.com",
        "  tokens from\thttps://oauth2.googleapis.com/token",
        "  scopes\thttps://mail.google.com/",
        "  back to\thttp://127.0.0.1, any port",
    ):
        assert line in shown.out.splitlines()
    as_json = shell.run("policy", "check", "--managed", managed, "--json")
    assert as_json.json["oauth_clients"][0]["client_secret"] is True
    assert "GOCSPX" not in shown.out + as_json.out
    managed.write_text(text + client * 2)
    says(shell.run("policy", "check", "--managed", managed), Reason.MANAGED_WRONG, "oauth.clients[1].provider: Exp")
    own = CLIENT.format(url="https://sso.beispiel.example", ca="/missing.pem")
    managed.write_text(text + own)
    says(shell.run("policy", "check", "--managed", managed), Reason.SIGN_IN_CA_UNREADABLE, "/missing.pem")
