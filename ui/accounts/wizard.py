"""The wizard that adds, changes or confirms an address: it shows what `next_step` says, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never
from uuid import uuid4

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.address import Address
from app.errors import ExpectedError, KeychainError, SetupError
from app.oauth_client import OAuthClient
from app.policy.evaluate import Policy
from app.profile import SendAsAddress, SmtpServer
from app.services import Services
from app.setup.admin_request import admin_request
from app.setup.enrolment import (
    AskAddress,
    AskCode,
    AskSignIn,
    Choice,
    ChooseServer,
    CodeState,
    Done,
    Enrolment,
    Forbidden,
    Probing,
    Saving,
    ServerForm,
    WizardStep,
    next_step,
)
from app.storage.keychain import Secret
from ui import tasks
from ui.accounts import edges
from ui.accounts.address_page import AddressPage
from ui.accounts.code_page import CodePage
from ui.accounts.connection import run_test
from ui.accounts.course import CourseDialog
from ui.accounts.page import keep_for_now_label, show_problem
from ui.accounts.server_page import PolicyLinks, ServerPage
from ui.accounts.sign_in_page import SignInPage
from ui.mailbox.banner import why_policy
from ui.messages import admin_request_text, not_proved_text, policy_detail
from ui.widgets import fit_to_screen

if TYPE_CHECKING:
    from app.setup.probe import ProbeReport

__all__ = ["AddAddressDialog"]

_Tested = tuple[ServerForm, Secret | None, SmtpServer]


class AddAddressDialog(CourseDialog):
    """Four pages at most; whatever is typed stays until the dialog closes, and a cancelled one keeps nothing.

    `enrolment` is what is known already, where one goes on from there.
    """

    profile_changed = Signal()
    """The stored profile has changed, and the services go on with it."""

    def __init__(
        self,
        services: Services,
        parent: QWidget | None = None,
        entry: SendAsAddress | None = None,
        *,
        verify: bool = False,
        enrolment: Enrolment | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._verify_only = verify
        self._enrolment = enrolment or _start(entry, verify=verify)
        self._step: WizardStep | None = None
        self._tested: _Tested | None = None
        self._report: ProbeReport | None = None
        self.setObjectName("addAddressDialog")
        self.setWindowTitle(self._title(entry))
        self.address_page = AddressPage()
        self.server_page = ServerPage(
            PolicyLinks(
                detail=self._policy_detail, why=self._why, check=self._check_policy, request=self._copy_request
            ),
            services.lookup if services.shows_forecasts else None,
        )
        self.sign_in_page = SignInPage(services)
        self.code_page = CodePage()
        sign_in = self.sign_in_page
        self.add_pages(
            (self.address_page, self.server_page, sign_in, self.code_page),
            # What is being tested is not changed meanwhile.
            held=(sign_in.test_button, sign_in.fields, self.code_page.resend),
        )
        sign_in.test_button.clicked.connect(lambda: self.begin(self._test_only))
        sign_in.fields.changed.connect(self._forget_test)
        self.code_page.resend.clicked.connect(self._ask_for_another)
        self._stop_watching = services.watch.subscribe(self._take_policy) if services.watch else lambda: None
        self.finished.connect(lambda _result: self._stop_watching())
        fit_to_screen(self, 880, 640)
        self._advance_to_page()
        if services.watch is not None and not verify:
            tasks.start(services.watch.fresh_enough(), name="policy for the wizard")

    def may_go_on(self) -> bool:
        return not isinstance(self._step, Forbidden)

    def may_be_cut(self) -> bool:
        # A code that is on its way goes on: "Later" does not mean "never".
        return not isinstance(self._step, AskCode)

    def _title(self, entry: SendAsAddress | None) -> str:
        if entry is None:
            return self.tr("Add another email address")
        return self.tr("Confirm email address") if self._verify_only else self.tr("Edit email address")

    # What a step shows

    def _now_step(self) -> WizardStep:
        return next_step(self._enrolment, profile=self._services.the_profile, policy=self._services.policy)

    def _advance_to_page(self, *, tried: bool = False) -> None:
        """Show the page of the step that is due; `tried` once the person has answered it before."""
        step = self._now_step()
        self._step = step
        match step:
            case AskAddress():
                title = self.tr("Enter information about your other email address.")
                hint = self.tr("Your name and email address will be shown on mail you send.")
                if self._enrolment.is_change:
                    title = self.tr("Edit information for {address}").format(address=step.fixed_address or "")
                self.address_page.set_heading(title, hint)
                self.address_page.show_step(step, self._enrolment, with_problems=tried)
                self.show_page(self.address_page, self.tr("Ne&xt step"), can_go_back=False)
            case ChooseServer():
                self.server_page.show_step(step)
                self.show_page(self.server_page, self.tr("Ne&xt step"), can_go_back=True)
            case Forbidden():
                self.server_page.show_forbidden(step)
                self.show_page(self.server_page, self.tr("Ne&xt step"), can_go_back=True)
            case AskSignIn():
                self.sign_in_page.show_step(step, with_problems=tried)
                label = self.tr("Sa&ve changes") if self._enrolment.is_change else self.tr("&Add account")
                self.show_page(self.sign_in_page, label, can_go_back=True)
            case AskCode():
                self.code_page.show_address(step.entry.address, is_only_step=self._verify_only)
                self.show_page(self.code_page, self.tr("&Verify"), can_go_back=False)
                self.cancel_button.setText(self.tr("&Later"))
            case Probing() | Saving() | Done():
                return
            case _:
                assert_never(step)

    # What the person does

    async def work_on(self) -> None:
        self.page().notice.clear()
        match self._step:
            case AskAddress():
                self._enrolment = self.address_page.answer(self._enrolment)
            case ChooseServer():
                choice = self.server_page.answer()
                if choice is None:
                    return
                self._enrolment = self._enrolment.with_choice(choice)
            case AskSignIn():
                self._take_form()
            case AskCode(entry=entry):
                await self._confirm(entry)
                return
            case _:
                pass
        await self._go_on()

    async def _go_on(self) -> None:
        """Do what needs nobody's answer: test, save, mail the code; then show the next page."""
        before = self._step
        while True:
            step = self._now_step()
            match step:
                case Probing(address=address, server=server):
                    if not await self._test(address, server):
                        self._enrolment = self._enrolment.back(step)
                        return
                    self._enrolment = replace(self._enrolment, tested=server)
                case Saving():
                    if not await self._save(step, for_session=False):
                        return
                case AskCode(is_mailed=False):
                    self._advance_to_page()
                    await self._mail(step.entry)
                    return
                case Done():
                    self.accept()
                    return
                case _:
                    self._advance_to_page(tried=type(step) is type(before))
                    return

    def back(self) -> None:
        if self._step is None:
            return
        if isinstance(self._step, AskSignIn):
            form = replace(self.sign_in_page.form(), password_given=False)
            self._enrolment = replace(self._enrolment, server=form)
        self._enrolment = self._enrolment.back(self._step)
        self._advance_to_page()

    # The connection test

    def _take_form(self) -> None:
        form = self.sign_in_page.form()
        self._enrolment = self._enrolment.with_server(form)
        if self._tested is not None and self._tested[:2] == (form, self.sign_in_page.secret()):
            self._enrolment = replace(self._enrolment, tested=self._tested[2])
        else:
            self.sign_in_page.test.forget()

    async def _test_only(self) -> None:
        """Test the connection and stay on the page."""
        trial = self._enrolment.with_server(self.sign_in_page.form())
        step = next_step(trial, profile=self._services.the_profile, policy=self._services.policy)
        match step:
            case Probing(address=address, server=server):
                await self._test(address, server)
            case Saving(entry=SendAsAddress(address=address, smtp_msa=SmtpServer() as server)):
                # Nothing was changed that would have to be tested; the person wants it all the same.
                await self._test(address, server)
            case AskSignIn():
                self.sign_in_page.test.forget()
                self.sign_in_page.fields.show_problems(step.problems)
                self.focus_later(self.sign_in_page)
            case _:
                self._advance_to_page()

    async def _test(self, address: Address, server: SmtpServer) -> bool:
        page = self.sign_in_page
        page.fields.show_problems({})
        form, secret = page.form(), page.secret()
        services = self._services
        report = await run_test(
            server, secret, address, secret_of=services.secret_of, tls=services.mail_tls, view=page.test
        )
        self.look_at(page, page.test)
        if report is None or not report.ok:
            self._tested = None
            return False
        self._tested = (form, secret, server)
        self._report = report
        return True

    def _forget_test(self) -> None:
        if self._tested is not None and self._tested[:2] != (self.sign_in_page.form(), self.sign_in_page.secret()):
            self._tested = None
            self.sign_in_page.test.forget()

    # Saving, and the code

    async def _save(self, step: Saving, *, for_session: bool) -> bool:
        """Keep the address; where the keychain does not take its password, offer to keep it for now."""
        self.set_saving(True)
        try:
            await edges.keep(
                step.entry,
                self._typed_secret(),
                self._services,
                is_new=step.is_new,
                client=self._own_client(step.entry),
                for_session=for_session,
            )
        except KeychainError as error:
            label = keep_for_now_label(step.entry.smtp_msa)
            keep = (label, lambda: self.begin(self._keep_for_now))
            show_problem(self.page().notice, error.problem, [keep])
            self.look_at_top(self.page())
            return False
        except ExpectedError as error:
            show_problem(self.page().notice, error.problem)
            self.look_at_top(self.page())
            return False
        finally:
            self.set_saving(False)
        self._enrolment = replace(self._enrolment, saved=step.entry)
        self._tested = None
        self.sign_in_page.fields.sign_in.forget_secret()
        self.profile_changed.emit()
        return True

    async def _keep_for_now(self) -> None:
        step = self._now_step()
        self.page().notice.clear()
        if not isinstance(step, Saving) or await self._save(step, for_session=True):
            await self._go_on()

    def _typed_secret(self) -> Secret | None:
        return self.sign_in_page.secret() if self._enrolment.choice is Choice.GATEWAY else None

    def _own_client(self, entry: SendAsAddress) -> OAuthClient | None:
        """Return the person's own client, where `entry` is to be signed in to with it."""
        if entry.smtp_msa is None or self._enrolment.choice is not Choice.GATEWAY:
            return None
        form = self._enrolment.server
        return form.client() if entry.smtp_msa == self._enrolment.tested else None

    async def _mail(self, entry: SendAsAddress) -> None:
        """Mail a code, and say where it has gone or why it has not."""
        notice = self.code_page.notice
        notice.show_text("info", self.tr("The confirmation mail is being sent…"))
        try:
            problem = edges.problem_of(await edges.mail(entry, self._services))
        except ExpectedError as error:
            problem = error.problem
        if not isValid(self):
            return
        if problem is not None:
            show_problem(notice, problem)
            return
        self.code_page.forget()
        self._enrolment = replace(self._enrolment, code=CodeState.MAILED)
        self._step = self._now_step()
        sent = self.tr("The confirmation mail was sent to {address}.").format(address=entry.address.display)
        notice.show_text("good", sent, self._not_proved())

    def _not_proved(self) -> str:
        """Return what even the passed test of the server leaves open; the code that arrives proves the rest."""
        if self._report is None:
            return ""
        left = [not_proved_text(each) for each in self._report.not_proved]
        return "\n".join([self.tr("Your server passed the test. It does not prove:"), *(f"• {each}" for each in left)])

    def _ask_for_another(self) -> None:
        # Where one goes on once the mail is sent.
        self.code_page.code.line.setFocus()
        self.begin(self._resend)

    async def _resend(self) -> None:
        if isinstance(self._step, AskCode):
            await self._mail(self._step.entry)

    async def _confirm(self, entry: SendAsAddress) -> None:
        try:
            await edges.confirm(entry, self.code_page.code.text(), self._services)
        except SetupError as error:
            if isValid(self):
                self.code_page.show_wrong(error.problem)
            return
        except ExpectedError as error:
            if isValid(self):
                show_problem(self.code_page.notice, error.problem)
            return
        if not isValid(self):
            return
        self._enrolment = replace(self._enrolment, code=CodeState.CONFIRMED)
        self.profile_changed.emit()
        self.accept()

    # The policy

    def _take_policy(self, policy: Policy) -> None:
        """Show what a changed policy opens or closes, without losing what is typed."""
        del policy
        if self.is_working() or not isValid(self):
            return
        if isinstance(self._step, AskSignIn):
            form = replace(self.sign_in_page.form(), password_given=False)
            self._enrolment = replace(self._enrolment, server=form)
            if isinstance(self._now_step(), AskSignIn):
                return
        if isinstance(self._step, ChooseServer | Forbidden | AskSignIn):
            self._advance_to_page()

    async def _check_policy(self) -> None:
        if self._services.watch is not None:
            await self._services.watch.refresh()

    def _policy_detail(self, policy: Policy) -> str:
        return policy_detail(policy, self._services.now())

    def _why(self) -> None:
        why_policy(self._services.policy, self._services.now(), self).show()

    def _copy_request(self) -> None:
        if isinstance(self._step, ChooseServer | Forbidden):
            services = self._services
            request = admin_request(self._step.address, profile=services.the_profile, policy=services.policy)
            QGuiApplication.clipboard().setText(admin_request_text(request))


def _start(entry: SendAsAddress | None, *, verify: bool) -> Enrolment:
    if entry is None:
        return Enrolment(uuid4().hex)
    return Enrolment.confirm(entry, is_mailed=True) if verify else Enrolment.change(entry)
