"""The SPF result for one address of a server: `check_host` of RFC 7208 section 4, with its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

from app.forecast.questions import Answer, Asking, RecordType, Status, ask
from app.forecast.spf_record import (
    IpAddress,
    MacroFacts,
    Mechanism,
    SpfRecord,
    SpfSyntaxError,
    expand,
    is_spf,
    parse_spf,
)

__all__ = ["SpfFault", "SpfOutcome", "SpfResult", "check_host"]

_LOOKUP_LIMIT = 10
_VOID_LIMIT = 2
_NAME_LIMIT = 10
"""How many names of one MX or PTR answer are looked at (section 4.6.4)."""


class SpfResult(StrEnum):
    """The results of section 2.6."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105 - a result, no secret
    FAIL = "fail"
    SOFTFAIL = "softfail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class SpfFault(StrEnum):
    """Why a result is temperror or permerror."""

    DNS = "dns"
    TWO_RECORDS = "two-records"
    SYNTAX = "syntax"
    TOO_MANY_LOOKUPS = "too-many-lookups"
    TOO_MANY_VOID = "too-many-void"
    NO_RECORD_INCLUDED = "no-record-included"
    """An include or a redirect leads to a domain without SPF."""


_QUALIFIERS = {"+": SpfResult.PASS, "-": SpfResult.FAIL, "~": SpfResult.SOFTFAIL, "?": SpfResult.NEUTRAL}


@dataclass(frozen=True, slots=True)
class SpfOutcome:
    """A result and what led to it."""

    result: SpfResult
    fault: SpfFault | None = None
    matched: str = ""
    """The mechanism that decided, of whatever record; empty for none."""
    passing: frozenset[str] = frozenset()
    """The domains whose senders the domain lets send as itself: its includes, their includes, and its redirect."""
    lists_sources: bool = False
    """Whether any record lists a source at all."""


class _Stopped(Exception):  # noqa: N818 - it ends an evaluation, as section 4.6.4 wants
    def __init__(self, result: SpfResult, fault: SpfFault) -> None:
        super().__init__(fault)
        self.result = result
        self.fault = fault


@dataclass(slots=True)
class _Check:
    """One evaluation: whom it is about, and what it has used up."""

    facts: MacroFacts
    lookups: int = 0
    voids: int = 0
    passing: set[str] = field(default_factory=set)
    lists_sources: bool = False

    def count(self) -> None:
        self.lookups += 1
        if self.lookups > _LOOKUP_LIMIT:
            raise _Stopped(SpfResult.PERMERROR, SpfFault.TOO_MANY_LOOKUPS)

    def judge(self, answer: Answer) -> Answer:
        if answer.status is Status.FAILED:
            raise _Stopped(SpfResult.TEMPERROR, SpfFault.DNS)
        return answer

    def judge_void(self, answer: Answer) -> Answer:
        if self.judge(answer).is_void:
            self.voids += 1
            if self.voids > _VOID_LIMIT:
                raise _Stopped(SpfResult.PERMERROR, SpfFault.TOO_MANY_VOID)
        return answer


def check_host(ip: IpAddress, domain: str, *, local: str, helo: str) -> Asking[SpfOutcome]:
    """Return what a receiver finds that is sent mail by `ip` with an envelope sender `local`@`domain`."""
    check = _Check(MacroFacts(ip, local, domain, helo))
    result, fault, matched = SpfResult.NONE, None, ""
    try:
        result, matched = yield from _evaluate(check, domain, passes=True)
    except _Stopped as stopped:
        result, fault = stopped.result, stopped.fault
    return SpfOutcome(result, fault, matched, frozenset(check.passing), check.lists_sources)


def _evaluate(
    check: _Check, domain: str, *, passes: bool, is_void_counted: bool = False
) -> Asking[tuple[SpfResult, str]]:
    """Return the result for one domain and the mechanism that decided; `passes`: a pass there is one for the sender."""
    answer = yield from ask(domain, RecordType.TXT)
    records = [text for text in (check.judge_void if is_void_counted else check.judge)(answer).values if is_spf(text)]
    if not records:
        return SpfResult.NONE, ""
    if len(records) > 1:
        raise _Stopped(SpfResult.PERMERROR, SpfFault.TWO_RECORDS)
    try:
        record = parse_spf(records[0])
    except SpfSyntaxError as error:
        raise _Stopped(SpfResult.PERMERROR, SpfFault.SYNTAX) from error
    for mechanism in record.mechanisms:
        check.lists_sources |= mechanism.name not in {"all", "include"} and mechanism.qualifier == "+"
        matches = yield from _matches(check, mechanism, domain, passes=passes)
        if matches:
            return _QUALIFIERS[mechanism.qualifier], mechanism.name
    return (yield from _redirected(check, record, domain, passes=passes))


def _redirected(check: _Check, record: SpfRecord, domain: str, *, passes: bool) -> Asking[tuple[SpfResult, str]]:
    """Return what holds when no mechanism matched (section 6.1); a record with `all` never comes here."""
    if not record.redirect:
        return SpfResult.NEUTRAL, ""
    return (yield from _elsewhere(check, expand(record.redirect, domain, check.facts), passes=passes))


def _elsewhere(check: _Check, target: str, *, passes: bool) -> Asking[tuple[SpfResult, str]]:
    check.count()
    if passes:
        check.passing.add(target.lower())
    result, matched = yield from _evaluate(check, target, passes=passes, is_void_counted=True)
    if result is SpfResult.NONE:
        raise _Stopped(SpfResult.PERMERROR, SpfFault.NO_RECORD_INCLUDED)
    return result, matched


def _matches(check: _Check, mechanism: Mechanism, domain: str, *, passes: bool) -> Asking[bool]:
    """Return whether a mechanism matches the address (section 5)."""
    if mechanism.name == "all":
        return True
    if mechanism.network is not None:
        return check.facts.ip in mechanism.network
    target = expand(mechanism.domain, domain, check.facts) if mechanism.domain else domain
    if mechanism.name == "include":
        result, _ = yield from _elsewhere(check, target, passes=passes and mechanism.qualifier == "+")
        return result is SpfResult.PASS
    check.count()
    match mechanism.name:
        case "a":
            return (yield from _has_address(check, target, mechanism, is_void_counted=True))
        case "mx":
            return (yield from _has_exchange(check, target, mechanism))
        case "exists":
            answer = yield from ask(target, RecordType.A)
            return check.judge_void(answer).status is Status.FOUND
        case _:
            return (yield from _has_pointer(check, target))


def _has_address(check: _Check, name: str, mechanism: Mechanism, *, is_void_counted: bool) -> Asking[bool]:
    answer = yield from ask(name, _address_type(check.facts.ip))
    found = (check.judge_void if is_void_counted else check.judge)(answer)
    bits = mechanism.v4_bits if check.facts.ip.version == 4 else mechanism.v6_bits
    return any(check.facts.ip in ip_network(f"{address}/{bits}", strict=False) for address in found.values)


def _has_exchange(check: _Check, name: str, mechanism: Mechanism) -> Asking[bool]:
    answer = yield from ask(name, RecordType.MX)
    exchanges = check.judge_void(answer).values
    if len(exchanges) > _NAME_LIMIT:
        raise _Stopped(SpfResult.PERMERROR, SpfFault.TOO_MANY_LOOKUPS)
    for exchange in exchanges:
        matches = yield from _has_address(check, exchange, mechanism, is_void_counted=False)
        if matches:
            return True
    return False


def _has_pointer(check: _Check, domain: str) -> Asking[bool]:
    """Return whether a name of the address is below `domain` and leads back; what fails just does not match (5.5)."""
    ip = check.facts.ip
    pointers = yield from ask(ip.reverse_pointer, RecordType.PTR)
    for name in pointers.values[:_NAME_LIMIT]:
        bare = name.removesuffix(".").lower()
        if bare != domain.lower() and not bare.endswith(f".{domain.lower()}"):
            continue
        answer = yield from ask(bare, _address_type(ip))
        if any(ip_address(address) == ip for address in answer.values):
            return True
    return False


def _address_type(ip: IpAddress) -> RecordType:
    return RecordType.A if ip.version == 4 else RecordType.AAAA
