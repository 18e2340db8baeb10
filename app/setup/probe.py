"""The connection test before a server is saved: every step of a session up to MAIL FROM, and what that leaves open."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.address import Address
from app.delivery.smtp import Limits, Session, SessionError, Stage
from app.errors import Problem
from app.profile import NoSignIn, Security, SmtpServer
from app.storage.keychain import Secret

__all__ = ["NotProved", "ProbeReport", "ProbeStep", "StepResult", "probe", "steps_for"]


class ProbeStep(StrEnum):
    """What is tried, in this order."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SIGN_IN = "sign-in"
    SENDER = "sender"


class NotProved(StrEnum):
    """What even a good result does not say."""

    CODE_ARRIVES = "code-arrives"
    """That the verification code will reach the address."""
    RECIPIENTS_ACCEPT = "recipients-accept"
    """That the recipients' servers accept mail that comes this way."""
    DKIM_SIGNED = "dkim-signed"
    """That the server signs the mail for the address' domain."""
    DATA_ACCEPTED = "data-accepted"
    """That the server takes a whole message; it may still refuse its content."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step went. `detail` is data, foreign text at that: addresses, TLS version, names, a reply."""

    step: ProbeStep
    ok: bool
    detail: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The steps up to the first that failed."""

    steps: tuple[StepResult, ...]
    ok: bool
    problem: Problem | None
    not_proved: tuple[NotProved, ...]


def steps_for(server: SmtpServer) -> tuple[ProbeStep, ...]:
    """Return the steps a test of `server` has."""
    left_out = set()
    if server.security is Security.NONE:
        left_out.add(ProbeStep.TLS)
    if isinstance(server.sign_in, NoSignIn):
        left_out.add(ProbeStep.SIGN_IN)
    return tuple(step for step in ProbeStep if step not in left_out)


async def probe(
    server: SmtpServer,
    secret: Secret | None,
    sender: Address,
    *,
    tls: ssl.SSLContext,
    watch: Callable[[ProbeStep], None] | None = None,
    limits: Limits | None = None,
) -> ProbeReport:
    """Test whether `server` lets us sign in and send as `sender`; never raises for what a server does.

    `watch` is told of each step as it begins. Nothing is sent to anybody.
    """
    course = _Course(server, watch)
    try:
        session = await Session.open(server, secret, tls=tls, limits=limits, watch=course.follow)
        try:
            await session.test_sender(sender)
        finally:
            await session.quit()
    except SessionError as error:
        return course.report(error.problem)
    return course.report(None)


class _Course:
    """Turns a session's stages into the steps people know."""

    def __init__(self, server: SmtpServer, watch: Callable[[ProbeStep], None] | None) -> None:
        self._steps = steps_for(server)
        self._is_implicit_tls = server.security is Security.SSL
        self._watch = watch
        self._details: dict[ProbeStep, list[str]] = {}

    def follow(self, stage: Stage, detail: str) -> None:
        """Take note of a stage that begins, or of what it brought."""
        step = self._step_of(stage)
        if step is None:
            return
        if step not in self._details:
            self._details[step] = []
            if self._watch is not None:
                self._watch(step)
        if detail and stage not in {Stage.GREETING, Stage.EHLO}:
            self._details[step].append(detail)

    def report(self, problem: Problem | None) -> ProbeReport:
        """Return the report; the step that began last is the one `problem` stopped."""
        begun = list(self._details) or [ProbeStep.RESOLVE]
        results = [StepResult(step, ok=True, detail="; ".join(self._details.get(step, ()))) for step in begun]
        if problem is not None:
            results[-1] = StepResult(begun[-1], ok=False, detail=results[-1].detail, problem=problem)
        return ProbeReport(tuple(results), ok=problem is None, problem=problem, not_proved=tuple(NotProved))

    def _step_of(self, stage: Stage) -> ProbeStep | None:
        """Return the step a stage belongs to; without a step of its own it belongs to the one before."""
        wanted = {
            Stage.RESOLVE: ProbeStep.RESOLVE,
            Stage.CONNECT: ProbeStep.CONNECT,
            Stage.GREETING: ProbeStep.TLS if self._is_implicit_tls else ProbeStep.CONNECT,
            Stage.TLS: ProbeStep.TLS,
            Stage.EHLO: ProbeStep.TLS,
            Stage.SIGN_IN: ProbeStep.SIGN_IN,
            Stage.SENDER: ProbeStep.SENDER,
        }.get(stage)
        return wanted if wanted in self._steps else None
