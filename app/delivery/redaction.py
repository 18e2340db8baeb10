"""Keeps secrets out of what is written down and shown: a server may repeat in its reply what it was sent."""

from __future__ import annotations

import base64
import re

__all__ = ["Redaction"]

_SHORT = 4
"""Characters; a secret with fewer is hidden only where it stands alone, else it could be guessed from the gaps."""


class Redaction:
    """Takes known secrets out of foreign text; it shows none of them itself."""

    def __init__(self, secret: str = "") -> None:
        self._hidden: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.hide(secret)
        self.hide(base64.b64encode(secret.encode()).decode())

    def hide(self, text: str) -> None:
        """Hide `text` from now on, in either case; base64 also where its padding was left out."""
        bare = text.strip().rstrip("=") if len(text) > _SHORT else text.strip()
        if bare:
            self._hidden.add(bare)
            longest_first = sorted(self._hidden, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_found, longest_first)), re.IGNORECASE)

    def clean(self, text: str) -> str:
        """Return `text` with asterisks where a secret stood."""
        return text if self._pattern is None else self._pattern.sub("***", text)


def _found(secret: str) -> str:
    escaped = re.escape(secret)
    return f"{escaped}=*" if len(secret) >= _SHORT else rf"(?<!\w){escaped}(?!\w)"
