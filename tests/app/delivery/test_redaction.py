"""A secret that a server repeats is gone from the text, in each form it was sent in."""

import base64

import pytest

from app.delivery.redaction import Redaction

PASSWORD = "pässwort-1234"


@pytest.mark.parametrize(
    "repeated",
    [
        PASSWORD,
        PASSWORD.upper(),
        base64.b64encode(PASSWORD.encode()).decode(),
        base64.b64encode(PASSWORD.encode()).decode().rstrip("="),
    ],
)
def test_a_password_is_hidden_plain_and_in_base64(repeated: str) -> None:
    assert Redaction(PASSWORD).clean(f"bad <{repeated}>!") == "bad <***>!"


def test_what_was_hidden_later_is_hidden_too() -> None:
    redaction = Redaction(PASSWORD)
    redaction.hide("AG51dHplcgBnZWhlaW0=")
    assert redaction.clean(f"AG51dHplcgBnZWhlaW0 {PASSWORD}") == "*** ***"


def test_a_pattern_in_a_password_is_text() -> None:
    assert Redaction(".*[a").clean("one .*[a two") == "one *** two"


def test_a_very_short_password_is_hidden_only_where_it_stands_alone() -> None:
    assert Redaction("ok").clean("broken ok") == "broken ***"


def test_without_a_secret_nothing_changes() -> None:
    assert Redaction().clean("250 ok") == "250 ok"


def test_it_shows_no_secret_itself() -> None:
    assert PASSWORD not in f"{Redaction(PASSWORD)!r}"
