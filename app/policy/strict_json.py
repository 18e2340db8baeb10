"""JSON from elsewhere: what readers disagree about is refused, and every mistake is told with its path."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar

import msgspec

from app.errors import PolicyError, Reason

__all__ = ["check_every_object", "checked_text", "decoded"]

_DEPTH_LIMIT = 32
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|([\[{])|([\]}])', re.DOTALL)
_OPENING, _CLOSING = 1, 2

Value = TypeVar("Value")


def checked_text(data: bytes, limit: int, *, source: str) -> bytes:
    """Return the JSON text in `data`, `limit` bytes at most; builds nothing.

    `source` names where it came from. Raises PolicyError at once for what is too large, a web page, or nested
    without end.
    """
    if len(data) > limit:
        raise PolicyError.because(Reason.POLICY_TOO_LARGE, source=source)
    if (zero := data.find(b"\0")) >= 0:
        detail = f"there is a zero at byte {zero}, as in no text in UTF-8"
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=source, detail=detail)
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if text[:1] == b"<":
        raise PolicyError.because(Reason.POLICY_HTML, source=source, host=source)
    if _is_too_deep(text):
        raise PolicyError.because(
            Reason.POLICY_NOT_JSON, source=source, detail=f"nested deeper than {_DEPTH_LIMIT} levels"
        )
    return text


def decoded(text: bytes | msgspec.Raw, wanted: type[Value], *, source: str, at: str = "") -> Value:
    """Return JSON as a value of the type `wanted`, which stands at the path `at` of the file.

    Raises PolicyError with the path of what is wrong.
    """
    try:
        return msgspec.json.decode(text, type=wanted)
    except msgspec.ValidationError as error:
        raise PolicyError.because(Reason.POLICY_BAD_DOCUMENT, source=source, detail=_detail(error, at)) from error
    except ValueError as error:  # of msgspec, or of UTF-8
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=source, detail=str(error)) from error


def check_every_object(text: bytes, *, source: str) -> None:
    """Refuse what readers of JSON disagree about, in fields the program ignores too; raises PolicyError.

    Of a name that stands twice in an object one reader takes the first value and another the last
    (RFC 8259 section 4), so that what an admin sees refused could be allowed here. Values are dropped as
    they are read, so that memory stays flat.
    """
    try:
        json.loads(text.decode(), object_pairs_hook=_check_pairs, parse_float=_check_float, parse_int=len)
    except ValueError as error:
        raise PolicyError.because(Reason.POLICY_NOT_JSON, source=source, detail=str(error)) from error


def _is_too_deep(text: bytes) -> bool:
    """Whether brackets nest deeper than the limit, strings left out; builds nothing and stops at once."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if found.lastindex == _OPENING:
            depth += 1
            if depth > _DEPTH_LIMIT:
                return True
        elif found.lastindex == _CLOSING:
            depth -= 1
    return False


def _check_pairs(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"the name {name[:80]!r} stands twice in one object")
        seen.add(name)


def _check_float(text: str) -> None:
    if not math.isfinite(float(text)):
        raise ValueError(f"the number {text[:40]} is out of range")


def _detail(error: msgspec.ValidationError, at: str) -> str:
    """Return msgspec's message with the path first: `policies[3].setting.value: Expected …`."""
    message, _, path = str(error).partition(" - at `$")
    whole = f"{at}{path.rstrip('`')}".lstrip(".")
    return f"{whole}: {message}" if whole else message
