"""Random messages: three programs that know nothing of ours read in the bytes exactly what was meant."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from app.address import Mailbox
from app.errors import MessageError
from app.message.attachments import content_type, file_name
from app.message.gate import Meant, checked
from app.message.headers import date_field, message_ids, plain_line
from app.message.html import plain_text, sanitise
from app.message.mime import build
from app.message.transfer import canonical_text
from tests.faults.proof import Proof, Scale
from tests.faults.random_letters import Letter, Letters
from tests.faults.readers import PERL_READERS, PerlReader, Reading, SeenPart, read_by_python, seen_part

__all__ = ["prove"]

SEED = 20261123
NOW = datetime(2026, 11, 23, 9, 12, 5, tzinfo=UTC)
MESSAGE_ID = "<0123456789abcdef@partnerdomain.example>"
INJECTED_LINES = (
    b"Bcc: e@x.example\r\n",
    b"Resent-Bcc: e@x.example\r\n",
    b"X-Evil: y\r\n",
    b"From: e@x.example\r\n",
    b"Reply-To: e@x.example\r\n",
    b"Sender: e@x.example\r\n",
    b"To: e@x.example\r\n",
    b"Cc: e@x.example\r\n",
    b"Subject: evil\r\n",
    b"In-Reply-To: <e@x.example>\r\n",
    b"References: <e@x.example>\r\n",
    b"no field\r\n",
    b"\r\n",
)
INJECTED_OCTETS = (b"\0", b"\x80", b"\r", b"\n", b"\n.\n", b"\r\n.\r", b"x" * 999)
_LINE_END = re.compile(rb"\r\n(?![ \t])")
_PART = re.compile(rb"^--=_[0-9a-f]{32}\r\n", re.MULTILINE)
_TYPED_BOUNDARY = b"0123456789abcdef0123456789abcdef"
COUNTS = {Scale.SHORT: 300, Scale.USUAL: 10_000, Scale.LONG: 100_000}


def prove(scale: Scale, folder: Path) -> Proof:
    """Build random messages through the gate and compare what three programs read in them with what was meant."""
    letters = Letters(SEED, folder)
    count = COUNTS[scale]
    figures: Counter[str] = Counter()
    broken: list[str] = []
    with ExitStack() as stack:
        perl = [stack.enter_context(PerlReader(name)) for name in PERL_READERS]
        for number in range(count):
            letter = letters.letter(number)
            try:
                data = written(letter)
            except MessageError as error:
                broken.append(f"letter {number} of seed {SEED}: refused: {error.problem.facts}")
                continue
            figures["octets"] += len(data)
            figures["recipients"] += len(letter.draft.recipients)
            figures["blind recipients"] += len(letter.draft.bcc)
            figures["attachments"] += len(letter.enclosures)
            told = [*differences(letter, data, perl), *unnoticed(letter, data, Random(number))]
            broken.extend(f"letter {number} of seed {SEED}: {each}" for each in told)
            figures["put in and refused"] += 2 - sum(each.endswith("passed the gate") for each in told)
    return Proof(
        name="messages",
        promise="subject, names, recipients, file names, header fields and octets are read as they were meant; no Bcc",
        figures={"messages": count, "seed": SEED, "read by": ["Python's email", *PERL_READERS], **figures},
        broken=tuple(broken),
    )


def written(letter: Letter) -> bytes:
    """Return the message's bytes, which the gate has let pass."""
    draft = letter.draft
    chunks = build(
        draft,
        sender=letter.sender,
        sender_header=letter.sender_header,
        reply_to=letter.reply_to,
        now=NOW,
        message_id=MESSAGE_ID,
    )
    return b"".join(checked(chunks, meant(letter)))


def meant(letter: Letter) -> Meant:
    """Return what the gate is to let pass."""
    return Meant.by(
        letter.draft,
        sender=letter.sender,
        sender_header=letter.sender_header,
        reply_to=letter.reply_to,
        message_id=MESSAGE_ID,
    )


def unnoticed(letter: Letter, data: bytes, pick: Random) -> Iterator[str]:
    """Yield what was put into `data` and passed the gate all the same."""
    top = data.index(b"\r\n\r\n") + 2
    starts = [0, *(found.end() for found in _LINE_END.finditer(data, 0, top - 2))]
    parts = [found.end() for found in _PART.finditer(data) if _TYPED_BOUNDARY not in found[0]]
    line_at = pick.choice(parts) if parts and pick.random() < 0.5 else pick.choice(starts)
    octet_at = pick.randrange(len(data))
    for at, wrong in ((line_at, pick.choice(INJECTED_LINES)), (octet_at, pick.choice(INJECTED_OCTETS))):
        try:
            b"".join(checked([data[:at] + wrong + data[at:]], meant(letter)))
        except MessageError:
            continue
        yield f"{wrong!r} at {at} passed the gate"


def differences(letter: Letter, data: bytes, perl: list[PerlReader]) -> Iterator[str]:
    """Yield what is not in `data` as it was meant."""
    if b"blind-" in data.lower():
        yield "a blind recipient is named"
    for reader in perl:
        reader.give(data)
    wanted = intended(letter)
    yield from compared("python", wanted, read_by_python(data))
    for reader in perl:
        yield from compared(reader.name, wanted, reader.found())


def intended(letter: Letter) -> Reading:
    """Return what any program should read."""
    draft = letter.draft
    threads = {"In-Reply-To": message_ids([draft.in_reply_to]), "References": message_ids(draft.references)}
    lists = {
        "From": [letter.sender],
        "Sender": [Mailbox(letter.sender_header)] if letter.sender_header else [],
        "Reply-To": [Mailbox(letter.reply_to)] if letter.reply_to else [],
        "To": list(draft.to),
        "Cc": list(draft.cc),
    }
    nobody = not draft.to and not draft.cc
    present = {name for name, boxes in lists.items() if boxes or (name == "To" and nobody)}
    names = (
        "Date", "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References",
        "MIME-Version", "Content-Type",
    )  # fmt: skip
    optional = (set(lists) - present) | {name for name, ids in threads.items() if not ids}
    single = not (draft.html or draft.attachments)
    return Reading(
        fields=[*(name for name in names if name not in optional), *(["Content-Transfer-Encoding"] if single else [])],
        subject=plain_line(draft.subject),
        lists={
            name: [(plain_line(box.name), str(box.address)) for box in boxes]
            for name, boxes in lists.items()
            if name in present
        },
        lines={"Date": date_field(NOW)[6:-2], "Message-ID": MESSAGE_ID}
        | {name: " ".join(ids) for name, ids in threads.items() if ids},
        parts=list(_intended_parts(letter)),
    )


def _intended_parts(letter: Letter) -> Iterator[SeenPart]:
    draft = letter.draft
    rich = sanitise(draft.html) if draft.html else ""
    plain = draft.text if draft.text.strip() or not draft.html else plain_text(rich)
    yield seen_part("text/plain", None, canonical_text(plain))
    if draft.html:
        page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n{rich}\n</body></html>'
        yield seen_part("text/html", None, canonical_text(page))
    for attachment, enclosure in zip(draft.attachments, letter.enclosures, strict=True):
        is_mail = attachment.name.lower().endswith(".eml")
        travels_as_mail = is_mail and enclosure.travels_as_mail
        kind = "message/rfc822" if travels_as_mail else content_type(attachment)
        octets = enclosure.mail if is_mail else enclosure.data
        yield seen_part(kind, file_name(attachment.name), octets)


def compared(reader: str, meant: Reading, found: Reading) -> Iterator[str]:
    """Yield each thing that `reader` found otherwise."""
    if reader == "mime-tools":
        meant, found = _as_mime_tools(meant), _as_mime_tools(found)
    for what in ("fields", "subject", "lists", "lines", "parts"):
        if (wanted := getattr(meant, what)) != (seen := getattr(found, what)):
            yield f"{reader} reads {what} as {seen!r}, meant was {wanted!r}"


def _as_mime_tools(reading: Reading) -> Reading:
    """Return the reading without what MIME-tools 5.510 is known to read differently, and nothing more.

    Its Mail::Address 2.21 knows no groups: the empty one is a mailbox to it. It ends lines as this machine
    does, in what is not base64.
    """
    lists = {
        name: [] if name == "To" and boxes == [("", "undisclosed-recipients:")] else boxes
        for name, boxes in reading.lists.items()
    }
    parts = [
        replace(part, octets="") if part.name is None or part.kind == "message/rfc822" else part
        for part in reading.parts
    ]
    return replace(reading, lists=lists, parts=parts)
