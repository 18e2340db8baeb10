"""What the command line needs from the front: sentences for reasons, and windows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.storage.folder import DataFolder

if TYPE_CHECKING:
    # A second start hands over to the running program at once, and needs none of these.
    from app.address import Address
    from app.errors import Problem
    from app.routing import Step
    from app.sign_in.page import BrowserWords

__all__ = ["Explanation", "Front", "WindowRequest"]


class Explanation(Protocol):
    """One problem in words."""

    @property
    def sentence(self) -> str:
        """What happened and what it means."""
        ...

    @property
    def next_step(self) -> str:
        """What to do next; may be empty."""
        ...

    @property
    def server_said(self) -> str:
        """The server's own words, made harmless; may be empty."""
        ...


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """Which window to open first."""

    folder: DataFolder
    action: str = "show"
    """`show`, `compose`, `demo` or `preview`."""
    mailto: str = ""
    screenshots: Path | None = None
    file: Path | None = None
    """What a preview opens."""


class Front(Protocol):
    """The one who speaks to people."""

    def explain(self, problem: Problem) -> Explanation:
        """Return the sentence for a problem."""
        ...

    def explain_step(self, step: Step) -> str:
        """Return the sentence for one rule of a route."""
        ...

    def verification_mail(self, address: Address, code: str, organisation: str) -> tuple[str, str]:
        """Return subject and text of the mail that carries a code."""
        ...

    def sign_in_request(self, username: str) -> str:
        """Return the line above the address where one signs in as `username`."""
        ...

    def browser_words(self) -> BrowserWords:
        """Return what the browser says in the end of a sign-in."""
        ...

    def support_readme(self, *, mask: bool) -> str:
        """Return the text that explains a support bundle."""
        ...

    def open_windows(self, request: WindowRequest) -> int:
        """Open the windows and return the exit code when they have closed."""
        ...
