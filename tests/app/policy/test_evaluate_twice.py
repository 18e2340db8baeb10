"""A second evaluator, written from Google's words alone, that must agree with the program on every document.

It reads plain JSON and knows the truth of each condition because the condition was written to be true, false or not
to be told. Where some cannot be told it goes through every world there may be: what is allowed must be so in each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.document import PolicyDocument
from app.policy.evaluate import Effective, external_needs_gateway, gateways_allowed, mail_enabled, names_editable
from tests.app.policy.documents import PARTNERS, ROOT, SALES, document

ADMINS = "WORKSPACE_ALL_ADMIN_GROUP"
DEEP, DELETED, OTHERS = "orgUnits/sales-north", "orgUnits/gone", "groups/others"


@dataclass(frozen=True, slots=True)
class Rule:
    """A setting as its documentation has it: the values that free and bind a person, and what holds without any."""

    types: tuple[str, ...]
    field: str
    free: object
    binding: object
    default: object
    program: Callable[[PolicyDocument], Effective]
    free_is: bool
    """What the program calls the value that frees."""


RULES = (
    Rule(
        ("settings/gmail.per_user_outbound_gateway",),
        "allowUsersToUseExternalSmtpServers",
        True,
        False,
        False,
        gateways_allowed,
        free_is=True,
    ),
    Rule(("settings/gmail.service_status",), "serviceState", "ENABLED", "DISABLED", "ENABLED", mail_enabled, True),
    Rule(
        ("settings/gmail.gmail_name_format", "settings/gmail.name_format"),
        "allowCustomDisplayNames",
        True,
        False,
        True,
        names_editable,
        True,
    ),
    Rule(("settings/absender.external_from",), "requireGateway", False, True, False, external_needs_gateway, False),
)

Truth = bool | None
"""Whether a condition holds for the person; None where that cannot be told."""


def evaluate(policies: list[tuple[dict[str, Any], Truth]], rule: Rule) -> bool:
    """Return whether the person is free, given each policy with whether its query holds."""
    return all(_is_free([each for each in policies if each[0]["setting"]["type"] == name], rule) for name in rule.types)


def _is_free(policies: list[tuple[dict[str, Any], Truth]], rule: Rule) -> bool:
    return all(_wins(world, rule) for world in _worlds(policies))


def _worlds(policies: list[tuple[dict[str, Any], Truth]]) -> Iterator[list[dict[str, Any]]]:
    """Yield what may apply to the person, for every way in which the doubts may be settled."""
    choices = [[True, False] if truth is None else [truth] for _, truth in policies]
    for settled in product(*choices):
        yield [policy for (policy, _), applies in zip(policies, settled, strict=True) if applies]


def _wins(applying: list[dict[str, Any]], rule: Rule) -> bool:
    """Return whether the policy with the greatest sort order frees; of several with the same one all must."""
    if not applying:
        return rule.default is rule.free
    top = max(policy["policyQuery"]["sortOrder"] for policy in applying)
    return all(_frees(policy, rule) for policy in applying if policy["policyQuery"]["sortOrder"] == top)


def _frees(policy: dict[str, Any], rule: Rule) -> bool:
    value = policy["setting"]["value"].get(rule.field)
    return policy["type"] in ("ADMIN", "SYSTEM") and type(value) is type(rule.free) and value == rule.free


@dataclass(frozen=True, slots=True)
class Person:
    """Where somebody is."""

    units: tuple[str, ...]
    groups: tuple[str, ...]


def _unit(unit: str) -> str:
    return f"entity.org_units.exists(org_unit, org_unit.org_unit_id == orgUnitId('{unit.removeprefix('orgUnits/')}'))"


def _group(group: str) -> str:
    return f"entity.groups.exists(group, group.group_id == groupId('{group.removeprefix('groups/')}'))"


LICENCE = "entity.licenses.exists(license, license in ['/product/101031/sku/1010310008'])"

PEOPLE = st.builds(
    Person,
    st.sampled_from([(), (ROOT,), (ROOT, SALES), (ROOT, SALES, DEEP)]),
    st.sets(st.sampled_from([PARTNERS, ADMINS])).map(lambda groups: tuple(sorted(groups))),
)
CLAUSES = st.lists(
    st.one_of(
        st.sampled_from([ROOT, SALES, DEEP, DELETED]).map(lambda unit: ("unit", unit)),
        st.sampled_from([PARTNERS, OTHERS]).map(lambda group: ("group", group)),
        st.just(("doubt", LICENCE)),
    ),
    max_size=3,
)
STRANGE = st.sampled_from(
    [
        f"!{_group(PARTNERS)}",
        f"{_unit(SALES)} || {LICENCE}",
        "entity.email.endsWith('@beispiel.example')",
        f"({_unit(ROOT)})",
        "entity.org_units.exists(",
    ]
)


@st.composite
def policies_of(draw: st.DrawFn) -> tuple[Person, list[tuple[dict[str, Any], Truth]]]:
    """Draw a person, and policies with whether each is for that person."""
    person = draw(PEOPLE)
    return person, [_policy(draw, person) for _ in range(draw(st.integers(0, 5)))]


def _policy(draw: st.DrawFn, person: Person) -> tuple[dict[str, Any], Truth]:
    unit = draw(st.sampled_from(["", "", ROOT, SALES, DEEP, DELETED]))
    group = draw(st.sampled_from(["", "", "", PARTNERS, OTHERS, ADMINS]))
    query, truth = _query(draw, person)
    if (unit and unit not in person.units) or (group and group not in person.groups):
        truth = False
    order = draw(st.sampled_from([101.0, 101.5, 201.00048, 202.0, 399.0, -1.0, 0.0]))
    where = {"orgUnit": unit, "group": group, "query": query}
    rule = draw(st.sampled_from(RULES))
    policy = {
        "name": "policies/x",
        "policyQuery": {"sortOrder": order} | {name: value for name, value in where.items() if value},
        "setting": {"type": draw(st.sampled_from(rule.types)), "value": draw(_values(rule))},
        "type": draw(st.sampled_from(["ADMIN", "ADMIN", "SYSTEM", "POLICY_TYPE_UNSPECIFIED"])),
    }
    return policy, truth


def _query(draw: st.DrawFn, person: Person) -> tuple[str, Truth]:
    """Draw a condition, and whether it holds."""
    if draw(st.integers(0, 5)) == 0:
        return draw(STRANGE), None
    texts, truths = [], []
    for kind, what in draw(CLAUSES):
        texts.append(_unit(what) if kind == "unit" else _group(what) if kind == "group" else what)
        truths.append(None if kind == "doubt" else what in (*person.units, *person.groups))
    truth = False if False in truths else None if None in truths else True
    return " && ".join(texts), truth


def _values(rule: Rule) -> st.SearchStrategy[dict[str, object]]:
    return st.sampled_from(
        [
            {rule.field: rule.free},
            {rule.field: rule.free},
            {rule.field: rule.binding},
            {rule.field: str(rule.free).lower()},
            {rule.field: 1},
            {rule.field: None},
            {},
            # Names that third parties write, and Google does not.
            {"allowUsersToUseExternalSmtp": True},
            {"enablePerUserOutboundGateway": True},
        ]
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.field)
@given(drawn=policies_of())
def test_both_evaluators_agree(rule: Rule, drawn: tuple[Person, list[tuple[dict[str, Any], Truth]]]) -> None:
    person, policies = drawn
    subject = {"email": "nutzer@beispiel.example", "orgUnits": person.units, "groups": person.groups}
    found = rule.program(document(*(policy for policy, _ in policies), subject=subject))
    assert found.value is (rule.free_is if evaluate(policies, rule) else not rule.free_is)
    # What a person is shown as the reason must be able to lead to the value.
    if found.decided_by is not None:
        decided = found.decided_by.policy
        frees = decided.type in ("ADMIN", "SYSTEM") and decided.setting.value.get(rule.field) == rule.free
        assert (found.value is rule.free_is) is (frees and type(decided.setting.value[rule.field]) is type(rule.free))
    else:
        assert found.value is (rule.free_is if rule.default is rule.free else not rule.free_is)
