"""The policy as a band above the messages, and the window that says why it stands as it does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QWidget

from app.policy.evaluate import Outcome, Policy, PolicyState
from ui import tasks
from ui.messages import explain, explain_others, explain_outcome, policy_detail, policy_headline
from ui.texts import translate
from ui.widgets import LinkButton, Notice, ReasonsDialog

__all__ = ["PolicyBanner", "why_policy"]


class PolicyBanner(Notice):
    """What the policy says now, with a way to ask anew and one to learn why."""

    def __init__(
        self, check: Callable[[], Coroutine[Any, Any, None]], why: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, name="policyBanner")
        self._check = check
        self._why = why

    def show_policy(self, policy: Policy, now: datetime) -> None:
        """Show how the policy stands; who was on one of the links stays on it."""
        name = next((link.objectName() for link in self.findChildren(LinkButton) if link.hasFocus()), "")
        self.show_text(_kind(policy), policy_headline(policy), policy_detail(policy, now))
        check = LinkButton(translate("mailbox", "Chec&k now"), self, name="checkNow")
        tasks.on_click(check, self._check)
        check.setVisible(policy.state is not PolicyState.OWN)
        why = LinkButton(translate("mailbox", "&Why?"), self, name="whyPolicy")
        why.clicked.connect(self._why)
        for link in (check, why):
            self.add_link(link)
            if link.objectName() == name:
                link.setFocus()


def why_policy(policy: Policy, now: datetime, parent: QWidget | None = None) -> ReasonsDialog:
    """Return a window with the policies that were looked at, and what became of each."""
    rows: list[tuple[str, str, str]] = []
    for considered in policy.gateways.considered:
        decides = considered == policy.gateways.decided_by
        says, became = explain_outcome(considered, decides=decides)
        mark = ("yes" if policy.gateways.value else "no") if decides else "note"
        rows.append((mark if decides or considered.outcome is not Outcome.DECIDED else "note", says, became))
    if policy.state is PolicyState.OWN:
        rows.append(("note", translate("mailbox", "This is your own statement, made at set-up."), ""))
    elif not rows:
        rows.append(("note", translate("mailbox", "No policy is set for you: then it is not allowed."), ""))
    rows = [("note", says, became) for says, became in explain_others(policy)] + rows
    if not policy.mail.value:
        rows[0] = ("no", *rows[0][1:])
    if policy.problem is not None:
        words = explain(policy.problem)
        rows.append(("no", words.sentence, words.next_step))
    return ReasonsDialog(policy_headline(policy), policy_detail(policy, now), rows, parent)


def _kind(policy: Policy) -> str:
    if not policy.mail.value:
        return "bad"
    if policy.state in {PolicyState.UNKNOWN, PolicyState.STALE}:
        return "warn"
    return "good" if policy.gateways.value else "plain"
