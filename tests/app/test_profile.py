"""The profile: one primary, one default, no address twice, and no secret in anything that could be printed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import Address
from app.errors import ProfileError, Reason
from app.profile import (
    ADDRESS_LIMIT,
    CommandSignIn,
    OAuthSignIn,
    Profile,
    Security,
    SendAsAddress,
    SmtpServer,
    Verification,
    is_loopback,
)

SERVER = SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer@beispiel.example")
GATEWAY = SmtpServer("smtp.partner.example", 465, Security.SSL, "nutzer.name")
PRIMARY = SendAsAddress(
    "primary",
    Address.parse("nutzer@beispiel.example"),
    "Nutzer",
    is_primary=True,
    is_default=True,
    verification=Verification.ACCEPTED,
)
PARTNER = SendAsAddress(
    "partner", Address.parse("nutzer.name@partner.example"), "N. Name", verification=Verification.ACCEPTED
)
PENDING = SendAsAddress("pending", Address.parse("kasse@verein.example"))
ALONE = Profile("profile", (PRIMARY,), SERVER, "https://policy.beispiel.example/")
BOTH = replace(ALONE, addresses=(PRIMARY, PARTNER, PENDING))


def reason_of(error: pytest.ExceptionInfo[ProfileError]) -> Reason:
    return error.value.problem.reason


def test_an_added_address_is_neither_primary_nor_default() -> None:
    claims = replace(PARTNER, is_primary=True, is_default=True)
    changed = ALONE.with_address(claims)
    assert changed.addresses == (PRIMARY, PARTNER)
    assert changed.primary == changed.default == PRIMARY


def test_an_address_is_added_only_once_in_any_spelling() -> None:
    again = replace(PARTNER, id="again", address=Address.parse("Nutzer.Name@PARTNER.example"))
    with pytest.raises(ProfileError) as caught:
        BOTH.with_address(again)
    assert reason_of(caught) is Reason.PROFILE_DUPLICATE
    assert caught.value.problem.fact("address") == "Nutzer.Name@partner.example"


def test_99_addresses_can_be_added_and_no_more() -> None:
    profile = ALONE
    for number in range(ADDRESS_LIMIT):
        profile = profile.with_address(SendAsAddress(f"{number}", Address.parse(f"n{number}@partner.example")))
    with pytest.raises(ProfileError) as caught:
        profile.with_address(PARTNER)
    assert reason_of(caught) is Reason.PROFILE_TOO_MANY


def test_an_address_is_found_in_any_spelling() -> None:
    assert BOTH.find(Address.parse("NUTZER.NAME@partner.example")) == PARTNER
    assert BOTH.find(Address.parse("niemand@partner.example")) is None


def test_an_entry_is_got_by_its_id() -> None:
    assert BOTH.get("partner") == PARTNER
    with pytest.raises(KeyError):
        BOTH.get("unknown")


def test_the_primary_name_stands_in_for_an_empty_one() -> None:
    assert BOTH.name_for(PARTNER) == "N. Name"
    assert BOTH.name_for(PENDING) == "Nutzer"


def test_a_change_keeps_the_address_and_its_marks() -> None:
    other = Address.parse("anders@partner.example")
    wanted = replace(PRIMARY, address=other, is_primary=False, is_default=False, display_name="Neu", smtp_msa=GATEWAY)
    changed = BOTH.with_changed(wanted)
    assert changed.primary == replace(PRIMARY, display_name="Neu", smtp_msa=GATEWAY)
    assert changed.addresses[1:] == BOTH.addresses[1:]


def test_the_primary_address_cannot_be_deleted() -> None:
    with pytest.raises(ProfileError) as caught:
        BOTH.without("primary")
    assert reason_of(caught) is Reason.PROFILE_PRIMARY_FIXED


def test_a_deleted_default_falls_back_to_the_primary_address() -> None:
    rest = BOTH.with_default("partner").without("partner")
    assert rest.default == PRIMARY
    assert rest.addresses == (PRIMARY, PENDING)


def test_deleting_another_address_leaves_the_default() -> None:
    assert BOTH.with_default("partner").without("pending").default.id == "partner"


def test_an_unconfirmed_address_cannot_be_the_default() -> None:
    with pytest.raises(ProfileError) as caught:
        BOTH.with_default("pending")
    assert reason_of(caught) is Reason.PROFILE_NOT_VERIFIED


@given(st.lists(st.tuples(st.sampled_from(["add", "delete", "default", "change"]), st.integers(0, 6)), max_size=20))
def test_whatever_is_done_there_is_one_primary_and_one_default(actions: list[tuple[str, int]]) -> None:
    profile = ALONE
    for action, number in actions:
        entry = SendAsAddress(
            f"{number}", Address.parse(f"n{number}@partner.example"), verification=Verification.ACCEPTED
        )
        known = any(each.id == entry.id for each in profile.addresses)
        if action == "add" and not known:
            profile = profile.with_address(entry)
        elif action == "delete" and known:
            profile = profile.without(entry.id)
        elif action == "default":
            profile = profile.with_default(entry.id if known else "primary")
        elif action == "change" and known:
            profile = profile.with_changed(replace(entry, display_name="Neu"))
        assert [each.id for each in profile.addresses if each.is_primary] == ["primary"]
        assert sum(each.is_default for each in profile.addresses) == 1
        assert profile.primary == profile.get("primary")


def test_two_logins_at_one_server_have_their_own_passwords_and_queues() -> None:
    other = replace(GATEWAY, username="anders")
    assert GATEWAY.keychain_account == "nutzer.name@smtp.partner.example:465"
    assert other.keychain_account != GATEWAY.keychain_account
    assert other.queue != GATEWAY.queue
    assert replace(GATEWAY, port=587).queue != GATEWAY.queue


def test_the_words_of_a_password_command_are_not_printed() -> None:
    server = replace(GATEWAY, sign_in=CommandSignIn(("pass", "show", "streng-geheim")))
    assert "geheim" not in repr(server)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("", False),
        ("10.0.0.1", False),
        ("::2", False),
        ("localhost.partner.example", False),
        ("127.0.0.1.partner.example", False),
        ("smtp.partner.example", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_no_password_lies_where_the_sign_in_of_another_user_name_does() -> None:
    signed_in = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer", OAuthSignIn())
    for name in ("OAuth nutzer", "nutzer OAuth", "nutzer@smtp.partner.example:587 OAuth"):
        other = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, name)
        assert other.keychain_account != signed_in.keychain_account
