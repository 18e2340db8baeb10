"""One email address: parsed once, stored with its A-label domain, compared and shown safely.

Grammar: RFC 5321 section 4.1.2 (Mailbox) with RFC 6531 internationalisation; no comments, no
folding, no address literals. Domains go through UTS 46, non-transitional, and are stored as
lower-case A-labels (RFC 5890), so that a name in two spellings is one address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.errors import AddressError, Problem, Reason
from app.lookalike import domain_for_people, has_look_alikes

__all__ = [
    "Address",
    "Mailbox",
    "Unparsed",
    "check_name",
    "could_pass_for_another",
    "domain_to_ascii",
    "has_hidden_characters",
    "host_to_ascii",
    "name_contains_other_address",
    "split_mailboxes",
]

_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~")
_ATOMS = r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"({_ATOMS})@((?:{_LABEL}\.)*(?=[^.]*[A-Za-z]){_LABEL})")
"""What nearly all addresses look like: nothing in them has to be looked at twice."""
_PLAIN_LOCAL = re.compile(_ATOMS)
_LOCAL_LIMIT = 64  # octets, RFC 5321 section 4.5.3.1.1
_DOMAIN_LIMIT = 253  # octets without the root's dot, RFC 1035
_ADDRESS_LIMIT = 254  # octets, RFC 5321 section 4.5.3.1.3 less the angle brackets
_NAME_LIMIT = 320
_SPACES = " \t\u00a0\u202f\u3000"
"""What may surround a typed or pasted address; a line break may not."""
# Letters that show nothing: names made of them look empty or alike (UTS 39, default ignorable).
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_WITH_NAME = re.compile(r'(?:"((?:[^"\\]|\\.)*)"\s*|([^"<]*))<(.*)>')
_GROUP_NAME = re.compile(r'^(?:[^"<>@:]|"(?:[^"\\]|\\.)*")*:')
_NAMED = re.compile(r"[^@<>]*<[^@<>]+@[^@<>]+>")
_NAME_NEEDS_QUOTES = re.compile(r'[()<>\[\]:;@\\,."]')


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
        """What two equal addresses have in common.

        The local part is not folded further than its case: "straße" and "strasse" are two people.
        """
        return (unicodedata.normalize("NFC", self.local.lower()), self.domain)

    @property
    def is_ascii(self) -> bool:
        """Whether the address travels without SMTPUTF8 (RFC 6531)."""
        return self.local.isascii()

    @property
    def display(self) -> str:
        """The address for people: the domain in its own script where that is not misleading."""
        return f"{self._quoted_local}@{domain_for_people(self.domain)}"

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
        stripped = text.strip(_SPACES)
        if has_hidden_characters(stripped):
            raise AddressError.because(Reason.ADDRESS_CONTROL, text=stripped)
        if not stripped.endswith(">"):
            return cls(Address.parse(stripped))
        parts = _WITH_NAME.fullmatch(stripped)
        quoted, bare, address = parts.groups() if parts else (None, *_at_last_bracket(stripped))
        name = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        return cls(Address.parse(address), name.strip(_SPACES))

    @property
    def display(self) -> str:
        """The mailbox for people."""
        return f"{self.name} <{self.address.display}>" if self.name else self.address.display

    def __str__(self) -> str:
        """Return the mailbox as text that `parse` reads back (RFC 5322 section 3.4)."""
        if not self.name:
            return str(self.address)
        if not _NAME_NEEDS_QUOTES.search(self.name):
            return f"{self.name} <{self.address}>"
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{self.address}>'


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A part of a list of recipients that is no mailbox, as it was typed."""

    text: str
    problem: Problem


def split_mailboxes(text: str) -> list[Mailbox | Unparsed]:
    """Return the mailboxes in a typed or pasted list, in order, and what is none; never raises.

    Commas, semicolons and line breaks separate, but not within quotes; of a group (RFC 5322 section 3.4) the
    members count. Between semicolons a name may have commas, as in `Name, N. <n@a.example>; …`.
    """
    found: list[Mailbox | Unparsed] = []
    for piece in _pieces(text):
        try:
            found.append(Mailbox.parse(piece))
        except AddressError as error:
            found.append(Unparsed(piece, error.problem))
    return found


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


def name_contains_other_address(mailbox: Mailbox) -> bool:
    """Whether the name shows an address that is not the mailbox's own, as forged senders do."""
    for word in re.split(r"[\s\"'“”„<>()\[\]{},;:]+", unicodedata.normalize("NFKC", mailbox.name)):
        local, at, domain = word.strip(".").rpartition("@")
        if at and local and domain and not _is_spelling_of(mailbox.address, f"{local}@{domain}"):
            return True
    return False


def could_pass_for_another(mailbox: Mailbox) -> bool:
    """Whether letters of the name or the domain only look like those of another one (UTS 39)."""
    return has_look_alikes(mailbox.name) or "xn--" in domain_for_people(mailbox.address.domain)


def has_hidden_characters(text: str) -> bool:
    """Whether `text` holds controls, line or paragraph separators, bidi controls or other signs nobody sees."""
    return any(_is_hidden(char) for char in text)


def domain_to_ascii(domain: str) -> str:
    """Return a domain as lower-case A-labels (UTS 46, non-transitional); raises AddressError."""
    if domain.isascii():
        lowered = domain.lower()
        if _is_plain_domain(lowered):
            return lowered
    return _encode_domain(domain)


def host_to_ascii(host: str) -> str:
    """Return a host as it is stored: its name as A-labels, or its IP address; raises AddressError."""
    from ipaddress import ip_address  # late: it takes 3 ms

    typed = host.strip()
    try:
        return str(ip_address(typed.removeprefix("[").removesuffix("]")))
    except ValueError:
        return domain_to_ascii(typed.removesuffix("."))


def _at_last_bracket(text: str) -> tuple[str, str]:
    """Return what is before and within the last angle brackets, for a name with stray quotes."""
    name, _, address = text[:-1].rpartition("<")
    return name, address


def _pieces(text: str) -> Iterator[str]:
    """Yield the parts of a list of mailboxes, each of which should be one."""
    for line in re.split(r"[\r\n\v\f\x85\u2028\u2029]+", text):
        chunks = _split(line, ";")
        for chunk in chunks:
            members = _GROUP_NAME.sub("", chunk, count=1)
            whole = len(chunks) > 1 and members == chunk and _NAMED.fullmatch(members.strip(_SPACES))
            for piece in [members] if whole else _split(members, ","):
                yield from _unspaced(_GROUP_NAME.sub("", piece, count=1).strip())


def _unspaced(piece: str) -> Iterator[str]:
    """Yield the mailboxes in a piece that has nothing but spaces between them, else the piece as it is."""
    if '"' not in piece:
        if re.fullmatch(r"(?:[^<>]*+<[^<>]*+>){2,}+", piece):
            yield from map(str.strip, re.findall(r"[^<>]*+<[^<>]*+>", piece))
            return
        words = piece.split()
        if len(words) > 1 and "<" not in piece and all("@" in word for word in words):
            yield from words
            return
    if piece:
        yield piece


def _split(text: str, separator: str) -> list[str]:
    """Return the parts between separators that are not in quotes; a quote that never ends is none."""
    closed = re.match(r'(?:[^"]|"(?:[^"\\]|\\.)*")*$', text)
    if not closed:
        return text.split(separator)
    return re.findall(rf'(?:[^"{separator}]|"(?:[^"\\]|\\.)*")+', text)


def _is_spelling_of(address: Address, text: str) -> bool:
    try:
        return Address.parse(text) == address
    except AddressError:
        return False


@lru_cache(maxsize=4096)
def _parse(text: str) -> Address:
    plain = _PLAIN.fullmatch(text) if len(text) <= _ADDRESS_LIMIT else None
    if plain is not None and len(plain[1]) <= _LOCAL_LIMIT:
        domain = plain[2].lower()
        if "xn--" not in domain:
            return Address(plain[1], domain)
    return _parse_slowly(text)


def _parse_slowly(text: str) -> Address:
    # Composed first: a few characters compose to ASCII signs, which must be judged as these.
    stripped = unicodedata.normalize("NFC", text.strip(_SPACES))
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
    parsed = _parse_local(local, stripped)
    if any(char.isspace() for char in domain):
        raise AddressError.because(Reason.ADDRESS_SPACE, text=stripped)
    address = Address(parsed, domain_to_ascii(domain))
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
    return local


def _unquote(local: str, text: str) -> str:
    """Return what a quoted local part means (RFC 5321 Quoted-string, RFC 6531 for what is not ASCII)."""
    content = re.fullmatch(r'"((?:[^"\\]|\\.)+)"', local)
    if content is None:
        raise AddressError.because(Reason.ADDRESS_BAD_LOCAL, text=text)
    plain = re.sub(r"\\(.)", r"\1", content[1])
    if not all(char.isascii() or _is_word(char) for char in plain):
        raise AddressError.because(Reason.ADDRESS_BAD_LOCAL, text=text)
    return plain


def _is_dot_string(local: str) -> bool:
    if _PLAIN_LOCAL.fullmatch(local):
        return True
    atoms = local.split(".")
    return all(atom and all(char in _ATEXT or (ord(char) > 0x7F and _is_word(char)) for char in atom) for atom in atoms)


def _is_word(char: str) -> bool:
    """Whether a non-ASCII character may stand in an atom: no spaces, no controls, none unassigned."""
    return unicodedata.category(char)[0] not in "CZ"


def _is_hidden(char: str) -> bool:
    if " " <= char <= "~":
        return False
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Zl", "Zp"} or char in _INVISIBLE:
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
