"""Adding or changing an address as a value: what was typed, and `next_step`, which says what comes next.

The wizard's pages show the step and put what the person answered into the next `Enrolment`; they decide
nothing. Whether a way to send is open is asked of `choose_route`, so that the wizard cannot disagree with
the delivery. Back is the previous value, or `enrolment.back(step)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.address import Address, check_name
from app.errors import AddressError, Problem, Reason, SetupError
from app.policy.evaluate import Policy, PolicyState, own_policy
from app.profile import ADDRESS_LIMIT, Profile, Security, SendAsAddress, SmtpServer, Verification
from app.recipient_view import recipient_view
from app.routing import Refusal, Route, choose_route, is_internal
from app.setup.server_form import PORTS, Field, ServerForm, SignInKind, recommended
from app.setup.steps import (
    AskAddress,
    AskCode,
    AskSignIn,
    Choice,
    ChooseServer,
    Done,
    Forbidden,
    Offer,
    Probing,
    Saving,
    WizardStep,
)

__all__ = [
    "PORTS",
    "AskAddress",
    "AskCode",
    "AskSignIn",
    "Choice",
    "ChooseServer",
    "CodeState",
    "Done",
    "Enrolment",
    "Field",
    "Forbidden",
    "Offer",
    "Page",
    "Probing",
    "Saving",
    "ServerForm",
    "SignInKind",
    "WizardStep",
    "address_problems",
    "is_vouched_for",
    "next_step",
    "recommended",
    "to_entry",
]


class Page(StrEnum):
    """The pages a person answers, in their order."""

    ADDRESS = "address"
    SERVER = "server"
    SIGN_IN = "sign-in"


class CodeState(StrEnum):
    """How far the confirmation of a saved address has come."""

    NOT_MAILED = "not-mailed"
    MAILED = "mailed"
    LATER = "later"
    """The person will enter the code another time."""
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Everything typed and decided so far; a password or token is never part of it."""

    entry_id: str
    """The id the address has, or will have."""
    name: str = ""
    address: str = ""
    treat_as_alias: bool = True
    reply_to: str = ""
    signature: str = ""
    choice: Choice | None = None
    server: ServerForm = field(default_factory=ServerForm)
    answered: frozenset[Page] = frozenset()
    tested: SmtpServer | None = None
    """The server that passed the connection test."""
    saved: SendAsAddress | None = None
    """The address as it was stored."""
    code: CodeState = CodeState.NOT_MAILED
    original: SendAsAddress | None = None
    """The address being changed; None while one is added."""

    @classmethod
    def change(cls, entry: SendAsAddress) -> Enrolment:
        """Return the value to change a stored address with; the address itself stays."""
        return cls(
            entry_id=entry.id,
            name=entry.display_name,
            address=str(entry.address),
            treat_as_alias=entry.treat_as_alias,
            reply_to=str(entry.reply_to) if entry.reply_to else "",
            signature=entry.signature,
            choice=Choice.GATEWAY if entry.smtp_msa else Choice.ORGANISATION,
            server=ServerForm.of(entry.smtp_msa) if entry.smtp_msa else ServerForm(),
            original=entry,
        )

    @classmethod
    def confirm(cls, entry: SendAsAddress, *, is_mailed: bool) -> Enrolment:
        """Return the value to confirm a stored address with; `is_mailed` says whether a code is on its way."""
        code = CodeState.MAILED if is_mailed else CodeState.NOT_MAILED
        return cls(entry_id=entry.id, address=str(entry.address), saved=entry, code=code)

    def with_address(
        self, *, name: str, address: str, treat_as_alias: bool, reply_to: str = "", signature: str | None = None
    ) -> Enrolment:
        """Return the value after the first page; what was entered for another domain's server is dropped."""
        same_domain = _domain(address) == _domain(self.address)
        return replace(
            self,
            name=name,
            address=address,
            treat_as_alias=treat_as_alias,
            reply_to=reply_to,
            signature=self.signature if signature is None else signature,
            choice=self.choice if same_domain else None,
            server=self.server if same_domain else ServerForm(),
            answered=frozenset({Page.ADDRESS}),
        )

    def with_choice(self, choice: Choice) -> Enrolment:
        """Return the value after the second page."""
        return replace(self, choice=choice, answered=frozenset({Page.ADDRESS, Page.SERVER}))

    def with_server(self, form: ServerForm) -> Enrolment:
        """Return the value after the third page; the server is to be tested."""
        return replace(self, server=form, answered=frozenset(Page), tested=None)

    def back(self, step: WizardStep) -> Enrolment:
        """Return the value that shows the page before `step`, with all that was typed; nothing once it is saved."""
        if self.saved is not None:
            return self
        kept: frozenset[Page] = frozenset()
        if isinstance(step, AskSignIn):
            kept = frozenset({Page.ADDRESS})
        elif isinstance(step, Probing):
            kept = frozenset({Page.ADDRESS, Page.SERVER})
        return replace(self, answered=kept, tested=None)

    @property
    def is_change(self) -> bool:
        """Whether a stored address is being changed."""
        return self.original is not None


def next_step(enrolment: Enrolment, *, profile: Profile, policy: Policy) -> WizardStep:
    """Return what comes next; never raises."""
    if enrolment.saved is not None:
        return _after_saving(enrolment, enrolment.saved)
    problems = address_problems(enrolment, profile)
    if problems or Page.ADDRESS not in enrolment.answered:
        fixed = enrolment.original.address if enrolment.original else None
        return AskAddress(fixed, profile.primary.display_name, problems, _name_fixed_by(enrolment, policy))
    address = _address(enrolment)
    if not is_internal(address, profile, policy):
        step = _about_server(enrolment, address, profile, policy)
        if step is not None:
            return step
    return Saving(to_entry(enrolment, profile=profile, policy=policy), is_new=not enrolment.is_change)


def address_problems(enrolment: Enrolment, profile: Profile) -> Mapping[Field, Problem]:
    """Return what is wrong with the fields of the first page; empty when nothing is."""
    found = {
        Field.NAME: _problem_of(lambda: check_name(enrolment.name)),
        Field.ADDRESS: _address_problem(enrolment, profile),
        Field.REPLY_TO: _problem_of(lambda: _reply_to(enrolment)),
    }
    return {each: problem for each, problem in found.items() if problem is not None}


def to_entry(enrolment: Enrolment, *, profile: Profile, policy: Policy) -> SendAsAddress:
    """Return the address as it is to be stored.

    A new one is accepted at once when the organisation vouches for it, and pending otherwise. Raises
    AddressError or SetupError while a page has problems or the chosen way is not open.
    """
    address = _address(enrolment)
    gateway: SmtpServer | None = None
    if enrolment.choice is Choice.GATEWAY and not is_internal(address, profile, policy):
        gateway = _gateway(enrolment, address, profile, policy)
    return replace(_entry(enrolment, address, policy), smtp_msa=gateway)


def is_vouched_for(address: Address, policy: Policy) -> bool:
    """Whether a fresh policy lists the address as the person's own, so that no code is needed."""
    return policy.state is PolicyState.FRESH and policy.document is not None and address in policy.document.aliases


def _after_saving(enrolment: Enrolment, entry: SendAsAddress) -> AskCode | Done:
    if enrolment.code is CodeState.CONFIRMED:
        return Done(replace(entry, verification=Verification.ACCEPTED))
    if entry.is_verified or enrolment.is_change or enrolment.code is CodeState.LATER:
        return Done(entry)
    return AskCode(entry, is_mailed=enrolment.code is CodeState.MAILED)


def _about_server(enrolment: Enrolment, address: Address, profile: Profile, policy: Policy) -> WizardStep | None:
    """Return the step that is still needed for an external address, or None when its server is settled."""
    organisation = _offer(enrolment, address, Choice.ORGANISATION, profile, policy)
    gateway = _offer(enrolment, address, Choice.GATEWAY, profile, policy)
    if gateway.problem is not None and not gateway.is_open and not organisation.is_open:
        forbidden = Problem.of(Reason.SETUP_FORBIDDEN, address=address.display, domain=address.domain)
        return Forbidden(address, forbidden, gateway.problem, policy)
    chosen = {None: None, Choice.ORGANISATION: organisation, Choice.GATEWAY: gateway}[enrolment.choice]
    if Page.SERVER not in enrolment.answered or chosen is None or not chosen.is_open:
        proposed = Choice.GATEWAY if gateway.is_open else Choice.ORGANISATION
        if chosen is not None and enrolment.choice is not None and chosen.is_open:
            proposed = enrolment.choice
        return ChooseServer(address, organisation, gateway, proposed, policy.gateways.decided_by, policy)
    if chosen is organisation or gateway.problem is not None:
        return None
    return _about_sign_in(enrolment, address, profile)


def _about_sign_in(enrolment: Enrolment, address: Address, profile: Profile) -> AskSignIn | Probing | None:
    form = enrolment.server.proposed_for(address, profile.oauth_clients)
    current = enrolment.original.smtp_msa if enrolment.original else None
    problems = form.problems(stored=current, clients=profile.oauth_clients)
    if problems or Page.SIGN_IN not in enrolment.answered:
        return AskSignIn(address, form, form.recommended, problems, current)
    server = form.server()
    unchanged = server == current and not form.password_given
    return None if unchanged or enrolment.tested == server else Probing(address, server)


def _offer(enrolment: Enrolment, address: Address, choice: Choice, profile: Profile, policy: Policy) -> Offer:
    """Ask for the route a finished, confirmed address would take."""
    current = enrolment.original.smtp_msa if enrolment.original else None
    gateway = current or SmtpServer(f"smtp.{address.domain}", PORTS[0], Security.STARTTLS)
    trial = replace(
        _entry(enrolment, address, policy),
        smtp_msa=gateway if choice is Choice.GATEWAY else None,
        verification=Verification.ACCEPTED,
    )
    others = tuple(each for each in profile.addresses if each.id != trial.id)
    trial_profile = replace(profile, addresses=(*others, trial))
    decided = choose_route(address, trial_profile, policy)
    shown = decided if isinstance(decided, Route) else choose_route(address, trial_profile, own_policy())
    assert isinstance(shown, Route), "without an organisation's policy every confirmed address has a route"
    return Offer(
        view=recipient_view(shown, trial_profile),
        problem=decided.problem if isinstance(decided, Refusal) else None,
        is_current=enrolment.is_change and (current is not None) == (choice is Choice.GATEWAY),
        host=shown.server.host if choice is Choice.ORGANISATION else (enrolment.server.host or "").strip(),
    )


def _gateway(enrolment: Enrolment, address: Address, profile: Profile, policy: Policy) -> SmtpServer | None:
    """Return the gateway to store: the typed one where it is open anew, else the one that is there."""
    offer = _offer(enrolment, address, Choice.GATEWAY, profile, policy)
    if offer.problem is None:
        return enrolment.server.proposed_for(address, profile.oauth_clients).server()
    if enrolment.original is None or enrolment.original.smtp_msa is None:
        raise SetupError(offer.problem)
    return enrolment.original.smtp_msa


def _entry(enrolment: Enrolment, address: Address, policy: Policy) -> SendAsAddress:
    """Return the address without its server; raises AddressError."""
    verification = Verification.ACCEPTED if is_vouched_for(address, policy) else Verification.PENDING
    base = enrolment.original or SendAsAddress(enrolment.entry_id, address, verification=verification)
    fixed_by = _name_fixed_by(enrolment, policy)
    return replace(
        base,
        display_name=check_name(enrolment.name) if fixed_by is None else base.display_name,
        reply_to=_reply_to(enrolment),
        signature=enrolment.signature.strip("\n").rstrip(),
        treat_as_alias=enrolment.treat_as_alias,
    )


def _name_fixed_by(enrolment: Enrolment, policy: Policy) -> str | None:
    """Return whose policy keeps the primary address's name as it is; None where it may be changed."""
    is_primary = enrolment.original is not None and enrolment.original.is_primary
    return policy.names.decided_by.target if is_primary and policy.names.decided_by and not policy.names.value else None


def _address(enrolment: Enrolment) -> Address:
    return enrolment.original.address if enrolment.original else Address.parse(enrolment.address)


def _reply_to(enrolment: Enrolment) -> Address | None:
    return Address.parse(enrolment.reply_to) if enrolment.reply_to.strip() else None


def _domain(text: str) -> str:
    try:
        return Address.parse(text).domain
    except AddressError:
        return ""


def _address_problem(enrolment: Enrolment, profile: Profile) -> Problem | None:
    if enrolment.is_change:
        return None
    problem = _problem_of(lambda: _address(enrolment))
    if problem is not None:
        return problem
    address = _address(enrolment)
    if "." not in address.domain:
        # A host of the local network, or half a domain: nobody out there could answer.
        return Problem.of(Reason.ADDRESS_BAD_DOMAIN, domain=address.domain, text=enrolment.address)
    if profile.find(address) is not None:
        return Problem.of(Reason.PROFILE_DUPLICATE, address=address.display)
    if len(profile.addresses) > ADDRESS_LIMIT:
        return Problem.of(Reason.PROFILE_TOO_MANY, limit=ADDRESS_LIMIT)
    return None


def _problem_of(check: Callable[[], object]) -> Problem | None:
    try:
        check()
    except AddressError as error:
        return error.problem
    return None
