"""Two directories side by side: who gains, who loses, what else changes, in an order that stays."""

from typing import Any

import msgspec
import pytest

from app.policy.directory import Directory, User
from app.preview.comparison import Aspect, Cause, Comparison, Kind, compare, comparing
from app.preview.pieces import PIECE, whole
from app.preview.rules import Rules
from app.preview.tree import growing, unit_tree
from tests.app.policy.documents import external_from_policy, gateway_policy, names_policy, service_policy
from tests.app.preview.organisation import (
    NORTH,
    OFFICE,
    PARTNERS,
    ROOT,
    SALES,
    WORKS,
    directory,
    ticked,
    unticked,
)


def names(comparison: Comparison, kind: Kind) -> list[str]:
    return [change.email.partition("@")[0] for change in comparison.of(kind)]


def with_users(there: Directory, *users: User) -> Directory:
    return msgspec.structs.replace(there, users=users)


def test_a_directory_compared_with_itself_differs_in_nothing() -> None:
    there = ticked(directory(), SALES)
    found = compare(there, there)
    assert (found.changes, found.units) == ((), ())
    assert found.counts == dict.fromkeys(Kind, 0)
    assert (found.users_before, found.users_after) == (4, 4)
    assert (found.allowed_before, found.allowed_after) == (2, 2)


def test_a_tick_tells_who_gains_and_its_undoing_who_loses() -> None:
    before = directory()
    after = ticked(before, SALES)
    assert names(compare(before, after), Kind.GAINS) == ["messe", "nutzer"]
    assert names(compare(after, before), Kind.LOSES) == ["messe", "nutzer"]
    assert compare(before, after).allowed_after == 2


def test_some_gain_while_others_lose() -> None:
    before = unticked(ticked(directory(), ROOT), SALES)
    after = unticked(ticked(directory(), ROOT), WORKS)
    found = compare(before, after)
    assert names(found, Kind.GAINS) == ["nutzer"]
    assert names(found, Kind.LOSES) == ["buero"]
    assert found.counts == {Kind.GAINS: 1, Kind.LOSES: 1, Kind.OTHER: 0, Kind.ADDED: 0, Kind.REMOVED: 0}


def test_people_are_listed_by_unit_then_address_however_they_stand_in_the_file() -> None:
    before = directory()
    turned = msgspec.structs.replace(before, users=before.users[::-1])
    found = compare(before, ticked(before, ROOT))
    assert names(found, Kind.GAINS) == ["leitung", "buero", "messe", "nutzer"]
    assert found == compare(turned, ticked(turned, ROOT))


def test_each_unit_is_counted_by_itself() -> None:
    before = directory()
    found = compare(before, ticked(before, SALES))
    assert [(each.unit, each.counts[Kind.GAINS], each.counts[Kind.LOSES]) for each in found.units] == [
        ("/Vertrieb", 1, 0),
        ("/Vertrieb/Nord", 1, 0),
    ]


@pytest.mark.parametrize(
    ("policy", "aspect"),
    [
        (names_policy(False), Aspect.NAMES),
        (external_from_policy(True), Aspect.EXTERNAL_FROM),
        (service_policy("DISABLED"), Aspect.MAIL),
    ],
)
def test_other_settings_that_change_are_told(policy: dict[str, Any], aspect: Aspect) -> None:
    found = compare(directory(), directory(policy))
    assert found.counts[Kind.OTHER] == 4
    assert {change.aspects for change in found.changes} == {(aspect,)}


def test_who_has_no_mail_has_no_gateway_whatever_the_box_says() -> None:
    off = service_policy("DISABLED", unit=SALES, order=202.0)
    before, after = directory(off), ticked(directory(off), ROOT)
    found = compare(before, after)
    assert names(found, Kind.GAINS) == ["leitung", "buero"]
    assert names(found, Kind.OTHER) == ["messe", "nutzer"]
    assert {change.aspects for change in found.of(Kind.OTHER)} == {(Aspect.GATEWAYS,)}
    assert names(compare(directory(gateway_policy(True)), after), Kind.LOSES) == ["messe", "nutzer"]


def test_who_joined_and_who_left_between_two_exports_is_told_apart() -> None:
    before, after = directory(), ticked(directory(), ROOT)
    new = User(email="neu@beispiel.example", org_unit=OFFICE)
    found = compare(before, with_users(after, *after.users[1:], new))
    assert names(found, Kind.ADDED) == ["neu"]
    assert names(found, Kind.REMOVED) == ["leitung"]
    assert names(found, Kind.GAINS) == ["buero", "messe", "nutzer"]
    (added,), (removed,) = found.of(Kind.ADDED), found.of(Kind.REMOVED)
    assert added.before is None
    assert added.after is not None
    assert added.after.may_use_gateway
    assert added.aspects == ()
    assert removed.after is None
    assert removed.before is not None
    assert not removed.before.may_use_gateway
    assert removed.aspects == ()
    assert (found.users_before, found.users_after) == (4, 4)


def test_who_moved_is_listed_in_the_new_unit() -> None:
    before = ticked(directory(), SALES)
    moved = User(email="LEITUNG@beispiel.example", org_unit=NORTH)
    after = with_users(before, moved, *before.users[1:])
    (change,) = compare(before, after).changes
    assert (change.kind, change.unit) == (Kind.GAINS, "/Vertrieb/Nord")
    (back,) = compare(after, before).changes
    assert (back.kind, back.unit) == (Kind.LOSES, "/")


def test_who_moved_without_any_difference_is_not_listed() -> None:
    before = directory()
    moved = User(email="leitung@beispiel.example", org_unit=NORTH)
    assert compare(before, with_users(before, moved, *before.users[1:])).changes == ()


POLICY, UNIT, GROUPS = Cause
IN_SALES = ticked(directory(), SALES)
IN_PARTNERS = ticked(directory(), PARTNERS)


@pytest.mark.parametrize(
    ("before", "after", "unit", "groups", "causes", "moved_from"),
    [
        pytest.param(directory(), IN_SALES, SALES, (), (POLICY,), "", id="the policy alone"),
        pytest.param(IN_SALES, IN_SALES, NORTH, (), (UNIT,), "/", id="a move alone"),
        pytest.param(IN_PARTNERS, IN_PARTNERS, ROOT, (PARTNERS,), (GROUPS,), "", id="a group alone"),
        pytest.param(IN_PARTNERS, IN_PARTNERS, NORTH, (PARTNERS,), (GROUPS,), "/", id="a move that has no part"),
        pytest.param(directory(), IN_SALES, NORTH, (), (POLICY, UNIT), "/", id="a policy and a move together"),
        pytest.param(directory(), IN_PARTNERS, ROOT, (PARTNERS,), (POLICY, GROUPS), "", id="a policy and a group"),
        pytest.param(IN_SALES, ticked(IN_SALES, ROOT), SALES, (), (POLICY, UNIT), "/", id="each by itself"),
    ],
)
def test_why_something_changes_is_told(
    before: Directory, after: Directory, unit: str, groups: tuple[str, ...], causes: tuple[Cause, ...], moved_from: str
) -> None:
    was = User(email="x@beispiel.example", org_unit=SALES if unit == SALES and causes == (POLICY,) else ROOT)
    later = User(email="X@beispiel.example", org_unit=unit, groups=groups)
    (change,) = compare(with_users(before, was), with_users(after, later)).changes
    assert (change.kind, change.causes, change.moved_from) == (Kind.GAINS, causes, moved_from)


def test_who_is_new_or_gone_has_no_reason() -> None:
    there, nobody = directory(), with_users(directory())
    for found in (compare(there, nobody), compare(nobody, there)):
        assert {(change.causes, change.moved_from) for change in found.changes} == {((), "")}


def test_a_unit_that_is_not_known_is_told_by_its_id() -> None:
    lost = User(email="x@beispiel.example", org_unit="orgUnits/deleted1", groups=(PARTNERS,))
    (change,) = compare(with_users(directory()), with_users(ticked(directory(), PARTNERS), lost)).changes
    assert (change.kind, change.unit) == (Kind.ADDED, "orgUnits/deleted1")
    # Nothing is known of the units above, so what a policy of the root's would give them is not given.
    assert change.after is not None
    assert not change.after.may_use_gateway


def test_it_is_told_who_decided_before_and_after() -> None:
    before = unticked(directory(), ROOT)
    (change,) = compare(before, ticked(before, PARTNERS)).changes
    assert change.before is not None
    assert change.after is not None
    deciders = [each.gateways.decided_by for each in (change.before, change.after)]
    assert [each.target for each in deciders if each] == ["/", "partner@beispiel.example"]


def test_a_thousand_people_are_compared_in_pieces_and_stand_in_order() -> None:
    names = [f"n{number * 7919 % 3000:05}" for number in range(3000)]
    there = with_users(directory(), *(User(email=f"{name}@beispiel.example", org_unit=ROOT) for name in names))
    work = comparing(there, ticked(there, ROOT))
    pieces = 0
    while (found := next(work, True)) is None:
        pieces += 1
    assert found
    assert pieces > 3000 // PIECE
    gained = compare(there, ticked(there, ROOT)).of(Kind.GAINS)
    assert [change.email.partition("@")[0] for change in gained] == sorted(names)
    assert whole(growing(there)) == unit_tree(there)


def test_each_combination_of_units_and_groups_is_evaluated_once() -> None:
    there = ticked(directory(), SALES, PARTNERS)
    rules = Rules(there)
    assert rules.at(SALES) is rules.at(NORTH)
    assert rules.at(ROOT, (WORKS,)) is rules.at(OFFICE)
    assert rules.at(SALES, (PARTNERS, WORKS, PARTNERS)) is rules.at(NORTH, (PARTNERS,))
    assert rules.at(SALES, (PARTNERS,)) is not rules.at(SALES)


def test_of_two_policies_that_say_the_same_the_first_of_the_file_is_named() -> None:
    same = [gateway_policy(True, unit=unit, order=201.0) for unit in (SALES, ROOT, "")]
    for written in (same, same[::-1]):
        decided_by = Rules(directory(*written)).at(SALES).gateways.decided_by
        assert decided_by is not None
        assert decided_by.policy.name == written[0]["name"]
