"""The wizard without its windows: every path from an empty value to a stored, confirmed address."""

from dataclasses import replace

import pytest

from app.address import Address
from app.errors import AddressError, Reason, SetupError
from app.policy.evaluate import Policy, own_policy
from app.profile import (
    ADDRESS_LIMIT,
    Security,
    SendAsAddress,
    Verification,
)
from app.setup.enrolment import (
    AskAddress,
    AskCode,
    AskSignIn,
    Choice,
    ChooseServer,
    CodeState,
    Done,
    Enrolment,
    Field,
    Forbidden,
    Probing,
    Saving,
    ServerForm,
    SignInKind,
    is_vouched_for,
    to_entry,
)
from tests.app.policy.documents import document
from tests.app.setup.enrolments import (
    ALL_TYPED,
    ALLOWS,
    CLOSED,
    DEFAULT,
    FORBIDS,
    FORM,
    GATEWAY,
    NAMED,
    NEW,
    PARTNER,
    PRIMARY,
    PROFILE,
    REQUIRES,
    STALE,
    STORED,
    UNKNOWN,
    choice_of,
    policy_of,
    step_of,
)

# The first page


def test_an_empty_value_asks_for_the_address() -> None:
    step = step_of(NEW)
    assert isinstance(step, AskAddress)
    assert step.fixed_address is None
    assert step.name_if_empty == "Nutzer"
    assert step.problems[Field.ADDRESS].reason is Reason.ADDRESS_EMPTY


@pytest.mark.parametrize(
    ("field", "typed", "reason"),
    [
        (Field.NAME, {"name": "a\r\nBcc: b@x.example"}, Reason.NAME_CONTROL),
        (Field.ADDRESS, {"address": "nutzer.name"}, Reason.ADDRESS_NO_AT),
        (Field.ADDRESS, {"address": "nutzer.name@partner"}, Reason.ADDRESS_BAD_DOMAIN),
        (Field.ADDRESS, {"address": "Nutzer@BEISPIEL.example"}, Reason.PROFILE_DUPLICATE),
        (Field.REPLY_TO, {"reply_to": "a@b, c@d"}, Reason.ADDRESS_SPACE),
    ],
)
def test_a_wrong_field_keeps_the_first_page_with_everything_typed(
    field: Field, typed: dict[str, str], reason: Reason
) -> None:
    wrong = replace(NAMED, **typed)  # type: ignore[arg-type]  # all of these fields are texts
    step = step_of(wrong)
    assert isinstance(step, AskAddress)
    assert {each: problem.reason for each, problem in step.problems.items()} == {field: reason}


def test_the_hundredth_additional_address_is_refused_at_once() -> None:
    profile = PROFILE
    for number in range(ADDRESS_LIMIT):
        profile = profile.with_address(SendAsAddress(f"{number}", Address.parse(f"n{number}@verein.example")))
    step = step_of(NAMED, profile=profile)
    assert isinstance(step, AskAddress)
    assert step.problems[Field.ADDRESS].reason is Reason.PROFILE_TOO_MANY


# Addresses of the organisation


@pytest.mark.parametrize("policy", [ALLOWS, FORBIDS, STALE, UNKNOWN])
def test_an_internal_address_never_sees_the_server_pages(policy: Policy) -> None:
    inside = NEW.with_address(name="", address="einkauf@beispiel.example", treat_as_alias=False)
    step = step_of(inside, policy)
    assert step == Saving(
        SendAsAddress("new", Address.parse("einkauf@beispiel.example"), treat_as_alias=False), is_new=True
    )


def test_an_address_of_another_domain_of_the_organisation_is_internal_too() -> None:
    inside = NEW.with_address(name="", address="n@bücher.example", treat_as_alias=True)
    assert isinstance(step_of(inside), Saving)


@pytest.mark.case("F4", "H11")
@pytest.mark.parametrize("domain", ["evil-beispiel.example", "beispiel.example.evil.example", "bеispiel.example"])
def test_a_lookalike_of_the_organisations_domain_is_outside(domain: str) -> None:
    outside = NEW.with_address(name="", address=f"n@{domain}", treat_as_alias=True)
    assert isinstance(step_of(outside), ChooseServer)


def test_an_address_the_organisation_vouches_for_needs_no_code() -> None:
    step = step_of(NEW.with_address(name="", address="vertrieb@beispiel.example", treat_as_alias=True))
    assert isinstance(step, Saving)
    assert step.entry.is_verified
    assert step_of(replace(NEW, saved=step.entry)) == Done(step.entry)


def test_an_old_policy_vouches_for_nobody() -> None:
    alias = Address.parse("vertrieb@beispiel.example")
    assert is_vouched_for(alias, FORBIDS)
    assert not is_vouched_for(alias, STALE)
    assert not is_vouched_for(alias, UNKNOWN)
    assert not is_vouched_for(Address.parse("einkauf@beispiel.example"), FORBIDS)


def test_an_outside_address_the_organisation_vouches_for_still_chooses_its_server() -> None:
    subject = {"email": "nutzer@beispiel.example", "aliases": ["nutzer.name@partner.example"]}
    policy = policy_of(document(subject=subject))
    choice_of(NAMED, policy)
    step = step_of(NAMED.with_choice(Choice.ORGANISATION), policy)
    assert isinstance(step, Saving)
    assert step.entry.is_verified


# The choice


def test_both_ways_show_what_recipients_will_see() -> None:
    step = choice_of(NAMED, ALLOWS)
    assert step.organisation.view.sender == PRIMARY.address
    assert step.organisation.view.return_path == PRIMARY.address
    assert step.organisation.view.via_domain == "beispiel.example"
    assert step.gateway.view.sender is None
    assert step.gateway.view.return_path == step.address == PARTNER.address
    assert step.gateway.view.name == "N. Name"
    assert step.organisation.is_open
    assert step.gateway.is_open
    assert step.proposed is Choice.GATEWAY
    assert step.decided_by is not None
    assert step.decided_by.target == "/Vertrieb"
    assert step.policy is ALLOWS


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        (FORBIDS, Reason.ROUTE_FORBIDDEN),
        (DEFAULT, Reason.ROUTE_FORBIDDEN),
        (STALE, Reason.ROUTE_POLICY_STALE),
        (UNKNOWN, Reason.ROUTE_POLICY_UNKNOWN),
    ],
)
def test_a_gateway_that_is_not_allowed_stays_visible_with_its_reason(policy: Policy, reason: Reason) -> None:
    step = choice_of(NAMED, policy)
    assert step.gateway.problem is not None
    assert step.gateway.problem.reason is reason
    assert not step.gateway.is_open
    assert step.gateway.view == choice_of(NAMED, ALLOWS).gateway.view
    assert step.organisation.is_open
    assert step.proposed is Choice.ORGANISATION


@pytest.mark.parametrize("policy", [FORBIDS, STALE, UNKNOWN])
def test_choosing_a_gateway_that_is_not_allowed_leads_nowhere(policy: Policy) -> None:
    assert isinstance(step_of(NAMED.with_choice(Choice.GATEWAY), policy), ChooseServer)
    assert isinstance(step_of(replace(ALL_TYPED, tested=GATEWAY), policy), ChooseServer)
    with pytest.raises(SetupError) as caught:
        to_entry(ALL_TYPED, profile=PROFILE, policy=policy)
    assert caught.value.problem == choice_of(NAMED, policy).gateway.problem


def test_a_policy_that_changes_meanwhile_takes_the_wizard_back_to_the_choice() -> None:
    assert isinstance(step_of(ALL_TYPED, ALLOWS), Probing)
    step = choice_of(ALL_TYPED, FORBIDS)
    assert step.proposed is Choice.ORGANISATION
    assert isinstance(step_of(ALL_TYPED, ALLOWS), Probing)


def test_an_organisation_that_wants_gateways_closes_the_other_way() -> None:
    step = choice_of(NAMED, REQUIRES)
    assert step.organisation.problem is not None
    assert step.organisation.problem.reason is Reason.ROUTE_GATEWAY_REQUIRED
    assert step.proposed is Choice.GATEWAY
    assert isinstance(step_of(NAMED.with_choice(Choice.ORGANISATION), REQUIRES), ChooseServer)


def test_an_address_that_neither_way_is_open_to_is_forbidden() -> None:
    step = step_of(NAMED, CLOSED)
    assert isinstance(step, Forbidden)
    assert step.address == PARTNER.address
    assert step.problem.reason is Reason.SETUP_FORBIDDEN
    assert step.gateway_problem.reason is Reason.ROUTE_FORBIDDEN
    assert step.policy is CLOSED


def test_without_an_organisation_every_other_address_may_choose() -> None:
    step = choice_of(NAMED, own_policy())
    assert step.decided_by is None
    assert step.gateway.is_open
    same_domain = NEW.with_address(name="", address="anders@beispiel.example", treat_as_alias=True)
    assert choice_of(same_domain, own_policy()).organisation.is_open


def test_an_answered_choice_is_proposed_again_on_the_way_back() -> None:
    answered = NAMED.with_choice(Choice.ORGANISATION)
    assert (
        choice_of(
            answered.back(choice_of(NAMED, ALLOWS)).with_address(
                name="", address="nutzer.name@partner.example", treat_as_alias=True
            ),
            ALLOWS,
        ).proposed
        is Choice.ORGANISATION
    )


def test_the_organisations_servers_need_no_more_questions() -> None:
    step = step_of(NAMED.with_choice(Choice.ORGANISATION), FORBIDS)
    assert step == Saving(replace(STORED, smtp_msa=None), is_new=True)


# The server


def test_the_server_page_comes_with_proposals() -> None:
    step = step_of(NAMED.with_choice(Choice.GATEWAY))
    assert isinstance(step, AskSignIn)
    assert step.address == PARTNER.address
    assert step.form == ServerForm("smtp.partner.example", "587", Security.STARTTLS, "nutzer.name", SignInKind.PASSWORD)
    assert step.recommended is Security.STARTTLS
    assert step.current is None
    assert {field: problem.reason for field, problem in step.problems.items()} == {
        Field.PASSWORD: Reason.SETUP_NO_PASSWORD
    }


def test_a_wrong_field_keeps_the_server_page_with_everything_typed() -> None:
    step = step_of(ALL_TYPED.with_server(replace(FORM, port="viele", host="mein server")))
    assert isinstance(step, AskSignIn)
    assert step.form.host == "mein server"
    assert set(step.problems) == {Field.HOST, Field.PORT}


def test_a_gateway_is_tested_before_it_is_stored() -> None:
    step = step_of(ALL_TYPED)
    assert step == Probing(PARTNER.address, GATEWAY)
    assert step_of(replace(ALL_TYPED, tested=GATEWAY)) == Saving(STORED, is_new=True)


def test_the_test_of_another_server_proves_nothing() -> None:
    other = replace(GATEWAY, port=465, security=Security.SSL)
    assert step_of(replace(ALL_TYPED, tested=other)) == Probing(PARTNER.address, GATEWAY)


def test_typing_the_server_again_has_it_tested_again() -> None:
    assert isinstance(step_of(replace(ALL_TYPED, tested=GATEWAY).with_server(FORM)), Probing)


def test_another_domain_drops_what_was_typed_for_the_first_ones_server() -> None:
    again = ALL_TYPED.with_address(name="", address="n@verein.example", treat_as_alias=True)
    step = step_of(again.with_choice(Choice.GATEWAY))
    assert isinstance(step, AskSignIn)
    assert step.form.host == "smtp.verein.example"


def test_the_same_domain_keeps_what_was_typed_for_its_server() -> None:
    again = ALL_TYPED.with_address(name="", address="anders@Partner.example", treat_as_alias=True)
    assert again.server == FORM
    assert again.choice is Choice.GATEWAY


def test_the_longest_domain_has_a_choice_too() -> None:
    domain = ".".join(["a" * 60, "b" * 60, "c" * 60, "d" * 60, "example"])
    step = choice_of(NEW.with_address(name="", address=f"n@{domain}", treat_as_alias=True), ALLOWS)
    assert step.gateway.is_open
    form = step_of(NEW.with_address(name="", address=f"n@{domain}", treat_as_alias=True).with_choice(Choice.GATEWAY))
    assert isinstance(form, AskSignIn)
    assert form.problems[Field.HOST].reason is Reason.SETUP_BAD_HOST


# Saving and the code


def test_a_new_address_is_confirmed_with_a_code() -> None:
    saved = replace(ALL_TYPED, tested=GATEWAY, saved=STORED)
    assert step_of(saved) == AskCode(STORED, is_mailed=False)
    assert step_of(replace(saved, code=CodeState.MAILED)) == AskCode(STORED, is_mailed=True)
    confirmed = step_of(replace(saved, code=CodeState.CONFIRMED))
    assert confirmed == Done(replace(STORED, verification=Verification.ACCEPTED))


def test_a_code_may_be_entered_later() -> None:
    assert step_of(replace(ALL_TYPED, saved=STORED, code=CodeState.LATER)) == Done(STORED)


def test_a_stored_address_can_be_confirmed_at_any_time() -> None:
    assert step_of(Enrolment.confirm(STORED, is_mailed=True)) == AskCode(STORED, is_mailed=True)
    assert step_of(Enrolment.confirm(STORED, is_mailed=False), UNKNOWN) == AskCode(STORED, is_mailed=False)


def test_what_was_typed_is_what_is_stored() -> None:
    typed = NEW.with_address(
        name=" N. Name ", address=" nutzer.name@PARTNER.example", treat_as_alias=False, reply_to="büro@partner.example "
    )
    entry = to_entry(typed.with_choice(Choice.ORGANISATION), profile=PROFILE, policy=ALLOWS)
    assert entry.display_name == "N. Name"
    assert str(entry.address) == "nutzer.name@partner.example"
    assert entry.reply_to == Address.parse("büro@partner.example")
    assert not entry.treat_as_alias
    assert entry.verification is Verification.PENDING
    assert not entry.is_primary
    assert not entry.is_default


def test_nothing_is_stored_while_a_field_is_wrong() -> None:
    with pytest.raises(AddressError):
        to_entry(replace(NAMED, address="nirgends"), profile=PROFILE, policy=ALLOWS)
    with pytest.raises(SetupError):
        to_entry(ALL_TYPED.with_server(replace(FORM, port="")), profile=PROFILE, policy=ALLOWS)
