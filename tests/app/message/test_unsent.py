"""Every draft becomes a file that mail programs open for writing, whatever is missing in it."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from app.address import Address, Mailbox
from app.message.draft import Attachment, Draft
from app.message.unsent import Unsent, unsent

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
SENDER = Address.parse("nutzer.name@firma.example")
DRAFT = Draft(
    "d1",
    SENDER,
    to=(Mailbox.parse("Kunde Eins <kunde@extern.example>"),),
    cc=(Mailbox.parse("zwei@extern.example"),),
    bcc=(Mailbox.parse("geheim@extern.example"),),
    subject="Grüße",
    text="Erste Zeile\n.\nEnde ä",
)


def read(made: Unsent) -> EmailMessage:
    return email.message_from_bytes(b"".join(made.chunks), policy=email.policy.default)


def test_a_draft_keeps_all_that_was_typed_and_says_that_it_was_not_sent() -> None:
    made = unsent(DRAFT, NOW)
    message = read(made)
    assert message["X-Unsent"] == "1"
    assert str(message["From"]) == "nutzer.name@firma.example"
    assert str(message["To"]) == "Kunde Eins <kunde@extern.example>"
    assert (str(message["Cc"]), str(message["Bcc"])) == ("zwei@extern.example", "geheim@extern.example")
    assert message["Subject"] == "Grüße"
    assert message.get_content().splitlines() == ["Erste Zeile", ".", "Ende ä"]
    assert made.left_out == ()


def test_a_draft_without_anything_is_a_message_too() -> None:
    message = read(unsent(Draft("d1", SENDER), NOW))
    assert "To" not in message
    assert message["X-Unsent"] == "1"


def test_a_rich_draft_with_a_file_keeps_both(tmp_path: Path) -> None:
    file = tmp_path / "Plan.pdf"
    file.write_bytes(b"%PDF" * 100)
    draft = replace(DRAFT, html="<p>Erste <b>Zeile</b></p>", attachments=(Attachment(str(file), "Plan.pdf", 400),))
    message = read(unsent(draft, NOW))
    assert [part.get_filename() for part in message.iter_attachments()] == ["Plan.pdf"]
    body = message.get_body(("html",))
    assert body is not None
    assert "<b>Zeile</b>" in body.get_content()


def test_what_cannot_be_taken_along_is_named(tmp_path: Path) -> None:
    gone = Attachment(str(tmp_path / "gone"), "Größe.pdf", 1)
    foreign = Mailbox(Address.parse("böse@extern.example"))
    draft = replace(DRAFT, attachments=(gone,), unfinished=(("to", "halb@"),), cc=(foreign,))
    made = unsent(draft, NOW)
    message = read(made)
    assert set(made.left_out) == {"Größe.pdf", "halb@", "böse@extern.example"}
    assert "Größe.pdf" in message["Comments"]
    assert "Cc" not in message
    assert message.get_content().startswith("Erste Zeile")
