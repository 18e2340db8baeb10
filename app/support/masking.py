"""Pseudonyms for what identifies people, organisations and machines: the same thing is the same pseudonym throughout.

Only foreign text goes through `Masking.clean`: what the program itself words needs no mask, and so a name that is
also a word of it spoils nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.address import domain_to_ascii
from app.errors import AddressError
from app.profile import is_ip_address

__all__ = ["Masking", "without_secrets"]

_SHORTEST_NAME = 3
"""Characters; a shorter name in foreign text is mostly something else."""
_SHORTEST_TEXT = 5
_URL = r"(?P<url>[a-zA-Z][a-zA-Z0-9+.-]*://[^\s<>\"']+)"
_ADDRESS = r"(?P<address>(?:\"(?:[^\"\\\r\n]|\\.){1,64}\"|[^\s<>()\[\]\",;:@=]{1,64})@(?:[\w-]+\.)*[\w-]+)"
_RESOURCE = r"\b(?P<resource>(?:customers|orgUnits|groups)/[\w.:-]+)"
_PATH = r"(?P<path>(?<![\w./\\])(?:[A-Za-z]:[\\/]|[~.]{0,2}/)[^\s:,;'\"<>|]+)"
_DOMAIN = r"(?P<domain>(?<![\w-])(?<![\w-]\.)(?:[\w-]+\.)+(?:xn--[\w-]+|[^\W\d_]{2,63})(?![\w-]))"
_REST_OF_DOMAIN = r"[\w-]*(?:\.[\w-]+)*\.(?:xn--[\w-]+|[^\W\d_]{2,63})(?![\w-])"
_IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
_IPV6 = rf"(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:{_IPV4}|[0-9A-Fa-f]{{0,4}})"
_IP = rf"(?P<ip>(?<![\w.:])(?:{_IPV4}|{_IPV6})(?![\w:]))"
_TOKEN = re.compile(r"(?=[^\s/]*\d)(?=[^\s/]*[A-Za-z])[\w.~%-]{16,}")
_IN_TEXT = re.compile(_URL)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def without_secrets(text: str) -> str:
    """Return foreign text without what its links may carry as a key: user, query, and long parts of the path."""
    return _IN_TEXT.sub(lambda found: _bare_url(found[0]), text)


def _bare_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return f"{url.partition('://')[0]}://…"
    path = "/".join("…" if _TOKEN.fullmatch(part) else part for part in parts.path.split("/"))
    query = "?" + "&".join(f"{each.partition('=')[0][:20]}=…" for each in parts.query.split("&")) if parts.query else ""
    return f"{parts.scheme}://{host}{path}{query}"


class Masking:
    """Gives out pseudonyms in the order things are met; when it is not `on`, only secrets are left out."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._private: set[str] = set()
        self._numbers: dict[str, dict[str, int]] = {}
        self._terms: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def leave_out(self, text: str) -> None:
        """Take what was written in a message out of foreign text from now on, mask or not."""
        if len(text.strip()) >= _SHORTEST_TEXT:
            self._private.add(text.strip().lower())

    def know_domains(self, domains: Iterable[str]) -> None:
        """Take note of domains, so that hosts below them are seen to belong to them."""
        for domain in domains:
            self._domain(domain)

    def know(self, kind: str, term: str, *, parts: bool = False) -> None:
        """Mask a term wherever it stands by itself, in any case; with `parts`, each word of it too."""
        term = term.strip()
        if len(term) < _SHORTEST_NAME:
            return
        pseudonym = self._terms.setdefault(term.lower(), self._numbered(kind, term.lower()))
        for part in re.findall(r"[^\W\d_]{3,}", term) if parts else ():
            self._terms.setdefault(part.lower(), pseudonym)
        self._pattern = None

    def know_as(self, term: str, pseudonym: str) -> None:
        """Mask a term by a pseudonym that says what it is, such as the computer's own name."""
        if len(term) >= _SHORTEST_NAME:
            self._terms.setdefault(term.lower(), pseudonym)
            self._pattern = None

    def name(self, kind: str, text: str) -> str:
        """Return a whole value that is a name of some kind; an empty one stays."""
        if not self.on or not text:
            return text
        return self._terms.get(text.strip().lower()) or self._numbered(kind, text.strip().lower())

    def path(self, text: str) -> str:
        """Return a file's path: its home folder, or with the mask on only what kind of file it is."""
        return self._path(text) if self.on and text else text

    def clean(self, text: str) -> str:
        """Return foreign text with every secret left out and, when on, all that identifies replaced."""
        if self._pattern is None:
            self._pattern = self._compiled()
        return self._pattern.sub(self._replace, self._without_private(without_secrets(text)))

    def _without_private(self, text: str) -> str:
        lowered = text.lower()
        found = [words for words in self._private if words in lowered]
        return re.sub(_any_of(found), "[left out]", text, flags=re.IGNORECASE) if found else text

    def _compiled(self) -> re.Pattern[str]:
        if not self.on:
            return re.compile(r"(?!)")
        # What a domain begins with is no term, lest the rest of it stays: a computer's own name is often "mail".
        known = rf"(?P<term>(?<!\w)(?:{_any_of(self._terms)})(?!\w)(?!{_REST_OF_DOMAIN}))"
        # An address is one thing even where its first part is known as a name.
        return re.compile(f"{_URL}|{_ADDRESS}|{known}|{_RESOURCE}|{_PATH}|{_DOMAIN}|{_IP}", re.IGNORECASE)

    def _replace(self, found: re.Match[str]) -> str:
        kind, text = str(found.lastgroup), found[0]
        match kind:
            case "term":
                return self._terms.get(text.lower(), "…")
            case "url":
                return self._url(text)
            case "address":
                return self._address(text)
            case "domain":
                return self._domain(text)
            case "path":
                return self._path(text)
            case "resource":
                kind, _, number = text.partition("/")
                return f"{kind}/{self._numbered('id', number.lower())}"
            case _:
                return self._ip(text)

    def _url(self, url: str) -> str:
        parts = urlsplit(url)
        try:
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            port = ""
        rest = "/…" if parts.path.strip("/") or parts.query else ""
        return f"{parts.scheme}://{self.host(parts.hostname or '')}{port}{rest}"

    def _address(self, text: str) -> str:
        if known := self._terms.get(text.lower()):
            return known
        local, _, domain = text.rpartition("@")
        return f"{self._numbered('address', _address_key(local, domain))}@{self._domain(domain)}"

    def host(self, host: str) -> str:
        """Return a server's name or number."""
        if not self.on or not host:
            return host
        return self._ip(host) if is_ip_address(host) else self._domain(host)

    def _domain(self, text: str) -> str:
        domain = _a_label(text)
        if domain == "localhost" or domain.endswith((".localhost", ".localdomain")):
            return text
        if known := self._terms.get(text.lower()):
            return known
        domains = self._numbers.setdefault("domain", {})
        above = domain
        while above not in domains and "." in above:
            above = above.partition(".")[2]
        if above in domains and above != domain:
            return f"{self._numbered('host', domain)}.domain-{domains[above]}.example"
        return f"{self._numbered('domain', domain)}.example"

    def _ip(self, text: str) -> str:
        bare = text.strip("[]")
        if not is_ip_address(bare) or ip_address(bare).is_loopback:
            return text
        return self._numbered("ip", bare.lower())

    def _path(self, text: str) -> str:
        suffix = _SUFFIX.search(text)
        return self._terms.get(text.lower()) or self._numbered("file", text) + (suffix[0] if suffix else "")

    def _numbered(self, kind: str, key: str) -> str:
        numbers = self._numbers.setdefault(kind, {})
        return f"{kind}-{numbers.setdefault(key, len(numbers) + 1)}"


def _any_of(terms: Iterable[str]) -> str:
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    return "|".join(map(re.escape, longest_first)) or r"(?!)"


def _address_key(local: str, domain: str) -> str:
    bare = local[1:-1].replace("\\", "") if local.startswith('"') else local
    return f"{bare.lower()}@{_a_label(domain)}"


def _a_label(domain: str) -> str:
    try:
        return domain_to_ascii(domain)
    except AddressError:
        return domain.lower()
