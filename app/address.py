"""One email address: parsed once, stored with its A-label domain, compared and shown safely.

Grammar: RFC 5321 section 4.1.2 (Mailbox) with RFC 6531 internationalisation; no comments, no
folding, no address literals. Domains go through UTS 46, non-transitional, and are stored as
lower-case A-labels (RFC 5890), so that a name in two spellings is one address.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.errors import AddressError, Reason

__all__ = ["Address", "Mailbox", "check_name", "domain_to_ascii", "has_hidden_characters"]

_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_LOCAL_LIMIT = 64  # octets, RFC 5321 section 4.5.3.1.1
_DOMAIN_LIMIT = 253  # octets without the root's dot, RFC 1035
_ADDRESS_LIMIT = 254  # octets, RFC 5321 section 4.5.3.1.3 less the angle brackets
_NAME_LIMIT = 320


@dataclass(frozen=True, slots=True, eq=False)
class Address:
    """An email address; equal to another one when local parts agree but for case, and domains as A-labels."""

    local: str
    """The local part without quotes."""
    domain: str
    """The domain as lower-case A-labels."""

    @classmethod
    def parse(cls, text: str) -> Address:
        """Return the address in `text`, white space around it ignored; raises AddressError."""
        return _parse(text)

    @property
    def key(self) -> tuple[str, str]:
        """What two equal addresses have in common."""
        return (unicodedata.normalize("NFC", self.local).casefold(), self.domain)

    @property
    def is_ascii(self) -> bool:
        """Whether the address travels without SMTPUTF8 (RFC 6531)."""
        return self.local.isascii()

    @property
    def display(self) -> str:
        """The address for people: the domain in its own script where that is not misleading."""
        return f"{self._quoted_local}@{_domain_for_people(self.domain)}"

    @property
    def _quoted_local(self) -> str:
        if _is_dot_string(self.local):
            return self.local
        escaped = self.local.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    def is_in(self, domains: tuple[str, ...] | frozenset[str]) -> bool:
        """Whether the domain is exactly one of `domains` (A-labels); subdomains do not count."""
        return self.domain in domains

    def __str__(self) -> str:
        """Return the addr-spec as it goes on the wire (RFC 5322 section 3.4.1)."""
        return f"{self._quoted_local}@{self.domain}"

    def __eq__(self, other: object) -> bool:
        """Compare without regard to the local part's case."""
        return isinstance(other, Address) and self.key == other.key

    def __hash__(self) -> int:
        """Hash what equality compares."""
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name a person gave it."""

    address: Address
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """Return the mailbox in `text`: `Name <local@domain>`, `"Name" <…>` or a bare address.

        The name is taken as literal text, never decoded. Raises AddressError.
        """
        stripped = text.strip(" \t")
        if has_hidden_characters(stripped):
            raise AddressError.because(Reason.ADDRESS_CONTROL, text=stripped)
        opening = stripped.rfind("<")
        if not stripped.endswith(">") or opening < 0:
            return cls(Address.parse(stripped))
        name = stripped[:opening].strip()
        if len(name) >= 2 and name[0] == name[-1] == '"':
            name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        return cls(Address.parse(stripped[opening + 1 : -1]), name.strip())

    @property
    def display(self) -> str:
        """The mailbox for people."""
        return f"{self.name} <{self.address.display}>" if self.name else self.address.display


def check_name(name: str) -> str:
    """Return a display name, trimmed; raises AddressError for what must not stand in a header.

    Control characters and line breaks could end the header, bidi controls could disguise the sender,
    and a literal "=?" could be decoded again by a recipient's program (RFC 2047).
    """
    trimmed = name.strip()
    if has_hidden_characters(trimmed):
        raise AddressError.because(Reason.NAME_CONTROL, text=trimmed)
    if "=?" in trimmed:
        raise AddressError.because(Reason.NAME_ENCODED_WORD, text=trimmed)
    if len(trimmed) > _NAME_LIMIT:
        raise AddressError.because(Reason.NAME_TOO_LONG, text=trimmed, length=len(trimmed))
    return trimmed


def has_hidden_characters(text: str) -> bool:
    """Whether `text` holds controls, line or paragraph separators, bidi controls or lone surrogates."""
    return any(_is_hidden(char) for char in text)


def domain_to_ascii(domain: str) -> str:
    """Return a domain as lower-case A-labels (UTS 46, non-transitional); raises AddressError."""
    if domain.isascii():
        lowered = domain.lower()
        if _is_plain_domain(lowered):
            return lowered
    return _encode_domain(domain)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Address:
    stripped = text.strip(" \t")
    if not stripped.strip():
        raise AddressError.because(Reason.ADDRESS_EMPTY, text="")
    if has_hidden_characters(stripped):
        raise AddressError.because(Reason.ADDRESS_CONTROL, text=stripped)
    local, separator, domain = stripped.rpartition("@")
    if not separator:
        raise AddressError.because(Reason.ADDRESS_NO_AT, text=stripped)
    if not local:
        raise AddressError.because(Reason.ADDRESS_NO_LOCAL, text=stripped)
    if not domain:
        raise AddressError.because(Reason.ADDRESS_NO_DOMAIN, text=stripped)
    if domain.startswith("["):
        raise AddressError.because(Reason.ADDRESS_LITERAL, text=stripped)
    plain = _parse_local(local, stripped)
    if any(char.isspace() for char in domain):
        raise AddressError.because(Reason.ADDRESS_SPACE, text=stripped)
    ascii_domain = domain_to_ascii(domain)
    address = Address(plain, ascii_domain)
    length = len(str(address).encode())
    if length > _ADDRESS_LIMIT:
        raise AddressError.because(Reason.ADDRESS_TOO_LONG, text=stripped, length=length)
    return address


def _parse_local(local: str, text: str) -> str:
    length = len(local.encode())
    if length > _LOCAL_LIMIT:
        raise AddressError.because(Reason.ADDRESS_LOCAL_TOO_LONG, text=text, length=length)
    if local.startswith('"'):
        return _unquote(local, text)
    if any(char.isspace() for char in local):
        raise AddressError.because(Reason.ADDRESS_SPACE, text=text)
    if not _is_dot_string(local):
        raise AddressError.because(Reason.ADDRESS_BAD_LOCAL, text=text)
    return unicodedata.normalize("NFC", local)


def _unquote(local: str, text: str) -> str:
    """Return what a quoted local part means (RFC 5321 Quoted-string)."""
    out: list[str] = []
    chars = iter(local[1:])
    for char in chars:
        if char == '"':
            break
        out.append(next(chars, "") if char == "\\" else char)
    else:
        raise AddressError.because(Reason.ADDRESS_BAD_LOCAL, text=text)
    if next(chars, None) is not None or not out:
        raise AddressError.because(Reason.ADDRESS_BAD_LOCAL, text=text)
    return "".join(out)


def _is_dot_string(local: str) -> bool:
    atoms = local.split(".")
    return all(atom and all(char in _ATEXT or (ord(char) > 0x7F and _is_word(char)) for char in atom) for atom in atoms)


def _is_word(char: str) -> bool:
    """Whether a non-ASCII character may stand in an atom: no spaces, no controls, none unassigned."""
    return unicodedata.category(char)[0] not in "CZ"


def _is_hidden(char: str) -> bool:
    if " " <= char <= "~":
        return False
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Zl", "Zp"}:
        return True
    # Joiners shape words and emoji in honest names; the other format characters only disguise.
    return category == "Cf" and char not in "\u200c\u200d"


def _is_plain_domain(domain: str) -> bool:
    labels = domain.split(".")
    if len(domain) > _DOMAIN_LIMIT or any(label.startswith("xn--") for label in labels):
        return False
    return all(_is_plain_label(label) for label in labels) and not labels[-1].isdigit()


def _is_plain_label(label: str) -> bool:
    if not 0 < len(label) <= 63 or label[0] == "-" or label[-1] == "-":
        return False
    return label.replace("-", "a").isalnum()


def _encode_domain(domain: str) -> str:
    import idna

    try:
        encoded = idna.encode(domain, uts46=True, transitional=False, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise AddressError.because(Reason.ADDRESS_BAD_DOMAIN, domain=domain, text=domain) from error
    if encoded.endswith(".") or encoded.rpartition(".")[2].isdigit():
        raise AddressError.because(Reason.ADDRESS_BAD_DOMAIN, domain=domain, text=domain)
    return encoded


@lru_cache(maxsize=4096)
def _domain_for_people(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    import idna

    try:
        shown = idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
    return shown if _is_single_script(shown) else domain


def _is_single_script(domain: str) -> bool:
    """Whether every label keeps to one script, or to Latin, so that it cannot pass for another name (UTS 39).

    A label wholly in another script that looks like Latin is shown as its A-label too, unless its
    top-level domain is in that script.
    """
    labels = domain.split(".")
    top = _scripts(labels[-1])
    for label in labels:
        scripts = _scripts(label)
        if len(scripts) > 1 or (scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"} and scripts != top):
            return False
    return True


def _scripts(label: str) -> set[str]:
    return {unicodedata.name(char, "UNKNOWN").split(" ")[0] for char in label if char.isalpha()}
