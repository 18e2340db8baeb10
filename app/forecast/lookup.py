"""The edge: questions go to the system's DNS servers, with limits, and answers are kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.forecast.dmarc import Dmarc, find_dmarc
from app.forecast.forecast import Forecast, forecast_dkim, forecast_dmarc, forecast_spf, unknown_forecast
from app.forecast.questions import Answer, Asking, Question, RecordType, Status

if TYPE_CHECKING:
    import dns.asyncresolver
    import dns.name
    import dns.resolver

    from app.recipient_view import RecipientView

__all__ = ["DnsLookup", "Lookup", "MemoryLookup", "NoLookup", "look_up_forecast"]

_T = TypeVar("_T")

_LIMIT = 5.0
"""For one forecast, in seconds; what is not answered by then is unknown."""
_ANSWER_LIMIT = 2.5
"""For one question, in seconds."""
_SHORTEST, _LONGEST = 60.0, 3600.0
"""How long an answer is kept, in seconds, whatever it says itself."""
_KEPT = 512
_CONFIGURATION_AGE = 60.0
"""After so many seconds the system is asked anew for its servers: a laptop changes networks."""
_PAYLOAD = 1232  # octets that need no fragments: dnsflagday.net/2020

_NOT_IN_DNS = (".example", ".test", ".invalid", ".localhost")
"""Names that no server of the internet has (RFC 2606): nobody is asked for them."""

_FAILED = Answer(Status.FAILED)


class Lookup(Protocol):
    """Who answers questions about DNS; what cannot be answered is FAILED, nothing is raised."""

    async def ask(self, question: Question) -> Answer: ...


class NoLookup:
    """Asks nobody: every answer is FAILED, and so every forecast unknown."""

    async def ask(self, question: Question) -> Answer:
        del question
        return _FAILED


class MemoryLookup:
    """Answers from a table; names that are neither in it nor above one that is do not exist."""

    def __init__(self, records: Mapping[tuple[str, RecordType], Sequence[str] | None]) -> None:
        self._records = dict(records)
        """None for a server that fails."""
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        return self.answer(question)

    def answer(self, question: Question) -> Answer:
        """Return what the table says."""
        key = (question.name, question.type)
        if key in self._records:
            values = self._records[key]
            return _FAILED if values is None else Answer(Status.FOUND, tuple(values))
        is_there = any(name == question.name or name.endswith(f".{question.name}") for name, _ in self._records)
        return Answer(Status.NO_DATA if is_there else Status.NO_NAME)


class DnsLookup:
    """The system's DNS servers, or the ones given, asked by dnspython: UDP, and TCP for what is truncated."""

    def __init__(
        self,
        nameservers: Sequence[str] | None = None,
        *,
        port: int = 53,
        answer_limit: float = _ANSWER_LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nameservers = nameservers
        self._port = port
        self._limit = answer_limit
        self._clock = clock
        self._known: dict[Question, tuple[Answer, float]] = {}
        self._asking: dict[Question, asyncio.Task[Answer]] = {}
        self._resolver: dns.asyncresolver.Resolver | None = None
        self._configured = 0.0

    async def ask(self, question: Question) -> Answer:
        if self._nameservers is None and f".{question.name}".endswith(_NOT_IN_DNS):
            return Answer(Status.NO_NAME)
        known = self._known.get(question)
        if known is not None and known[1] > self._clock():
            return known[0]
        # Two who ask the same at once share one question; neither ends it for the other.
        task = self._asking.get(question)
        if task is None:
            task = self._asking[question] = asyncio.create_task(self._ask(question))
            task.add_done_callback(lambda _: self._asking.pop(question, None))
        return await asyncio.shield(task)

    async def _ask(self, question: Question) -> Answer:
        try:
            answer, seconds = await self._resolve(question)
        except OSError:  # no network
            return _FAILED
        if answer.status is not Status.FAILED:
            if len(self._known) >= _KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[question] = answer, self._clock() + min(max(seconds, _SHORTEST), _LONGEST)
        return answer

    async def _resolve(self, question: Question) -> tuple[Answer, float]:
        """Return the answer and how long it holds, in seconds."""
        import dns.exception
        import dns.resolver

        resolver = await self._configured_resolver()
        if resolver is None:
            return _FAILED, 0.0
        try:
            name = _name(question.name)
            found = await resolver.resolve(name, question.type, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN as error:
            return Answer(Status.NO_NAME), _negative_ttl(error)
        except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
            return Answer(Status.NO_NAME), _SHORTEST
        except dns.exception.DNSException:
            return _FAILED, 0.0
        if found.rrset is None:
            return Answer(Status.NO_DATA), found.expiration - time.time()
        return Answer(Status.FOUND, _values(found.rrset, question.type)), found.rrset.ttl

    async def _configured_resolver(self) -> dns.asyncresolver.Resolver | None:
        """Return a resolver with the servers as they are now; None where the system has none."""
        now = self._clock()
        if self._resolver is None or (self._nameservers is None and now - self._configured > _CONFIGURATION_AGE):
            self._configured = now
            # Reading the system's settings, as dnspython's first import, takes longer than a window may stand still.
            self._resolver = await asyncio.to_thread(_new_resolver, self._nameservers, self._port, self._limit)
        return self._resolver


async def look_up_forecast(view: RecipientView, host: str, lookup: Lookup, *, limit: float = _LIMIT) -> Forecast:
    """Return the forecast for mail that a server sends on; what DNS leaves open after `limit` seconds is unknown."""
    if isinstance(lookup, NoLookup):
        return unknown_forecast(view)
    timed = _Timed(lookup, limit)
    await asyncio.to_thread(_read_suffixes)
    record = await _run(find_dmarc(view.address.domain), timed)
    counts = record if isinstance(record, Dmarc) else None
    spf, dkim = await asyncio.gather(
        _run(forecast_spf(view, host, counts), timed), _run(forecast_dkim(view, host, counts), timed)
    )
    return Forecast(spf, dkim, forecast_dmarc(view, record, spf, dkim))


class _Timed:
    """A lookup that fails once its time is over."""

    def __init__(self, lookup: Lookup, seconds: float) -> None:
        self._lookup = lookup
        self._end = asyncio.get_running_loop().time() + seconds

    async def ask(self, question: Question) -> Answer:
        try:
            async with asyncio.timeout_at(self._end):
                return await self._lookup.ask(question)
        except TimeoutError:
            return _FAILED


async def _run(rule: Asking[_T], lookup: Lookup) -> _T:
    """Answer what a rule asks until it returns its result."""
    try:
        question = next(rule)
        while True:
            question = rule.send(await lookup.ask(question))
    except StopIteration as ended:
        result: _T = ended.value
        return result


def _read_suffixes() -> None:
    from app.forecast.domains import organisational_domain

    organisational_domain("example")


def _new_resolver(
    nameservers: Sequence[str] | None, port: int, answer_limit: float
) -> dns.asyncresolver.Resolver | None:
    import dns.asyncresolver
    import dns.resolver

    try:
        resolver = dns.asyncresolver.Resolver(configure=nameservers is None)
    except (dns.resolver.NoResolverConfiguration, OSError):
        return None
    if nameservers is not None:
        resolver.nameservers = list(nameservers)
    resolver.port = port
    resolver.lifetime = answer_limit
    resolver.timeout = answer_limit / 2
    resolver.use_edns(0, 0, _PAYLOAD)
    return resolver


def _name(text: str) -> dns.name.Name:
    """Return an absolute name; nothing in it is an escape, because a macro may have brought it."""
    import dns.name

    return dns.name.Name([*(label.encode() for label in text.split(".")), b""])


def _negative_ttl(error: dns.resolver.NXDOMAIN) -> float:
    """Return how long a name stays away by the zone's own word (RFC 2308 section 5); 0 where it says nothing."""
    import dns.rdatatype

    for response in error.responses().values():  # type: ignore[no-untyped-call] # dnspython leaves it out
        for rrset in response.authority:
            if rrset.rdtype == dns.rdatatype.SOA:
                return float(min(rrset.ttl, rrset[0].minimum))
    return 0.0


def _values(rrset: dns.rrset.RRset, type: RecordType) -> tuple[str, ...]:  # noqa: A002 - DNS's own word
    if type is RecordType.TXT:
        return tuple(b"".join(record.strings).decode("ascii", "replace") for record in rrset)
    if type is RecordType.MX:
        ordered = sorted(rrset, key=lambda record: (record.preference, record.exchange))
        return tuple(record.exchange.to_text(omit_final_dot=True) for record in ordered)
    if type is RecordType.PTR:
        return tuple(record.target.to_text(omit_final_dot=True) for record in rrset)
    return tuple(record.address for record in rrset)
