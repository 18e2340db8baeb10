"""The effective setting: which policy wins, what does not apply, and that doubt denies."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.evaluate import (
    EXTERNAL_FROM_FIELD,
    GATEWAY_FIELD,
    GATEWAY_SETTING,
    Outcome,
    Policy,
    PolicyState,
    external_needs_gateway,
    gateways_allowed,
)
from tests.app.policy.documents import (
    PARTNERS,
    ROOT,
    SALES,
    content,
    document,
    external_from_policy,
    gateway_policy,
    org_policy,
)

DELETED, ADMINS = "orgUnits/deleted1", "WORKSPACE_ALL_ADMIN_GROUP"
LICENCE = "entity.licenses.exists(license, license in ['/product/101031/sku/1010310008'])"


def in_unit(unit: str) -> str:
    return f"entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('{unit.removeprefix('orgUnits/')}'))"


def in_group(group: str) -> str:
    return f"entity.groups.exists(group, group.group_id == groupId('{group.removeprefix('groups/')}'))"


def allowed(*policies: dict[str, Any], **changes: Any) -> bool:
    return gateways_allowed(document(*policies, **changes)).value


def outcomes(*policies: dict[str, Any]) -> list[Outcome]:
    return [each.outcome for each in gateways_allowed(document(*policies)).considered]


def test_without_a_policy_the_default_denies() -> None:
    found = gateways_allowed(document())
    assert (found.value, found.decided_by, found.considered) == (False, None, ())


@pytest.mark.parametrize("value", [True, False])
def test_the_only_policy_decides(value: bool) -> None:
    found = gateways_allowed(document(gateway_policy(value, unit=SALES)))
    assert found.value is value
    assert found.decided_by is found.considered[0]
    assert found.decided_by.outcome is Outcome.DECIDED
    assert found.decided_by.target == "/Vertrieb"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        # The bands as Google writes them: SYSTEM 101, ADMIN root 201, first units 202, groups 399.
        ([gateway_policy(False, order=101.1, kind="SYSTEM"), gateway_policy(True, order=201.0)], True),
        ([gateway_policy(True, order=101.1, kind="SYSTEM"), gateway_policy(False, order=201.0)], False),
        ([gateway_policy(True, order=201.0), gateway_policy(False, unit=SALES, order=202.1)], False),
        ([gateway_policy(False, order=201.0), gateway_policy(True, unit=SALES, order=202.1)], True),
        ([gateway_policy(False, unit=SALES, order=205.0), gateway_policy(True, group=PARTNERS, order=399.0)], True),
        ([gateway_policy(True, unit=SALES, order=205.0), gateway_policy(False, group=PARTNERS, order=399.0)], False),
        # Only the sort order ranks: not the type, not the depth of the unit, not the order in the list.
        ([gateway_policy(True, order=301.0, kind="SYSTEM"), gateway_policy(False, unit=SALES, order=202.1)], True),
        ([gateway_policy(True, order=-1.0), gateway_policy(False, unit=SALES, order=-2.0)], True),
    ],
)
def test_the_greatest_sort_order_wins(policies: list[dict[str, Any]], expected: bool) -> None:
    assert allowed(*policies) is expected
    assert allowed(*reversed(policies)) is expected


def test_the_losers_are_told_from_those_that_do_not_apply() -> None:
    assert outcomes(
        gateway_policy(False, order=101.0, kind="SYSTEM"),
        gateway_policy(True, unit=SALES, order=202.0),
        gateway_policy(True, unit=DELETED, order=203.0),
        gateway_policy(True, group="groups/other", order=399.0),
        gateway_policy(True, order=50.0, query=LICENCE),
    ) == [
        Outcome.OUTRANKED,
        Outcome.DECIDED,
        Outcome.OTHER_ORG_UNIT,
        Outcome.OTHER_GROUP,
        Outcome.UNDECIDABLE_QUERY,
    ]


@pytest.mark.parametrize("unit", [DELETED, "orgUnits/ROOT0001", "root0001", "id:root0001", "orgUnits/root"])
def test_a_policy_for_another_unit_does_not_apply(unit: str) -> None:
    assert not allowed(gateway_policy(True, unit=unit, order=999.0))
    assert allowed(gateway_policy(False, unit=unit, order=999.0), gateway_policy(True))


@pytest.mark.parametrize("group", ["groups/other", "groups/PARTNER1", "partner1", ADMINS])
def test_a_policy_for_another_group_does_not_apply_though_it_carries_the_root_unit(group: str) -> None:
    assert not allowed(gateway_policy(True, unit=ROOT, group=group, order=399.0))
    assert allowed(gateway_policy(False, unit=ROOT, group=group, order=399.0), gateway_policy(True))


def test_a_group_policy_of_a_unit_the_person_is_not_in_does_not_apply() -> None:
    assert not allowed(gateway_policy(True, unit=DELETED, group=PARTNERS, order=399.0))


def test_googles_group_of_all_administrators_counts_where_the_document_lists_it() -> None:
    subject = content()["subject"] | {"groups": [ADMINS]}
    assert allowed(gateway_policy(True, group=ADMINS, order=399.0), subject=subject)
    assert not allowed(gateway_policy(True), gateway_policy(False, group=ADMINS, order=399.0), subject=subject)


def test_a_policy_without_a_unit_is_the_roots() -> None:
    found = gateways_allowed(document(gateway_policy(True, unit="")))
    assert found.value
    assert found.decided_by is not None
    assert found.decided_by.target == "/"


def test_the_target_is_the_resource_where_the_document_has_no_name_for_it() -> None:
    found = gateways_allowed(document(gateway_policy(True, unit=SALES), names={}))
    assert found.decided_by is not None
    assert found.decided_by.target == SALES


NO_PERMISSION = ["true", 1, 1.0, "", None, [], [True], {}, {"value": True}, "TRUE", 0]


@pytest.mark.parametrize("value", NO_PERMISSION)
def test_only_a_json_true_is_permission(value: object) -> None:
    found = gateways_allowed(document(gateway_policy(True, order=101.0), gateway_policy(value, order=202.0)))
    assert not found.value
    assert found.decided_by is not None
    assert found.decided_by.outcome is Outcome.MALFORMED
    assert found.considered[0].outcome is Outcome.OUTRANKED


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"allowUsersToUseExternalSmtp": True},
        {"enablePerUserOutboundGateway": True},
        {GATEWAY_FIELD.lower(): True},
        {GATEWAY_FIELD + " ": True},
    ],
)
def test_a_field_of_another_name_is_no_permission(value: dict[str, Any]) -> None:
    assert not allowed(gateway_policy(True, order=101.0), org_policy(GATEWAY_SETTING, value, unit=ROOT, order=202.0))


@pytest.mark.parametrize("setting", ["gmail.per_user_outbound_gateway", GATEWAY_SETTING.upper(), GATEWAY_SETTING + "s"])
def test_a_setting_of_another_name_is_not_looked_at(setting: str) -> None:
    assert not allowed(org_policy(setting, {GATEWAY_FIELD: True}, unit=ROOT, order=202.0))


@pytest.mark.parametrize("kind", ["POLICY_TYPE_UNSPECIFIED", "", "admin", "FUTURE"])
def test_a_policy_of_an_unknown_type_is_no_permission_but_may_forbid(kind: str) -> None:
    assert not allowed(gateway_policy(True, order=202.0, kind=kind))
    assert not allowed(gateway_policy(True, order=101.0), gateway_policy(True, order=202.0, kind=kind))
    assert not allowed(gateway_policy(True, order=101.0), gateway_policy(False, order=202.0, kind=kind))
    assert allowed(gateway_policy(True, order=202.0), gateway_policy(False, order=101.0, kind=kind))


@pytest.mark.parametrize("other", [False, "true", None])
def test_two_winners_that_disagree_deny_and_the_denying_one_is_named(other: object) -> None:
    pair = [gateway_policy(True, order=202.0), gateway_policy(other, unit=SALES, order=202.0)]
    for policies in (pair, pair[::-1]):
        found = gateways_allowed(document(*policies))
        assert not found.value
        assert found.decided_by is not None
        assert found.decided_by.value == other


def test_two_winners_that_agree_allow() -> None:
    assert allowed(gateway_policy(True, order=202.0), gateway_policy(True, unit=SALES, order=202.0))


# What is known of a policy that may or may not apply: it can restrict, never allow.


@pytest.mark.parametrize("doubt", [False, "true", None])
@pytest.mark.parametrize("order", [202.0, 399.0])
def test_a_doubtful_policy_that_would_deny_and_is_not_outranked_denies(doubt: object, order: float) -> None:
    found = gateways_allowed(
        document(gateway_policy(True, order=202.0), gateway_policy(doubt, order=order, query=LICENCE))
    )
    assert not found.value
    assert found.decided_by is not None
    assert found.decided_by.outcome is Outcome.UNDECIDABLE_QUERY
    assert found.considered[0].outcome is Outcome.OUTRANKED


def test_a_doubtful_policy_that_would_allow_allows_nothing() -> None:
    doubtful = gateway_policy(True, order=399.0, query=LICENCE)
    assert not allowed(doubtful)
    found = gateways_allowed(document(gateway_policy(False), doubtful))
    assert not found.value
    assert found.decided_by is not None
    assert found.decided_by.outcome is Outcome.DECIDED


def test_a_doubtful_policy_changes_nothing_where_it_agrees_or_is_outranked() -> None:
    assert allowed(gateway_policy(True), gateway_policy(True, order=399.0, query=LICENCE))
    assert allowed(gateway_policy(True), gateway_policy(False, order=101.0, query=LICENCE))


def test_a_doubtful_policy_for_others_does_not_matter() -> None:
    elsewhere = gateway_policy(False, unit=DELETED, order=399.0, query=f"{in_unit(DELETED)} && {LICENCE}")
    assert allowed(gateway_policy(True), elsewhere)


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("", Outcome.DECIDED),
        ("  ", Outcome.DECIDED),
        (in_unit(SALES), Outcome.DECIDED),
        (in_group(PARTNERS), Outcome.DECIDED),
        (f"{in_unit(ROOT)} && {in_group(PARTNERS)}", Outcome.DECIDED),
        ("entity.org_units.exists(ou, ou.org_unit_id==orgUnitId('sales001'))", Outcome.DECIDED),
        (in_unit(DELETED), Outcome.OTHER_ORG_UNIT),
        (in_group("groups/other"), Outcome.OTHER_GROUP),
        (f"{in_unit(ROOT)} && {in_group('groups/other')}", Outcome.OTHER_GROUP),
        (LICENCE, Outcome.UNDECIDABLE_QUERY),
        (f"{in_unit(SALES)} && {LICENCE}", Outcome.UNDECIDABLE_QUERY),
        (f"{in_unit(DELETED)} && {LICENCE}", Outcome.OTHER_ORG_UNIT),
        # Anything but a conjunction: it is not known what a part does to the whole.
        (f"{in_unit(SALES)} || {in_unit(DELETED)}", Outcome.UNDECIDABLE_QUERY),
        (f"!{in_unit(SALES)}", Outcome.UNDECIDABLE_QUERY),
        (f"{LICENCE} || {in_unit(SALES)} && {in_unit(DELETED)}", Outcome.UNDECIDABLE_QUERY),
        (f"!({LICENCE} && {in_unit(DELETED)} && {LICENCE})", Outcome.UNDECIDABLE_QUERY),
        (f"({in_unit(SALES)})", Outcome.UNDECIDABLE_QUERY),
        ("entity.org_units.exists(a, b.org_unit_id == orgUnitId('sales001'))", Outcome.UNDECIDABLE_QUERY),
        ("entity.org_units.exists(a, a.org_unit_id != orgUnitId('sales001'))", Outcome.UNDECIDABLE_QUERY),
        ("entity.email == 'nutzer@beispiel.example'", Outcome.UNDECIDABLE_QUERY),
        ("true", Outcome.UNDECIDABLE_QUERY),
    ],
)
def test_the_query_must_hold_too(query: str, outcome: Outcome) -> None:
    # Google leaves `orgUnit` and `group` out unless one value satisfies the whole query.
    policy = gateway_policy(True, unit="", query=query)
    assert outcomes(policy) == [outcome]
    assert allowed(policy) is (outcome is Outcome.DECIDED)


def test_a_helper_field_and_the_query_must_both_hold() -> None:
    assert outcomes(gateway_policy(True, unit=SALES, query=in_unit(DELETED))) == [Outcome.OTHER_ORG_UNIT]
    assert outcomes(gateway_policy(True, unit=DELETED, query=in_unit(SALES))) == [Outcome.OTHER_ORG_UNIT]


# The stricter rule for external addresses: there, true restricts.


@pytest.mark.parametrize(
    ("policies", "required"),
    [
        ([], False),
        ([external_from_policy(True)], True),
        ([external_from_policy(False)], False),
        ([external_from_policy("false")], True),
        ([external_from_policy(None)], True),
        ([external_from_policy(True, order=101.0), external_from_policy(False, order=202.0)], False),
        ([external_from_policy(True, order=202.0), external_from_policy(False, unit=SALES, order=202.0)], True),
        ([external_from_policy(True, unit=DELETED)], False),
        ([external_from_policy(True, query=LICENCE)], True),
        ([external_from_policy(False, query=LICENCE)], False),
        ([external_from_policy(True, order=101.0, query=LICENCE), external_from_policy(False, order=202.0)], False),
    ],
)
def test_whether_external_addresses_need_a_gateway(policies: list[dict[str, Any]], required: bool) -> None:
    found = document(*policies)
    assert external_needs_gateway(found).value is required
    assert Policy(PolicyState.FRESH, found).requires_gateway is required
    assert EXTERNAL_FROM_FIELD == "requireGateway"


VALUES = st.sampled_from([True, False, "true", 1, None])
QUERIES = st.sampled_from(["", in_unit(SALES), in_unit(DELETED), LICENCE, f"!{in_group(PARTNERS)}"])
POLICIES = st.lists(
    st.builds(
        gateway_policy,
        VALUES,
        unit=st.sampled_from(["", ROOT, SALES, DELETED]),
        group=st.sampled_from(["", PARTNERS, "groups/other", ADMINS]),
        query=QUERIES,
        order=st.sampled_from([101.0, 201.0, 202.0, 399.0]),
        kind=st.sampled_from(["ADMIN", "SYSTEM", "OTHER"]),
    ),
    max_size=6,
)


@given(POLICIES)
def test_what_allows_was_decided_by_a_plain_true_that_nothing_doubtful_outranks(policies: list[dict[str, Any]]) -> None:
    found = gateways_allowed(document(*policies))
    assert len(found.considered) == len(policies)
    deciding = [each for each in found.considered if each is found.decided_by]
    assert len(deciding) == (found.decided_by is not None)
    if not found.value:
        return
    assert found.decided_by is not None
    assert found.decided_by.outcome is Outcome.DECIDED
    assert found.decided_by.value is True
    order = found.decided_by.policy.policy_query.sort_order
    for each in found.considered:
        if each.outcome is Outcome.UNDECIDABLE_QUERY and each.policy.policy_query.sort_order >= order:
            assert each.value is True


@given(POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(policies: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(policies)
    random.shuffle(shuffled)
    assert allowed(*policies) is allowed(*shuffled)


@given(POLICIES, POLICIES)
def test_a_policy_that_may_not_apply_never_turns_denied_into_allowed(
    policies: list[dict[str, Any]], doubtful: list[dict[str, Any]]
) -> None:
    for policy in doubtful:
        policy["policyQuery"]["query"] = LICENCE
    assert allowed(*policies) or not allowed(*policies, *doubtful)
