"""Random drafts of the worst that people, links and pasted text can put into one; the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.address import Address, Mailbox
from app.message.draft import Attachment, Draft

__all__ = ["HOSTILE", "Enclosure", "Letter", "Letters"]

HOSTILE = (
    "=?utf-8?b?DQpCY2M6IGVAeA==?=",
    "=?utf-8?q?x=0AX-Evil:_y?=",
    "=?utf-8?q?",
    "?=",
    "=?",
    "\r\nBcc: e@x.example",
    "\nX-Evil: y",
    "\r\n\r\n",
    "\n.\r\n",
    "\r.\r",
    "\0",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066x\u2069",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\ud83d",
    "\udc80",
    '"',
    "\\",
    '\\"',
    ",",
    ";",
    "<e@x.example>",
    "a@bank.example",
    "(c",
    "%0d%0a",
    "%s",
    "utf-8''x",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇩🇪",
    "e\u0301",
    "שלום",
    "日本語",
    "Grüße",
    "--",
    "-- ",
    "--=_0123456789abcdef0123456789abcdef",
    ".",
    "..",
    "From ",
    " ",
    "  ",
    "\t",
    "ü" * 90,
    "x" * 120,
    "../../etc/passwd",
    "C:\\con.txt",
    ".exe",
    "undisclosed-recipients:;",
    "Bcc: ",
)
_HTML = (
    "<p>",
    "</p>",
    "<b>fett</b>",
    "<script>x()</script>",
    '<img src="http://x.example/a.gif">',
    '<img src="cid:a@b">',
    '<a href="javascript:x()">',
    '<a href="https://x.example/?a=1&amp;b">x</a>',
    "<blockquote>",
    "</div>",
    "<br>",
    "&#13;&#10;.&#13;&#10;",
    "<!--",
    "<style>p{}</style>",
)
_KINDS = ("application/octet-stream", "application/pdf", "text/plain", "text/html", "image/png", "message/rfc822", "x")
_EXTENSIONS = ("", ".pdf", ".txt", ".eml", ".EML", ".tar.gz", ".ünï")
_DOMAINS = (
    "b.example",
    "bücher.example",
    "xn--bcher-kva.example",
    "A.B.C.Example",
    "日本.example",
    f"{'d' * 63}.example",
)
_ATEXT = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789!#$%&'*+-/=?^_`{|}~"
_BLOCKS = (
    (0x00, 0x7F),
    (0x80, 0x2FF),
    (0x300, 0x36F),
    (0x400, 0x7FF),
    (0x2000, 0x206F),
    (0x3000, 0xFFFF),
    (0x1F000, 0x1FAFF),
)
_MAIL = b"From: a@b.example\r\nSubject: innen\r\n\r\n"


@dataclass(frozen=True)
class Enclosure:
    """A file to attach: what is in it, and what of that arrives."""

    path: str
    data: bytes
    mail: bytes
    """What arrives of it where its name says that it is a mail."""
    travels_as_mail: bool


@dataclass(frozen=True)
class Letter:
    """A draft with what the route adds, and what its files hold."""

    draft: Draft
    sender: Mailbox
    sender_header: Address | None
    reply_to: Address | None
    enclosures: tuple[Enclosure, ...]


class Letters:
    """Makes letters, each from the seed and its number alone."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.seed = seed
        self._pool = [_written(folder / str(number), *each) for number, each in enumerate(_files(Random(seed)))]

    def letter(self, number: int) -> Letter:
        """Return the letter of this number."""
        pick = Random(f"{self.seed} {number}")
        to, cc, bcc = self._recipients(pick)
        enclosures = tuple(pick.choices(self._pool, k=max(0, pick.randint(-3, 3))))
        sender = Mailbox(_address(pick), _text(pick))
        draft = Draft(
            id=str(number),
            sender=sender.address,
            to=to,
            cc=cc,
            bcc=bcc,
            subject=_subject(pick),
            text=_text(pick, 12),
            html=_html(pick) if pick.random() < 0.4 else "",
            attachments=tuple(
                Attachment(each.path, _file_name(pick), len(each.data), pick.choice((*_KINDS, _text(pick))))
                for each in enclosures
            ),
            in_reply_to=_message_id(pick) if pick.random() < 0.5 else "",
            references=tuple(_message_id(pick) for _ in range(pick.choice((0, 0, 1, 3, 80)))),
        )
        return Letter(
            draft=draft,
            sender=sender,
            sender_header=_address(pick) if pick.random() < 0.3 else None,
            reply_to=_address(pick) if pick.random() < 0.3 else None,
            enclosures=enclosures,
        )

    def _recipients(self, pick: Random) -> tuple[tuple[Mailbox, ...], tuple[Mailbox, ...], tuple[Mailbox, ...]]:
        many = pick.choices((3, 40, 150), (990, 9, 1))[0]
        to, cc = ([_mailbox(pick) for _ in range(pick.randint(0, many))] for _ in range(2))
        blind = [
            Mailbox(Address(f"blind-{pick.getrandbits(48):012x}", "b.example"), f"Blind-{pick.getrandbits(48):012x}")
            for _ in range(pick.randint(0, many))
        ]
        cc += pick.sample(to, min(len(to), pick.randint(0, 1)))
        if not (to or cc or blind):
            to = [_mailbox(pick)]
        return tuple(to), tuple(cc), (*blind, *to[: pick.randint(0, 1)])


def _files(pick: Random) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield what the files hold, what of it arrives as a mail, and whether that travels as one."""
    sizes = (0, 1, 56, 57, 58, 1000, 57 * 1024 - 1, 57 * 1024, 57 * 1024 + 1, 120_000)
    lines = (
        b"\r\n.\r\n\n.\n\r.\r\0",
        b"From x\r\n--=_0123456789abcdef0123456789abcdef--\r\nBcc: e@x.example\r\n",
        b"\r\n" * 500,
        "Grüße\n".encode() * 200,
        b"no field\r\n" + _MAIL,
        b"X: y\r\nno field\r\n" + _MAIL,
    )
    for data in (*map(pick.randbytes, sizes), *lines):
        yield data, data, False
    bodies = (
        (b"", True),
        (b".\r\n..\r\nFrom x\r\nBcc: e@x.example\r\n", True),
        (b"--\r\n--x\r\n--x--\r\nno end", True),
        (b"\xfc\xff\r\n.\r\n" * 9000, False),
        (b"x" * 999 + b"\r\n", False),
        (b"a\rb\r\n", False),
    )
    for body, travels_as_mail in bodies:
        mail = _MAIL + body
        for blind in (b"", b"Bcc: blind-1@b.example,\r\n blind-2@b.example\r\n", b"RESENT-BCC:blind-3@b.example\r\n"):
            yield blind + mail, mail, travels_as_mail
    inner = b'Content-Type: multipart/mixed; boundary="x"\r\n' + _MAIL + b"--x\r\n\r\na\r\n--x--\r\n"
    yield inner.replace(b"\r\n", b"\n"), inner, True


def _written(path: Path, data: bytes, mail: bytes, travels_as_mail: bool) -> Enclosure:
    path.write_bytes(data)
    return Enclosure(str(path), data, mail, travels_as_mail)


def _text(pick: Random, limit: int = 5) -> str:
    return "".join(_piece(pick) for _ in range(pick.randint(0, limit)))


def _piece(pick: Random) -> str:
    kind = pick.randrange(4)
    if kind == 0:
        return pick.choice(HOSTILE)
    if kind == 1:
        return " ".join("".join(pick.choices("abcdefgh", k=pick.randint(1, 9))) for _ in range(pick.randint(1, 8)))
    low, high = pick.choice(_BLOCKS) if kind == 2 else (0x20, 0x7E)
    return "".join(chr(pick.randint(low, high)) for _ in range(pick.randint(1, 30)))


def _subject(pick: Random) -> str:
    text = _text(pick)
    return (text * 3000)[:3000] if pick.random() < 0.01 else text


def _html(pick: Random) -> str:
    return "".join(pick.choice(_HTML) if pick.random() < 0.5 else _piece(pick) for _ in range(pick.randint(1, 10)))


def _file_name(pick: Random) -> str:
    text = _text(pick)
    return ((text * 300)[:300] if pick.random() < 0.05 else text) + pick.choice(_EXTENSIONS)


def _message_id(pick: Random) -> str:
    if pick.random() < 0.3:
        return _text(pick)
    return f"<{pick.getrandbits(64):x}.{''.join(pick.choices(_ATEXT, k=pick.choice((1, 20, 200))))}@b.example>"


def _mailbox(pick: Random) -> Mailbox:
    return Mailbox(_address(pick), _text(pick))


def _address(pick: Random) -> Address:
    if pick.random() < 0.15:
        plain = "".join(pick.choices('abc "\\,@<>();:[].', k=pick.randint(1, 12)))
        return Address(plain, "b.example")
    atoms = ["".join(pick.choices(_ATEXT, k=pick.randint(1, 20))) for _ in range(pick.randint(1, 3))]
    return Address.parse(f"{'.'.join(atoms)}@{pick.choice(_DOMAINS)}")
