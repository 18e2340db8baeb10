"""The tree as the Admin console shows it: inherited or locally applied, from where, and doubt told as such."""

from typing import Any

import pytest

from app.policy.directory import Directory, OrgUnit, User
from app.policy.evaluate import Outcome
from app.preview.tree import Box, GroupRow, Source, unit_tree
from tests.app.policy.documents import gateway_policy
from tests.app.policy.test_evaluate import LICENCE, in_unit
from tests.app.preview.organisation import (
    ADMINS,
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

GOOGLES = gateway_policy(False, order=101.0, kind="SYSTEM")
GONE = "orgUnits/deleted1"


def box(there: Directory, target: str) -> Box:
    tree = unit_tree(there)
    return tree.group(target).box if target.startswith("groups/") or target == ADMINS else tree.unit(target).box


def marks(there: Directory) -> dict[str, tuple[bool, Source, str]]:
    return {row.unit.path: (row.box.ticked, row.box.source, row.box.inherited_from) for row in unit_tree(there).units}


def units(*written: tuple[str, str, str]) -> dict[str, OrgUnit]:
    return {each: OrgUnit(id=each, path=path, parent=parent) for each, path, parent in written}


def test_where_nothing_is_set_the_root_has_googles_default_and_the_others_inherit_it() -> None:
    for there in (directory(), directory(GOOGLES)):
        assert marks(there) == {
            "/": (False, Source.DEFAULT, ""),
            "/Büro": (False, Source.INHERITED, ROOT),
            "/Vertrieb": (False, Source.INHERITED, ROOT),
            "/Vertrieb/Nord": (False, Source.INHERITED, ROOT),
        }


def test_a_box_is_inherited_from_the_nearest_unit_where_it_is_set() -> None:
    assert marks(unticked(ticked(directory(GOOGLES), ROOT), SALES)) == {
        "/": (True, Source.LOCAL, ""),
        "/Büro": (True, Source.INHERITED, ROOT),
        "/Vertrieb": (False, Source.LOCAL, ""),
        "/Vertrieb/Nord": (False, Source.INHERITED, SALES),
    }


def test_a_policy_without_a_unit_is_the_roots() -> None:
    assert marks(directory(gateway_policy(True, unit="")))["/"] == (True, Source.LOCAL, "")
    assert marks(directory(gateway_policy(True, unit="")))["/Vertrieb"] == (True, Source.INHERITED, ROOT)


def test_a_unit_that_only_the_query_names_has_the_policy() -> None:
    there = directory(gateway_policy(True, unit="", query=in_unit(SALES)))
    assert box(there, SALES).source is Source.LOCAL
    assert box(there, NORTH).inherited_from == SALES


def test_units_stand_below_their_parents_and_siblings_by_path() -> None:
    rows = unit_tree(directory()).units
    assert [(row.unit.path, row.depth) for row in rows] == [
        ("/", 0),
        ("/Büro", 1),
        ("/Vertrieb", 1),
        ("/Vertrieb/Nord", 2),
    ]
    assert [row.children for row in rows] == [(OFFICE, SALES), (), (NORTH,), ()]


def test_people_are_counted_in_their_unit_and_in_those_above() -> None:
    lost = User(email="x@beispiel.example", org_unit=GONE)
    rows = unit_tree(directory(users=(*directory().users, lost))).units
    assert [(row.users, row.users_below) for row in rows] == [(1, 4), (1, 1), (1, 2), (1, 1)]


@pytest.mark.parametrize("value", ["true", 1, None, {}])
def test_a_value_that_makes_no_sense_is_told_and_is_no_permission(value: object) -> None:
    there = directory(gateway_policy(True, order=201.0), gateway_policy(value, unit=SALES, order=202.0))
    for unit in (SALES, NORTH):
        assert not box(there, unit).ticked
        assert box(there, unit).doubt is Outcome.MALFORMED
    assert [each.outcome for each in box(there, SALES).doubtful] == [Outcome.MALFORMED]
    assert box(there, NORTH).doubtful == ()
    assert box(there, NORTH).inherited_from == SALES
    assert box(there, ROOT).doubt is None


def test_a_condition_that_cannot_be_told_and_forbids_is_doubt_that_decides() -> None:
    there = directory(gateway_policy(True, order=201.0), gateway_policy(False, unit=SALES, order=202.0, query=LICENCE))
    assert (box(there, SALES).ticked, box(there, SALES).doubt) == (False, Outcome.UNDECIDABLE_QUERY)


def test_a_condition_that_cannot_be_told_and_allows_is_told_and_decides_nothing() -> None:
    there = directory(gateway_policy(True, unit=SALES, order=202.0, query=LICENCE))
    found = box(there, SALES)
    assert (found.ticked, found.doubt, found.source) == (False, None, Source.INHERITED)
    assert [each.outcome for each in found.doubtful] == [Outcome.UNDECIDABLE_QUERY]
    assert box(there, ROOT).doubtful == ()


def test_what_can_be_taken_back_is_told_from_what_only_looks_so() -> None:
    licence = gateway_policy(False, unit=SALES, order=202.0, query=LICENCE)
    there = ticked(directory(GOOGLES, gateway_policy(True), licence), OFFICE, PARTNERS)
    assert (box(there, SALES).source, box(there, SALES).is_set) == (Source.LOCAL, False)
    assert [box(there, place).is_set for place in (ROOT, OFFICE, NORTH, PARTNERS)] == [True, True, False, True]
    assert not box(directory(GOOGLES), ROOT).is_set


def test_of_an_unknown_type_a_policy_is_doubt() -> None:
    found = box(directory(gateway_policy(True, unit=SALES, kind="POLICY_TYPE_UNSPECIFIED")), SALES)
    assert (found.ticked, found.source, found.doubt) == (False, Source.LOCAL, Outcome.MALFORMED)


def test_a_group_for_which_the_box_is_set_is_listed_with_its_members() -> None:
    (row,) = unit_tree(ticked(directory(GOOGLES), WORKS)).groups
    assert row == GroupRow(WORKS, "betriebsrat@beispiel.example", "", True, row.box, 2)
    assert (row.box.ticked, row.box.source, row.box.inherited_from) == (True, Source.LOCAL, "")


def test_groups_are_listed_by_their_priority() -> None:
    rows = unit_tree(ticked(directory(), WORKS, ADMINS, PARTNERS)).groups
    assert [row.id for row in rows] == [WORKS, ADMINS, PARTNERS]
    assert [row.members for row in rows] == [2, 1, 1]


def test_the_group_of_all_administrators_can_be_changed_though_no_directory_lists_it() -> None:
    (row,) = unit_tree(ticked(directory(), ADMINS)).groups
    assert (row.email, row.name, row.is_known) == (ADMINS, "", True)


def test_a_deleted_group_is_told_of_and_cannot_be_changed() -> None:
    (row,) = unit_tree(directory(gateway_policy(True, group="groups/deleted1", order=399.0))).groups
    assert (row.email, row.is_known, row.members) == ("groups/deleted1", False, 0)


def test_a_groups_doubt_is_told() -> None:
    there = directory(gateway_policy(True), gateway_policy("yes", group=PARTNERS, order=399.0))
    assert (box(there, PARTNERS).ticked, box(there, PARTNERS).doubt) == (False, Outcome.MALFORMED)
    there = directory(gateway_policy(True), gateway_policy(True, group=PARTNERS, order=399.0, query=LICENCE))
    found = box(there, PARTNERS)
    assert (found.ticked, found.source, found.inherited_from) == (True, Source.INHERITED, ROOT)
    assert [each.outcome for each in found.doubtful] == [Outcome.UNDECIDABLE_QUERY]


def test_a_groups_policy_for_one_unit_is_shown_as_members_there_have_it() -> None:
    there = directory(gateway_policy(True, unit=SALES, group=PARTNERS, order=399.0))
    assert (box(there, PARTNERS).ticked, box(there, PARTNERS).source) == (True, Source.LOCAL)
    assert not box(there, SALES).ticked


def test_a_groups_box_is_locally_applied_by_whichever_of_its_policies_decides() -> None:
    there = directory(
        gateway_policy(True, group=PARTNERS, order=399.1),
        gateway_policy(True, unit=SALES, group=PARTNERS, order=399.5, query=LICENCE),
    )
    found = box(there, PARTNERS)
    assert (found.ticked, found.source, found.inherited_from) == (True, Source.LOCAL, "")
    assert [each.outcome for each in found.doubtful] == [Outcome.UNDECIDABLE_QUERY]


def test_a_groups_own_policy_that_is_googles_is_a_default() -> None:
    there = directory(gateway_policy(True, group=PARTNERS, order=399.0, kind="SYSTEM"))
    assert box(there, PARTNERS).source is Source.DEFAULT


def test_a_policy_for_two_groups_is_told_for_both() -> None:
    both = f"entity.groups.exists(g, g.group_id == groupId('{PARTNERS[7:]}'))"
    there = directory(gateway_policy(True, group=WORKS, order=399.0, query=both))
    assert [row.id for row in unit_tree(there).groups] == [PARTNERS, WORKS]
    assert not any(row.box.ticked for row in unit_tree(there).groups)


def test_other_settings_are_not_in_the_tree() -> None:
    there = directory(
        {"name": "p", "policyQuery": {"orgUnit": SALES, "group": WORKS}, "setting": {"type": "settings/x"}}
    )
    assert unit_tree(there).groups == ()
    assert marks(there) == marks(directory())


def test_a_unit_whose_parent_is_gone_stands_beside_the_root() -> None:
    there = directory(
        units=units((ROOT, "/", ""), (SALES, "/Rest/Vertrieb", GONE), (NORTH, "/Rest/Vertrieb/Nord", SALES))
    )
    assert [(row.unit.id, row.depth) for row in unit_tree(there).units] == [(ROOT, 0), (SALES, 0), (NORTH, 1)]
    assert marks(ticked(there, ROOT))["/Rest/Vertrieb"] == (False, Source.DEFAULT, "")
    assert marks(ticked(there, SALES))["/Rest/Vertrieb/Nord"] == (True, Source.INHERITED, SALES)


def test_what_a_deleted_unit_hands_down_is_inherited_from_it() -> None:
    there = directory(gateway_policy(True, unit=GONE), units=units((SALES, "/Vertrieb", GONE)))
    assert marks(there) == {"/Vertrieb": (True, Source.INHERITED, GONE)}


def test_units_that_hang_on_each_other_are_each_shown_once() -> None:
    there = directory(
        units=units((ROOT, "/", ""), (SALES, "/a", NORTH), (NORTH, "/a/b", SALES), (OFFICE, "/a/b/c", NORTH))
    )
    rows = unit_tree(there).units
    assert [(row.unit.id, row.depth, row.children) for row in rows] == [
        (ROOT, 0, ()),
        (SALES, 0, (NORTH,)),
        (NORTH, 1, (OFFICE,)),
        (OFFICE, 2, ()),
    ]


def test_a_very_deep_tree_is_walked_without_recursion() -> None:
    deep = units(*((f"orgUnits/{n}", f"/{n:04}", f"orgUnits/{n - 1}" if n else "") for n in range(1200)))
    assert unit_tree(directory(units=deep)).units[-1].depth == 1199


def test_without_units_there_is_an_empty_tree_and_groups_all_the_same() -> None:
    tree = unit_tree(ticked(directory(units={}, users=()), PARTNERS))
    assert tree.units == ()
    assert [row.box.ticked for row in tree.groups] == [True]


@pytest.mark.parametrize("find", ["unit", "group"])
def test_a_place_that_is_not_in_the_tree_is_a_mistake(find: str) -> None:
    tree: Any = unit_tree(ticked(directory(), PARTNERS))
    with pytest.raises(KeyError):
        getattr(tree, find)("nowhere")
