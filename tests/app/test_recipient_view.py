"""What recipients will see of each route."""

from dataclasses import replace

import pytest

from app.address import Address
from app.policy.evaluate import own_policy
from app.profile import Profile, Security, SendAsAddress, SmtpServer, Verification
from app.recipient_view import RecipientView, recipient_view
from app.routing import Route, choose_route

PRIMARY = Address.parse("nutzer@beispiel.example")
PARTNER = Address.parse("nutzer.name@partner.example")
GATEWAY = SmtpServer("smtp.partner.example", 587, Security.STARTTLS, "nutzer.name")
PROFILE = Profile(
    id="p",
    addresses=(
        SendAsAddress("1", PRIMARY, "N. Name", is_primary=True, is_default=True, verification=Verification.ACCEPTED),
        SendAsAddress("2", PARTNER, "", verification=Verification.ACCEPTED),
    ),
    organisation_server=SmtpServer("smtp.beispiel.example", 587, Security.STARTTLS, "nutzer"),
    policy_source="",
)


def view(sender: Address, **changes: object) -> RecipientView:
    entry = replace(PROFILE.get("2"), **changes)  # type: ignore[arg-type]  # each test names real fields
    profile = PROFILE.with_changed(entry)
    route = choose_route(sender, profile, own_policy())
    assert isinstance(route, Route)
    return recipient_view(route, profile)


def test_mail_from_the_primary_address_shows_nobody_else() -> None:
    assert view(PRIMARY) == RecipientView(
        name="N. Name",
        address=PRIMARY,
        sender=None,
        return_path=PRIMARY,
        reply_to=None,
        message_id_domain="beispiel.example",
        via_domain="",
    )


def test_mail_through_the_organisation_for_an_external_address_shows_the_primary_one() -> None:
    assert view(PARTNER) == RecipientView(
        name="N. Name",
        address=PARTNER,
        sender=PRIMARY,
        return_path=PRIMARY,
        reply_to=None,
        message_id_domain="partner.example",
        via_domain="beispiel.example",
    )


def test_mail_through_the_gateway_shows_no_trace_of_the_primary_address() -> None:
    found = view(PARTNER, smtp_msa=GATEWAY, display_name="Nutzer Name", reply_to=PARTNER)
    assert found == RecipientView(
        name="Nutzer Name",
        address=PARTNER,
        sender=None,
        return_path=PARTNER,
        reply_to=PARTNER,
        message_id_domain="partner.example",
        via_domain="",
    )
    assert "beispiel" not in repr(found)


@pytest.mark.parametrize(("own", "shown"), [("", "N. Name"), ("Partner", "Partner")])
def test_the_name_is_the_addresss_own_or_the_primary_ones(own: str, shown: str) -> None:
    assert view(PARTNER, display_name=own).name == shown
