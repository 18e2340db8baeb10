"""A secret that a server repeats is gone from the text, in each form it was sent in."""

import base64
from hashlib import sha256
from urllib.parse import quote

import pytest

from app.redaction import Redaction, forms_of_secret

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


@pytest.mark.case("L6")
@pytest.mark.parametrize("password", [PASSWORD, "ab/cd+ef?gh~ij\u00ff", "1234"])
def test_no_other_form_of_a_password_is_left_either(password: str) -> None:
    octets = password.encode()
    hidden = Redaction(password)
    for before in (b"", b"u", b"\0nutzer.name\0", b"\0nutzer@b.example\0", b"1234:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            shown = hidden.clean(encode(before + octets + b"!?").decode())
            assert "***" in shown
            assert not any(octets[at : at + 3] in base64.b64decode(shown.partition("*")[0] + "==") for at in range(3))
    assert hidden.clean(f"<{octets.hex()}> <{octets.hex().upper()}>") == "<***> <***>"
    for encoding in ("utf-16-le", "utf-16-be"):
        assert hidden.clean(password.encode(encoding).decode("utf-8", "replace")).strip("\0") == "***"
    assert hidden.clean(f"?p={quote(password, safe='')}") == "?p=***"


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


TOKEN = "".join(sha256(bytes([number])).hexdigest().translate(str.maketrans("0123", "GhIj")) for number in range(60))


@pytest.mark.case("L6")
@pytest.mark.parametrize("form", range(len(forms_of_secret(TOKEN))))
def test_a_long_secret_is_hidden_whole_and_in_pieces(form: int) -> None:
    said, hidden = forms_of_secret(TOKEN)[form], Redaction(TOKEN)
    assert hidden.clean(f"no <{said}>, <{said.upper()}>!").count("***") == 2
    # As by a server whose lines are short, or that repeats only so much.
    for line in (said[:500], said[777:1277], said[-500:], f"token={said[100:124]}"):
        shown = hidden.clean(f"not {line} here")
        assert (shown[:4], shown[-5:], "***" in shown) == ("not ", " here", True)
        longest = max(len(word) for word in shown.replace("***", " ").split())
        assert longest < 24


def test_what_only_looks_a_little_like_a_long_secret_stays() -> None:
    hidden = Redaction(TOKEN)
    for text in ("250 2.0.0 Ok: queued as 4XQ1", f"id={TOKEN[:20]}", "x" * 400, "https://help.example/" + "y" * 60):
        assert hidden.clean(text) == text


def test_the_padding_of_a_long_secret_goes_with_it() -> None:
    hidden = Redaction()
    hidden.hide(base64.b64encode(b"x" * 100).decode())
    assert hidden.clean(f"a {base64.b64encode(b'x' * 100).decode()} b") == "a *** b"
