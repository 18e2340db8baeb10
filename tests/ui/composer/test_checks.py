"""What is worth a second look, in both languages, and what is not."""

from __future__ import annotations

import pytest

from app.address import Address, Mailbox
from app.message.draft import Draft
from ui.composer.checks import MANY_RECIPIENTS, Check, checked

_SENDER = Address.parse("nutzer@beispiel.example")


def _found(
    text: str = "Hallo", *, subject: str = "Angebot", to: tuple[str, ...] = (), signature: str = ""
) -> list[Check]:
    mailboxes = tuple(Mailbox.parse(each) for each in to)
    draft = Draft("a", _SENDER, to=mailboxes, subject=subject, text=text, signature=signature)
    return [each.check for each in checked(draft)]


@pytest.mark.parametrize(
    "text", ["Anbei das Angebot", "im Anhang finden Sie", "siehe Anlage", "beigefügtes Bild", "I have attached it"]
)
def test_words_for_an_attachment_are_known(text: str) -> None:
    assert _found(text) == [Check.NO_ATTACHMENT]


@pytest.mark.parametrize("text", ["> anbei das Angebot", "Gute Besserung", "unattachedly", "Haftanstalten"])
def test_quoted_and_other_words_are_not(text: str) -> None:
    assert _found(text) == []


def test_the_signature_speaks_of_no_attachment() -> None:
    assert _found("Hallo\n\n-- \nAnlage GmbH", signature="-- \nAnlage GmbH") == []


def test_a_missing_subject_is_named() -> None:
    assert _found(subject="  ") == [Check.NO_SUBJECT]


def test_many_people_who_see_each_other_are_counted_once_each() -> None:
    people = tuple(f"p{number}@extern.example" for number in range(MANY_RECIPIENTS))
    assert _found(to=people) == [Check.MANY_VISIBLE]
    assert _found(to=(*people[1:], people[1])) == []


@pytest.mark.case("H11")
@pytest.mark.parametrize("recipient", ["Pаypal <x@extern.example>", "x@pаypal.example", "x@аррӏе.example"])
def test_letters_that_only_look_like_others_are_named(recipient: str) -> None:
    assert _found(to=(recipient,)) == [Check.LOOK_ALIKE]


@pytest.mark.case("H10")
def test_a_name_with_another_address_is_named() -> None:
    assert _found(to=('"chef@bank.example" <x@extern.example>',)) == [Check.OTHER_ADDRESS]
