"""A front that says reasons by their names and opens no window, for tests of the command line alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.address import Address
from app.cli import Explanation, WindowRequest
from app.errors import Problem
from app.routing import Step
from app.sign_in.page import BrowserWords

__all__ = ["SilentFront"]


@dataclass(frozen=True)
class _Said:
    sentence: str
    next_step: str
    server_said: str


@dataclass
class SilentFront:
    """The front of tests; `opened` holds the windows that were asked for."""

    opened: list[WindowRequest] = field(default_factory=list)
    exit_code: int = 0

    def explain(self, problem: Problem) -> Explanation:
        return _Said(problem.reason.value, problem.fact("next"), problem.fact("reply"))

    def explain_step(self, step: Step) -> str:
        return step.rule.value

    def verification_mail(self, address: Address, code: str, organisation: str) -> tuple[str, str]:
        return f"{organisation} {address}", code

    def sign_in_request(self, username: str) -> str:
        return f"sign in as {username}"

    def browser_words(self) -> BrowserWords:
        return BrowserWords("title", "done", "declined")

    def support_readme(self, *, mask: bool) -> str:
        return f"mask: {mask}"

    def open_windows(self, request: WindowRequest) -> int:
        self.opened.append(request)
        return self.exit_code
