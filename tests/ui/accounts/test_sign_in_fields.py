"""How one signs in at a server: what is offered and preset there, and a client of one's own where there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.address import Address
from app.demo.world import DemoWorld
from app.errors import Reason, SignInError
from app.oauth_client import OAuthClient, Provider
from app.policy.managed import Managed
from app.profile import OAuthSignIn, SendAsAddress, SmtpServer, Verification
from app.services import Services
from app.setup.enrolment import Field, ServerForm, SignInKind
from app.setup.oauth_form import OAuthForm
from app.sign_in.grant import Grant
from app.storage.keychain import Secret
from tests.canary import canary
from tests.ui.accounts.test_wizard import until
from ui.accounts import edges
from ui.accounts.server_fields import ServerFields
from ui.accounts.sign_in_fields import SignInFields

ADDRESS = Address.parse("n.name@partner.example")
GOOGLE = OAuthClient.of_provider(Provider.GOOGLE, "123.apps.googleusercontent.com")


def shown(
    qtbot: QtBot, services: Services, form: ServerForm | None = None, stored: SmtpServer | None = None
) -> ServerFields:
    fields = ServerFields(services)
    qtbot.addWidget(fields)
    fields.show()
    proposed = (form or ServerForm()).proposed_for(ADDRESS, services.oauth_clients)
    fields.set_form(proposed, address=ADDRESS, address_is_new=True, stored=stored)
    return fields


def type_host(fields: ServerFields, host: str) -> None:
    fields.host.line.clear()
    QTest.keyClicks(fields.host.line, host)


def choose(fields: SignInFields, kind: SignInKind) -> None:
    index = fields.kind_box.findData(kind)
    assert index >= 0, kind
    fields.kind_box.setCurrentIndex(index)
    fields.kind_box.activated.emit(index)


def kinds(fields: SignInFields) -> list[SignInKind]:
    return [SignInKind(fields.kind_box.itemData(index)) for index in range(fields.kind_box.count())]


async def knowing(services: Services, *clients: OAuthClient) -> None:
    await services.take_profile(replace(services.the_profile, oauth_clients=clients))


async def locked_to(services: Services, world: DemoWorld, *clients: OAuthClient) -> None:
    services.managed = Managed("/etc/absender/managed.toml", world.policy_url, oauth_clients=clients)
    await services.take_profile(services.the_profile)


def visible(fields: ServerFields) -> set[str]:
    """The names of what can be typed of a client."""
    client = fields.sign_in.client
    parts = (client.client_id, client.client_secret, client.tenant, client.authorization, client.token, client.scopes)
    return {each.editor.objectName() for each in parts if each.isVisible()}


# What is offered and preset


async def test_the_browser_is_preset_where_a_client_is_known(qtbot: QtBot, services: Services) -> None:
    await knowing(services, GOOGLE)
    fields = shown(qtbot, services)
    assert fields.form().kind is SignInKind.PASSWORD
    type_host(fields, "SMTP.gmail.com")
    assert (fields.form().kind, fields.form().username) == (SignInKind.BROWSER, "n.name@partner.example")
    assert fields.form().own_client is None
    type_host(fields, "smtp.partner.example")
    assert fields.form().kind is SignInKind.PASSWORD


async def test_what_the_person_chose_is_not_preset_otherwise(qtbot: QtBot, services: Services) -> None:
    await knowing(services, GOOGLE)
    fields = shown(qtbot, services)
    choose(fields.sign_in, SignInKind.COMMAND)
    type_host(fields, "smtp.gmail.com")
    assert fields.form().kind is SignInKind.COMMAND


async def test_a_stored_user_name_stays_as_it_is(qtbot: QtBot, services: Services) -> None:
    await knowing(services, GOOGLE)
    stored = SmtpServer("smtp.gmail.com", 587, ServerForm().recommended, ADDRESS.local, OAuthSignIn())
    fields = shown(qtbot, services, ServerForm.of(stored), stored)
    assert fields.form().username == ADDRESS.local
    assert fields.sign_in.browser.line() == "You sign in with your browser"


async def test_what_an_administrator_locked_is_not_offered_and_said_once(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    await locked_to(services, world, GOOGLE)
    fields = shown(qtbot, services)
    assert SignInKind.BROWSER not in kinds(fields.sign_in)
    reason = fields.findChild(QLabel, "browserLocked")
    assert reason is not None
    assert reason.text().startswith("Your organisation set up the sign-in with the browser only for smtp.gmail.com")
    type_host(fields, "smtp.gmail.com")
    assert fields.form().kind is SignInKind.BROWSER
    assert not reason.isVisible()
    assert not fields.sign_in.change_client.isVisible()
    assert visible(fields) == set()


async def test_where_it_is_locked_away_altogether_nothing_is_said(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    await locked_to(services, world)
    fields = shown(qtbot, services)
    assert SignInKind.BROWSER not in kinds(fields.sign_in)
    reason = fields.findChild(QLabel, "browserLocked")
    assert reason is not None
    assert not reason.isVisible()


async def test_a_stored_sign_in_that_is_locked_says_what_to_do(
    qtbot: QtBot, services: Services, world: DemoWorld
) -> None:
    await locked_to(services, world)
    stored = SmtpServer("smtp.partner.example", 587, ServerForm().recommended, "n.name", OAuthSignIn())
    fields = shown(qtbot, services, ServerForm.of(stored), stored)
    assert fields.form().kind is SignInKind.BROWSER
    fields.sign_in.browser.start_button.click()
    assert "does not know where to sign in" in fields.sign_in.browser.error()


# A client of one's own


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("smtp.gmail.com", {"clientIdField", "clientSecretField"}),
        ("smtp.office365.com", {"clientIdField", "clientSecretField", "tenantField"}),
        (
            "smtp.partner.example",
            {"clientIdField", "clientSecretField", "authorizationField", "tokenField", "scopesField"},
        ),
    ],
)
async def test_each_provider_is_asked_for_what_it_needs(
    qtbot: QtBot, services: Services, host: str, asked: set[str]
) -> None:
    fields = shown(qtbot, services)
    type_host(fields, host)
    choose(fields.sign_in, SignInKind.BROWSER)
    assert visible(fields) == asked
    assert fields.form().own_client == OAuthForm()
    choose(fields.sign_in, SignInKind.PASSWORD)
    assert visible(fields) == set()
    assert fields.form().own_client is None


async def test_what_is_wrong_with_a_client_stands_beside_its_field(qtbot: QtBot, services: Services) -> None:
    fields = shown(qtbot, services)
    choose(fields.sign_in, SignInKind.BROWSER)
    client = fields.sign_in.client
    client.authorization.set_text("http://sso.partner.example/authorize")
    fields.sign_in.browser.start_button.click()
    assert client.client_id.error().startswith("This is no client ID.")
    assert client.authorization.error().startswith("This is no address at which one signs in.")
    assert client.scopes.error().startswith("The scope is missing")
    assert fields.first_wrong() is client.authorization.editor
    fields.show_problems({})
    assert fields.first_wrong() is None


class _Asked:
    """A sign-in that notes what it is asked for."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.of: list[tuple[SmtpServer, OAuthClient | None, Secret | None]] = []
        monkeypatch.setattr(services, "sign_in_with_browser", self._sign_in)

    async def _sign_in(
        self,
        server: SmtpServer,
        client: OAuthClient | None = None,
        *,
        show: object,
        words: object,
        client_secret: Secret | None = None,
    ) -> Secret:
        self.of.append((server, client, client_secret))
        raise SignInError.because(Reason.SIGN_IN_CLIENT_REFUSED, host="oauth2.googleapis.com", reply="invalid_client")


async def test_the_own_client_and_its_secret_are_what_is_asked_with(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _Asked(services, monkeypatch)
    fields = shown(qtbot, services, ServerForm(host="smtp.gmail.com", kind=SignInKind.BROWSER))
    QTest.keyClicks(fields.sign_in.client.client_id.line, " 123.apps.googleusercontent.com ")
    fields.sign_in.client.client_secret.line.insert(f" {canary('client')} ")
    assert fields.form().own_client == OAuthForm(" 123.apps.googleusercontent.com ", secret_given=True)
    fields.sign_in.browser.start_button.click()
    await until(lambda: bool(asked.of) and not fields.sign_in.browser.is_waiting())
    ((server, client, secret),) = asked.of
    assert (server.host, client, secret) == ("smtp.gmail.com", GOOGLE, Secret(canary("client")))
    assert fields.sign_in.browser.error().startswith("oauth2.googleapis.com does not know Absender by the client ID")
    assert fields.sign_in.browser.error().endswith("The server said: invalid_client")
    fields.sign_in.forget_secret()
    assert fields.sign_in.client.client_secret.text() == ""


async def test_a_known_client_of_one_s_own_can_be_replaced(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await knowing(services, GOOGLE)
    asked = _Asked(services, monkeypatch)
    fields = shown(qtbot, services, ServerForm(host="smtp.gmail.com"))
    assert visible(fields) == set()
    fields.sign_in.change_client.click()
    assert fields.sign_in.client.client_id.text() == GOOGLE.client_id
    assert fields.form().own_client is None, "it is the known one still"
    QTest.keyClicks(fields.sign_in.client.client_id.line, "x")
    own = fields.form().own_client
    assert own is not None
    assert own.client_id == f"{GOOGLE.client_id}x"
    fields.sign_in.browser.start_button.click()
    await until(lambda: bool(asked.of))
    assert asked.of[0][1] == replace(GOOGLE, client_id=f"{GOOGLE.client_id}x")


async def test_the_secret_of_a_client_is_taken_from_another_address_with_it(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SmtpServer("smtp.gmail.com", 587, ServerForm().recommended, "other@gmail.com", OAuthSignIn())
    grant = Grant(GOOGLE.client_id, GOOGLE.token_endpoint, Secret(canary("refresh")), Secret(canary("client")))
    await services.keychain.set(other.keychain_account, grant.to_secret())
    entry = SendAsAddress("o", Address.parse("other@gmail.com"), smtp_msa=other, verification=Verification.ACCEPTED)
    await services.take_profile(replace(services.the_profile.with_address(entry), oauth_clients=(GOOGLE,)))
    asked = _Asked(services, monkeypatch)
    fields = shown(qtbot, services, ServerForm(host="smtp.gmail.com"))
    fields.sign_in.browser.start_button.click()
    await until(lambda: bool(asked.of))
    assert asked.of[0][1:] == (None, Secret(canary("client")))


async def test_an_own_client_is_kept_with_its_address(services: Services) -> None:
    server = SmtpServer("smtp.gmail.com", 587, ServerForm().recommended, "n.name@gmail.com", OAuthSignIn())
    grant = Grant(GOOGLE.client_id, GOOGLE.token_endpoint, Secret(canary("refresh")))
    entry = SendAsAddress("g", Address.parse("n.name@gmail.com"), smtp_msa=server)
    await edges.keep(entry, grant.to_secret(), services, is_new=True, client=GOOGLE)
    assert GOOGLE in services.oauth_clients
    assert not await edges.lacks_secret(server, services)
    await edges.keep(entry, None, services, is_new=False, client=replace(GOOGLE, client_id="another"))
    assert await edges.lacks_secret(server, services), "what was given to another client counts for nothing"


async def test_the_missing_client_is_said_in_the_whole_form(services: Services) -> None:
    form = ServerForm("smtp.partner.example", kind=SignInKind.BROWSER, username="n.name", password_given=True)
    assert form.problems(clients=services.oauth_clients)[Field.SIGN_IN].reason is Reason.SIGN_IN_NO_CLIENT
