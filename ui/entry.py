"""The program's entry point: parses the command line without Qt, and opens windows only when asked."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.address import Address
    from app.cli import Explanation, WindowRequest
    from app.errors import Problem
    from app.routing import Step
    from app.sign_in.page import BrowserWords

__all__ = ["Front", "main"]


def main() -> int:
    """Run `absender` with the process's arguments and return its exit code."""
    from app import cli, hardening

    hardening.close_leaks()
    return cli.main(sys.argv[1:], Front(), before_command=hardening.forbid_reading)


class Front:
    """The front of the command line: `ui.messages` for sentences, `ui.main` for windows."""

    def explain(self, problem: Problem) -> Explanation:
        from ui import messages

        return messages.explain(problem)

    def explain_step(self, step: Step) -> str:
        from ui import messages

        return messages.explain_step(step)

    def verification_mail(self, address: Address, code: str, organisation: str) -> tuple[str, str]:
        from ui import messages

        return messages.verification_mail(address, code, organisation)

    def sign_in_request(self, username: str) -> str:
        from ui.wording import sign_in

        return sign_in.sign_in_request(username)

    def browser_words(self) -> BrowserWords:
        from ui.wording import sign_in

        return sign_in.browser_words()

    def support_readme(self, *, mask: bool) -> str:
        from ui import messages

        return messages.support_readme(mask=mask)

    def open_windows(self, request: WindowRequest) -> int:
        if request.action not in {"demo", "preview"}:
            if _handed_over(request):
                return 0
            # What is made while starting stays; looking for garbage in it again and again takes 12 ms of the start.
            gc.disable()
        from ui.ahead import load_ahead

        load_ahead()
        _import_msgspec_alone()
        _import_qt()
        from ui.main import run

        return run(request)


def _import_qt() -> None:
    """Import PySide, and keep it from reading the source of each later module: 10 ms of the start, and 3 MB.

    PySide (6.11, `shibokensupport.feature`) searches it for its own name, because of features (`snake_case`,
    `true_property`) that a module could have chosen for itself; none of ours does.
    """
    import PySide6.QtCore  # noqa: F401 - brings the module with it

    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        setattr(feature, "_mod_uses_pyside", lambda _: False)  # noqa: B010 - another's private name


def _import_msgspec_alone() -> None:
    """Import msgspec without `typing_extensions`: 2 ms of the start, and 1 MB.

    msgspec (0.22, `msgspec._utils`) takes from it, where it is, what `typing` itself has from Python 3.11 on.
    """
    if "typing_extensions" in sys.modules:
        return
    sys.modules["typing_extensions"] = None  # type: ignore[assignment] # what Python takes for "not to be had"
    try:
        import msgspec  # noqa: F401 - so that nobody imports it later with the other
    finally:
        del sys.modules["typing_extensions"]


def _handed_over(request: WindowRequest) -> bool:
    """Whether the program already runs for this folder and has raised its window."""
    from app.instance import ask_running

    return ask_running(request.folder.instance, {"action": request.action, "mailto": request.mailto})
