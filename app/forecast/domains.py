"""Organisational domains: what a domain's owner registered, by the public suffix list (RFC 7489 section 3.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

__all__ = ["organisational_domain"]


@lru_cache(maxsize=1024)
def organisational_domain(domain: str) -> str:
    """Return the organisational domain of a domain in A-labels; a public suffix is its own.

    The list comes with the program and is read at the first call, which takes about 60 ms.
    """
    registered = _suffixes().privatesuffix(domain)
    return registered or domain


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
