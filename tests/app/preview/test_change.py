"""The box as the Admin console has it: what one tick leaves in the policies, and what it never touches."""

import math
from typing import Any

import pytest

from app.policy.directory import Directory, OrgUnit
from app.policy.document import OrgPolicy
from app.policy.evaluate import GATEWAY_FIELD, GATEWAY_SETTING
from app.preview.change import Change, Choice, apply_change, root_of
from app.preview.rules import Rules
from tests.app.policy.documents import gateway_policy, service_policy
from tests.app.policy.test_evaluate import LICENCE, in_group, in_unit
from tests.app.preview.organisation import (
    ADMINS,
    NORTH,
    OFFICE,
    PARTNERS,
    ROOT,
    SALES,
    WORKS,
    directory,
    inherited,
    policies,
    ticked,
    unticked,
)

GOOGLES = gateway_policy(False, order=101.0, kind="SYSTEM")


def allowed(there: Directory, unit: str, *groups: str) -> bool:
    return Rules(there).at(unit, groups).gateways.value


def orders(there: Directory) -> list[float]:
    """Return the sort orders of the places that were set, in the order in which they were."""
    return [policy.policy_query.sort_order for policy in there.policies if policy.type == "ADMIN"]


def added(before: Directory, after: Directory) -> OrgPolicy:
    (new,) = [policy for policy in after.policies if policy not in before.policies]
    return new


@pytest.mark.parametrize(
    ("unit", "order"), [(ROOT, 201.0), (SALES, 202.0), (OFFICE, 202.0), (NORTH, 203.0)], ids=["/", "1", "1b", "2"]
)
@pytest.mark.parametrize("allows", [True, False])
def test_a_place_that_is_set_has_one_policy_of_its_levels_band(unit: str, order: float, allows: bool) -> None:
    before = directory(GOOGLES)
    new = added(before, (ticked if allows else unticked)(before, unit))
    assert new.name.startswith("policies/")
    assert (new.type, new.customer) == ("ADMIN", "customers/C0beispiel")
    assert (new.setting.type, new.setting.value) == (GATEWAY_SETTING, {GATEWAY_FIELD: allows})
    query = new.policy_query
    assert (query.org_unit, query.group, query.query, query.sort_order) == (unit, "", "", order)


def test_a_groups_policy_carries_the_root_unit_too() -> None:
    before = directory()
    query = added(before, ticked(before, PARTNERS)).policy_query
    assert (query.org_unit, query.group) == (ROOT, PARTNERS)
    assert 399 < query.sort_order < 400


def test_no_two_places_have_one_sort_order() -> None:
    after = ticked(directory(GOOGLES), SALES, OFFICE, NORTH, ROOT, PARTNERS, WORKS, ADMINS)
    taken = orders(after)
    assert len(set(taken)) == len(taken) == 7
    assert taken[:4] == [202.0, 202.00001, 203.0, 201.0]


def test_a_tick_reaches_what_is_below_and_nothing_beside() -> None:
    after = ticked(directory(GOOGLES), SALES)
    assert [allowed(after, unit) for unit in (ROOT, SALES, NORTH, OFFICE)] == [False, True, True, False]


def test_a_lower_unit_outranks_a_higher_one_whichever_was_set_last() -> None:
    for after in (unticked(ticked(directory(), ROOT), NORTH), ticked(unticked(directory(), NORTH), ROOT)):
        assert [allowed(after, unit) for unit in (ROOT, SALES, NORTH)] == [True, True, False]


def test_a_group_outranks_every_unit_whichever_was_set_last() -> None:
    for after in (unticked(ticked(directory(), NORTH), PARTNERS), ticked(unticked(directory(), PARTNERS), NORTH)):
        assert allowed(after, NORTH)
        assert not allowed(after, NORTH, PARTNERS)
        assert not allowed(after, OFFICE, PARTNERS)


def test_a_group_that_is_set_anew_comes_after_those_that_were_set_before() -> None:
    after = unticked(ticked(directory(), PARTNERS), WORKS, ADMINS)
    assert allowed(after, NORTH, WORKS, PARTNERS, ADMINS)
    assert not allowed(after, NORTH, WORKS)
    assert orders(after) == sorted(orders(after), reverse=True)


@pytest.mark.parametrize("target", [ROOT, SALES, PARTNERS, ADMINS])
@pytest.mark.parametrize("choice", Choice)
def test_a_change_made_twice_is_made_once(target: str, choice: Choice) -> None:
    before = ticked(directory(GOOGLES), SALES, PARTNERS)
    once = apply_change(before, Change(target, choice))
    assert apply_change(once, Change(target, choice)) is once


def test_to_inherit_again_undoes_a_tick() -> None:
    before = directory(GOOGLES)
    assert inherited(ticked(before, SALES, PARTNERS), SALES, PARTNERS) == before
    assert inherited(before, SALES) is before


def test_the_value_before_is_kept_as_it_was() -> None:
    before = ticked(directory(GOOGLES), SALES)
    written = before.policies
    unticked(before, SALES, ROOT, PARTNERS)
    assert before.policies is written
    assert allowed(before, NORTH)


def test_units_groups_and_people_are_the_same_objects_after_a_change() -> None:
    before = directory()
    after = ticked(before, SALES)
    assert after.users is before.users
    assert after.units is before.units
    assert after.groups is before.groups


def test_at_the_root_to_inherit_leaves_what_google_supplies() -> None:
    assert inherited(directory(GOOGLES, gateway_policy(True, unit=ROOT)), ROOT).policies == policies(GOOGLES)


def test_a_tick_changes_only_the_value_where_the_place_was_set_already() -> None:
    there = gateway_policy(False, unit=SALES, order=202.00017)
    (after,) = ticked(directory(there), SALES).policies
    (before,) = policies(there)
    assert (after.name, after.policy_query) == (before.name, before.policy_query)
    assert after.setting.value == {GATEWAY_FIELD: True}


BOXES = [
    pytest.param(SALES, gateway_policy(False, unit=SALES), id="unit"),
    pytest.param(SALES, gateway_policy(False, unit="", query=in_unit(SALES)), id="unit in the query only"),
    pytest.param(SALES, gateway_policy(False, unit=SALES, query=in_unit(SALES)), id="unit in both"),
    pytest.param(ROOT, gateway_policy(False, unit=""), id="without a unit it is the root's"),
    pytest.param(PARTNERS, gateway_policy(False, unit=ROOT, group=PARTNERS), id="group with the root"),
    pytest.param(PARTNERS, gateway_policy(False, unit="", group=PARTNERS), id="group alone"),
    pytest.param(PARTNERS, gateway_policy(False, unit="", query=in_group(PARTNERS)), id="group in the query only"),
    pytest.param(
        PARTNERS,
        gateway_policy(False, unit=ROOT, group=PARTNERS, query=f"{in_unit(ROOT)} && {in_group(PARTNERS)}"),
        id="group and root in both",
    ),
    pytest.param(ADMINS, gateway_policy(False, unit=ROOT, group=ADMINS), id="all administrators"),
    pytest.param(SALES, gateway_policy("true", unit=SALES), id="malformed"),
    pytest.param(SALES, gateway_policy(1, unit=SALES), id="1 is not true"),
]


@pytest.mark.parametrize(("target", "there"), BOXES)
def test_what_was_set_at_a_place_is_replaced_however_it_is_written(target: str, there: dict[str, Any]) -> None:
    after = ticked(directory(there), target)
    assert len(after.policies) == 1
    assert after.policies[0].setting.value[GATEWAY_FIELD] is True
    assert inherited(after, target).policies == ()


OTHERS = [
    pytest.param(gateway_policy(False, unit=OFFICE, order=300.0), id="another unit's"),
    pytest.param(gateway_policy(False, unit=SALES, group=PARTNERS, order=398.0), id="a group's within the unit"),
    pytest.param(gateway_policy(False, unit=SALES, order=202.5, query=LICENCE), id="that of a licence"),
    pytest.param(gateway_policy(False, unit=SALES, order=101.0, kind="SYSTEM"), id="Google's"),
    pytest.param(gateway_policy(True, unit=SALES, order=202.5, kind="POLICY_TYPE_UNSPECIFIED"), id="of unknown type"),
    pytest.param(service_policy("ENABLED", unit=SALES), id="another setting's"),
    pytest.param(gateway_policy(True, unit="orgUnits/deleted1", order=202.0), id="that of a deleted unit"),
]


@pytest.mark.parametrize("there", OTHERS)
@pytest.mark.parametrize("choice", Choice)
def test_what_is_not_the_places_own_is_left_alone(there: dict[str, Any], choice: Choice) -> None:
    before = directory(there)
    after = apply_change(before, Change(SALES, choice))
    assert after.policies[:1] == before.policies
    assert len(after.policies) == (1 if choice is Choice.INHERIT else 2)


def test_what_is_set_for_a_group_within_a_unit_is_not_the_groups_own() -> None:
    before = directory(gateway_policy(False, unit=SALES, group=PARTNERS, order=399.1))
    after = ticked(before, PARTNERS)
    assert after.policies[:1] == before.policies
    assert len(after.policies) == 2


@pytest.mark.parametrize("unit", [ROOT, SALES])
@pytest.mark.parametrize("order", [201.0, 202.0, 203.5])
def test_what_is_set_at_the_place_for_a_licence_outranks_its_box(unit: str, order: float) -> None:
    there = gateway_policy(False, unit="" if unit == ROOT else unit, order=order, query=LICENCE)
    after = ticked(directory(GOOGLES, there), unit)
    assert not allowed(after, unit)
    assert allowed(ticked(after, NORTH), NORTH)


def test_a_policy_of_unknown_type_at_the_place_is_not_outranked_by_its_box() -> None:
    assert not allowed(ticked(directory(gateway_policy(True, unit=SALES, order=1.0, kind="OTHER")), SALES), SALES)


def test_what_google_set_at_the_place_is_outranked_by_its_box() -> None:
    assert allowed(ticked(directory(gateway_policy(False, unit=SALES, order=202.0, kind="SYSTEM")), SALES), SALES)


def test_of_several_policies_for_one_place_one_remains() -> None:
    there = [gateway_policy(value, unit=SALES, order=order) for value, order in ((True, 202.1), (False, 202.3))]
    (kept,) = ticked(directory(*there), SALES).policies
    assert kept.policy_query.sort_order == 202.3
    assert kept.setting.value == {GATEWAY_FIELD: True}


@pytest.mark.parametrize(
    ("there", "low", "high"),
    [
        # By hand: numbers that are nowhere near Google's bands.
        ([gateway_policy(True, unit=ROOT, order=5.0), gateway_policy(True, unit=NORTH, order=6.0)], 5.0, 6.0),
        ([gateway_policy(True, unit=ROOT, order=500.0)], 500.0, float("inf")),
        ([gateway_policy(True, unit=NORTH, order=-7.0)], float("-inf"), -7.0),
        ([gateway_policy(True, unit=ROOT, order=202.5)], 202.5, float("inf")),
        ([gateway_policy(True, unit=ROOT, group=PARTNERS, order=150.0)], float("-inf"), 150.0),
        ([GOOGLES | {"policyQuery": {"orgUnit": SALES, "sortOrder": 250.0}}], 250.0, float("inf")),
        (
            [gateway_policy(True, unit=ROOT, order=1.0), gateway_policy(True, unit=NORTH, order=1.0000000000000004)],
            1,
            2,
        ),
    ],
)
def test_where_the_bands_do_not_fit_a_number_between_is_found(
    there: list[dict[str, Any]], low: float, high: float
) -> None:
    before = directory(*there)
    assert low < added(before, unticked(before, SALES)).policy_query.sort_order < high


def test_a_number_between_is_nobodys() -> None:
    between = [gateway_policy(True, unit=OFFICE, order=5 + 1 / 2**power) for power in range(1, 4)]
    before = directory(
        gateway_policy(True, unit=ROOT, order=5.0), gateway_policy(True, unit=NORTH, order=6.0), *between
    )
    assert added(before, unticked(before, SALES)).policy_query.sort_order == 5 + 1 / 16


def test_between_two_neighbouring_numbers_the_place_still_outranks_what_is_above_it() -> None:
    above, below = 5.0, math.nextafter(5.0, 6.0)
    before = directory(gateway_policy(True, unit=ROOT, order=above), gateway_policy(True, unit=NORTH, order=below))
    after = unticked(before, SALES)
    assert not allowed(after, SALES)
    assert len({policy.policy_query.sort_order for policy in after.policies}) == 3


def test_where_numbers_contradict_each_other_the_place_outranks_what_is_above_it() -> None:
    before = directory(gateway_policy(True, unit=ROOT, order=900.0), gateway_policy(True, unit=NORTH, order=100.0))
    after = unticked(before, SALES)
    assert not allowed(after, SALES)
    assert allowed(after, OFFICE)


def test_a_groups_band_that_is_full_is_left_for_the_room_below() -> None:
    before = directory(gateway_policy(True, unit=ROOT, group=WORKS, order=399.0), gateway_policy(True, unit=NORTH))
    order = added(before, ticked(before, PARTNERS)).policy_query.sort_order
    assert 201.0 < order < 399.0


def test_a_unit_deeper_than_google_allows_still_comes_before_the_groups() -> None:
    chain = {
        f"orgUnits/{n}": OrgUnit(id=f"orgUnits/{n}", path="/" * (n + 1), parent=f"orgUnits/{n - 1}" if n else "")
        for n in range(250)
    }
    after = ticked(unticked(directory(units=chain), PARTNERS), "orgUnits/249", "orgUnits/248")
    assert allowed(after, "orgUnits/249")
    assert not allowed(after, "orgUnits/249", PARTNERS)
    assert len(set(orders(after))) == 3


@pytest.mark.parametrize("target", ["orgUnits/none", "groups/none", "", "/Vertrieb"])
def test_a_place_that_is_not_there_cannot_be_changed(target: str) -> None:
    with pytest.raises(KeyError) as error:
        apply_change(directory(), Change(target, Choice.TICK))
    assert error.value.args == (target,)


def test_the_root_is_the_unit_above_all() -> None:
    there = directory()
    assert root_of(there) == ROOT
    stray = OrgUnit(id="orgUnits/stray", path="/Rest")
    assert root_of(directory(units={stray.id: stray} | there.units)) == ROOT
    assert root_of(directory(units={stray.id: stray})) == stray.id
    assert root_of(directory(units={})) == ""


def test_without_units_a_groups_policy_names_none() -> None:
    before = directory(units={})
    after = ticked(before, PARTNERS)
    assert added(before, after).policy_query.org_unit == ""
    assert allowed(after, "orgUnits/deleted1", PARTNERS)
