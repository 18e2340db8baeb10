"""Keeps secrets out of what is written down and shown: a server may repeat in its reply what it was sent."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

__all__ = ["Redaction", "forms_of_secret"]

_SHORT = 4
"""Characters; a secret with fewer is hidden only where it stands alone, else it could be guessed from the gaps."""


class Redaction:
    """Takes known secrets out of foreign text; it shows none of them itself."""

    def __init__(self, secret: str = "") -> None:
        self._hidden: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        for form in forms_of_secret(secret):
            self.hide(form)

    def hide(self, text: str) -> None:
        """Hide `text` from now on, in either case; base64 also where its padding was left out."""
        bare = text.strip().rstrip("=") if len(text) > _SHORT else text.strip()
        if bare:
            self._hidden.add(bare)
            self._pattern = None

    def clean(self, text: str) -> str:
        """Return `text` with asterisks where a secret stood."""
        if not self._hidden:
            return text
        if self._pattern is None:
            longest_first = sorted(self._hidden, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_found, longest_first)), re.IGNORECASE)
        return self._pattern.sub("***", text)


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
