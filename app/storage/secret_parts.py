"""Long secrets in a keychain whose entries are short: in parts, of which a crash never makes a wrong whole.

The account's own entry, the head, names the others. They are written first, beside the last secret's, so that the head
is what switches from one whole secret to the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

__all__ = ["Entries", "delete_parts", "get_parts", "set_parts"]

_MARK = "absender-parts:"
_HEAD = re.compile(rf"{_MARK}([ab]):([0-9a-f]{{16}}):([1-9][0-9]{{0,2}}):", re.ASCII)
"""Which of two sets of entries, what each of them begins with, and how many there are besides the head."""
_ROOM = 40
"""Characters that a head needs at most for itself."""
_TRIES = 3


class Entries(Protocol):
    """A keychain of short entries, by account name."""

    def get(self, account: str) -> str | None:
        """Return an entry, or None."""

    def set(self, account: str, text: str) -> None:
        """Keep an entry in place of the last one."""

    def delete(self, account: str) -> None:
        """Forget an entry, if there is one."""


def get_parts(entries: Entries, account: str) -> str | None:
    """Return the secret of an account; None where there is none, or not all of it."""
    for _ in range(_TRIES):
        head = entries.get(account)
        found = _HEAD.match(head) if head is not None else None
        if head is None or found is None:
            return head
        name, tag, count = found.groups()
        texts = [entries.get(_part(account, name, number)) for number in range(1, int(count) + 1)]
        rest = [text.removeprefix(tag) for text in texts if text is not None and text.startswith(tag)]
        if len(rest) == int(count):
            return "".join([head[found.end() :], *rest])
        if entries.get(account) == head:  # else another program has just replaced it
            return None
    return None


def set_parts(entries: Entries, account: str, secret: str, limit: int) -> None:
    """Keep a secret, in entries of `limit` bytes of UTF-16 at most; until the last step the old one stays whole."""
    from secrets import token_hex  # late: 3 ms, and most secrets are short

    last = _HEAD.match(entries.get(account) or "")
    name = "b" if last is not None and last[1] == "a" else "a"
    head, count = secret, 0
    if _size(secret) > limit or secret.startswith(_MARK):
        first, *rest = _cut(secret, limit - 2 * _ROOM)
        tag, count = token_hex(8), len(rest) or 1
        for number, text in enumerate(rest or [""], start=1):
            entries.set(_part(account, name, number), tag + text)
        head = f"{_MARK}{name}:{tag}:{count}:{first}"
    entries.set(account, head)
    with suppress(Exception):  # the secret is kept; what is left over is removed the next time
        _sweep(entries, account, lambda each, number: each != name or number > count)


def delete_parts(entries: Entries, account: str) -> None:
    """Forget a secret with all its parts, the head last, by which the others would be found again."""
    _sweep(entries, account, lambda _, __: True)
    entries.delete(account)


def _sweep(entries: Entries, account: str, is_over: Callable[[str, int], bool]) -> None:
    """Remove parts, from the last one on: what a crash leaves is found by its numbers the next time."""
    for name in "ab":
        number = 1
        while entries.get(_part(account, name, number)) is not None:
            number += 1
        for each in reversed(range(1, number)):
            if is_over(name, each):
                entries.delete(_part(account, name, each))


def _part(account: str, name: str, number: int) -> str:
    return f"{account}#{name}{number}"


def _size(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


def _cut(text: str, size: int) -> list[str]:
    """Return `text` in pieces of at most `size` bytes of UTF-16; no character is cut in two."""
    pieces, begin, used = [], 0, 0
    for at, char in enumerate(text):
        width = 4 if ord(char) > 0xFFFF else 2
        if used + width > size:
            pieces.append(text[begin:at])
            begin, used = at, 0
        used += width
    return [*pieces, text[begin:]]
