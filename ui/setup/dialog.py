"""The first start: three pages, one live test, and only then anything is kept."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.address import Address, check_name
from app.delivery.tls import trust
from app.errors import AddressError, ExpectedError, KeychainError, Problem, Reason, SetupError
from app.policy.evaluate import Policy, own_policy
from app.profile import CommandSignIn, OAuthSignIn, Profile
from app.services import Services
from app.setup.first_start import Wish, new_profile, set_up
from app.storage.keychain import MemoryKeychain, Secret
from ui.accounts.connection import run_test
from ui.accounts.course import CourseDialog
from ui.accounts.page import Page, keep_for_now_label, show_field_problem, show_problem
from ui.icons import application_icon
from ui.messages import policy_detail
from ui.setup.pages import PersonPage, PolicyPage, SignInPage
from ui.widgets import fit_to_screen

__all__ = ["SetupDialog"]


@dataclass(frozen=True, slots=True)
class _Found:
    """The policy that was looked up, and for what."""

    source: str
    policy_ca: str
    policy_keys: tuple[str, ...]
    mail_ca: str
    policy: Policy


class SetupDialog(CourseDialog):
    """Accepted when the profile is stored and the services go on with it."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._address: Address | None = None
        self._found: _Found | None = None
        self.setObjectName("setupDialog")
        self.setWindowTitle(self.tr("Set up Absender"))
        self.setWindowIcon(application_icon())
        self.person_page = PersonPage()
        self.policy_page = PolicyPage()
        self.sign_in_page = SignInPage(services)
        sign_in = self.sign_in_page
        self.add_pages(
            (self.person_page, self.policy_page, sign_in),
            # What is being tested is not changed meanwhile.
            held=(sign_in.test_button, sign_in.sign_in, sign_in.server),
        )
        if services.managed is not None:
            self.policy_page.lock(services.managed)
        elif services.managed_problem is not None:
            self.policy_page.offer_no_statement()
            self.policy_page.source.setEnabled(False)
        for fields in (sign_in.sign_in, sign_in.server):
            fields.changed.connect(self._forget_test)
        sign_in.test_button.clicked.connect(lambda: self.begin(lambda: self._told(self._test_only())))
        fit_to_screen(self, 720, 608)
        self._show(self.person_page)

    def _show(self, page: Page) -> None:
        page.notice.clear()
        problem = self._services.managed_problem
        if page is self.policy_page and problem is not None:
            show_problem(page.notice, problem)
        label = self.tr("&Finish") if page is self.sign_in_page else self.tr("Ne&xt step")
        self.show_page(page, label, can_go_back=page is not self.person_page)

    def _tell(self, problem: Problem) -> None:
        page = self.page()
        show_problem(page.notice, problem)
        self.look_at_top(page)

    def back(self) -> None:
        self._show(self.policy_page if self.page() is self.sign_in_page else self.person_page)

    async def work_on(self) -> None:
        await self._told(self._answer(self.page()))

    async def _answer(self, page: Page) -> None:
        page.notice.clear()
        if page is self.person_page:
            self._take_person()
        elif page is self.policy_page:
            await self._look_up()
        else:
            await self._finish(for_session=False)

    def _take_person(self) -> None:
        page = self.person_page
        self._address = None
        problems: dict[str, Problem] = {}
        try:
            self._address = Address.parse(page.address.text())
        except AddressError as error:
            problems["address"] = error.problem
        try:
            check_name(page.name.text())
        except AddressError as error:
            problems["name"] = error.problem
        show_field_problem(page.address, problems.get("address"))
        show_field_problem(page.name, problems.get("name"))
        if not problems:
            self._show(self.policy_page)

    async def _look_up(self) -> None:
        """Fetch the policy; without one there is no next page, unless the person stated that there is none."""
        page = self.policy_page
        assert self._address is not None
        if self._services.managed_problem is not None:
            self._tell(self._services.managed_problem)
            return
        policy, source = own_policy(), ""
        keys = self._services.managed.policy_keys if self._services.managed is not None else ()
        files = page.policy_ca.text().strip(), page.mail_ca.text().strip()
        page.forget_problems()
        if await self._lacks_authorities(files[1]):
            return
        if not page.own.isChecked():
            source = page.source.text().strip()
            if not source:
                show_field_problem(page.source, Problem.of(Reason.POLICY_NO_SOURCE))
                return
            page.notice.show_text("info", self.tr("The policy is being looked up…"))
            policy = await self._services.look_up_policy(self._address, source, files[0], keys)
            page.notice.clear()
            if policy.document is None:
                problem = policy.problem or Problem.of(Reason.POLICY_NO_SOURCE)
                if problem.reason is Reason.POLICY_CA_UNREADABLE:
                    show_field_problem(page.policy_ca, problem)
                else:
                    self._tell(problem)
                return
        self._found = _Found(source, files[0], keys, files[1], policy)
        self.sign_in_page.show_policy(policy, self._address, policy_detail(policy, self._services.now()))
        self._show(self.sign_in_page)

    async def _lacks_authorities(self, mail_ca: str) -> bool:
        """Return whether the mail server's authorities cannot be read; said here, where one can change the file."""
        try:
            await trust(partial(self._services.mail_tls_for, mail_ca))
        except SetupError as error:
            show_field_problem(self.policy_page.mail_ca, error.problem)
            return True
        return False

    def _profile(self) -> tuple[Profile, Secret | None] | None:
        """Return what would be kept, and the typed password; None while the fields have problems."""
        form = self.sign_in_page.form()
        if self._found is None or self._address is None:
            return None
        if self.sign_in_page.show_problems(form):
            self.sign_in_page.test.forget()
            return None
        found, server = self._found, form.server()
        wish = Wish(
            address=self._address,
            name=self.person_page.name.text(),
            policy_source=found.source,
            policy_ca=found.policy_ca,
            policy_keys=found.policy_keys,
            mail_ca=found.mail_ca,
            username=server.username,
            command=server.sign_in.argv if isinstance(server.sign_in, CommandSignIn) else (),
            in_browser=isinstance(server.sign_in, OAuthSignIn),
            client=form.client(),
            server=server,
        )
        return new_profile(wish, found.policy, self._services.now()), self.sign_in_page.secret()

    def _forget_test(self) -> None:
        """Take a passed test away: it was for something else. What failed is read while one mends it."""
        if self.sign_in_page.test.notice.kind() == "good":
            self.sign_in_page.test.forget()

    async def _test_only(self) -> None:
        made = self._profile()
        if made is not None:
            profile, secret = made
            services = self._services
            await run_test(
                profile.organisation_server,
                secret,
                profile.primary.address,
                secret_of=services.secret_of,
                tls=lambda: services.mail_tls_for(profile.mail_ca),
                view=self.sign_in_page.test,
            )
            self.look_at(self.sign_in_page, self.sign_in_page.test)

    async def _finish(self, *, for_session: bool) -> None:
        """Test the server, then keep profile and password; where the keychain fails, offer to keep it for now."""
        made = self._profile()
        if made is None:
            return
        profile, secret = made
        services, view = self._services, self.sign_in_page.test
        # A throw-away keychain, so that the system's is not asked at all where the password is only for now.
        keychain = MemoryKeychain() if for_session else services.keychain
        view.forget()
        view.begin(profile.organisation_server)
        try:
            report = await set_up(
                profile,
                secret,
                profiles=services.profiles,
                keychain=keychain,
                secret_of=services.secret_of,
                tls=lambda: services.mail_tls_for(profile.mail_ca),
                watch=view.follow,
                passed=lambda: self.set_saving(True),
            )
        except KeychainError as error:
            view.forget()
            keep = (keep_for_now_label(profile.organisation_server), self._keep_for_now)
            show_problem(self.sign_in_page.notice, error.problem, [keep])
            self.look_at_top(self.sign_in_page)
            return
        except ExpectedError:
            view.forget()
            raise
        finally:
            if isValid(self):
                self.set_saving(False)
        view.finish(report)
        self.look_at(self.sign_in_page, self.sign_in_page.test)
        if report.ok:
            await self._go_on_with(profile, secret if for_session else None)

    def _keep_for_now(self) -> None:
        self.sign_in_page.notice.clear()
        self.begin(lambda: self._told(self._finish(for_session=True)))

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except ExpectedError as error:
            self._tell(error.problem)

    async def _go_on_with(self, profile: Profile, for_now: Secret | None) -> None:
        server = profile.organisation_server
        if for_now is not None and server.keeps_secret:
            await self._services.keychain.set_for_session(server.keychain_account, for_now)
        await self._services.take_profile(profile)
        self.accept()
