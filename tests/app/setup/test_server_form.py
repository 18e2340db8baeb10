"""The fields of a mail server: proposals that follow the port, and one problem beside each wrong field."""

from dataclasses import replace

import pytest

from app.address import Address
from app.errors import Reason, SetupError
from app.profile import CommandSignIn, NoSignIn, PasswordSignIn, Security, SmtpServer
from app.setup.server_form import Field, ServerForm, SignInKind, canonical_host, recommended

ADDRESS = Address.parse("nutzer.name@partner.example")
GOOD = ServerForm("smtp.partner.example", "587", Security.STARTTLS, "nutzer.name", password_given=True)


def reasons(form: ServerForm, stored: SmtpServer | None = None) -> dict[Field, Reason]:
    return {field: problem.reason for field, problem in form.problems(stored=stored).items()}


def test_proposals_fill_what_nobody_typed() -> None:
    form = ServerForm().proposed_for(ADDRESS)
    assert form == ServerForm("smtp.partner.example", "587", Security.STARTTLS, "nutzer.name", SignInKind.PASSWORD)


def test_proposals_leave_what_was_typed_even_if_it_was_emptied() -> None:
    form = ServerForm(host="", port="465", username="")
    assert form.proposed_for(ADDRESS) == replace(form, security=Security.SSL, kind=SignInKind.PASSWORD)


@pytest.mark.case("TB-protocols")
@pytest.mark.parametrize(
    ("port", "security"),
    [("587", Security.STARTTLS), ("25", Security.STARTTLS), (" 465 ", Security.SSL), ("2525", Security.STARTTLS)],
)
def test_the_recommendation_moves_with_the_port(port: str, security: Security) -> None:
    assert ServerForm(port=port).recommended is security
    assert recommended(int(port)) is security


def test_a_port_that_is_none_still_has_a_recommendation() -> None:
    assert ServerForm(port="viel").recommended is Security.STARTTLS


def test_a_complete_form_names_its_server() -> None:
    assert reasons(GOOD) == {}
    assert GOOD.server() == SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer.name", PasswordSignIn())


def test_spaces_around_what_was_typed_do_not_matter() -> None:
    form = ServerForm(" SMTP.Partner.example. ", " 465 ", None, " nutzer.name ", password_given=True)
    assert reasons(form) == {}
    assert form.server() == SmtpServer("smtp.partner.example", 465, Security.SSL, "nutzer.name")


@pytest.mark.case("TB-url")
@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("mail.münchen.example", "mail.xn--mnchen-3ya.example"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
    ],
)
def test_a_host_is_a_name_or_an_ip_address(typed: str, stored: str) -> None:
    assert canonical_host(typed) == stored


@pytest.mark.parametrize(
    "host",
    [
        "",
        "  ",
        "smtp partner",
        "smtp.partner.example:587",
        "https://smtp.partner.example",
        "-x",
        "a\nb",
        "x\u202ey.example",
    ],
)
def test_a_host_that_can_be_none_is_refused(host: str) -> None:
    form = replace(GOOD, host=host)
    assert reasons(form) == {Field.HOST: Reason.SETUP_BAD_HOST}
    with pytest.raises(SetupError):
        form.server()


@pytest.mark.parametrize("port", ["", "0", "65536", "587a", "-1", "5 87", "9" * 5000, "5.87"])
def test_a_port_that_can_be_none_is_refused(port: str) -> None:
    form = replace(GOOD, port=port)
    assert reasons(form) == {Field.PORT: Reason.SETUP_BAD_PORT}
    with pytest.raises(SetupError):
        form.server()


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("smtp.partner.example", {Field.SECURITY: Reason.SETUP_PLAINTEXT}),
        ("192.0.2.1", {Field.SECURITY: Reason.SETUP_PLAINTEXT}),
        ("a b", {Field.HOST: Reason.SETUP_BAD_HOST, Field.SECURITY: Reason.SETUP_PLAINTEXT}),
        ("localhost", {}),
        ("127.0.0.1", {}),
    ],
)
def test_no_security_is_for_this_machine_only(host: str, found: dict[Field, Reason]) -> None:
    assert reasons(replace(GOOD, host=host, security=Security.NONE)) == found


@pytest.mark.parametrize(
    ("username", "reason"),
    [("", Reason.SETUP_NO_USERNAME), ("  ", Reason.SETUP_NO_USERNAME), ("a\0b", Reason.NAME_CONTROL)],
)
def test_a_user_name_is_needed_and_has_no_hidden_characters(username: str, reason: Reason) -> None:
    assert reasons(replace(GOOD, username=username)) == {Field.USERNAME: reason}


def test_a_password_is_needed() -> None:
    assert reasons(replace(GOOD, password_given=False)) == {Field.PASSWORD: Reason.SETUP_NO_PASSWORD}


def test_the_password_of_the_stored_login_need_not_be_typed_again() -> None:
    form = replace(GOOD, password_given=False)
    assert reasons(form, GOOD.server()) == {}
    assert reasons(replace(form, security=Security.SSL), GOOD.server()) == {}


@pytest.mark.parametrize("changed", [{"host": "mx.partner.example"}, {"port": "465"}, {"username": "anders"}])
def test_another_login_needs_its_own_password(changed: dict[str, str]) -> None:
    form = replace(GOOD, password_given=False, **changed)  # type: ignore[arg-type]  # all three are texts
    assert reasons(form, GOOD.server()) == {Field.PASSWORD: Reason.SETUP_NO_PASSWORD}


def test_a_stored_command_is_no_stored_password() -> None:
    stored = replace(GOOD.server(), sign_in=CommandSignIn(("pass",)))
    assert reasons(replace(GOOD, password_given=False), stored) == {Field.PASSWORD: Reason.SETUP_NO_PASSWORD}


def test_a_command_line_becomes_its_words() -> None:
    form = replace(GOOD, kind=SignInKind.COMMAND, command="pass show 'mail partner'", password_given=False)
    assert reasons(form) == {}
    assert form.server().sign_in == CommandSignIn(("pass", "show", "mail partner"))


@pytest.mark.parametrize(
    ("command", "reason"), [("", Reason.SETUP_NO_PASSWORD), ("pass 'offen", Reason.SETUP_COMMAND_FAILED)]
)
def test_a_command_line_that_is_none_is_refused(command: str, reason: Reason) -> None:
    form = replace(GOOD, kind=SignInKind.COMMAND, command=command)
    assert reasons(form) == {Field.COMMAND: reason}
    with pytest.raises(SetupError):
        form.server()


def test_no_sign_in_is_for_this_machine_only() -> None:
    form = replace(GOOD, kind=SignInKind.NONE)
    assert reasons(form) == {Field.USERNAME: Reason.SETUP_NO_USERNAME}
    local = replace(form, host="localhost")
    assert reasons(local) == {}
    assert local.server() == SmtpServer("localhost", 587, Security.STARTTLS, "", NoSignIn())


@pytest.mark.parametrize("sign_in", [PasswordSignIn(), CommandSignIn(("pass", "show", "zwei worte")), NoSignIn()])
def test_a_stored_server_fills_the_form_it_came_from(sign_in: PasswordSignIn | CommandSignIn | NoSignIn) -> None:
    username = "" if isinstance(sign_in, NoSignIn) else "nutzer.name"
    server = SmtpServer("localhost", 2525, Security.SSL, username, sign_in)
    form = ServerForm.of(server)
    assert form.server() == server
    assert reasons(form, server) == {}
    assert form.proposed_for(ADDRESS) == form
