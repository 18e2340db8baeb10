"""Names and domains that could pass for others are told apart from honest ones in any script."""

import pytest

from app.address import Address, Mailbox, could_pass_for_another
from app.lookalike import domain_for_people, has_look_alikes


@pytest.mark.case("H11")
@pytest.mark.parametrize(
    "text",
    [
        "Pаypal",  # a Cyrillic а
        "PAYPАL",
        "Bank Αlpha",  # a Greek Α
        "info@bаnk",
        "Nutzer Nаme",
        "ᎪBC",  # a Cherokee letter that looks like A
        "օk",  # an Armenian letter that looks like o
        "e\u0301а",
    ],
)
def test_words_of_mixed_alphabets_are_noticed(text: str) -> None:
    assert has_look_alikes(text)


@pytest.mark.case("H11")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "N. Name",
        "Jürgen Müßig",
        "Işık",
        "Nguyễn",
        "Пример",
        "Пример Beispiel",
        "ООО-Test",
        "Παράδειγμα (Beispiel)",
        "LINE株式会社",
        "日本語テキスト",
        "한국어",
        "שלום world",
        "A2Б",
        "𝓝𝓪𝓶𝓮",
        "👩\u200d💻 Name",
        "1234",
    ],
)
def test_honest_names_are_not(text: str) -> None:
    assert not has_look_alikes(text)


@pytest.mark.case("H11")
@pytest.mark.parametrize(
    ("text", "suspicious"),
    [
        ("n@beispiel.example", False),
        ("N <n@münchen.example>", False),
        ("n@пример.рф", False),
        ("n@pаypal.example", True),
        ("n@аррӏе.com", True),
        ("Pаypal <n@beispiel.example>", True),
    ],
)
def test_a_recipient_that_could_pass_for_another_is_noticed(text: str, suspicious: bool) -> None:
    mailbox = Mailbox.parse(text)
    assert could_pass_for_another(mailbox) is suspicious
    assert domain_for_people(mailbox.address.domain) == mailbox.address.display.partition("@")[2]
    assert Address.parse(mailbox.address.display) == mailbox.address
