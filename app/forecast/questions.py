"""What is asked of DNS and what it answers, as values, so that the rules need no network.

A rule is a generator: it yields a `Question`, is sent its `Answer`, and returns its result.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

__all__ = ["Answer", "Asking", "Question", "RecordType", "Status", "ask", "is_name"]

_T = TypeVar("_T")

_NAME_LIMIT = 253  # octets without the root's dot, RFC 1035
_LABEL_LIMIT = 63


class RecordType(StrEnum):
    """The kinds of record that the rules ask for."""

    TXT = "TXT"
    A = "A"
    AAAA = "AAAA"
    MX = "MX"
    PTR = "PTR"


class Status(StrEnum):
    """How a question was answered."""

    FOUND = "found"
    NO_DATA = "no-data"
    """The name is there, but no record of this kind."""
    NO_NAME = "no-name"
    """NXDOMAIN: neither the name is there nor anything below it (RFC 8020)."""
    FAILED = "failed"
    """SERVFAIL, no answer in time, or no network; nothing is known."""


@dataclass(frozen=True, slots=True)
class Question:
    """A name without the root's dot, and the kind of record."""

    name: str
    type: RecordType


@dataclass(frozen=True, slots=True)
class Answer:
    """The records found; a TXT record's strings are joined without spaces (RFC 7208 section 3.3)."""

    status: Status
    values: tuple[str, ...] = ()
    """Texts, addresses, or names; those of MX in the order of their preference."""

    @property
    def is_void(self) -> bool:
        """Whether the answer is there and empty: a void lookup (RFC 7208 section 4.6.4)."""
        return self.status in {Status.NO_DATA, Status.NO_NAME}


Asking = Generator[Question, Answer, _T]


def ask(name: str, type: RecordType) -> Asking[Answer]:  # noqa: A002 - DNS's own word
    """Ask one question; what cannot be a name is not there, and nobody is asked for it."""
    bare = name.removesuffix(".").lower()
    if not is_name(bare):
        return Answer(Status.NO_NAME)
    answer = yield Question(bare, type)
    return answer


def is_name(name: str) -> bool:
    """Whether a name fits the limits of DNS (RFC 1035 section 2.3.4)."""
    labels = name.split(".")
    return len(name.encode()) <= _NAME_LIMIT and all(0 < len(label.encode()) <= _LABEL_LIMIT for label in labels)
