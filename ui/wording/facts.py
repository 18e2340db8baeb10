"""The data of a sentence made fit to be read: foreign text harmless, moments and sizes as people write them."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

from app.address import has_hidden_characters
from app.errors import Reason
from ui.texts import translate

__all__ = ["Table", "date_and_time", "filled", "harmless", "moment", "size"]

Table = Mapping[Reason, Callable[[], tuple[str, str]]]
"""For each reason what happened and what to do next, called when needed, so that it is in the language of then."""

_LIMIT = 500
_FACT_LIMIT = 200


def harmless(text: str, limit: int = _LIMIT) -> str:
    """Return foreign text as one line without controls and direction marks, cut at `limit` characters."""
    # A megabyte is not looked through for a line of it.
    head = text[: 8 * limit]
    line = " ".join("".join(map(_visible, head)).split())
    return line if len(line) <= limit and head == text else line[: limit - 1].rstrip() + "…"


def filled(template: str, facts: Mapping[str, str]) -> str:
    """Return `template` with `facts` for its fields.

    A fact that is missing is named in neutral words, and a missing detail is left out with its colon.
    """
    known = _Facts(facts)
    if "detail" not in known:
        template = template.replace(": {detail}", "")
    return template.format_map(known)


def moment(when: datetime, now: datetime) -> str:
    """Return a moment for people, as briefly as `now` allows."""
    if "PySide6.QtCore" in sys.modules:
        from ui import language

        return language.moment(when, now)
    local = when.astimezone()
    return f"{local:%H:%M}" if local.date() == now.astimezone().date() else date_and_time(when)


def date_and_time(when: datetime) -> str:
    """Return a moment with its date, in the person's time zone."""
    local = when.astimezone()
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        return f"{local:%Y-%m-%d %H:%M}"
    day = core.QLocale().toString(core.QDate(local.year, local.month, local.day), core.QLocale.FormatType.ShortFormat)
    clock = core.QLocale().toString(core.QTime(local.hour, local.minute), core.QLocale.FormatType.ShortFormat)
    return f"{day}, {clock}"


def size(octets: int) -> str:
    """Return a size for people."""
    if "PySide6.QtCore" in sys.modules:
        from ui import language

        return language.size(octets)
    return f"{octets / 1_000_000:.1f} MB" if octets >= 1_000_000 else f"{max(1, round(octets / 1000))} kB"


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if category in {"Co", "Cn"} or has_hidden_characters(char) else char


class _Facts(dict[str, str]):
    """Facts as they stand in a sentence."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        octets = {"size", "limit"} if "size" in facts else set()
        super().__init__({name: _readable(name, text, name in octets) for name, text in facts.items() if text.strip()})

    def __missing__(self, name: str) -> str:
        return _unknown(name)


def _readable(name: str, text: str, is_octets: bool) -> str:
    if is_octets and text.isdecimal():
        return size(int(text))
    if name.endswith("_at"):
        return _date(text)
    if name == "stage":
        return _stage(text)
    return _detail(text) if name == "detail" else harmless(text, _FACT_LIMIT)


def _detail(text: str) -> str:
    """Return what was wrong with a server's answer in words; other details are foreign and stay as they are."""
    own = {
        "a reply nobody asked for": translate("messages", "nobody had asked for it"),
        "clear text before TLS": translate("messages", "it came before the encryption"),
        "challenge is not base64": translate("messages", "its question while signing in is no proper one"),
        "connection lost": translate("messages", "the connection broke off"),
        "different codes in one reply": translate("messages", "it says yes and no at once"),
        "malformed reply line": translate("messages", "it is not built as it must be"),
        "more than one reply": translate("messages", "it came twice"),
        "not a reply": translate("messages", "it is not built as it must be"),
        "reply too long": translate("messages", "it is far too long"),
        "too many challenges": translate("messages", "it asks again and again while signing in"),
    }
    if text in {"STARTTLS", "EHLO", "AUTH", "RSET"}:
        return translate("messages", "the one to {command}").format(command=text)
    return own.get(text) or _stage(text)


def _date(text: str) -> str:
    try:
        return date_and_time(datetime.fromisoformat(text))
    except ValueError:
        return harmless(text, _FACT_LIMIT)


def _stage(text: str) -> str:
    stages = {
        "resolve": translate("messages", "while looking up its name"),
        "connect": translate("messages", "while connecting"),
        "greeting": translate("messages", "while waiting for its greeting"),
        "tls": translate("messages", "while securing the connection"),
        "ehlo": translate("messages", "while it said what it can do"),
        "sign-in": translate("messages", "while signing in"),
        "sender": translate("messages", "while naming the sender"),
        "recipients": translate("messages", "while naming the recipients"),
        "data": translate("messages", "while handing over the message"),
        "end-of-data": translate("messages", "at the end of the message"),
    }
    return stages.get(text, harmless(text, _FACT_LIMIT))


def _unknown(name: str) -> str:
    words = {
        "address": translate("messages", "this address"),
        "domain": translate("messages", "this domain"),
        "file": translate("messages", "the file"),
        "folder": translate("messages", "the data folder"),
        "host": translate("messages", "the server"),
        "port": translate("messages", "this port"),
        "program": translate("messages", "for the password"),
        "recipients": translate("messages", "of the message"),
        "source": translate("messages", "the policy's source"),
        "stage": translate("messages", "on the way"),
        "username": translate("messages", "this user name"),
    }
    return words.get(name, "…")
