"""Any number of ticks, in any order, against a model that knows no policies: the nearest tick counts, groups first."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.policy.directory import Directory, Group, OrgUnit, User, read_directory, write_directory
from app.policy.document import OrgPolicy, parse
from app.policy.evaluate import gateways_allowed
from app.preview.change import Change, Choice, apply_change
from app.preview.comparison import Kind, compare
from app.preview.rules import Rules
from app.preview.tree import Source, unit_tree
from tests.app.policy.documents import gateway_policy
from tests.app.policy.test_evaluate import LICENCE, in_group, in_unit
from tests.app.preview.organisation import NOW, directory, policies

GROUPS = [f"groups/{number}" for number in range(3)]


@st.composite
def organisations(draw: st.DrawFn) -> Directory:
    """Draw a tree of units, groups across it, and people anywhere."""
    count = draw(st.integers(1, 7))
    parents = [draw(st.integers(0, number - 1)) for number in range(1, count)]
    ids = [f"orgUnits/{number}" for number in range(count)]
    units = {ids[0]: OrgUnit(id=ids[0], path="/")}
    for number, parent in enumerate(parents, start=1):
        path = f"{units[ids[parent]].path.rstrip('/')}/{number}"
        units[ids[number]] = OrgUnit(id=ids[number], path=path, parent=ids[parent])
    users = tuple(
        User(email=f"n{number}@beispiel.example", org_unit=unit, groups=tuple(groups))
        for number, (unit, groups) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(ids), st.lists(st.sampled_from(GROUPS), unique=True)), max_size=6))
        )
    )
    groups = {group: Group(id=group, email=f"{group[7:]}@beispiel.example") for group in GROUPS}
    return directory(units=units, groups=groups, users=users)


def changes(there: Directory) -> st.SearchStrategy[list[Change]]:
    return st.lists(st.builds(Change, st.sampled_from([*there.units, *GROUPS]), st.sampled_from(Choice)), max_size=12)


class Model:
    """The boxes that were ticked and unticked; groups in the order in which they were first set."""

    def __init__(self) -> None:
        self.boxes: dict[str, bool] = {}

    def take(self, change: Change) -> None:
        if change.choice is Choice.INHERIT:
            self.boxes.pop(change.target, None)
        else:
            self.boxes[change.target] = change.choice is Choice.TICK

    def allows(self, there: Directory, unit: str, groups: tuple[str, ...]) -> bool:
        for target, value in self.boxes.items():
            if target in groups:
                return value
        while unit:
            if unit in self.boxes:
                return self.boxes[unit]
            unit = there.units[unit].parent
        return False


def documented(there: Directory, user: User) -> bool:
    """Return what the program in the person's hands makes of the document that is exported for them."""
    document = there.document(user, serial=1, issued_at=NOW, expires_at=NOW)
    return gateways_allowed(parse(msgspec.json.encode(document), source="test")).value


@given(st.data())
@settings(max_examples=100)
def test_the_nearest_tick_counts_and_groups_come_first(data: st.DataObject) -> None:
    before = data.draw(organisations())
    after, model = before, Model()
    for change in data.draw(changes(before)):
        after = apply_change(after, change)
        assert apply_change(after, change) is after
        model.take(change)
    expected = {user.email: model.allows(before, user.org_unit, user.groups) for user in before.users}
    assert {user.email: documented(after, user) for user in after.users} == expected
    found = compare(before, after)
    assert {change.email for change in found.changes} == {email for email, allowed in expected.items() if allowed}
    assert found.counts[Kind.GAINS] == found.allowed_after == sum(expected.values())
    for row in unit_tree(after).units:
        assert row.box.ticked is model.allows(before, row.unit.id, ())
        assert (row.box.source is Source.LOCAL) is (row.unit.id in model.boxes)
    assert {row.id for row in unit_tree(after).groups} == model.boxes.keys() & set(GROUPS)
    assert len(after.policies) == len(model.boxes)
    assert len({policy.policy_query.sort_order for policy in after.policies}) == len(after.policies)
    assert read_directory(write_directory(after), source="test") == after


@given(st.data())
@settings(max_examples=40)
def test_a_directory_compared_with_itself_differs_in_nothing(data: st.DataObject) -> None:
    there = data.draw(organisations())
    for change in data.draw(changes(there)):
        there = apply_change(there, change)
    found = compare(there, there)
    assert found.changes == ()
    assert found.allowed_before == found.allowed_after


@given(st.data())
@settings(max_examples=40)
def test_what_one_comparison_gains_the_reverse_one_loses(data: st.DataObject) -> None:
    before = data.draw(organisations())
    after = before
    for change in data.draw(changes(before)):
        after = apply_change(after, change)
    there, back = compare(before, after), compare(after, before)
    assert [each.email for each in there.of(Kind.GAINS)] == [each.email for each in back.of(Kind.LOSES)]
    assert (there.allowed_before, there.allowed_after) == (back.allowed_after, back.allowed_before)


@st.composite
def wild_policies(draw: st.DrawFn, units: list[str]) -> tuple[OrgPolicy, ...]:
    """Draw policies as nobody should write them: clauses that contradict, doubt, equal ranks, deleted units."""
    places = st.sampled_from(["", *units, "orgUnits/deleted1"])
    groups = st.sampled_from(["", *GROUPS, "groups/deleted1"])
    clauses = st.sampled_from(
        [*map(in_unit, units), *map(in_group, GROUPS), LICENCE, "size(entity.groups) > 3", f"!{in_group(GROUPS[0])}"]
    )
    return policies(
        *(
            gateway_policy(
                draw(st.sampled_from([True, False, "true", None])),
                unit=draw(places),
                group=draw(groups),
                order=float(draw(st.integers(1, 4))),
                query=" && ".join(draw(st.lists(clauses, max_size=2))),
                kind=draw(st.sampled_from(["ADMIN", "ADMIN", "SYSTEM", "OTHER"])),
            )
            for _ in range(draw(st.integers(0, 6)))
        )
    )


@given(st.data())
@settings(max_examples=100)
def test_leaving_out_what_cannot_apply_changes_nobodys_setting(data: st.DataObject) -> None:
    there = data.draw(organisations())
    there = msgspec.structs.replace(there, policies=data.draw(wild_policies(list(there.units))))
    rules = Rules(there)
    for user in there.users:
        document = there.document(user, serial=1, issued_at=NOW, expires_at=NOW)
        whole = gateways_allowed(msgspec.structs.replace(document, policies=there.policies))
        found = rules.of(user).gateways
        assert found.value is whole.value
        assert found.value is gateways_allowed(document).value
        deciders = [each.decided_by and (each.decided_by.policy, each.decided_by.outcome) for each in (found, whole)]
        assert deciders[0] == deciders[1]


@given(st.data())
@settings(max_examples=100)
def test_in_any_disorder_a_tick_is_set_where_it_was_made_and_taken_back_whole(data: st.DataObject) -> None:
    there = data.draw(organisations())
    there = msgspec.structs.replace(there, policies=data.draw(wild_policies(list(there.units))))
    target = data.draw(st.sampled_from([*there.units, *GROUPS]))
    after = apply_change(there, Change(target, data.draw(st.sampled_from([Choice.TICK, Choice.UNTICK]))))
    assert apply_change(after, Change(target, Choice.INHERIT)) == apply_change(there, Change(target, Choice.INHERIT))
    orders = [policy.policy_query.sort_order for policy in after.policies if policy not in there.policies]
    assert len(orders) <= 1
    unit_tree(after)
