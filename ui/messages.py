"""The one place where reasons become sentences, for windows and command line alike; it imports no Qt.

`app` names causes as values. What a person reads of them stands in `ui.wording`, in plain words: what happened,
what it means, what to do next. All of it is asked for through this module.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import Problem
from app.routing import Refusal
from ui.wording.addresses import ADDRESSES
from ui.wording.exporting import EXPORTING
from ui.wording.facts import Table, filled, harmless
from ui.wording.policies import POLICIES
from ui.wording.policy import (
    admin_request_text,
    clock_words,
    explain_others,
    explain_outcome,
    origin_name,
    policy_detail,
    policy_headline,
    policy_since,
    policy_word,
)
from ui.wording.routes import (
    explain_step,
    name_of_target,
    on_behalf_line,
    route_line,
    security_line,
    security_name,
    security_short,
    sent_through_line,
    via_line,
)
from ui.wording.sending import MESSAGES, OUTBOX, ROUTES, state_name
from ui.wording.servers import CERTIFICATES, SERVERS, SESSIONS, certificate_line
from ui.wording.setup import not_proved_text, probe_step_name, verification_mail
from ui.wording.sign_in import SIGN_IN, browser_words
from ui.wording.support import support_readme
from ui.wording.system import KEYCHAIN, SETUP, STORAGE

__all__ = [
    "WORDS",
    "Explanation",
    "admin_request_text",
    "browser_words",
    "clock_words",
    "explain",
    "explain_others",
    "explain_outcome",
    "explain_step",
    "harmless",
    "name_of_target",
    "not_proved_text",
    "on_behalf_line",
    "origin_name",
    "policy_detail",
    "policy_headline",
    "policy_since",
    "policy_word",
    "probe_step_name",
    "refusal_line",
    "route_line",
    "security_line",
    "security_name",
    "security_short",
    "sent_through_line",
    "state_name",
    "support_readme",
    "verification_mail",
    "via_line",
]

WORDS: Table = {
    **ADDRESSES,
    **POLICIES,
    **EXPORTING,
    **ROUTES,
    **MESSAGES,
    **SETUP,
    **SERVERS,
    **CERTIFICATES,
    **SESSIONS,
    **KEYCHAIN,
    **SIGN_IN,
    **STORAGE,
    **OUTBOX,
}
"""What happened and what to do next, for every reason; a test holds it complete."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One problem in words, each part a plain line of text that is safe to show."""

    sentence: str
    next_step: str
    server_said: str
    """The server's own words, its certificate's too; whoever shows them says so. Empty for none."""


def explain(problem: Problem) -> Explanation:
    """Return the words for a problem."""
    happened, next_step = WORDS[problem.reason]()
    return Explanation(
        sentence=filled(happened, problem.facts),
        next_step=filled(next_step, problem.facts),
        server_said=harmless(problem.fact("reply")) or certificate_line(problem),
    )


def refusal_line(refusal: Refusal) -> str:
    """Return why there is no route, in one line."""
    return explain(refusal.problem).sentence
