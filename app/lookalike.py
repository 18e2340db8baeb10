"""Letters that only look like others: what is told by them cannot be told by looking (UTS 39)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["domain_for_people", "has_look_alikes"]

# Latin letters nobody takes for another one; an accent on them does not matter.
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzßæœøđłþð")
_LIKE_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "UNUSUAL LATIN"})
_USED_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"CJK", "HANGUL"}),
    frozenset({"CJK", "BOPOMOFO"}),
)
_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def domain_for_people(domain: str) -> str:
    """Return a stored domain in its own script, or as its A-labels where it could pass for another one."""
    if "xn--" not in domain:
        return domain
    import idna

    try:
        shown = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
    return shown if _is_single_script(shown) else domain


@lru_cache(maxsize=4096)
def has_look_alikes(text: str) -> bool:
    """Whether a word has Latin letters beside Cyrillic, Greek or other ones that look like these (section 5.2)."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    return any("LATIN" in scripts and scripts & _LIKE_LATIN - {"UNUSUAL LATIN"} for scripts in map(_scripts, words))


def _is_single_script(domain: str) -> bool:
    """Whether every label keeps to one script, so that the name cannot pass for another one (UTS 39, 5.2).

    A label wholly in a script whose letters look like Latin ones is shown as its A-label too, unless the
    top-level domain is in that script.
    """
    labels = domain.split(".")
    top = _scripts(labels[-1])
    for label in labels:
        scripts = _scripts(label)
        if len(scripts) > 1 and not any(scripts <= together for together in _USED_TOGETHER):
            return False
        if scripts & _LIKE_LATIN and scripts != top:
            return False
    return True


def _scripts(label: str) -> set[str]:
    return {_script(char) for char in label if char.isalpha() or not char.isascii()} - {"COMBINING"}


def _script(char: str) -> str:
    """Return the first word of a character's name, which for letters is the script."""
    script = re.split(r"[ -]", unicodedata.name(char, "UNKNOWN"))[0]
    if script == "LATIN" and unicodedata.normalize("NFD", char)[0] not in _LATIN:
        return "UNUSUAL LATIN"
    return script
