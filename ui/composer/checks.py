"""What a person may have forgotten or overlooked in a message: pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.address import could_pass_for_another, name_contains_other_address
from app.message.draft import Draft

__all__ = ["Check", "Warned", "checked"]

MANY_RECIPIENTS = 15
"""Visible recipients from which on Bcc is worth a thought (as in Thunderbird)."""

_LONGEST_SEARCH = 200_000
_WORDS = re.compile(
    r"\b(?:attached|attachment|attachments|enclosed|(?:i|we)(?:'ve| have)? attach|"
    r"anbei|angehängt\w*|angehaengt\w*|anhang|anhänge|anlage|anlagen|beigefügt\w*|beiliegend\w*|im anhang)\b",
    re.IGNORECASE,
)


class Check(StrEnum):
    """Each thing that is looked at."""

    NO_ATTACHMENT = "no-attachment"  # detail: the word
    NO_SUBJECT = "no-subject"
    MANY_VISIBLE = "many-visible"  # detail: how many
    OTHER_ADDRESS = "other-address"  # detail: the mailbox
    LOOK_ALIKE = "look-alike"  # detail: the mailbox


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing worth a second look; a message may go all the same."""

    check: Check
    detail: str = ""


def checked(draft: Draft) -> tuple[Warned, ...]:
    """Return what is worth a second look before `draft` goes."""
    found: list[Warned] = []
    if not draft.attachments and (word := _attachment_word(draft)):
        found.append(Warned(Check.NO_ATTACHMENT, word))
    if not draft.subject.strip():
        found.append(Warned(Check.NO_SUBJECT))
    visible = {mailbox.address for mailbox in (*draft.to, *draft.cc)}
    if len(visible) >= MANY_RECIPIENTS:
        found.append(Warned(Check.MANY_VISIBLE, str(len(visible))))
    found.extend(
        Warned(Check.OTHER_ADDRESS, mailbox.display)
        for mailbox in draft.recipients
        if name_contains_other_address(mailbox)
    )
    found.extend(
        Warned(Check.LOOK_ALIKE, mailbox.display) for mailbox in draft.recipients if could_pass_for_another(mailbox)
    )
    return tuple(found)


def _attachment_word(draft: Draft) -> str:
    """Return the word that speaks of an attachment; what is quoted or in the signature is not the writer's."""
    own = draft.text.removesuffix(draft.signature) if draft.signature else draft.text
    lines = [line for line in own[:_LONGEST_SEARCH].splitlines() if not line.lstrip().startswith((">", "|"))]
    match = _WORDS.search("\n".join([draft.subject, *lines]))
    return match.group() if match else ""
