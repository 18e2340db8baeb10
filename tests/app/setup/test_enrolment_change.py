"""The wizard without its windows: changing an address, going back, and whatever else may be typed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Address
from app.policy.evaluate import Policy, PolicyState, own_policy
from app.profile import (
    Profile,
    Security,
    SendAsAddress,
    Verification,
)
from app.setup.admin_request import AdminRequest, admin_request
from app.setup.enrolment import (
    AskAddress,
    AskSignIn,
    Choice,
    ChooseServer,
    CodeState,
    Done,
    Enrolment,
    Page,
    Probing,
    Saving,
    ServerForm,
    SignInKind,
    next_step,
)
from tests.app.policy.documents import document, gateway_policy, names_policy
from tests.app.setup.enrolments import (
    ALL_TYPED,
    ALLOWS,
    CLOSED,
    FORBIDS,
    FORM,
    GATEWAY,
    NAMED,
    PARTNER,
    PRIMARY,
    PROFILE,
    REQUIRES,
    STALE,
    STORED,
    UNKNOWN,
    WITH_PARTNER,
    choice_of,
    policy_of,
    step_of,
)

# Changing an address


def changing(entry: SendAsAddress, policy: Policy = ALLOWS) -> tuple[Enrolment, Profile]:
    """Return the value after the first page was left as it was."""
    profile = replace(PROFILE, addresses=(PRIMARY, entry))
    start = Enrolment.change(entry)
    step = step_of(start, policy, profile)
    assert isinstance(step, AskAddress)
    assert step.fixed_address == entry.address
    assert step.problems == {}
    answered = start.with_address(
        name=start.name, address=start.address, treat_as_alias=start.treat_as_alias, reply_to=start.reply_to
    )
    return answered, profile


@pytest.mark.parametrize("policy", [ALLOWS, FORBIDS, STALE, UNKNOWN, CLOSED])
@pytest.mark.parametrize(
    "entry",
    [PARTNER, replace(PARTNER, smtp_msa=None), replace(PARTNER, reply_to=PRIMARY.address, treat_as_alias=False)],
)
def test_an_address_can_be_left_as_it_is_under_every_policy(entry: SendAsAddress, policy: Policy) -> None:
    answered, profile = changing(entry, policy)
    step = choice_of(answered, policy, profile)
    kept = answered.with_choice(step.proposed)
    after = step_of(kept, policy, profile)
    if isinstance(after, AskSignIn):
        after = step_of(kept.with_server(after.form), policy, profile)
    assert after == Saving(entry, is_new=False)
    assert step_of(replace(kept, saved=entry), policy, profile) == Done(entry)


def test_a_forbidden_gateway_stays_even_if_another_one_was_typed_before() -> None:
    answered, profile = changing(PARTNER)
    typed = answered.with_choice(Choice.GATEWAY).with_server(replace(FORM, host="mx.partner.example"))
    assert isinstance(step_of(typed, ALLOWS, profile), Probing)
    assert step_of(typed, FORBIDS, profile) == Saving(PARTNER, is_new=False)


def test_a_forbidden_gateway_can_be_given_up() -> None:
    answered, profile = changing(PARTNER, FORBIDS)
    step = step_of(answered.with_choice(Choice.ORGANISATION), FORBIDS, profile)
    assert step == Saving(replace(PARTNER, smtp_msa=None), is_new=False)


def test_a_changed_server_is_tested_again() -> None:
    answered, profile = changing(PARTNER)
    form = replace(FORM, port="465", security=Security.SSL)
    step = step_of(answered.with_choice(Choice.GATEWAY).with_server(form), ALLOWS, profile)
    assert isinstance(step, Probing)
    assert step.server.port == 465


def test_a_new_password_is_tested_even_if_the_server_stays() -> None:
    answered, profile = changing(PARTNER)
    assert isinstance(step_of(answered.with_choice(Choice.GATEWAY).with_server(FORM), ALLOWS, profile), Probing)


def test_the_server_page_of_a_change_shows_what_is_used_now() -> None:
    answered, profile = changing(PARTNER)
    step = step_of(answered.with_choice(Choice.GATEWAY), ALLOWS, profile)
    assert isinstance(step, AskSignIn)
    assert step.current == GATEWAY
    assert step.form.host == GATEWAY.host
    assert step.problems == {}


def test_the_primary_address_has_one_page() -> None:
    start = Enrolment.change(PRIMARY)
    answered = start.with_address(name="Neu", address=start.address, treat_as_alias=True)
    assert step_of(answered) == Saving(replace(PRIMARY, display_name="Neu"), is_new=False)


def test_a_gateway_of_an_address_that_became_internal_is_dropped_with_the_next_change() -> None:
    inside = replace(PARTNER, address=Address.parse("n@beispiel.example"))
    start = Enrolment.change(inside)
    answered = start.with_address(name="", address=start.address, treat_as_alias=True)
    step = step_of(answered, profile=replace(PROFILE, addresses=(PRIMARY, inside)))
    assert isinstance(step, Saving)
    assert step.entry.smtp_msa is None


def test_changing_an_unconfirmed_address_does_not_ask_for_its_code() -> None:
    answered, profile = changing(replace(PARTNER, smtp_msa=None, verification=Verification.PENDING))
    step = step_of(answered.with_choice(Choice.ORGANISATION), ALLOWS, profile)
    assert isinstance(step, Saving)
    assert step_of(replace(answered, saved=step.entry), ALLOWS, profile) == Done(step.entry)


def test_a_change_keeps_the_signature() -> None:
    signed = replace(PARTNER, smtp_msa=None, signature="-- \nN. Name")
    answered, profile = changing(signed)
    step = step_of(answered.with_choice(Choice.ORGANISATION), ALLOWS, profile)
    assert step == Saving(signed, is_new=False)


# Back


def test_back_leads_through_all_pages_to_the_first_and_keeps_what_was_typed() -> None:
    value = replace(ALL_TYPED, tested=None)
    kinds = []
    for _ in range(4):
        step = step_of(value)
        kinds.append(type(step))
        value = value.back(step)
    assert kinds == [Probing, AskSignIn, ChooseServer, AskAddress]
    assert replace(value, answered=frozenset(Page)) == ALL_TYPED


def test_back_from_forbidden_leads_to_the_address() -> None:
    assert isinstance(step_of(NAMED.back(step_of(NAMED, CLOSED)), CLOSED), AskAddress)


def test_there_is_no_way_back_once_it_is_saved() -> None:
    saved = replace(ALL_TYPED, saved=STORED)
    assert saved.back(step_of(saved)) == saved


# Whatever is typed

TEXTS = st.one_of(
    st.sampled_from(["", "n@partner.example", "n@beispiel.example", "nutzer@beispiel.example"]), st.text()
)
FORMS = st.builds(
    ServerForm,
    host=st.one_of(st.none(), st.just("localhost"), st.text()),
    port=st.one_of(st.sampled_from(["587", "465"]), st.text()),
    security=st.one_of(st.none(), st.sampled_from(Security)),
    username=st.one_of(st.none(), st.text()),
    kind=st.sampled_from(SignInKind),
    command=st.text(),
    password_given=st.booleans(),
)
ENROLMENTS = st.builds(
    Enrolment,
    entry_id=st.just("new"),
    name=TEXTS,
    address=TEXTS,
    treat_as_alias=st.booleans(),
    reply_to=TEXTS,
    choice=st.one_of(st.none(), st.sampled_from(Choice)),
    server=FORMS,
    answered=st.frozensets(st.sampled_from(Page)),
    tested=st.one_of(st.none(), st.just(GATEWAY)),
    saved=st.one_of(st.none(), st.just(STORED)),
    code=st.sampled_from(CodeState),
    original=st.one_of(st.none(), st.just(PARTNER)),
)
POLICIES = st.sampled_from([ALLOWS, FORBIDS, STALE, UNKNOWN, REQUIRES, CLOSED, own_policy()])


@given(ENROLMENTS, POLICIES)
def test_every_value_has_a_next_step_and_nothing_untested_is_stored(enrolment: Enrolment, policy: Policy) -> None:
    profile = WITH_PARTNER if enrolment.original else PROFILE
    step = next_step(enrolment, profile=profile, policy=policy)
    if isinstance(step, Saving) and step.entry.smtp_msa is not None:
        assert policy.allows_gateways or step.entry.smtp_msa == PARTNER.smtp_msa
        assert step.entry.smtp_msa in {enrolment.tested, PARTNER.smtp_msa}


# The request to the administrator


def test_a_request_names_who_decided_and_what_to_change() -> None:
    assert admin_request(PARTNER.address, profile=PROFILE, policy=FORBIDS) == AdminRequest(
        person=PRIMARY.address,
        address=PARTNER.address,
        organisation="Beispiel GmbH",
        support="it@beispiel.example",
        state=PolicyState.FRESH,
        decided_by="/",
        policy_name="policies/orgUnits/root0001--201.0",
        setting="settings/gmail.per_user_outbound_gateway",
        field="allowUsersToUseExternalSmtpServers",
        origin="https://policy.beispiel.example/nutzer.json",
    )


def test_a_request_can_be_made_where_nothing_is_known() -> None:
    request = admin_request(PARTNER.address, profile=PROFILE, policy=UNKNOWN)
    assert (request.organisation, request.support, request.decided_by, request.policy_name) == ("", "", "", "")
    assert request.state is PolicyState.UNKNOWN


FIXED = policy_of(document(gateway_policy(value=True), names_policy(False)))


def test_the_primary_addresss_name_stays_where_the_policy_does_not_let_it_be_changed() -> None:
    change = Enrolment.change(PRIMARY)
    step = next_step(change, profile=PROFILE, policy=FIXED)
    assert isinstance(step, AskAddress)
    assert step.name_fixed_by == "/"
    typed = change.with_address(name="Another", address="", treat_as_alias=True, signature="Gruß")
    saving = next_step(typed, profile=PROFILE, policy=FIXED)
    assert isinstance(saving, Saving)
    assert (saving.entry.display_name, saving.entry.signature) == (PRIMARY.display_name, "Gruß")


def test_other_names_and_names_under_another_policy_may_be_changed() -> None:
    for entry, profile, policy in ((PARTNER, WITH_PARTNER, FIXED), (PRIMARY, PROFILE, ALLOWS)):
        step = next_step(Enrolment.change(entry), profile=profile, policy=policy)
        assert isinstance(step, AskAddress)
        assert step.name_fixed_by is None
