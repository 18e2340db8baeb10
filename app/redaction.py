"""Keeps secrets out of what is written down and shown: a server may repeat in its reply what it was sent."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from urllib.parse import quote

__all__ = ["Redaction", "forms_of_secret"]

_SHORT = 4
"""Characters; a secret with fewer is hidden only where it stands alone, else it could be guessed from the gaps."""
_LONG = 100
"""Characters; a longer secret, such as a token of thousands, would make a pattern that takes long to compile, and a
server may repeat it cut to the length of its lines.
"""
_PIECE = 24
"""Characters of a long secret that nobody may read in one piece."""
_WORD = re.compile(rf"\S{{{_PIECE},}}")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
"""To look for ASCII in either case, and for what else there is as it is; the length stays the same."""


class Redaction:
    """Takes known secrets out of foreign text; it shows none of them itself."""

    def __init__(self, secret: str = "") -> None:
        self._hidden: set[str] = set()
        self._long: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for form in forms_of_secret(secret):
            self.hide(form)

    def hide(self, text: str) -> None:
        """Hide `text` from now on, in either case; base64 also where its padding was left out."""
        bare = text.strip().rstrip("=") if len(text) > _SHORT else text.strip()
        if len(bare) > _LONG:
            self._long.add(bare.translate(_LOWER))
        elif bare:
            self._hidden.add(bare)
            self._pattern = None

    def clean(self, text: str) -> str:
        """Return `text` with asterisks where a secret stood, or a good piece of a long one."""
        text = self._without_long(text)
        if not self._hidden:
            return text
        if self._pattern is None:
            longest_first = sorted(self._hidden, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_found, longest_first)), re.IGNORECASE)
        return self._pattern.sub("***", text)

    def _without_long(self, text: str) -> str:
        if not self._long:
            return text
        lowered = text.translate(_LOWER)
        spans = [span for form in self._long for span in _whole(lowered, form)]
        for word in _WORD.finditer(lowered):
            spans += [span for form in self._long for span in _pieces(lowered, form, *word.span())]
        shown, end = [], 0
        for start, stop in sorted(spans):
            if stop > end:
                shown += [text[end:start], "***"] if start >= end else []
                end = stop + len(text[stop:]) - len(text[stop:].lstrip("="))
        return "".join([*shown, text[end:]])


def forms_of_secret(secret: str) -> list[str]:
    """Return what a server may make of a secret: itself, base64, alone or within more, hex, UTF-16, part of a link."""
    octets = secret.encode()
    forms = [secret, base64.b64encode(octets).decode()]
    if len(secret) < _SHORT:
        return forms
    for before in range(3):
        # Of what stands in base64 with more around it, only the characters that nothing but the secret decides.
        whole = base64.b64encode(bytes(before) + octets).decode()
        forms.append(whole[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6])
    forms += [form.replace("+", "-").replace("/", "_") for form in forms[1:]]
    wide = [secret.encode(encoding).decode("utf-8", "replace") for encoding in ("utf-16-le", "utf-16-be")]
    return [*forms, *(form.strip("\0") for form in wide), octets.hex(), quote(secret, safe="")]


def _found(secret: str) -> str:
    escaped = re.escape(secret)
    return f"{escaped}=*" if len(secret) >= _SHORT else rf"(?<!\w){escaped}(?!\w)"


def _whole(text: str, form: str) -> Iterator[tuple[int, int]]:
    """Yield where a form stands in a text."""
    at = text.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = text.find(form, at + len(form))


def _pieces(text: str, form: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield where pieces of a form stand in a word of a text: half of each is among the parts that are looked for."""
    size = _PIECE // 2
    at = start
    while at + size <= stop:
        place = form.find(text[at : at + size])
        if place >= 0:
            before = _alike(reversed(text[start:at]), reversed(form[:place]))
            after = _alike(text[at:stop], form[place:])
            if before + after >= _PIECE:
                yield at - before, at + after
                start = at = at + after
                continue
        at += size


def _alike(text: Iterable[str], form: Iterable[str]) -> int:
    """Return for how many characters both are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, form, strict=False)))
