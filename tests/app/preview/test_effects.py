"""What a change of the policy does to one person's addresses and mail, held against what the program really does."""

from dataclasses import replace

import pytest

from app.address import Address
from app.errors import Reason
from app.policy.directory import Directory, User
from app.policy.document import Organisation
from app.policy.evaluate import Policy, PolicyState
from app.preview.effects import AddressEffect, Choice, DraftFate, Effects, QueuedFate, ScheduledFate, effects
from app.preview.person import example_profile, preview_policy
from app.profile import Verification
from app.routing import Refusal, Route
from tests.app.policy.documents import external_from_policy, gateway_policy, names_policy, service_policy
from tests.app.preview.organisation import NOW, SALES, directory, person, ticked

NUTZER = person("nutzer")
PROFILE = example_profile(directory(), NUTZER, source="preview", now=NOW)
THREE = (Choice.WAIT, Choice.THROUGH_ORGANISATION, Choice.BACK_TO_DRAFTS)
OFF, ON = directory(), ticked(directory(), SALES)


def policy(there: Directory, user: User = NUTZER) -> Policy:
    return preview_policy(there, user, now=NOW)


def between(before: Directory, after: Directory) -> Effects:
    return effects(PROFILE, policy(before), policy(after))


def of(found: Effects, entry_id: str) -> AddressEffect:
    return next(each for each in found.addresses if each.entry.id == entry_id)


def test_a_policy_that_stays_changes_nothing() -> None:
    for there in (OFF, ON):
        found = between(there, there)
        assert found.changed == ()
        assert found.gateways_before == found.gateways_after
        assert len(found.addresses) == len(PROFILE.addresses)


def test_a_tick_releases_what_was_held() -> None:
    found = between(OFF, ON)
    (gained,) = found.changed
    assert gained.entry.id == "gateway"
    assert isinstance(gained.before, Refusal)
    assert gained.before.problem.reason is Reason.ROUTE_FORBIDDEN
    assert isinstance(gained.after, Route)
    assert (gained.draft_before, gained.draft_after) == (DraftFate.HELD, DraftFate.GOES)
    assert (gained.queued, gained.scheduled) == (QueuedFate.RELEASED, ScheduledFate.GOES)
    assert (gained.choices, gained.instead, gained.view_instead) == ((), None, None)
    assert gained.view_before is None
    assert gained.view_after is not None
    assert gained.view_after.sender is None
    assert (found.gateways_before, found.gateways_after) == (False, True)


def test_an_untick_holds_what_waits_with_three_choices() -> None:
    found = between(ON, OFF)
    (lost,) = found.changed
    assert (lost.draft_before, lost.draft_after) == (DraftFate.GOES, DraftFate.HELD)
    assert (lost.queued, lost.scheduled) == (QueuedFate.HELD, ScheduledFate.HELD)
    assert lost.choices == THREE
    assert lost.view_after is None
    assert (found.gateways_before, found.gateways_after) == (True, False)


def test_the_way_through_the_organisation_is_shown_as_recipients_would_see_it() -> None:
    lost = of(between(ON, OFF), "gateway")
    assert lost.instead is not None
    assert lost.instead.on_behalf_of
    assert lost.view_instead is not None
    assert lost.view_instead.sender == Address.parse("nutzer@beispiel.example")
    assert lost.view_before is not None
    assert lost.view_before.sender is None


def test_what_was_held_and_still_is_stays_so_with_its_choices() -> None:
    held = of(between(OFF, directory(gateway_policy(False))), "gateway")
    assert (held.queued, held.choices, held.changes) == (QueuedFate.STAYS_HELD, THREE, False)


def test_where_an_external_address_needs_a_gateway_there_is_no_way_through_the_organisation() -> None:
    found = between(ON, directory(external_from_policy(True)))
    gateway, external = of(found, "gateway"), of(found, "external")
    assert gateway.choices == (Choice.WAIT, Choice.BACK_TO_DRAFTS)
    assert gateway.instead is None
    assert (external.draft_after, external.queued) == (DraftFate.REFUSED, QueuedFate.HELD)
    assert external.choices == (Choice.WAIT, Choice.BACK_TO_DRAFTS)
    assert isinstance(external.after, Refusal)
    assert external.after.problem.reason is Reason.ROUTE_GATEWAY_REQUIRED


def test_mail_switched_off_holds_everything_and_on_again_releases_it() -> None:
    off = directory(service_policy("DISABLED"), gateway_policy(True))
    found = between(ON, off)
    assert {each.queued for each in found.addresses} == {QueuedFate.HELD}
    assert {each.draft_after for each in found.addresses} == {DraftFate.REFUSED}
    assert {each.choices for each in found.addresses} == {(Choice.WAIT, Choice.BACK_TO_DRAFTS)}
    assert not found.gateways_after
    again = between(off, ON)
    assert {each.queued for each in again.addresses} == {QueuedFate.RELEASED}
    assert not again.gateways_before


def test_a_name_that_cannot_be_changed_any_more_is_told() -> None:
    found = between(OFF, directory(names_policy(False)))
    assert (found.names_before, found.names_after) == (True, False)
    assert found.changed == ()


def test_a_domain_that_the_organisation_takes_on_holds_what_was_written_for_the_old_route() -> None:
    hosted = Organisation(name="Beispiel GmbH", domains=("beispiel.example", "verein.example", "partner.example"))
    found = between(ON, ticked(directory(organisation=hosted), SALES))
    external, gateway = of(found, "external"), of(found, "gateway")
    assert isinstance(external.after, Route)
    assert (external.draft_after, external.queued) == (DraftFate.GOES, QueuedFate.HELD)
    assert external.choices == (Choice.BACK_TO_DRAFTS,)
    assert external.changes
    assert isinstance(gateway.after, Refusal)
    assert gateway.after.problem.reason is Reason.ROUTE_INTERNAL_GATEWAY
    assert (gateway.draft_after, gateway.queued) == (DraftFate.REFUSED, QueuedFate.HELD)
    assert gateway.choices == (Choice.WAIT, Choice.BACK_TO_DRAFTS)


def test_an_unconfirmed_address_sends_nothing_before_or_after() -> None:
    entry = replace(PROFILE.get("gateway"), verification=Verification.PENDING)
    pending = of(effects(PROFILE.with_changed(entry), policy(OFF), policy(ON)), "gateway")
    assert (pending.draft_before, pending.draft_after) == (DraftFate.REFUSED, DraftFate.REFUSED)
    assert not pending.changes
    assert pending.choices == (Choice.BACK_TO_DRAFTS,)


@pytest.mark.parametrize("state", [PolicyState.STALE, PolicyState.UNKNOWN])
def test_a_policy_that_can_not_be_relied_on_holds_too(state: PolicyState) -> None:
    doubtful = replace(policy(ON), state=state)
    lost = of(effects(PROFILE, policy(ON), doubtful), "gateway")
    assert (lost.draft_after, lost.queued, lost.choices) == (DraftFate.HELD, QueuedFate.HELD, THREE)
