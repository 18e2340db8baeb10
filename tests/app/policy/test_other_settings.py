"""Whether mail is switched on for a person, and whether the own name may be changed: what the policies say of both.

P9 does not apply: no setting of ours deletes passwords; what a revoked gateway needs stays until its owner removes it.
"""

from __future__ import annotations

from typing import Any

import pytest

from app.policy.evaluate import Outcome, Policy, PolicyState, mail_enabled, names_editable, own_policy
from tests.app.policy.documents import PARTNERS, SALES, document, names_policy, service_policy

DELETED = "orgUnits/deleted9"
LICENCE = "entity.licenses.exists(license, license in ['/product/Google-Apps/sku/1010020020'])"


@pytest.mark.parametrize(
    ("policies", "enabled"),
    [
        ([], True),
        ([service_policy("ENABLED")], True),
        ([service_policy("DISABLED")], False),
        ([service_policy("DISABLED", unit=DELETED)], True),
        ([service_policy("DISABLED", order=101.0), service_policy("ENABLED", unit=SALES, order=202.0)], True),
        ([service_policy("ENABLED", order=201.0), service_policy("DISABLED", unit=SALES, order=202.0)], False),
        ([service_policy("DISABLED", order=202.0), service_policy("ENABLED", group=PARTNERS, order=399.0)], True),
        (
            [service_policy("ENABLED"), service_policy("DISABLED", unit=SALES)],
            False,
        ),  # the same order: they contradict each other
        ([service_policy("disabled")], False),
        ([service_policy("SERVICE_STATE_UNSPECIFIED")], False),
        ([service_policy(True)], False),
        ([service_policy(None)], False),
        ([service_policy("ENABLED", kind="OTHER")], False),
        ([service_policy("DISABLED", query=LICENCE)], False),
        ([service_policy("ENABLED", query=LICENCE)], True),
        ([service_policy("DISABLED", order=101.0, query=LICENCE), service_policy("ENABLED")], True),
    ],
)
def test_whether_mail_is_switched_on(policies: list[dict[str, Any]], enabled: bool) -> None:
    found = document(*policies)
    assert mail_enabled(found).value is enabled
    assert Policy(PolicyState.FRESH, found).mail.value is enabled
    # What restricts holds even when it was not confirmed lately.
    assert Policy(PolicyState.STALE, found).mail.value is enabled


@pytest.mark.parametrize("value", ["disabled", "SERVICE_STATE_UNSPECIFIED", "", True, None])
def test_a_word_that_is_neither_of_the_two_is_told_as_malformed(value: object) -> None:
    (considered,) = mail_enabled(document(service_policy(value))).considered
    assert considered.outcome is Outcome.MALFORMED


@pytest.mark.parametrize(
    ("policies", "editable"),
    [
        ([], True),
        ([names_policy(True)], True),
        ([names_policy(False)], False),
        ([names_policy(False, kind_of_name=1)], False),
        ([names_policy(True, order=300.0), names_policy(False, kind_of_name=1)], False),
        ([names_policy(True), names_policy(True, kind_of_name=1)], True),
        ([names_policy(False, order=201.0), names_policy(True, unit=SALES, order=202.0)], True),
        ([names_policy("true")], False),
        ([names_policy(1)], False),
        ([names_policy(False, unit=DELETED)], True),
    ],
)
def test_whether_names_may_be_changed(policies: list[dict[str, Any]], editable: bool) -> None:
    found = document(*policies)
    assert names_editable(found).value is editable
    assert Policy(PolicyState.FRESH, found).names.value is editable


def test_of_two_names_of_a_setting_every_policy_is_told_and_one_decides() -> None:
    found = names_editable(
        document(
            names_policy(True, order=300.0),
            names_policy(False, kind_of_name=1),
            names_policy(True, kind_of_name=1, order=101.0),
        )
    )
    assert [each.outcome for each in found.considered] == [Outcome.OUTRANKED, Outcome.DECIDED, Outcome.OUTRANKED]
    assert found.decided_by is found.considered[1]


@pytest.mark.parametrize("policy", [own_policy(), Policy(PolicyState.UNKNOWN)])
def test_without_a_document_mail_is_on_and_names_are_free(policy: Policy) -> None:
    assert (policy.mail.value, policy.names.value) == (True, True)
    assert (policy.mail.decided_by, policy.names.decided_by) == (None, None)
