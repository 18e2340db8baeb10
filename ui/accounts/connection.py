"""The connection test as one watches it: every step live, and at the end what it did not prove."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.address import Address
from app.errors import ExpectedError, Problem
from app.profile import SmtpServer
from app.sign_in.secrets import SecretOf
from app.storage.keychain import Secret
from ui.accounts.page import show_problem
from ui.messages import harmless, not_proved_text, probe_step_name
from ui.widgets import Card, Notice, StepList, StepState

if TYPE_CHECKING:
    from app.setup.probe import ProbeReport, ProbeStep

__all__ = ["ConnectionTest", "run_test"]


class ConnectionTest(QWidget):
    """The steps of a test of one server, and how it ended; hidden until the first one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWidgets import QVBoxLayout

        self.setObjectName("connectionTest")
        self.steps = StepList()
        self._running: ProbeStep | None = None
        self._card = Card()
        self._card.body.addWidget(self.steps)
        self.notice = Notice(name="testResult")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._card)
        column.addWidget(self.notice)
        self.hide()

    def begin(self, server: SmtpServer) -> None:
        """Show the steps a test of `server` has, all waiting."""
        from app.setup.probe import steps_for

        self._running = None
        self.notice.clear()
        old, self.steps = self.steps, StepList()
        self._card.body.replaceWidget(old, self.steps)
        old.hide()
        old.deleteLater()
        for step in steps_for(server):
            self.steps.add(step, probe_step_name(step))
        self.show()

    def follow(self, step: ProbeStep) -> None:
        """Show that `step` begins, and that the one before is done."""
        if self._running is not None:
            self.steps.set_state(self._running, StepState.OK)
        self._running = step
        self.steps.set_state(step, StepState.RUNNING)

    def finish(self, report: ProbeReport) -> None:
        """Show how the test ended: the step that failed and its sentence, or what it did not prove."""
        for result in report.steps:
            state = StepState.OK if result.ok else StepState.FAILED
            self.steps.set_state(result.step, state, harmless(result.detail) if result.ok else "")
        self.steps.end()
        if report.problem is not None:
            show_problem(self.notice, report.problem)
            return
        left = [not_proved_text(each) for each in report.not_proved]
        self.notice.show_text("good", self.tr("The connection works."), self._not_proved(left))

    def stop(self, problem: Problem) -> None:
        """Show why the test could not begin."""
        self._card.hide()
        show_problem(self.notice, problem)
        self.show()

    def forget(self) -> None:
        """Take the last test away: it was for something else."""
        self.notice.clear()
        self._card.show()
        self.hide()

    def _not_proved(self, left: list[str]) -> str:
        return "\n".join([self.tr("It does not prove:"), *(f"• {each}" for each in left)])


async def run_test(
    server: SmtpServer,
    typed: Secret | None,
    sender: Address,
    *,
    secret_of: SecretOf,
    tls: Callable[[], ssl.SSLContext],
    view: ConnectionTest,
) -> ProbeReport | None:
    """Test `server` while `view` shows each step; None where there is no password, or no trust, to test it with."""
    from app.delivery.tls import trust
    from app.setup.probe import probe

    view.forget()
    try:
        secret = await secret_of(server, typed)
        context = await trust(tls)
    except ExpectedError as error:
        view.stop(error.problem)
        return None
    view.begin(server)
    report = await probe(server, secret, sender, tls=context, watch=view.follow)
    view.finish(report)
    return report
