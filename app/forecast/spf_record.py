"""An SPF record read by its grammar (RFC 7208 section 12), and its macros (section 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

__all__ = [
    "IpAddress",
    "IpNetwork",
    "MacroFacts",
    "Mechanism",
    "SpfRecord",
    "SpfSyntaxError",
    "expand",
    "is_spf",
    "parse_spf",
]

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

_VERSION = re.compile(r"v=spf1( |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9._-]*)=(.*)")
_DIRECTIVE = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?![A-Za-z0-9._-])(.*)", re.IGNORECASE)
_CIDR = re.compile(r"(?P<spec>.*?)(?:/(?P<v4>0|[1-9]\d?))?(?://(?P<v6>0|[1-9]\d{0,2}))?")
_MACRO = re.compile(r"%(?:\{([slodipvhcrt])(\d*)(r?)([.\-+,/_=]*)\}|([%_-]))", re.IGNORECASE)
_LITERAL = re.compile(r"[\x21-\x24\x26-\x7e]*")
_TOP_LABEL = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_ONLY_IN_EXPLANATIONS = frozenset("crt")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986
_NAME_LIMIT = 253


class SpfSyntaxError(ValueError):
    """A record that receivers answer with permerror."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive: who matches it, and what then holds."""

    qualifier: str
    name: str
    domain: str = ""
    """The domain-spec with its macros; empty for the record's own domain."""
    network: IpNetwork | None = None
    v4_bits: int = 32
    v6_bits: int = 128


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """The directives in their order, and where the record points when none of them matches."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


@dataclass(frozen=True, slots=True)
class MacroFacts:
    """What macros stand for (RFC 7208 section 7.2)."""

    ip: IpAddress
    local: str
    sender_domain: str
    helo: str


def is_spf(text: str) -> bool:
    """Whether a TXT record is one of SPF (RFC 7208 section 4.5)."""
    return _VERSION.match(text) is not None


def parse_spf(text: str) -> SpfRecord:
    """Return a record's meaning; raises SpfSyntaxError for one that the grammar does not allow."""
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in text[len("v=spf1") :].split(" "):
        if not term:
            continue
        if modifier := _MODIFIER.fullmatch(term):
            _take_modifier(modifier[1].lower(), modifier[2], modifiers)
        else:
            mechanisms.append(_directive(term))
    return SpfRecord(tuple(mechanisms), modifiers.get("redirect", ""))


def expand(text: str, domain: str, facts: MacroFacts) -> str:
    """Return a domain-spec with its macros replaced; labels of a name that is too long go from its left."""
    expanded = _MACRO.sub(lambda macro: _value(macro, domain, facts), text).removesuffix(".")
    while len(expanded) > _NAME_LIMIT and "." in expanded:
        expanded = expanded.partition(".")[2]
    return expanded


def _take_modifier(name: str, value: str, known: dict[str, str]) -> None:
    if name not in {"redirect", "exp"}:
        _check_macros(value)  # an unknown modifier is ignored, but must be one
        return
    if name in known:
        raise SpfSyntaxError(name)
    _check_domain_spec(value)
    known[name] = value


def _directive(term: str) -> Mechanism:
    match = _DIRECTIVE.fullmatch(term)
    if match is None:
        raise SpfSyntaxError(term)
    qualifier, name, rest = match[1] or "+", match[2].lower(), match[3]
    if name in {"ip4", "ip6"}:
        return Mechanism(qualifier, name, network=_network(name, rest))
    if name == "all":
        if rest:
            raise SpfSyntaxError(term)
        return Mechanism(qualifier, name)
    if name in {"include", "exists"} or (name == "ptr" and rest):
        return Mechanism(qualifier, name, _domain_spec(rest))
    return _with_cidr(qualifier, name, rest)


def _with_cidr(qualifier: str, name: str, rest: str) -> Mechanism:
    """Return an `a` or `mx`, which may name a domain and two prefix lengths (dual-cidr-length)."""
    match = _CIDR.fullmatch(rest)
    assert match is not None, "each part of the pattern may be empty"
    v4, v6 = int(match["v4"] or 32), int(match["v6"] or 128)
    if v4 > 32 or v6 > 128:
        raise SpfSyntaxError(rest)
    spec = _domain_spec(match["spec"]) if match["spec"] else ""
    return Mechanism(qualifier, name, spec, v4_bits=v4, v6_bits=v6)


def _network(name: str, rest: str) -> IpNetwork:
    text = rest.removeprefix(":")
    prefix = text.partition("/")[2]
    has_prefix = "/" in text
    if text == rest or (has_prefix and not re.fullmatch(r"0|[1-9]\d{0,2}", prefix)):
        raise SpfSyntaxError(rest)
    try:
        network = ip_network(text, strict=False)
    except ValueError as error:
        raise SpfSyntaxError(rest) from error
    if network.version != int(name[-1]):
        raise SpfSyntaxError(rest)
    return network


def _domain_spec(rest: str) -> str:
    spec = rest.removeprefix(":")
    if spec == rest:
        raise SpfSyntaxError(rest)
    _check_domain_spec(spec)
    return spec


def _check_domain_spec(spec: str) -> None:
    """Raise SpfSyntaxError unless a domain-spec ends in a top label or in a macro."""
    end = _check_macros(spec)
    if end and not _TOP_LABEL.fullmatch(end.removesuffix(".").rpartition(".")[2]):
        raise SpfSyntaxError(spec)
    if not spec or (end and "." not in end.removesuffix(".")):
        raise SpfSyntaxError(spec)


def _check_macros(text: str) -> str:
    """Return what follows the last macro; raises SpfSyntaxError for a sign that no macro-string may have."""
    end = 0
    for macro in _MACRO.finditer(text):
        if not _LITERAL.fullmatch(text, end, macro.start()):
            raise SpfSyntaxError(text)
        if macro[1] and (macro[1].lower() in _ONLY_IN_EXPLANATIONS or (macro[2] and int(macro[2]) == 0)):
            raise SpfSyntaxError(text)
        end = macro.end()
    if not _LITERAL.fullmatch(text, end):
        raise SpfSyntaxError(text)
    return text[end:]


def _value(macro: re.Match[str], domain: str, facts: MacroFacts) -> str:
    if macro[5]:
        return {"%": "%", "_": " ", "-": "%20"}[macro[5]]
    letter = macro[1].lower()
    value = _letter(letter, domain, facts)
    parts = re.split(f"[{re.escape(macro[4] or '.')}]", value)
    if macro[3]:
        parts.reverse()
    if macro[2]:
        parts = parts[-int(macro[2]) :]
    joined = ".".join(parts)
    return _escaped(joined) if macro[1].isupper() else joined


def _letter(letter: str, domain: str, facts: MacroFacts) -> str:
    return {
        "s": f"{facts.local}@{facts.sender_domain}",
        "l": facts.local,
        "o": facts.sender_domain,
        "d": domain,
        "i": _dotted(facts.ip),
        "p": "unknown",  # section 7.3: where the validated name is not looked for
        "v": "in-addr" if facts.ip.version == 4 else "ip6",
        "h": facts.helo,
    }[letter]


def _dotted(ip: IpAddress) -> str:
    return str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))


def _escaped(text: str) -> str:
    return "".join(chr(octet) if octet in _UNRESERVED else f"%{octet:02X}" for octet in text.encode())
