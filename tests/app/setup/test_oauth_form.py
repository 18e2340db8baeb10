"""A person's own OAuth client as typed: what each provider needs, and one problem beside each wrong field."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.address import Address
from app.errors import Reason, SetupError
from app.oauth_client import OAuthClient, Provider
from app.profile import OAuthSignIn, Security, SmtpServer
from app.setup.enrolment import AskSignIn, Choice, Enrolment, Probing, Saving
from app.setup.oauth_form import OAuthForm
from app.setup.server_form import Field, ServerForm, SignInKind
from tests.app.setup.enrolments import NAMED, PARTNER, PROFILE, WITH_PARTNER, step_of

ADDRESS = Address.parse("nutzer.name@partner.example")
OTHER = OAuthForm(
    client_id=" absender ",
    authorization_endpoint=" https://sso.partner.example:8443/authorize?realm=mail ",
    token_endpoint="https://sso.partner.example/token",
    scopes=" smtp  offline_access ",
)
CLIENT = OAuthClient(
    name="sso.partner.example",
    client_id="absender",
    authorization_endpoint="https://sso.partner.example:8443/authorize?realm=mail",
    token_endpoint="https://sso.partner.example/token",
    scopes=("smtp", "offline_access"),
    hosts=("smtp.partner.example",),
)
BROWSER = ServerForm(
    "smtp.partner.example", "587", Security.STARTTLS, "nutzer.name", SignInKind.BROWSER, password_given=True
)
STORED = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer.name", OAuthSignIn())


def reasons(form: ServerForm, stored: SmtpServer | None = None, *clients: OAuthClient) -> dict[Field, Reason]:
    return {field: problem.reason for field, problem in form.problems(stored=stored, clients=clients).items()}


def test_a_client_of_another_provider_is_for_the_typed_server_alone() -> None:
    assert OTHER.problems("smtp.partner.example") == {}
    assert OTHER.client("smtp.partner.example") == CLIENT


@pytest.mark.parametrize("host", ["smtp.gmail.com", "smtp.googlemail.com"])
def test_google_needs_the_client_id_alone(host: str) -> None:
    client = OAuthForm("123.apps.googleusercontent.com").client(host)
    assert client == OAuthClient.of_provider(Provider.GOOGLE, "123.apps.googleusercontent.com")
    assert client.covers(host)


@pytest.mark.parametrize(("typed", "tenant"), [("", "common"), (" Beispiel.example ", "beispiel.example")])
def test_microsoft_asks_the_accounts_of_one_organisation_or_of_all(typed: str, tenant: str) -> None:
    client = OAuthForm("8f0c", tenant=typed).client("smtp.office365.com")
    assert client == OAuthClient.of_provider(Provider.MICROSOFT, "8f0c", tenant=tenant)
    assert OAuthForm.of(client).tenant == typed.strip().lower()


@pytest.mark.parametrize(
    ("host", "form", "wrong"),
    [
        ("smtp.gmail.com", OAuthForm(" "), {Field.CLIENT_ID: Reason.SETUP_BAD_CLIENT_ID}),
        ("smtp.gmail.com", OAuthForm("kön"), {Field.CLIENT_ID: Reason.SETUP_BAD_CLIENT_ID}),
        ("smtp.office365.com", OAuthForm("8f0c", tenant="a b"), {Field.TENANT: Reason.SETUP_BAD_TENANT}),
        ("smtp.office365.com", OAuthForm("8f0c", tenant="x/../y"), {Field.TENANT: Reason.SETUP_BAD_TENANT}),
        (
            "smtp.partner.example",
            OAuthForm(),
            {
                Field.CLIENT_ID: Reason.SETUP_BAD_CLIENT_ID,
                Field.AUTHORIZATION_ENDPOINT: Reason.SETUP_BAD_ENDPOINT,
                Field.TOKEN_ENDPOINT: Reason.SETUP_BAD_ENDPOINT,
                Field.SCOPES: Reason.SETUP_BAD_SCOPE,
            },
        ),
        (
            "smtp.partner.example",
            replace(OTHER, authorization_endpoint="http://sso.partner.example/authorize"),
            {Field.AUTHORIZATION_ENDPOINT: Reason.SETUP_BAD_ENDPOINT},
        ),
        (
            "smtp.partner.example",
            replace(OTHER, authorization_endpoint="https://sso.partner.example/?client_id=x"),
            {Field.AUTHORIZATION_ENDPOINT: Reason.SETUP_BAD_ENDPOINT},
        ),
        (
            "smtp.partner.example",
            replace(OTHER, token_endpoint="https://user@sso.partner.example/"),
            {Field.TOKEN_ENDPOINT: Reason.SETUP_BAD_ENDPOINT},
        ),
        ("smtp.partner.example", replace(OTHER, scopes='a "b"'), {Field.SCOPES: Reason.SETUP_BAD_SCOPE}),
    ],
)
def test_each_wrong_field_has_its_own_problem(host: str, form: OAuthForm, wrong: dict[Field, Reason]) -> None:
    assert {field: problem.reason for field, problem in form.problems(host).items()} == wrong
    with pytest.raises(SetupError) as raised:
        form.client(host)
    assert raised.value.problem.reason is next(iter(wrong.values()))


def test_a_stored_client_is_typed_as_it_was() -> None:
    assert OAuthForm.of(CLIENT).client("smtp.partner.example") == CLIENT


# In the form of a server


def test_the_browser_is_proposed_where_a_client_is_known() -> None:
    form = ServerForm().proposed_for(ADDRESS, [CLIENT])
    assert (form.kind, form.username) == (SignInKind.BROWSER, "nutzer.name@partner.example")
    assert ServerForm().proposed_for(ADDRESS).kind is SignInKind.PASSWORD
    assert ServerForm(kind=SignInKind.PASSWORD).proposed_for(ADDRESS, [CLIENT]).kind is SignInKind.PASSWORD
    assert ServerForm(host="no host").proposed_for(ADDRESS, [CLIENT]).kind is SignInKind.PASSWORD


def test_a_complete_sign_in_with_the_browser_names_its_server_and_client() -> None:
    assert reasons(BROWSER, None, CLIENT) == {}
    assert (BROWSER.server(), BROWSER.client()) == (STORED, None)
    own = replace(BROWSER, own_client=OTHER)
    assert reasons(own) == {}
    assert own.client() == CLIENT


def test_a_client_that_is_not_wanted_is_none() -> None:
    assert replace(BROWSER, kind=SignInKind.PASSWORD, own_client=OTHER).client() is None


def test_without_a_client_one_cannot_sign_in_with_the_browser() -> None:
    assert reasons(BROWSER) == {Field.SIGN_IN: Reason.SIGN_IN_NO_CLIENT}


def test_the_problems_of_an_own_client_stand_among_those_of_the_server() -> None:
    form = replace(BROWSER, own_client=replace(OTHER, client_id=""), username="")
    assert reasons(form) == {
        Field.USERNAME: Reason.SETUP_NO_USERNAME,
        Field.CLIENT_ID: Reason.SETUP_BAD_CLIENT_ID,
    }


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        (BROWSER, False),
        (replace(BROWSER, own_client=OTHER), False),
        (replace(BROWSER, own_client=replace(OTHER, client_id="other")), True),
        (replace(BROWSER, own_client=replace(OTHER, secret_given=True)), True),
        (replace(BROWSER, username="another"), True),
        (replace(BROWSER, kind=SignInKind.PASSWORD), True),
    ],
)
def test_a_sign_in_belongs_to_one_login_and_one_client(form: ServerForm, missing: bool) -> None:
    found = reasons(replace(form, password_given=False), STORED, CLIENT)
    assert (Field.PASSWORD in found) is missing
    assert set(found) <= {Field.PASSWORD}


def test_the_missing_sign_in_is_called_so() -> None:
    form = replace(BROWSER, password_given=False)
    assert reasons(form, None, CLIENT) == {Field.PASSWORD: Reason.SETUP_NO_SIGN_IN}


# In the wizard


def test_the_wizard_tests_and_keeps_a_sign_in_with_the_browser() -> None:
    typed = NAMED.with_choice(Choice.GATEWAY).with_server(replace(BROWSER, own_client=OTHER))
    assert step_of(typed) == Probing(ADDRESS, STORED)
    saving = step_of(replace(typed, tested=STORED))
    assert isinstance(saving, Saving)
    assert saving.entry.smtp_msa == STORED


def test_the_wizard_knows_the_profile_s_clients() -> None:
    typed = NAMED.with_choice(Choice.GATEWAY).with_server(BROWSER)
    step = step_of(typed)
    assert isinstance(step, AskSignIn)
    assert step.problems[Field.SIGN_IN].reason is Reason.SIGN_IN_NO_CLIENT
    assert step_of(typed, profile=replace(PROFILE, oauth_clients=(CLIENT,))) == Probing(ADDRESS, STORED)


def test_another_client_has_the_address_sign_in_again() -> None:
    entry = replace(PARTNER, smtp_msa=STORED)
    profile = replace(WITH_PARTNER, addresses=(WITH_PARTNER.addresses[0], entry), oauth_clients=(CLIENT,))
    change = Enrolment.change(entry).with_address(name="", address=str(entry.address), treat_as_alias=True)
    change = change.with_choice(Choice.GATEWAY)
    kept = replace(ServerForm.of(STORED), own_client=OAuthForm.of(CLIENT))
    assert isinstance(step_of(change.with_server(kept), profile=profile), Saving)
    step = step_of(
        change.with_server(replace(kept, own_client=replace(OAuthForm.of(CLIENT), client_id="x"))), profile=profile
    )
    assert isinstance(step, AskSignIn)
    assert step.problems[Field.PASSWORD].reason is Reason.SETUP_NO_SIGN_IN
