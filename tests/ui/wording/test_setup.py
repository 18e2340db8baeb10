"""The verification mail, and the words of the connection test."""

import pytest

from app.address import Address
from app.setup.probe import NotProved, ProbeStep
from ui.messages import not_proved_text, probe_step_name, verification_mail

pytestmark = pytest.mark.usefixtures("qapp")

ADDRESS = Address.parse("nutzer.name@münchen.example")


def test_the_subject_is_in_gmails_manner() -> None:
    subject, _ = verification_mail(ADDRESS, "012345678", "Beispiel GmbH")
    assert subject == "Beispiel GmbH Confirmation - Send Mail as nutzer.name@münchen.example"
    assert verification_mail(ADDRESS, "012345678", "")[0].startswith("Absender Confirmation - ")


def test_the_code_is_in_the_text_once_and_not_in_the_subject() -> None:
    subject, text = verification_mail(ADDRESS, "012345678", "Beispiel GmbH")
    assert text.count("012345678") == 1
    assert "012345678" not in subject
    assert "24 hours" in text


def test_an_organisation_cannot_add_lines_to_the_subject() -> None:
    subject, _ = verification_mail(ADDRESS, "012345678", "B\r\nBcc: e@x.example {code}" + "x" * 200)
    assert "\n" not in subject
    assert "\r" not in subject
    assert "012345678" not in subject
    assert len(subject) < 200


def test_every_step_of_the_connection_test_has_its_words() -> None:
    assert len({probe_step_name(step) for step in ProbeStep}) == len(ProbeStep)
    assert len({not_proved_text(left) for left in NotProved}) == len(NotProved)
