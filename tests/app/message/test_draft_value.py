"""A draft as a value: who gets it, and whether it is worth keeping."""

from typing import Any

import pytest

from app.address import Address
from app.message.draft import Attachment, Draft
from tests.app.message.letters import OTHER, SENDER, box, draft


@pytest.mark.case("H9")
def test_everybody_is_a_recipient_once_and_in_order() -> None:
    letter = draft(to=(box("a@b.example", "A"), OTHER), cc=(box("A@B.example"),), bcc=(box("c@d.example"), OTHER))
    assert letter.recipients == (box("a@b.example", "A"), OTHER, box("c@d.example"))


@pytest.mark.parametrize(
    "fields",
    [{}, {"subject": "  "}, {"text": " \n"}, {"text": "\n-- \nN. Name", "signature": "-- \nN. Name"}],
)
def test_a_draft_with_nothing_typed_is_empty(fields: dict[str, Any]) -> None:
    assert Draft(id="d", sender=SENDER.address, **fields).is_empty


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "x"},
        {"text": "x"},
        {"text": "x\n-- \nN. Name", "signature": "-- \nN. Name"},
        {"bcc": (OTHER,)},
        {"unfinished": (("to", "kunde"),)},
        {"attachments": (Attachment("/a", "a", 1),)},
    ],
)
def test_whatever_was_typed_is_worth_keeping(fields: dict[str, Any]) -> None:
    assert not Draft(id="d", sender=Address.parse("a@b.example"), **fields).is_empty
