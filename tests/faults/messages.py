"""Random messages: three programs that know nothing of ours read in the bytes exactly what was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

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
            broken.extend(f"letter {number} of seed {SEED}: {told}" for told in differences(letter, data, perl))
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
    meant = Meant.by(
        draft,
        sender=letter.sender.address,
        sender_header=letter.sender_header,
        reply_to=letter.reply_to,
        message_id=MESSAGE_ID,
    )
    return b"".join(checked(chunks, meant))


def differences(letter: Letter, data: bytes, perl: list[PerlReader]) -> Iterator[str]:
    """Yield what is not in `data` as it was meant."""
    if b"blind-" in data.lower():
        yield "a blind recipient is named"
    for reader in perl:
        reader.give(data)
    meant = intended(letter)
    yield from compared("python", meant, read_by_python(data))
    for reader in perl:
        yield from compared(reader.name, meant, reader.found())


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
