"""Verification codes: nine digits, five tries, a day, one use, three an hour, and nothing that gives them away."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.address import Address
from app.errors import Reason, SetupError
from app.setup.codes import IssuedCodes, issue, minutes_to_wait, verify, void

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
ADDRESS = Address.parse("nutzer.name@münchen.example")
MINUTE = timedelta(minutes=1)


def new(codes: IssuedCodes | None = None, now: datetime = NOW) -> tuple[IssuedCodes, str]:
    return issue(codes, profile_id="profile", address=ADDRESS, now=now)


def check(codes: IssuedCodes | None, typed: str, now: datetime = NOW) -> tuple[IssuedCodes, bool]:
    return verify(codes, typed, profile_id="profile", address=ADDRESS, now=now)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**9:09d}"


def limit_of(codes: IssuedCodes, now: datetime) -> str:
    with pytest.raises(SetupError) as caught:
        new(codes, now)
    assert caught.value.problem.reason is Reason.SETUP_CODE_LIMIT
    return caught.value.problem.fact("minutes")


@pytest.mark.case("F4")
def test_a_code_has_nine_digits_and_is_right_once() -> None:
    codes, code = new()
    assert len(code) == 9
    assert code.isascii()
    assert code.isdecimal()
    used, right = check(codes, code)
    assert right
    assert check(used, code) == (used, False)


def test_codes_differ() -> None:
    assert len({new()[1] for _ in range(20)}) == 20


@pytest.mark.case("F4")
def test_what_is_kept_gives_nothing_away() -> None:
    codes, code = new()
    assert code not in repr(codes)
    assert code not in msgspec.json.encode(codes).decode()
    assert repr(codes.salt) not in repr(codes)
    assert repr(codes.digest) not in repr(codes)
    again, _ = new()
    assert again.salt != codes.salt


def test_what_is_kept_survives_storage() -> None:
    codes, code = new()
    stored = msgspec.json.decode(msgspec.json.encode(codes), type=IssuedCodes)
    assert stored == codes
    assert stored.issued_at == NOW
    assert check(stored, code)[1]


@pytest.mark.parametrize(
    "spell",
    [
        "{0}{1}{2}",
        " {0} {1} {2}\n",
        "{0}-{1}-{2}",
        "{0}\u2013{1}\u2014{2}",
        "{0}\u2212{1}\u00a0{2}",
        "\ufeff{0}\u200b{1}\u00ad{2}\t",
    ],
)
@pytest.mark.case("F4")
def test_a_pasted_code_may_have_spaces_dashes_and_invisible_marks(spell: str) -> None:
    codes, code = new()
    assert check(codes, spell.format(code[:3], code[3:6], code[6:]))[1]


@pytest.mark.parametrize("zero", ["\uff10", "\u0660", "\u0966"])
def test_a_code_may_be_typed_in_the_digits_of_another_script(zero: str) -> None:
    codes, code = new()
    assert check(codes, "".join(chr(ord(zero) + int(digit)) for digit in code))[1]


@pytest.mark.parametrize("typed", ["", "12345678", "1234567890", "12345678a", "①②③④⑤⑥⑦⑧⑨", "²²²²²²²²²", "-1234567e8"])
def test_what_cannot_be_a_code_is_wrong_and_costs_no_try(typed: str) -> None:
    codes, _ = new()
    assert check(codes, typed) == (codes, False)


@pytest.mark.case("F4")
def test_the_fifth_wrong_code_voids_the_right_one() -> None:
    codes, code = new()
    for left in (4, 3, 2, 1):
        codes, right = check(codes, wrong(code))
        assert not right
        assert codes.tries_left == left
    codes, _ = check(codes, wrong(code))
    assert codes == void(codes)
    assert not check(codes, code)[1]


def test_the_fifth_try_may_be_right() -> None:
    codes, code = new()
    for _ in range(4):
        codes, _ = check(codes, wrong(code))
    assert check(codes, code)[1]


@pytest.mark.case("F4")
def test_a_code_holds_for_a_day() -> None:
    codes, code = new()
    assert check(codes, code, NOW + timedelta(hours=24) - MINUTE)[1]
    assert check(codes, code, NOW + timedelta(hours=24)) == (codes, False)


@pytest.mark.case("F4")
def test_a_clock_set_back_gives_no_more_time() -> None:
    codes, code = new()
    assert check(codes, code, NOW - 4 * MINUTE)[1]
    assert not check(codes, code, NOW - 6 * MINUTE)[1]


@pytest.mark.case("F4")
def test_a_newer_code_voids_the_older() -> None:
    first, code = new()
    second, newer = new(first, NOW + MINUTE)
    assert not check(second, code, NOW + MINUTE)[1]
    assert check(second, newer, NOW + MINUTE)[1]


def test_a_newer_code_has_all_its_tries() -> None:
    codes, code = new()
    codes, _ = check(codes, wrong(code))
    assert new(codes, NOW + MINUTE)[0].tries_left == 5


@pytest.mark.parametrize(
    ("profile_id", "address"),
    [("other", ADDRESS), ("profile", Address.parse("nutzer.name@beispiel.example")), ("profilen", ADDRESS)],
)
@pytest.mark.case("F4")
def test_a_code_is_bound_to_its_profile_and_address(profile_id: str, address: Address) -> None:
    codes, code = new()
    assert not verify(codes, code, profile_id=profile_id, address=address, now=NOW)[1]


def test_a_code_holds_for_the_address_in_any_spelling() -> None:
    codes, code = new()
    spelt = Address.parse("Nutzer.Name@xn--mnchen-3ya.example")
    assert verify(codes, code, profile_id="profile", address=spelt, now=NOW)[1]


def test_no_code_is_right_where_none_was_issued() -> None:
    assert check(None, "123456789") == (IssuedCodes(), False)
    assert IssuedCodes().issued_at is None
    assert not check(IssuedCodes(), "123456789")[1]


@pytest.mark.case("F4")
def test_a_fourth_code_within_an_hour_has_to_wait() -> None:
    codes, _ = new(None, NOW)
    codes, _ = new(codes, NOW + 10 * MINUTE)
    codes, _ = new(codes, NOW + 20 * MINUTE)
    assert limit_of(codes, NOW + 30 * MINUTE) == "30"
    assert limit_of(codes, NOW + 60 * MINUTE - timedelta(seconds=1)) == "1"
    codes, _ = new(codes, NOW + 60 * MINUTE)
    assert limit_of(codes, NOW + 60 * MINUTE) == "10"
    assert len(codes.issued) == 3


def test_a_used_or_void_code_still_counts_for_the_limit() -> None:
    codes: IssuedCodes | None = None
    for _ in range(3):
        codes, code = new(codes)
        codes, right = check(codes, code)
        assert right
    assert codes is not None
    assert limit_of(void(codes), NOW) == "60"


def test_a_clock_set_back_a_little_does_not_lift_the_limit() -> None:
    codes = IssuedCodes((NOW, NOW, NOW))
    assert minutes_to_wait(codes, NOW - 30 * MINUTE) == 90
    assert minutes_to_wait(codes, NOW - 61 * MINUTE) == 0


def test_nothing_is_to_be_waited_for_at_first() -> None:
    assert minutes_to_wait(None, NOW) == 0
    assert minutes_to_wait(IssuedCodes((NOW, NOW)), NOW) == 0


@given(st.lists(st.integers(0, 90), max_size=12))
@settings(max_examples=40, deadline=None)
def test_never_more_than_three_codes_in_any_hour(pauses: list[int]) -> None:
    codes, now, issued = None, NOW, []
    for pause in pauses:
        now += pause * MINUTE
        if minutes_to_wait(codes, now) == 0:
            codes, _ = new(codes, now)
            issued.append(now)
    for moment in issued:
        assert sum(moment <= each < moment + timedelta(hours=1) for each in issued) <= 3


@given(st.text(max_size=20))
def test_no_text_breaks_the_comparison(typed: str) -> None:
    codes = IssuedCodes((NOW,), b"salt", b"no digest of anything", 5)
    assert not check(codes, typed)[1]
