"""What the browser asks the program for, read strictly: whoever asks may be any program or web page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

__all__ = ["Request", "parameters", "parse_request"]

_LINE = re.compile(r"([A-Z]{1,16}) (/[\x21-\x7e]*) HTTP/1\.[01]")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)")
_PARAMETERS_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Request:
    """A request of HTTP/1.1 without what nobody looks at."""

    method: str
    path: str
    query: str = field(repr=False)
    host: str


def parse_request(head: bytes) -> Request | None:
    """Return the request whose lines `head` holds, without the empty one; None for what is none (RFC 9112).

    Exactly one Host is asked for: by it a web page that made its own name point here is told from the
    authorization server (DNS rebinding).
    """
    first, *rest = head.decode("latin-1").split("\r\n")
    line = _LINE.fullmatch(first)
    headers = [_HEADER.fullmatch(each) for each in rest]
    if line is None or not all(headers):
        return None
    hosts = [each[2].strip(" \t") for each in headers if each and each[1].lower() == "host"]
    if len(hosts) != 1:
        return None
    path, _, query = line[2].partition("?")
    return Request(line[1], path, query, hosts[0].lower())


def parameters(query: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return all values by the name of their parameter (RFC 6749 appendix B); None for what cannot be read."""
    pairs = [each for each in query.split("&") if each]
    if len(pairs) > _PARAMETERS_LIMIT:
        return None
    found: dict[str, tuple[str, ...]] = {}
    try:
        for pair in pairs:
            name, _, value = pair.partition("=")
            name = unquote_plus(name, errors="strict")
            found[name] = (*found.get(name, ()), unquote_plus(value, errors="strict"))
    except UnicodeDecodeError:
        return None
    return found
