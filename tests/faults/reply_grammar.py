"""Random replies of a server: from well-formed ones over every way to be almost one to noise, cut up anyhow."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Answer", "Grammar", "polite"]

_CODES = (
    200, 211, 220, 221, 235, 250, 251, 252, 334, 354, 421, 432, 450, 451, 452, 454, 455, 500, 501, 502, 503, 504, 521,
    530, 534, 535, 538, 550, 551, 552, 553, 554, 555,
)  # fmt: skip
_TEXTS = (
    b"Ok", b"", b" ", b"2.0.0 Ok: queued as 4XQ1", b"5.7.1 no", b"4.2.0 greylisted", b"5.7.9 app", b"dXNlcg==", b"!!!",
    b"Must issue a STARTTLS command first", b"AUTH PLAIN LOGIN", b"AUTH=PLAIN", b"SIZE 10",
    b"SIZE 99999999999999999999",
    b"8BITMIME", b"STARTTLS", b"PIPELINING",
    b"\xff\xfe\x00\x1b[31m", "\u202eabc\u2066".encode(), b"{0}%s{reply}", b"x" * 900,
    b"PLAIN", b"250 Ok", b".", b"\t", "\u0662\u0665\u0660".encode(),
)  # fmt: skip
_FOREIGN = (
    b"HTTP/1.1 400 Bad Request\r\nServer: portal\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x46", b"SSH-2.0-x\r\n",
    b"\x16\x03\x01\x02\x00", b"* OK IMAP4rev1\r\n", b"+OK POP3\r\n", b"\r\n", b"\n", b"\r", b"-", b"2", b"25", b"250",
    b"250-", b"+250 ok\r\n", b"2_5 ok\r\n", b" 250 ok\r\n", b"250ok\r\n", b"250\tok\r\n", b"0250 ok\r\n", b"250.ok\r\n",
)  # fmt: skip
_LIMIT = 32 * 1024

Mutation = Callable[[bytearray], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server does when it is its turn."""

    batches: tuple[tuple[int, tuple[bytes, ...]], ...]
    """After how many milliseconds which segments arrive, one right after the other."""
    end: str = ""
    """`eof` or `reset` if the connection goes after them."""


def polite(reply: bytes) -> Answer:
    """Return the answer of a server that does everything right."""
    return Answer(((0, (reply,)),))


class Grammar:
    """Makes answers; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self._mutations: tuple[Mutation, ...] = (
            self._flip, self._flip, self._drop, self._insert, self._repeat, self._truncate, self._bare_ends,
            self._recode, self._digit, self._separator, self._append, self._prepend,
        )  # fmt: skip

    def answer(self) -> Answer:
        """Return one answer."""
        roll = self.random.random()
        data = self._well_formed()
        if roll < 0.01:
            data = self._huge()
        elif roll < 0.05:
            data = self.random.randbytes(self.random.randrange(1, 40))
        elif roll < 0.10:
            data = self.random.choice(_FOREIGN)
        elif roll < 0.13:
            data = b""
        elif roll < 0.70:
            changed = bytearray(data)
            for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                self.random.choice(self._mutations)(changed)
            data = bytes(changed)
        end = self.random.choice(("eof", "reset")) if self.random.random() < 0.12 else ""
        return Answer(self._cut_up(data), end)

    def _code(self) -> int:
        if self.random.random() < 0.8:
            return self.random.choice(_CODES)
        return 100 * self.random.randrange(2, 6) + self.random.randrange(60)

    def _text(self) -> bytes:
        if self.random.random() < 0.2:
            length = self.random.randrange(60)
            return self.random.randbytes(length).replace(b"\r", b"r").replace(b"\n", b"n")
        return self.random.choice(_TEXTS)

    def _well_formed(self) -> bytes:
        code = self._code()
        lines = self.random.choice((1, 1, 1, 2, 3, 6))
        reply = b"".join(b"%d-%s\r\n" % (code, self._text()) for _ in range(lines - 1))
        last = b"" if self.random.random() < 0.1 else b" " + self._text()
        return reply + b"%d%s\r\n" % (code, last)

    def _huge(self) -> bytes:
        """Return a reply about as long as may be, or far longer, in one line or in many."""
        length = self.random.choice((_LIMIT - 1, _LIMIT, _LIMIT + 1, 3 * _LIMIT))
        if self.random.random() < 0.5:
            return b"250 " + b"x" * (length - 6) + b"\r\n"
        lines = b"250-" + b"x" * 26 + b"\r\n"
        return lines * (length // len(lines) - 1) + b"250 " + b"y" * (length % len(lines) + len(lines) - 6) + b"\r\n"

    def _cut_up(self, data: bytes) -> tuple[tuple[int, tuple[bytes, ...]], ...]:
        count = self.random.choice((0, 0, 0, 1, 2, 4)) if len(data) > 1 else 0
        cuts = sorted(self.random.randrange(1, len(data)) for _ in range(count))
        segments = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        segments = [segment for segment in segments if segment]
        batches: list[tuple[int, tuple[bytes, ...]]] = []
        delay = 0
        while segments:
            size = self.random.randrange(1, len(segments) + 1)
            batches.append((delay, tuple(segments[:size])))
            segments = segments[size:]
            delay += self.random.choice((1, 3, 7, 50, 2_000, 40_000))
        return tuple(batches)

    def _place(self, data: bytearray) -> int:
        return self.random.randrange(len(data) + 1)

    def _flip(self, data: bytearray) -> None:
        if data:
            # Half of all flips hit the code and what follows it, where they matter most.
            at = self.random.randrange(min(5, len(data)) if self.random.random() < 0.5 else len(data))
            data[at] ^= 1 << self.random.randrange(8)

    def _drop(self, data: bytearray) -> None:
        if data:
            del data[self.random.randrange(len(data))]

    def _insert(self, data: bytearray) -> None:
        at = self._place(data)
        data[at:at] = self.random.choice((b"\r", b"\n", b"\0", b"-", b" ", b"\r\n", b"5", b"\xe2\x80\xae"))

    def _repeat(self, data: bytearray) -> None:
        start = self._place(data)
        data += data[start:]

    def _truncate(self, data: bytearray) -> None:
        del data[self._place(data) :]

    def _bare_ends(self, data: bytearray) -> None:
        data[:] = data.replace(
            b"\r\n", self.random.choice((b"\n", b"\r", b"\n\r", b"\r\r\n")), self.random.randrange(1, 3)
        )

    def _recode(self, data: bytearray) -> None:
        """Give one line another code."""
        lines = bytes(data).split(b"\r\n")
        at = self.random.randrange(len(lines))
        lines[at] = str(self._code()).encode() + lines[at][3:]
        data[:] = b"\r\n".join(lines)

    def _digit(self, data: bytearray) -> None:
        if len(data) > 3:
            data[self.random.randrange(3)] = self.random.choice(b"0123456789 +-_x")

    def _separator(self, data: bytearray) -> None:
        if len(data) > 3:
            data[3:4] = self.random.choice((b"", b"-", b" ", b"\t", b"=", b"."))

    def _append(self, data: bytearray) -> None:
        data += self._well_formed()

    def _prepend(self, data: bytearray) -> None:
        data[:0] = self._well_formed()
