"""Random replies of servers against the session's reply rules: no crash, no hang, no wrong "sent"."""

from __future__ import annotations

import asyncio
import re
import ssl
import time
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from app.address import Address
from app.delivery.channel import Channel
from app.delivery.dialogue import Limits, SessionError
from app.delivery.opening import introduce
from app.delivery.smtp import Envelope, Session
from app.delivery.tls import tls_context
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.profile import OAuthSignIn, PasswordSignIn, Security, SmtpServer
from app.sign_in.access_tokens import AccessToken
from app.storage.keychain import Secret
from tests.faults.instant import HangError, InstantLoop, Line
from tests.faults.proof import Proof, Scale
from tests.faults.reply_grammar import Answer, Grammar, polite
from tests.faults.reply_oracle import TOKEN_MECHANISMS, Event, Outcome, breaches

T = TypeVar("T")
SEED = 20261123
COUNTS = {Scale.SHORT: 3_000, Scale.USUAL: 100_000, Scale.LONG: 1_000_000}
"""How many random replies a server gives."""
STEPS = ("greeting", "EHLO", "AUTH", "answer", "MAIL", "RCPT", "DATA", "BODY", ".", "RSET", "QUIT", "idle")
CLEAR_STEPS = ("greeting", "EHLO", "STARTTLS", "TLS")
"""Those before the encryption; no server here comes further than the first octets of a handshake."""
PART = 20_000
"""Replies on one loop."""
MESSAGE = (b"Subject: x\r\n\r\n", b".Text\r\n", b"Guten Tag\r\n")
STUFFED = b"Subject: x\r\n\r\n..Text\r\nGuten Tag\r\n"
SERVER = SmtpServer("127.0.0.1", 25, Security.NONE, "nutzer", PasswordSignIn())
CLEAR_SERVER = replace(SERVER, security=Security.STARTTLS)
PASSWORD = "geheim-1234567"
TOKEN, RENEWED = "ya29.token-1234567", "ya29.renewed-1234567"
SENDER = Address.parse("nutzer.name@partnerdomain.example")
RECIPIENTS = tuple(Address.parse(f"{name}@empfang.example") for name in ("anna", "bernd", "carla"))
LIMITS = Limits(greeting_doubt=1e6)
LONGEST = 2_000.0
"""Seconds of the loop's clock: more than all limits of one message together."""
USUAL = {
    "greeting": b"220 ready\r\n",
    "EHLO": b"250-mail.example\r\n250-AUTH %s\r\n250-STARTTLS\r\n%s250 SIZE 1000\r\n",
    "STARTTLS": b"220 go ahead\r\n",
    "TLS": b"250 in the clear\r\n",
    "AUTH": b"235 2.7.0 welcome\r\n",
    "answer": b"235 2.7.0 welcome\r\n",
    "DATA": b"354 go on\r\n",
    "QUIT": b"221 bye\r\n",
}
CHALLENGES = {b"PLAIN LOGIN": 0, b"PLAIN": 1, b"LOGIN": 2, b"CRAM-MD5": 1}
"""How often a polite server asks back when it offers these mechanisms."""
TOKEN_CHALLENGES = {b"OAUTHBEARER XOAUTH2": 0, b"XOAUTH2": 0, b"OAUTHBEARER": 1, b"PLAIN XOAUTH2": 1}
"""The same, for those who sign in with a token."""
_OUTCOMES = {
    Delivered: Outcome.DELIVERED,
    Rejected: Outcome.REJECTED,
    TryLater: Outcome.LATER,
    Uncertain: Outcome.UNCERTAIN,
    Held: Outcome.HELD,
}
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


class _Server:
    """A server in memory that is polite but for the steps it is told to be anything but polite in."""

    def __init__(
        self, grammar: Grammar, channel: Channel, odd: frozenset[str], share: float, challenges: Mapping[bytes, int]
    ) -> None:
        self.grammar = grammar
        self.odd = odd
        self.share = share
        self.trace: list[Event] = []
        self.replies: Counter[str] = Counter()
        self.is_uploading = False
        self.offered = grammar.random.choice(tuple(challenges))
        self.challenges = challenges[self.offered]
        self.is_pipelining = grammar.random.random() < 0.5
        self.sent_together = 0
        self._is_free_at = 0.0
        self.line = Line(channel.wire, self.heard)
        channel.wire.connection_made(self.line)
        self.answer("greeting")

    def heard(self, data: bytes) -> None:
        """Hear what the client has written, and answer."""
        self.trace.append(Event("C", data))
        if data[:5] == b"MAIL " and not self.is_uploading:
            lines = data.splitlines(keepends=True)
            self.sent_together += len(lines) > 1
            for line in lines:
                self._hear_line(line)
        else:
            self._hear_line(data)

    def _hear_line(self, data: bytes) -> None:
        step = "TLS" if data[:2] == b"\x16\x03" else re.split(rb"[ \r]", data)[0].decode("latin-1")
        if self.is_uploading and step != ".":
            return
        self.is_uploading = False
        if step == "DATA":
            self.is_uploading = True
        self.answer(step if step in STEPS + CLEAR_STEPS else "answer")
        if step == "DATA" and "BODY" in self.odd:
            self._give(self._odd_answer("BODY"), offset=1)

    def answer(self, step: str) -> None:
        """Answer as it is this server's way in this step."""
        if step in self.odd and self.grammar.random.random() < self.share:
            self._give(self._odd_answer(step))
        else:
            self._give(polite(self._usual(step)))

    def _usual(self, step: str) -> bytes:
        if step in {"AUTH", "answer"} and self.challenges:
            self.challenges -= 1
            return b"334 dXNlcg==\r\n"
        if step == "EHLO":
            return USUAL[step] % (self.offered, b"250-PIPELINING\r\n" if self.is_pipelining else b"")
        return USUAL.get(step, b"250 2.0.0 Ok: queued as 4XQ1\r\n")

    def push(self) -> None:
        """Say something while nobody has asked."""
        if "idle" in self.odd:
            self._give(self._odd_answer("idle"), offset=1)

    def _odd_answer(self, step: str) -> Answer:
        self.replies[f"at {step}"] += 1
        return self.grammar.answer()

    def _give(self, answer: Answer, offset: int = 0) -> None:
        loop = asyncio.get_running_loop()
        begun = max(loop.time(), self._is_free_at)  # what was asked before is answered before
        last = begun + offset / 1000
        for delay, segments in answer.batches:
            last = begun + (delay + offset) / 1000
            loop.call_at(last, self._arrive, segments)
        self._is_free_at = last
        if answer.end:
            loop.call_at(last + self.grammar.random.choice((0, 5)) / 1000, self._cut, answer.end)

    def _arrive(self, segments: tuple[bytes, ...]) -> None:
        for segment in segments:
            if not self.line.is_cut:
                self.trace.append(Event("S", segment))
                self.line.deliver(segment)

    def _cut(self, end: str) -> None:
        if not self.line.is_cut:
            self.trace.append(Event("X"))
            self.line.cut(ConnectionResetError() if end == "reset" else None)


def prove(scale: Scale, folder: Path) -> Proof:
    """Have random servers answer, in memory, and hold every word and verdict of the session against the rules."""
    return run(COUNTS[scale], SEED)


def run(count: int, seed: int) -> Proof:
    """Give `count` random replies."""
    counted: Counter[str] = Counter()
    broken: list[str] = []
    begun = time.monotonic()
    while counted["replies"] < count:
        try:
            with asyncio.Runner(loop_factory=InstantLoop) as runner:
                runner.run(_some(seed, min(count, counted["replies"] + PART), counted, broken))
        except HangError:
            counted["hangs"] += 1
            broken.append(f"seed {seed}, session {counted['sessions'] - 1}: hang")
    speed = round(counted["replies"] / max(0.001, time.monotonic() - begun))
    nothing = dict.fromkeys(("crashes", "hangs", "wrong sent", "wrong verdicts", "wrong steps"), 0)
    figures = {"seed": seed, **nothing, **dict(sorted(counted.items())), "replies a second": speed}
    promise = "whatever a server answers, the session neither crashes nor hangs nor says a wrong verdict"
    return Proof("replies", promise, figures, tuple(broken))


async def _some(seed: int, until: int, counted: Counter[str], broken: list[str]) -> None:
    """Open sessions until so many random replies were given."""
    while counted["replies"] < until:
        number = counted["sessions"]
        counted["sessions"] += 1
        exchange = _Exchange(seed * 10_000_000 + number)
        asyncio.get_running_loop().set_exception_handler(exchange.crashed)
        try:
            await exchange.run()
        except Exception:  # noqa: BLE001 - a crash is what is looked for
            exchange.faults.append(f"crash: {traceback.format_exc(limit=-3)}")
        finally:
            trace = exchange.server.trace
            faults = [*exchange.faults, *breaches(trace, len(RECIPIENTS), STUFFED, **exchange.rules)]
            broken.extend(f"seed {seed}, session {number}: {fault}" for fault in faults)
            counted.update(map(_kind, faults))
            counted.update(exchange.outcomes)
            counted["tokens renewed"] += exchange.renewals
            counted.update(exchange.server.replies)
            counted["sent together"] += exchange.server.sent_together
            counted["replies"] += exchange.server.replies.total()


def _kind(fault: str) -> str:
    if fault.startswith("crash"):
        return "crashes"
    if fault.startswith(f"{Outcome.DELIVERED.name}, not"):
        return "wrong sent"
    return "wrong verdicts" if ", not " in fault else "wrong steps"


class _Exchange:
    """One session with one random server: opened, up to three messages, closed."""

    def __init__(self, seed: int) -> None:
        grammar = Grammar(seed)
        self.needs_tls = grammar.random.random() < 0.15
        server = CLEAR_SERVER if self.needs_tls else SERVER
        with_token = grammar.random.random() < 0.3
        self.is_kept = grammar.random.random() < 0.5
        self.renewals = 0
        if with_token:
            server = replace(server, sign_in=OAuthSignIn())
        self.secret = AccessToken(TOKEN, self._renew if self.is_kept else None) if with_token else Secret(PASSWORD)
        self.rules: dict[str, Any] = {"needs_tls": self.needs_tls}
        if with_token:
            self.rules |= {"mechanisms": TOKEN_MECHANISMS, "renewals": int(self.is_kept)}
        self.channel = Channel(server, server.host, self.secret, LIMITS, None)
        # Most servers go mad at one point, which is then reached; the others anywhere.
        steps = CLEAR_STEPS if self.needs_tls else STEPS
        everywhere = grammar.random.random() < 0.25
        odd = frozenset(steps) if everywhere else frozenset({grammar.random.choice(steps)})
        share = 0.3 if everywhere else 0.8
        self.server = _Server(grammar, self.channel, odd, share, TOKEN_CHALLENGES if with_token else CHALLENGES)
        self.faults: list[str] = []
        self.outcomes: Counter[str] = Counter()

    def crashed(self, _loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
        """Take note of an exception that nobody has caught."""
        self.faults.append(f"crash: {context.get('message')}: {context.get('exception')!r}")

    async def _renew(self) -> AccessToken:
        self.renewals += 1
        return AccessToken(RENEWED)

    async def run(self) -> None:
        """Go through all of it and note every outcome in the trace."""
        try:
            opened = await self._timed(introduce(self.channel, self.secret, _trust()))
        except SessionError as error:
            self._note(error.as_verdict())
            await self._timed(self.channel.quit())
            return
        session = Session(opened)
        self.server.trace.append(Event("V", outcome=Outcome.OPENED))
        for _ in range(3):
            envelope = Envelope(SENDER, RECIPIENTS, sum(map(len, MESSAGE)))
            self._note(
                await self._timed(session.deliver(envelope, _chunks(), before_mail=_allow, on_data_end=self._note_end))
            )
            if not session.is_usable:
                break
            self.server.push()
            await asyncio.sleep(0.01)
        await self._timed(session.quit())

    async def _timed(self, work: Coroutine[object, object, T]) -> T:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            return await work
        finally:
            if loop.time() - begun > LONGEST:
                self.faults.append(f"took {loop.time() - begun:.0f} s")

    async def _note_end(self) -> None:
        await asyncio.sleep(0.003)
        self.server.trace.append(Event("D"))

    def _note(self, verdict: Verdict) -> None:
        outcome = _OUTCOMES[type(verdict)]
        self.outcomes["held back" if outcome is Outcome.HELD else outcome.name.lower()] += 1
        self.server.trace.append(Event("V", outcome=outcome))
        reply = verdict.reply if isinstance(verdict, Delivered | Rejected | TryLater) else ""
        told = [reply, *(line.text for line in self.channel.dialogue)]
        if any(len(text) > 500 or _UNFIT.search(text) for text in told):
            self.faults.append(f"not fit for showing: {told}")


async def _allow() -> None:
    """Let every message go."""


async def _chunks() -> AsyncIterator[bytes]:
    for chunk in MESSAGE:
        await asyncio.sleep(0.004)
        yield chunk


@cache
def _trust() -> ssl.SSLContext:
    return tls_context()
