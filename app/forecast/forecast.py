"""What receivers will probably find: SPF, DKIM and DMARC of one route, each with its reason.

A sender does not see from which address a server sends on, nor how it signs. What follows from DNS is said;
what does not is *unknown*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network

from app.forecast.dmarc import Alignment, Dmarc, DmarcFault, are_aligned
from app.forecast.domains import organisational_domain
from app.forecast.providers import Provider, provider_of
from app.forecast.questions import Answer, Asking, RecordType, Status, ask
from app.forecast.spf import SpfFault, SpfOutcome, SpfResult, check_host
from app.forecast.spf_record import IpAddress
from app.profile import is_loopback
from app.recipient_view import RecipientView

__all__ = [
    "Dkim",
    "DkimReason",
    "DmarcForecast",
    "DmarcReason",
    "Forecast",
    "Outlook",
    "Spf",
    "SpfReason",
    "forecast_dkim",
    "forecast_dmarc",
    "forecast_spf",
    "unknown_forecast",
]

_ADDRESS_LIMIT = 2
"""How many addresses of each family of a server's name are looked at."""

# RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291, and names of this machine: addresses that recipients never see.
_LOCAL_NETWORKS = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)


class Outlook(StrEnum):
    """What is to be expected of a check."""

    GOOD = "good"
    BAD = "bad"
    NOT_SET_UP = "not-set-up"
    """The domain publishes nothing to check."""
    UNKNOWN = "unknown"


class SpfReason(StrEnum):
    """Why SPF will go as forecast."""

    LISTED = "listed"
    """The domain lists every address of the server's name."""
    PROVIDER_LISTED = "provider-listed"
    """The domain includes what the server's provider publishes."""
    ANYONE = "anyone"
    """The domain lets everybody send as itself."""
    SOME_LISTED = "some-listed"
    NOT_LISTED = "not-listed"
    """No address of the server's name is listed; it may send from others that are."""
    NOBODY = "nobody"
    """The domain lists no server at all."""
    NO_RECORD = "no-record"
    FAULTY = "faulty"
    """Receivers answer the record with permerror; `fault` says why."""
    SERVER_NOT_CHOSEN = "server-not-chosen"
    SERVER_NOT_FOUND = "server-not-found"
    LOCAL_SERVER = "local-server"
    """The server's address is of a local network, and not the one recipients see."""
    NOT_LOOKED_UP = "not-looked-up"
    """No network, or DNS did not answer in time."""


class DkimReason(StrEnum):
    """What is known of a signature that would count for From."""

    PROVIDER_KEY = "provider-key"
    """There is a key where the server's provider puts it."""
    KEYS_EXIST = "keys-exist"
    """The domain has keys; under which selector this server signs, if it does, cannot be seen."""
    OTHER_SIGNER = "other-signer"
    """The same, but the server belongs to somebody else, whose signature does not count."""
    NO_KEYS = "no-keys"
    NOT_LOOKED_UP = "not-looked-up"


class DmarcReason(StrEnum):
    """Why DMARC will go as forecast."""

    BY_SPF = "by-spf"
    BY_DKIM = "by-dkim"
    NEEDS_DKIM = "needs-dkim"
    """SPF cannot pass for From's domain, so only a signature by it would do."""
    UNDECIDED = "undecided"
    NEITHER = "neither"
    NO_RECORD = "no-record"
    FAULTY = "faulty"
    NOT_LOOKED_UP = "not-looked-up"


@dataclass(frozen=True, slots=True)
class Spf:
    """The forecast for the envelope sender's domain."""

    outlook: Outlook
    reason: SpfReason
    domain: str
    is_aligned: bool
    """Whether a pass would count for From's domain."""
    fault: SpfFault | None = None


@dataclass(frozen=True, slots=True)
class Dkim:
    """The forecast for a signature by From's domain."""

    outlook: Outlook
    reason: DkimReason
    domain: str
    signer: str
    """The domain of the envelope sender, as which a server signs that signs at all."""


@dataclass(frozen=True, slots=True)
class DmarcForecast:
    """The forecast for From's domain."""

    outlook: Outlook
    reason: DmarcReason
    domain: str
    record: Dmarc | None = None
    fault: DmarcFault | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The three checks of one route."""

    spf: Spf
    dkim: Dkim
    dmarc: DmarcForecast


def unknown_forecast(view: RecipientView) -> Forecast:
    """Return what can be said without asking anybody."""
    nothing = DmarcFault.DNS
    envelope, domain = view.return_path.domain, view.address.domain
    spf = Spf(Outlook.UNKNOWN, SpfReason.NOT_LOOKED_UP, envelope, is_aligned=envelope == domain)
    dkim = Dkim(Outlook.UNKNOWN, DkimReason.NOT_LOOKED_UP, domain, envelope)
    return Forecast(spf, dkim, forecast_dmarc(view, nothing, spf, dkim))


def forecast_spf(view: RecipientView, host: str, record: Dmarc | None) -> Asking[Spf]:
    """Return what SPF will say of mail that a server sends on; `host` is empty while no server is chosen."""
    sender = view.return_path
    is_aligned = are_aligned(sender.domain, view.address.domain, record.spf if record else Alignment.RELAXED)
    addresses = yield from _addresses_of(host)
    missing = addresses if isinstance(addresses, SpfReason) else None
    # Without the server's address at least the domain's own record can be judged.
    tried = (ip_address("192.0.2.1"),) if isinstance(addresses, SpfReason) else addresses
    outcomes: list[SpfOutcome] = []
    for address in tried:
        outcome = yield from check_host(address, sender.domain, local=sender.local, helo=host or sender.domain)
        outcomes.append(outcome)
    outlook, reason, fault = _judge(outcomes, missing, host, sender.domain)
    return Spf(outlook, reason, sender.domain, is_aligned, fault)


def forecast_dkim(view: RecipientView, host: str, record: Dmarc | None) -> Asking[Dkim]:
    """Return what is known of a signature by From's domain."""
    domain, signer = view.address.domain, view.return_path.domain
    mode = record.dkim if record else Alignment.RELAXED
    is_own = are_aligned(signer, domain, mode)
    provider = provider_of(host)
    if provider is not None and is_own and (yield from _has_provider_key(provider, domain)):
        return Dkim(Outlook.GOOD, DkimReason.PROVIDER_KEY, domain, signer)
    places = [domain] if mode is Alignment.STRICT else list(dict.fromkeys((domain, organisational_domain(domain))))
    answers: list[Answer] = []
    for place in places:
        answer = yield from ask(f"_domainkey.{place}", RecordType.TXT)
        answers.append(answer)
    if any(answer.status in {Status.FOUND, Status.NO_DATA} for answer in answers):
        reason = DkimReason.KEYS_EXIST if is_own else DkimReason.OTHER_SIGNER
        return Dkim(Outlook.UNKNOWN, reason, domain, signer)
    if any(answer.status is Status.FAILED for answer in answers):
        return Dkim(Outlook.UNKNOWN, DkimReason.NOT_LOOKED_UP, domain, signer)
    return Dkim(Outlook.NOT_SET_UP, DkimReason.NO_KEYS, domain, signer)


def forecast_dmarc(view: RecipientView, record: Dmarc | DmarcFault | None, spf: Spf, dkim: Dkim) -> DmarcForecast:
    """Return what DMARC will say, given the other two."""
    domain = view.address.domain
    if record is None:
        return DmarcForecast(Outlook.NOT_SET_UP, DmarcReason.NO_RECORD, domain)
    if record is DmarcFault.DNS:
        return DmarcForecast(Outlook.UNKNOWN, DmarcReason.NOT_LOOKED_UP, domain, fault=record)
    if isinstance(record, DmarcFault):
        return DmarcForecast(Outlook.NOT_SET_UP, DmarcReason.FAULTY, domain, fault=record)
    outlook, reason = _judge_dmarc(spf, dkim)
    return DmarcForecast(outlook, reason, domain, record)


def _judge_dmarc(spf: Spf, dkim: Dkim) -> tuple[Outlook, DmarcReason]:
    if spf.is_aligned and spf.outlook is Outlook.GOOD:
        return Outlook.GOOD, DmarcReason.BY_SPF
    if dkim.outlook is Outlook.GOOD:
        return Outlook.GOOD, DmarcReason.BY_DKIM
    by_spf = spf.is_aligned and spf.outlook is Outlook.UNKNOWN
    by_dkim = dkim.outlook is Outlook.UNKNOWN
    if by_spf:
        return Outlook.UNKNOWN, DmarcReason.UNDECIDED
    return (Outlook.UNKNOWN, DmarcReason.NEEDS_DKIM) if by_dkim else (Outlook.BAD, DmarcReason.NEITHER)


def _addresses_of(host: str) -> Asking[tuple[IpAddress, ...] | SpfReason]:
    """Return the addresses of a server's name, or why there are none that recipients would see."""
    if not host:
        return SpfReason.SERVER_NOT_CHOSEN
    if is_loopback(host):
        return SpfReason.LOCAL_SERVER
    literal = _literal(host)
    found: list[IpAddress] = [literal] if literal is not None else []
    if literal is None:
        v4 = yield from ask(host, RecordType.A)
        v6 = yield from ask(host, RecordType.AAAA)
        if Status.FAILED in {v4.status, v6.status} and not (v4.values or v6.values):
            return SpfReason.NOT_LOOKED_UP
        found = [ip_address(text) for each in (v4, v6) for text in each.values[:_ADDRESS_LIMIT]]
    seen = tuple(address for address in found if not any(address in network for network in _LOCAL_NETWORKS))
    if found and not seen:
        return SpfReason.LOCAL_SERVER
    return seen or SpfReason.SERVER_NOT_FOUND


def _literal(host: str) -> IpAddress | None:
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


_Judgement = tuple[Outlook, SpfReason, SpfFault | None]


def _judge(outcomes: Sequence[SpfOutcome], missing: SpfReason | None, host: str, domain: str) -> _Judgement:
    """Return what the results for a server's addresses mean for mail that it sends on."""
    if certain := _whatever_the_address(outcomes):
        return certain
    if _lists_provider(outcomes, host, domain):
        return Outlook.GOOD, SpfReason.PROVIDER_LISTED, None
    if missing is not None:
        return Outlook.UNKNOWN, missing, None
    passes = [outcome.result is SpfResult.PASS for outcome in outcomes]
    if all(passes):
        return Outlook.GOOD, SpfReason.LISTED, None
    if not any(passes) and (faults := [outcome.fault for outcome in outcomes if outcome.fault is not None]):
        return Outlook.BAD, SpfReason.FAULTY, faults[0]
    return Outlook.UNKNOWN, SpfReason.SOME_LISTED if any(passes) else SpfReason.NOT_LISTED, None


def _whatever_the_address(outcomes: Sequence[SpfOutcome]) -> _Judgement | None:
    """Return what holds for every address a server could send from; None for what depends on it."""
    if any(outcome.result is SpfResult.TEMPERROR for outcome in outcomes):
        return Outlook.UNKNOWN, SpfReason.NOT_LOOKED_UP, SpfFault.DNS
    if all(outcome.result is SpfResult.NONE for outcome in outcomes):
        return Outlook.NOT_SET_UP, SpfReason.NO_RECORD, None
    if all(outcome.matched == "all" and outcome.result is SpfResult.PASS for outcome in outcomes):
        return Outlook.GOOD, SpfReason.ANYONE, None
    if any(outcome.lists_sources for outcome in outcomes):
        return None  # a fault that comes later does not concern the sources before it
    fault = outcomes[0].fault
    return Outlook.BAD, SpfReason.NOBODY if fault is None else SpfReason.FAULTY, fault


def _lists_provider(outcomes: Sequence[SpfOutcome], host: str, domain: str) -> bool:
    """Whether the domain includes what the server's provider publishes, by its own name or its known one."""
    if not host or _literal(host) is not None:
        return False
    provider = provider_of(host)
    home = organisational_domain(host)
    if home == organisational_domain(domain):
        return False  # its own records need not speak of its own server
    included = frozenset().union(*(outcome.passing for outcome in outcomes))
    return any(name == (provider.spf if provider else None) or organisational_domain(name) == home for name in included)


def _has_provider_key(provider: Provider, domain: str) -> Asking[bool]:
    """Return whether a key that is not revoked is where the provider puts it (RFC 6376 section 3.6.1)."""
    for selector in provider.selectors:
        answer = yield from ask(f"{selector}._domainkey.{domain}", RecordType.TXT)
        if any(_is_key(text) for text in answer.values):
            return True
    return False


def _is_key(text: str) -> bool:
    tags = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in text.split(";"))}
    return bool(tags.get("p")) and tags.get("v", "DKIM1") == "DKIM1"
