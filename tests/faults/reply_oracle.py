"""What a session may make of what a server said: the reply rules written down a second time, on their own.

A trace is judged after the fact: the client's words (`C`), the server's octets (`S`), the end of the connection (`X`),
the durable mark before the dot (`D`), and the verdicts (`V`), in the order in which they happened.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

__all__ = ["PASSWORD_MECHANISMS", "TOKEN_MECHANISMS", "Event", "Outcome", "Reading", "breaches", "read"]

PASSWORD_MECHANISMS = frozenset({"PLAIN", "LOGIN", "CRAM-MD5"})
TOKEN_MECHANISMS = frozenset({"OAUTHBEARER", "XOAUTH2"})
_LIMIT = 32 * 1024
_NOT_OF_TOKENS = frozenset({500, 502, 503, 504, 530, 538})
"""Refusals that another token would meet, too."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class Outcome(Enum):
    """What becomes of a message, or of opening a session."""

    OPENED = auto()
    DELIVERED = auto()
    REJECTED = auto()
    LATER = auto()
    UNCERTAIN = auto()
    HELD = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    kind: str
    data: bytes = b""
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What octets are: exactly one whole reply, the beginning of one, or neither."""

    is_whole: bool
    code: int = 0
    lines: tuple[str, ...] = ()


def read(octets: bytes) -> Reading:
    """Read a reply line by line; only one that is whole, well-formed and followed by nothing is whole."""
    reading, rest = read_first(octets)
    return replace(reading, is_whole=reading.is_whole and not rest and len(octets) <= _LIMIT)


def read_first(octets: bytes) -> tuple[Reading, bytes]:
    """Read the first of several replies; return it and what follows it, which is all where there is none."""
    rest, lines, first = octets, [], b""
    while len(octets) - len(rest) <= _LIMIT:
        end = rest.find(b"\n")
        if end < 1 or rest[end - 1 : end] != b"\r":
            break
        line, rest = rest[: end - 1], rest[end + 1 :]
        code, mark = line[:3], line[3:4]
        is_code = len(code) == 3 and 0x32 <= code[0] <= 0x35 and 0x30 <= code[1] <= 0x35 and 0x30 <= code[2] <= 0x39
        if not is_code or mark not in {b"", b" ", b"-"} or b"\r" in line or code != (first or code):
            break
        first = code
        lines.append(line[4:].decode("utf-8", "replace"))
        if mark != b"-" and len(octets) - len(rest) <= _LIMIT:
            return Reading(is_whole=True, code=int(code), lines=tuple(lines)), rest
    return Reading(is_whole=False), octets


def breaches(
    trace: list[Event],
    recipients: int,
    message: bytes,
    *,
    needs_tls: bool = False,
    mechanisms: Collection[str] = PASSWORD_MECHANISMS,
    renewals: int = 0,
) -> Iterator[str]:
    """Yield each way in which a session did what the rules do not allow, or left undone what they ask.

    A server that `needs_tls` never comes to it here: nothing but EHLO and STARTTLS may be said to it. A token that was
    refused is renewed so many times, if the connection still stands.
    """
    judge = _Judge(recipients, message, needs_tls)
    judge.mechanisms, judge.renewals = mechanisms, renewals
    for event in trace:
        yield from judge.take(event)


_VERBS = {
    b"EHLO": "EHLO", b"AUTH": "AUTH", b"MAIL": "MAIL", b"RCPT": "RCPT", b"DATA": "DATA", b"RSET": "RSET",
    b"QUIT": "QUIT", b"STAR": "STARTTLS",
}  # fmt: skip


class _Judge:
    """Walks a trace: where the exchange stands, what has arrived since the last word, and what was refused."""

    def __init__(self, recipients: int, message: bytes, needs_tls: bool) -> None:
        self.needs_tls = needs_tls
        self.mechanisms: Collection[str] = PASSWORD_MECHANISMS
        self.renewals = 0
        self.recipients = recipients
        self.message = message
        self.stage = "greeting"
        self.pending = b""
        self.is_lost = False
        self.is_used = False
        self.limit = 0
        self.challenges = 0
        self.uploaded = b""
        self.is_marked = False
        self.named = 0
        self.refused: list[int] = []
        self.is_pipelining = False
        self.ahead = 0
        """Commands sent together with the one whose reply is read, after it."""
        self.stopped: Reading | None = None
        """The reply that decided although others to commands sent with its own are still to come."""

    def take(self, event: Event) -> Iterator[str]:
        """Take the next event in and yield what is wrong with it."""
        if event.kind == "S":
            self.pending += event.data
        elif event.kind == "X":
            self.is_lost = True
        elif event.kind == "D":
            self.is_marked = True
        elif event.kind == "C":
            yield from self._said(event.data)
        elif event.outcome is not None:
            self._catch_up()
            allowed = self._outcome()
            if event.outcome is not allowed:
                yield f"{event.outcome.name}, not {allowed.name}, at {self.stage} after {self.pending[:200]!r}"
            self._end()

    def _catch_up(self) -> None:
        """Read the replies to commands that were sent together, as if each had waited for the reply before it."""
        while self.ahead:
            reading, rest = read_first(self.pending)
            if not reading.is_whole:
                return
            if self.stopped is None and "RCPT" in self._next_steps(reading):
                self._note("RCPT", reading)
                self.stage = "RCPT"
            elif self.stopped is None:
                self.stopped = reading
            self.pending = rest
            self.ahead -= 1

    def _end(self) -> None:
        is_answered = read(self.pending).is_whole and not self.ahead
        if is_answered:
            self.pending = b""
        elif self.ahead or self.stopped is not None:  # nobody may go on before the rest is answered
            self.is_lost = True
        self.stopped, self.ahead = None, 0
        self.stage, self.named, self.refused = "idle", 0, []
        self.uploaded, self.is_marked = b"", False

    def _said(self, data: bytes) -> Iterator[str]:
        step = self._step_of(data)
        if self.is_lost:
            yield f"{step} after the connection went"
        if step == "BODY" and self.stage == "BODY":
            self.uploaded += data
            return
        if step == "TLS" and self.stage == "TLS":  # an alert, perhaps
            return
        yield from self._went_on(step)
        if step not in {"BODY", "TLS"}:
            yield from self._went_ahead(step, data)
        if step == "BODY":
            self.uploaded = data
        elif step == "." and not self.is_marked:
            yield "the end of a message that was not noted"
        elif step == "." and self.uploaded != self.message:
            yield f"the end of a message of which {self.uploaded!r} was written"

    def _step_of(self, data: bytes) -> str:
        if self.stage in {"DATA", "BODY"} and data != b".\r\n":
            return "BODY"
        if data in {b".\r\n", b"*\r\n"}:
            return data[:1].decode()
        if self.stage in {"STARTTLS", "TLS"} and data[:2] in {b"\x15\x03", b"\x16\x03"}:
            return "TLS"
        return _VERBS.get(data[:4], "answer")

    def _went_ahead(self, step: str, data: bytes) -> Iterator[str]:
        """Count what was said together with a command; only all recipients with their sender may be (RFC 2920)."""
        _, *others = data.split(b"\r\n")[:-1]
        self.ahead = len(others)
        is_all = self.ahead == self.recipients and all(line.startswith(b"RCPT ") for line in others)
        if others and not (step == "MAIL" and self.is_pipelining and is_all):
            yield f"{data!r} said together"

    def _went_on(self, step: str) -> Iterator[str]:
        self._catch_up()
        last = read(self.pending)
        reading = replace(self.stopped, is_whole=last.is_whole and not self.ahead) if self.stopped else last
        if self.stage in {"BODY", "idle"}:
            if self.pending:
                yield f"{step} while {self.pending[:200]!r} was not asked for"
        elif not reading.is_whole:
            yield f"{step} after {self.stage} was answered {self.pending[:200]!r}"
        if step not in self._next_steps(reading):
            yield f"{step} after {self.stage} was answered {self.pending[:200]!r}"
        self._note(step, reading)
        self.stage, self.pending, self.stopped = step, b"", None

    def _note(self, step: str, reading: Reading) -> None:
        if self.stage == "RCPT" and reading.code // 10 != 25:
            self.refused.append(reading.code)
        if self.stage == "EHLO":
            self.limit = size_limit(reading.lines)
            self.is_pipelining = offers(reading.lines, "pipelining")
        if step == "RCPT":
            self.named += 1
        elif step == "answer":
            self.challenges += 1
        elif step == "AUTH" and self.stage != "EHLO":
            self.renewals, self.challenges = self.renewals - 1, 0
        elif step == "MAIL":
            self.is_used = True

    def _next_steps(self, reading: Reading) -> set[str]:
        """Return what may be said now that the last word was answered so."""
        code = reading.code
        is_yes = code // 10 == 25
        if self.stage in {"AUTH", "answer"}:
            if self._may_renew(code):
                return {"AUTH"}
            is_asked = is_challenge(reading.lines) and self.challenges < 2
            return set() if code != 334 else {"answer", "*"} if is_asked else {"*"}
        if self.stage == "RCPT":
            return self._after_recipient(code)
        allowed: dict[str, set[str]] = {
            "greeting": {"EHLO"} if code == 220 else set(),
            "EHLO": self._after_ehlo(reading),
            "STARTTLS": {"TLS"} if code == 220 else set(),
            "MAIL": {"RCPT"} if is_yes else set(),
            "DATA": {"BODY"} if code == 354 else set(),
            "BODY": {"."},
            "RSET": {"MAIL"} if is_yes and not self.refused else set(),
            "idle": {"RSET" if self.is_used else "MAIL", "QUIT"},
        }
        return allowed.get(self.stage, set())

    def _may_renew(self, code: int) -> bool:
        return self.renewals > 0 and code // 100 == 5 and code not in _NOT_OF_TOKENS

    def _after_ehlo(self, reading: Reading) -> set[str]:
        if reading.code != 250:
            return set()
        if self.needs_tls:
            return {"STARTTLS"} if offers(reading.lines, "starttls") else set()
        return {"AUTH"} if offers_sign_in(reading.lines, self.mechanisms) else set()

    def _after_recipient(self, code: int) -> set[str]:
        if code == 421:
            return set()
        if code // 100 not in {4, 5} and code // 10 != 25:
            return {"RSET"}
        if self.named < self.recipients:
            return {"RCPT"}
        return {"RSET"} if self.refused or code // 10 != 25 else {"DATA"}

    def _outcome(self) -> Outcome:
        """Return what has to come of it when nothing more is said."""
        reading = self.stopped or read(self.pending)
        code = reading.code if reading.is_whole else 0
        kind = code // 100
        match self.stage:
            case "EHLO":
                is_refusal = code == 250 and not self.needs_tls and not offers_sign_in(reading.lines, self.mechanisms)
                return Outcome.HELD if is_refusal else Outcome.LATER
            case "AUTH" | "answer":
                is_final = kind == 5 and not self._may_renew(code)  # else the connection went before the next token
                return Outcome.OPENED if code == 235 else Outcome.HELD if is_final else Outcome.LATER
            case "idle":
                is_too_large = 0 < self.limit < len(self.message.replace(b"\r\n..", b"\r\n."))
                return Outcome.REJECTED if is_too_large else Outcome.LATER
            case "MAIL":
                is_wrong_security = code == 530 and "starttls" in " ".join(reading.lines).lower()
                return Outcome.HELD if is_wrong_security else Outcome.REJECTED if kind == 5 else Outcome.LATER
            case "DATA":
                return Outcome.REJECTED if kind == 5 else Outcome.LATER
            case ".":
                if code // 10 == 25:
                    return Outcome.DELIVERED
                return {4: Outcome.LATER, 5: Outcome.REJECTED}.get(kind, Outcome.UNCERTAIN)
            case "RCPT" | "RSET":
                return self._outcome_of_recipients(code)
        return Outcome.LATER

    def _outcome_of_recipients(self, code: int) -> Outcome:
        codes = self.refused
        if self.stage == "RCPT":
            # A fault before all were named speaks for itself: nothing was accepted, and nobody knows of the rest.
            if code == 0 or (self.is_lost and "RCPT" in self._after_recipient(code)):
                return Outcome.LATER
            codes = [*codes, code]
        return Outcome.REJECTED if any(each // 100 == 5 for each in codes) else Outcome.LATER


def offers(lines: tuple[str, ...], keyword: str) -> bool:
    """Whether an EHLO reply has this keyword."""
    return any(line.strip().partition(" ")[0].lower() == keyword for line in lines[1:])


def offers_sign_in(lines: tuple[str, ...], mechanisms: Collection[str]) -> bool:
    """Whether an EHLO reply offers one of these mechanisms (RFC 4954), in today's or the old form."""
    for line in lines[1:]:
        keyword, names = line.strip()[:5].lower(), line.strip()[5:]
        if keyword in {"auth ", "auth="} and not set(names.upper().split()).isdisjoint(mechanisms):
            return True
    return False


def size_limit(lines: tuple[str, ...]) -> int:
    """Return the limit an EHLO reply states (RFC 1870), the last one if there are several; 0 for none."""
    limit = 0
    for line in lines[1:]:
        keyword, _, number = line.strip().partition(" ")
        if keyword.lower() == "size":
            number = number.strip()
            limit = int(number) if number.isascii() and number.isdigit() and len(number) <= 20 else 0
    return limit


def is_challenge(lines: tuple[str, ...]) -> bool:
    """Whether a 334 reply is a single line of base64."""
    return len(lines) == 1 and bool(_BASE64.fullmatch(lines[0].strip()))
