"""A connection cut after any octet, either way, by close, RST and stall: no verdict is wrong about the message."""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.delivery.dialogue import Limits
from app.delivery.smtp import Envelope, Session, SessionError
from app.delivery.verdict import Delivered, Rejected, TryLater, Uncertain, Verdict
from app.profile import PasswordSignIn, Security, SmtpServer
from app.storage.keychain import Secret
from tests.faults.cutting import Cut, How, Relay, Way, cut_talk, relaying
from tests.faults.proof import Proof, Scale
from tests.servers.exchange import ANNA, BERND, PASSWORD, SENDER, Handing, authority
from tests.servers.scripted import Polite, ScriptedServer, scripted

HOST = "127.0.0.1"
SEED = 20261123
SHORT = 400
"""How many cuts the short form makes."""
MESSAGE = b"Subject: x\r\n\r\n.Text\r\nGuten Tag\r\n"
RECIPIENTS = (ANNA, BERND)
IN_CLEAR = b"EHLO [127.0.0.1]\r\nSTARTTLS\r\n"
"""All that may ever be said without encryption."""
SPARE = 4
"""Cuts beyond the last octet: signatures in a handshake differ in length by an octet or two."""
_AT_ONCE = 16
PATIENT = Limits(connect=30, greeting_doubt=60, reply=30, envelope=60, data_idle=30, final_reply=30, quit=30)
"""For a connection that is cut: then nothing may have to wait for a limit."""
SHORT_OF_TIME = Limits(connect=0.5, greeting_doubt=60, reply=0.5, envelope=2, data_idle=0.5, final_reply=0.5, quit=0.1)


class Layer(StrEnum):
    """What is counted in octets."""

    WIRE = "wire"
    """What goes over the network: clear text up to STARTTLS, then ciphertext, handshake included."""
    TEXT = "text"
    """What client and server say to each other."""


@dataclass(frozen=True, slots=True)
class Case:
    """One cut."""

    security: Security
    layer: Layer
    cut: Cut
    is_pipelining: bool = False
    """Whether the server takes several commands at once (RFC 2920)."""

    def __str__(self) -> str:
        kind = "pipelining" if self.is_pipelining else "in turns"
        return f"{self.security.value} {self.layer} {self.cut.way} {self.cut.at} {self.cut.how} {kind}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the client says and what is true."""

    verdict: Verdict
    is_accepted: bool
    is_ended: bool
    """Whether the client says that it wrote the end of the message."""
    is_noted: bool
    """Whether the end was noted as coming."""
    is_cut: bool
    in_clear: tuple[bytes, ...] = ()

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with the verdict."""
        kind = type(self.verdict).__name__
        if isinstance(self.verdict, Delivered) and not self.is_accepted:
            yield "Delivered, and nothing was accepted"
        if isinstance(self.verdict, TryLater | Rejected) and self.is_accepted:
            yield f"{kind}, and the message was accepted"
        if isinstance(self.verdict, TryLater | Rejected) and self.is_ended:
            yield f"{kind} without a reply to the end of the message"
        if isinstance(self.verdict, Uncertain) and not (self.is_ended and self.is_noted):
            yield "Uncertain, and the end was never written"
        if not isinstance(self.verdict, Delivered | TryLater | Uncertain):
            yield f"{kind} for a cut connection"
        if not IN_CLEAR.startswith(b"".join(self.in_clear)):
            yield f"in the clear: {self.in_clear!r}"


def prove(scale: Scale, folder: Path) -> Proof:
    """Cut at every octet, or in the short form at some of them, and compare each verdict with the server's truth."""
    cases = asyncio.run(_all_cases())
    if scale is Scale.SHORT:
        step = len(cases) // SHORT
        cases = cases[SEED % step :: step]
    counted, broken = asyncio.run(_try_all(cases))
    uncertain = counted["uncertain"]
    figures = {
        "seed": SEED,
        **dict(sorted(counted.items())),
        "wrong verdicts": len(broken),
        "false uncertain, share": round(counted["uncertain, not accepted"] / max(1, uncertain), 3),
    }
    promise = "wherever a connection is cut, 'sent' means accepted and 'again' means not accepted"
    return Proof("cuts", promise, figures, tuple(broken))


async def _all_cases() -> list[Case]:
    """Return every cut of every kind, as found out on connections that are not cut."""
    cases: list[Case] = []
    kinds = itertools.product((Security.STARTTLS, Security.SSL), Layer, (False, True))
    for security, layer, is_pipelining in kinds:
        # What commands sent together change is seen in the text; on the wire one kind of TLS is enough for each way.
        if layer is Layer.WIRE and is_pipelining is not (security is Security.SSL):
            continue
        lengths = [await _lengths(security, layer, is_pipelining=is_pipelining) for _ in range(3)]
        for way, how in itertools.product(Way, How):
            end = max(length[way] for length in lengths) + SPARE
            cases += [Case(security, layer, Cut(way, at, how), is_pipelining) for at in range(end)]
    return cases


async def _lengths(security: Security, layer: Layer, *, is_pipelining: bool = False) -> dict[Way, int]:
    """Return how many octets go each way when nothing is cut."""
    never = Cut(Way.UP, 1 << 30, How.CLOSE)
    if layer is Layer.TEXT:
        script, counted = cut_talk(_polite(is_pipelining=is_pipelining), never)
        async with scripted(script, _certified(), is_implicit=security is Security.SSL) as running:
            await _send(running.port, security, PATIENT, Handing())
            await running.until_quiet()
        return counted
    relay, _ = await _relayed(Case(security, layer, never, is_pipelining), Handing())
    return relay.passed


async def _try_all(cases: Sequence[Case]) -> tuple[Counter[str], list[str]]:
    counted: Counter[str] = Counter()
    broken: list[str] = []
    waiting = iter(cases)
    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(_try_some(waiting, counted, broken))
    return counted, broken


async def _try_some(cases: Iterable[Case], counted: Counter[str], broken: list[str]) -> None:
    for case in cases:
        try:
            async with asyncio.timeout(60):
                outcome = await _try(case)
        except Exception as error:  # noqa: BLE001 - a crash or a hang is what is looked for
            broken.append(f"{case}: {error!r}")
            continue
        broken.extend(f"{case}: {fault}" for fault in outcome.faults())
        name = "later" if isinstance(outcome.verdict, TryLater) else type(outcome.verdict).__name__.lower()
        counted.update(["sessions", f"{case.layer} {case.cut.how}", name])
        counted["pipelining"] += case.is_pipelining
        counted["cut"] += outcome.is_cut
        counted["uncertain, not accepted"] += name == "uncertain" and not outcome.is_accepted


async def _try(case: Case) -> Outcome:
    handing = Handing()
    if case.layer is Layer.WIRE:
        return (await _relayed(case, handing))[1]
    script, counted = cut_talk(_polite(is_pipelining=case.is_pipelining), case.cut)
    async with scripted(script, _certified(), is_implicit=case.security is Security.SSL) as running:
        verdict, is_ended = await _send(running.port, case.security, _limits(case), handing)
        await running.until_quiet()
        return _outcome(verdict, is_ended, handing, running, counted[case.cut.way] >= case.cut.at)


async def _relayed(case: Case, handing: Handing) -> tuple[Relay, Outcome]:
    async with scripted(
        _polite(is_pipelining=case.is_pipelining), _certified(), is_implicit=case.security is Security.SSL
    ) as running:
        relay = Relay(running.port, case.cut)
        async with relaying(relay) as port:
            verdict, is_ended = await _send(port, case.security, _limits(case), handing)
        await running.until_quiet()
        return relay, _outcome(verdict, is_ended, handing, running, relay.is_cut)


def _outcome(verdict: Verdict, is_ended: bool, handing: Handing, running: ScriptedServer, is_cut: bool) -> Outcome:
    is_noted = "data end" in handing.events
    return Outcome(verdict, bool(running.messages), is_ended, is_noted, is_cut, tuple(running.in_clear))


async def _send(port: int, security: Security, limits: Limits, handing: Handing) -> tuple[Verdict, bool]:
    """Hand one message over; return the verdict and whether its end was written."""
    server = SmtpServer(HOST, port, security, "nutzer", PasswordSignIn())
    try:
        session = await Session.open(server, Secret(PASSWORD), tls=authority().trust(), limits=limits)
    except SessionError as error:
        return error.as_verdict(), False
    envelope = Envelope(SENDER, RECIPIENTS, len(MESSAGE))
    verdict = await session.deliver(
        envelope, [MESSAGE], before_mail=handing.before_mail, on_data_end=handing.on_data_end
    )
    await session.quit()
    return verdict, any((line.direction, line.text) == ("C", ".") for line in session.dialogue)


def _polite(*, is_pipelining: bool) -> Polite:
    return Polite(ehlo=("AUTH PLAIN", "SIZE 1000000", *(("PIPELINING",) if is_pipelining else ())))


@cache
def _certified() -> ssl.SSLContext:
    return authority().certify(HOST)


def _limits(case: Case) -> Limits:
    return SHORT_OF_TIME if case.cut.how is How.STALL else PATIENT
