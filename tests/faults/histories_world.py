"""What is around the program in a random history: an administrator who publishes, a network, and mail servers.

None of it asks the program what it thinks: what a document means is known because it was written to mean that.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterable, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app.delivery.data import Chunks
from app.delivery.dialogue import DialogueLine, SessionError, Stage
from app.delivery.smtp import Envelope
from app.delivery.verdict import Delivered, Held, Rejected, TryLater, Uncertain, Verdict
from app.errors import ExpectedError, PolicyError, Problem, Reason
from app.policy.source import Fetched, NotModified
from app.profile import SmtpServer
from tests.app.policy import documents, signers
from tests.faults.machine import Machine, at

__all__ = ["DAY", "HOUR", "MINUTE", "Meaning", "Post", "Publication", "Publisher"]

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_LICENCE = "entity.licenses.exists(license, license in ['/product/101031/sku/1010310008'])"
_ELSEWHERE = "orgUnits/elsewhere"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an administrator wants, and a document says."""

    gateways: bool
    mail: bool = True
    needs_gateway: bool = False
    owns_partner: bool = False
    """Whether the partner's domain is one of the organisation's."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One document as it was published, and what it means."""

    data: bytes
    meaning: Meaning
    serial: int
    expires: float
    """Seconds since the beginning, by a right clock."""

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.data).hexdigest()}"'


Answered = Callable[[Publication | None, float, float], None]
"""Told of each answer that reached the program: the document, None for anything else, and both clocks before it."""


class Publisher:
    """The policy server, the administrator who writes what it serves, and the network between."""

    def __init__(self, machine: Machine, dice: random.Random, answered: Answered) -> None:
        self._machine = machine
        self._dice = dice
        self._answered = answered
        self.is_signed = dice.random() < 0.4
        self._key = signers.ORG
        self.mode = "up"
        self.served_since = 0.0
        """Since when the current document has been served without a break."""
        self.counts: Counter[str] = Counter()
        self._serial = 10
        self._served = 0
        """The newest serial that anybody has seen: what is made up afterwards bears no newer one."""
        self.history: list[Publication] = []
        self.origin = ""
        self.publish(Meaning(gateways=True))

    @property
    def keys(self) -> tuple[str, ...]:
        """What is pinned at set-up: the key in use and the next one."""
        return (str(signers.ORG.key), str(signers.NEXT.key)) if self.is_signed else ()

    @property
    def current(self) -> Publication:
        return self.history[-1]

    def publish(self, meaning: Meaning, lasts: float = 365 * DAY) -> None:
        """Serve a newer document from now on."""
        self._serial += self._dice.randrange(1, 4)
        if self.is_signed and self._dice.random() < 0.2:
            self._key = signers.NEXT
        self.history.append(self._written(meaning, self._serial, lasts))
        self.served_since = self._machine.true

    def become(self, mode: str) -> None:
        """Be up, or answer in some other way from now on."""
        self.mode = mode
        self.served_since = self._machine.true

    async def fetch(self, etag: str) -> Fetched | NotModified:
        """Answer as `app.policy.source.HttpPolicySource` does; what is sent is decided when it is asked for."""
        wall, boot, mode = self._machine.wall(), self._machine.boot(), self.mode
        publication = self._answer(mode)
        await asyncio.sleep(self._dice.choice([0.05, 0.4, 3.0, 15.0]) * self._dice.random())
        self.counts[mode] += 1
        if publication is None:
            self._answered(None, wall, boot)
            raise self._failure(mode)
        if mode == "up" and publication.etag == etag:
            self._answered(publication, wall, boot)
            return NotModified()
        data = self._spoilt(publication, mode)
        self._served = max(self._served, publication.serial if data == publication.data else 0)
        self._answered(publication if data == publication.data else None, wall, boot)
        return Fetched(data, publication.etag if self._dice.random() < 0.8 else "")

    def _answer(self, mode: str) -> Publication | None:
        if mode in {"offline", "silent", "broken"}:
            return None
        if mode == "older" and len(self.history) > 1:
            return self._dice.choice(self.history[:-1])
        if mode == "same serial" and self._served == self.current.serial:
            return self._written(Meaning(gateways=True), self.current.serial, 365 * DAY)
        return self.current

    def _failure(self, mode: str) -> PolicyError:
        reason = {"offline": Reason.POLICY_UNREACHABLE, "silent": Reason.POLICY_TIMEOUT}.get(mode)
        return PolicyError.because(reason or Reason.POLICY_HTTP_STATUS, source=self.origin, host="x", status=503)

    def _spoilt(self, publication: Publication, mode: str) -> bytes:
        """Return the bytes as they arrive: whole, or in one of the ways in which they are no policy."""
        if mode == "portal":
            return b"<!doctype html><title>WLAN</title><p>Bitte melden Sie sich an.</p>"
        if mode == "cut":
            return publication.data[: len(publication.data) * 2 // 3]
        if mode == "stranger":
            return self._sealed(_content(Meaning(gateways=True), self._serial + 50, at(1e9).isoformat(), "x@y.example"))
        if mode == "forged" and self.is_signed:
            plain = _content(Meaning(gateways=True), self._serial + 50, at(1e9).isoformat())
            return self._dice.choice([plain, signers.OTHER.signs(plain)])
        return publication.data

    def _written(self, meaning: Meaning, serial: int, lasts: float) -> Publication:
        expires = self._machine.true + lasts
        data = self._sealed(_content(meaning, serial, at(expires).isoformat(), dice=self._dice))
        return Publication(data, meaning, serial, expires)

    def _sealed(self, content: bytes) -> bytes:
        return self._key.signs(content) if self.is_signed else content


def _content(meaning: Meaning, serial: int, expires: str, person: str = "", dice: random.Random | None = None) -> bytes:
    """Return a document that says it, in one of the ways in which it can be said."""
    dice = dice or random.Random(0)
    policies = dice.choice(_ALLOWING if meaning.gateways else _FORBIDDING)()
    if not meaning.mail:
        policies.append(documents.service_policy("DISABLED", unit=documents.SALES, order=202.0))
    if meaning.needs_gateway:
        policies.append(documents.external_from_policy(True))
    written: dict[str, Any] = documents.content(*policies, serial=serial, expiresAt=expires)
    if meaning.owns_partner:
        written["organisation"]["domains"].append("Partnerdomain.example")
    if person:
        written["subject"]["email"] = person
    return json.dumps(written).encode()


def _gateway(value: Any, **where: Any) -> dict[str, Any]:
    return documents.gateway_policy(value, **where)


_ALLOWING: tuple[Callable[[], list[dict[str, Any]]], ...] = (
    lambda: [_gateway(True)],
    lambda: [_gateway(False), _gateway(True, unit=documents.SALES, order=202.0)],
    lambda: [_gateway(False), _gateway(True, group=documents.PARTNERS, order=399.0)],
    lambda: [_gateway(True), _gateway(False, unit=_ELSEWHERE, order=202.0)],
    lambda: [_gateway(True), _gateway(False, order=101.0, kind="SYSTEM")],
)
_FORBIDDING: tuple[Callable[[], list[dict[str, Any]]], ...] = (
    list,
    lambda: [_gateway(False)],
    lambda: [_gateway(True), _gateway(False, unit=documents.SALES, order=202.0)],
    lambda: [_gateway(True), _gateway(False, group=documents.PARTNERS, order=399.0)],
    lambda: [_gateway(True, unit=_ELSEWHERE)],
    lambda: [_gateway(True, group="groups/others", order=399.0)],
    lambda: [_gateway(True), _gateway("true", unit=documents.SALES, order=202.0)],
    lambda: [_gateway(True), _gateway(False, order=399.0, query=_LICENCE)],
)

_NUMBER = re.compile(r"m([0-9]+)@")


@dataclass
class Post:
    """The mail servers: what happens to each message there, and who is told of it."""

    machine: Machine
    dice: random.Random
    on_mail: Callable[[str, str, Envelope], None]
    """Told at each MAIL: the message's id, the server's host, the envelope."""
    on_arrival: Callable[[str, str, Envelope, bytes], None]
    """Told of what a server takes, before it says so."""
    is_calm: bool = False
    is_offline: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    ends: dict[str, set[str]] = field(default_factory=dict)
    """Which ends the attempts at each message had, where they were not good."""

    async def open(self, server: SmtpServer, secret: object, **_: object) -> _Session:
        """Connect and sign in, as `app.delivery.smtp.Session.open` does; raises SessionError."""
        assert secret is not None
        await self._takes([0.1, 2.0, 200.0])
        if self.is_offline or (not self.is_calm and self.dice.random() < 0.06):
            self.counts["unreachable"] += 1
            raise SessionError(Problem.of(Reason.SERVER_UNREACHABLE, host=server.host), stage=Stage.CONNECT)
        return _Session(self, server)

    async def takes(self) -> None:
        """Let a reply come when it comes."""
        await self._takes([0.1, 1.0, 40.0])

    async def _takes(self, seconds: list[float]) -> None:
        await asyncio.sleep(0.01 + self.dice.choice(seconds[: 2 if self.is_calm else 3]) * self.dice.random())

    def end_of(self, message_id: str) -> str:
        """Choose what becomes of a message."""
        end = "taken"
        if not self.is_calm and self.dice.random() < 0.25:
            end = self.dice.choice(["cut before", "cut taken", "cut lost", "4xx", "4xx", "5xx"])
            self.ends.setdefault(message_id, set()).add(end)
        self.counts[end] += 1
        return end


class _Session:
    """One connection, in the order of `app.delivery.smtp.Session`."""

    tls_version = "TLSv1.3"

    def __init__(self, post: Post, server: SmtpServer) -> None:
        self._post = post
        self._server = server
        self._left = post.dice.choice([1, 3, 100])
        self.is_usable = True

    def take_dialogue(self) -> list[DialogueLine]:
        return []

    async def deliver(
        self,
        envelope: Envelope,
        chunks: Chunks,
        *,
        before_mail: Callable[[], Awaitable[Problem | None]],
        on_data_end: Callable[[], Awaitable[None]],
    ) -> Verdict:
        number = _NUMBER.match(str(envelope.recipients[0]))
        assert number is not None
        message_id = f"m{number[1]}"
        self._left -= 1
        try:
            if self._left < 0:
                return self._lost()
            if (problem := await before_mail()) is not None:
                return Held(problem)
            self._post.on_mail(message_id, self._server.host, envelope)
            return await self._handed_over(message_id, envelope, chunks, on_data_end)
        except ExpectedError as error:
            self.abort()
            return TryLater(error.problem)
        except BaseException:
            self.abort()
            raise

    async def _handed_over(
        self, message_id: str, envelope: Envelope, chunks: Chunks, on_data_end: Callable[[], Awaitable[None]]
    ) -> Verdict:
        post = self._post
        await post.takes()
        assert isinstance(chunks, AsyncIterable)
        data = b"".join([chunk async for chunk in chunks])
        end = post.end_of(message_id)
        if end == "cut before" or not self.is_usable:
            return self._lost()
        await on_data_end()
        if end in {"taken", "cut taken"}:
            post.on_arrival(message_id, self._server.host, envelope, data)
        await post.takes()
        if end in {"cut taken", "cut lost"} or not self.is_usable:
            self.abort()
            return Uncertain(Problem.of(Reason.SERVER_UNCERTAIN, host=self._server.host))
        busy = Problem.of(Reason.SERVER_BUSY, host=self._server.host, reply="450 later")
        refused = replace(busy, reason=Reason.SERVER_MESSAGE_REJECTED)
        ends: dict[str, Verdict] = {"4xx": TryLater(busy), "5xx": Rejected(refused), "taken": Delivered("250 2.0.0 Ok")}
        return ends[end]

    def _lost(self) -> Verdict:
        self.abort()
        return TryLater(Problem.of(Reason.SERVER_CONNECTION_LOST, host=self._server.host, stage=Stage.DATA))

    async def quit(self) -> None:
        self.is_usable = False

    def abort(self) -> None:
        self.is_usable = False
