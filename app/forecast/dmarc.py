"""The DMARC record that counts for a domain, and which domains agree with it (RFC 7489)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.forecast.domains import organisational_domain
from app.forecast.questions import Asking, RecordType, Status, ask

__all__ = ["Alignment", "Dmarc", "DmarcFault", "DmarcPolicy", "are_aligned", "find_dmarc", "parse_dmarc"]

_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(;|$)")
_PERCENT = re.compile(r"\d{1,3}")


class DmarcPolicy(StrEnum):
    """What the domain's owner asks receivers to do with mail that fails (section 6.3, `p`)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Alignment(StrEnum):
    """How exactly a checked domain has to agree with From's (section 3.1)."""

    RELAXED = "r"
    STRICT = "s"


class DmarcFault(StrEnum):
    """Why no record counts although something may be there."""

    DNS = "dns"
    TWO_RECORDS = "two-records"
    SYNTAX = "syntax"


@dataclass(frozen=True, slots=True)
class Dmarc:
    """What counts for a From domain."""

    domain: str
    """Where the record was found: the From domain or its organisational one."""
    policy: DmarcPolicy
    dkim: Alignment = Alignment.RELAXED
    spf: Alignment = Alignment.RELAXED
    percent: int = 100
    """To how much of the failing mail the policy applies."""


def are_aligned(checked: str, from_domain: str, mode: Alignment) -> bool:
    """Whether a domain that SPF or DKIM has proved agrees with From's (section 3.1); both in A-labels."""
    if checked == from_domain:
        return True
    return mode is Alignment.RELAXED and organisational_domain(checked) == organisational_domain(from_domain)


def find_dmarc(from_domain: str) -> Asking[Dmarc | DmarcFault | None]:
    """Return the record of a From domain, else that of its organisational domain (section 6.6.3); None for none."""
    found = yield from _record_at(from_domain, is_inherited=False)
    organisation = organisational_domain(from_domain)
    if found is None and organisation != from_domain:
        return (yield from _record_at(organisation, is_inherited=True))
    return found


def parse_dmarc(text: str, domain: str, *, is_inherited: bool) -> Dmarc | None:
    """Return a record's meaning, or None for one that receivers leave aside (section 6.6.3).

    `is_inherited`: the From domain lies below `domain`, so that `sp` counts. Tags that are unknown or have a
    bad value count as not there; without a policy, a place to report to makes it `none`.
    """
    tags = _tags(text)
    wanted = (tags.get("sp") if is_inherited else None) or tags.get("p", "")
    if tags.get("p", "").lower() not in set(DmarcPolicy) or wanted.lower() not in set(DmarcPolicy):
        if not tags.get("rua", "").lower().startswith("mailto:"):
            return None
        wanted = DmarcPolicy.NONE
    percent = tags.get("pct", "")
    return Dmarc(
        domain,
        DmarcPolicy(wanted.lower()),
        dkim=_alignment(tags.get("adkim", "")),
        spf=_alignment(tags.get("aspf", "")),
        percent=min(int(percent), 100) if _PERCENT.fullmatch(percent) else 100,
    )


def _record_at(domain: str, *, is_inherited: bool) -> Asking[Dmarc | DmarcFault | None]:
    answer = yield from ask(f"_dmarc.{domain}", RecordType.TXT)
    if answer.status is Status.FAILED:
        return DmarcFault.DNS
    records = [text for text in answer.values if _VERSION.match(text)]
    if not records:
        return None
    if len(records) > 1:
        return DmarcFault.TWO_RECORDS
    return parse_dmarc(records[0], domain, is_inherited=is_inherited) or DmarcFault.SYNTAX


def _tags(text: str) -> dict[str, str]:
    """Return a tag-list (RFC 6376 section 3.2); the first of a tag said twice counts."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def _alignment(value: str) -> Alignment:
    return Alignment.STRICT if value.lower() == "s" else Alignment.RELAXED
