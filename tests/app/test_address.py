"""Addresses: what is one, when two are the same, and that nothing in one can break out of a header."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import address as address_module
from app.address import (
    Address,
    Mailbox,
    Unparsed,
    check_name,
    domain_to_ascii,
    has_hidden_characters,
    name_contains_other_address,
    split_mailboxes,
)
from app.errors import AddressError, Reason

LINE_BREAKS = ("\r", "\n", "\r\n", "\0", "\x0b", "\x85", "\u2028", "\u2029")
DISGUISES = ("\u202e", "\u2066", "\u200b", "\u200e", "\ufeff", "\u00ad", "\u3164", "\ud800")


def reason_of(text: str) -> Reason:
    with pytest.raises(AddressError) as caught:
        Address.parse(text)
    return caught.value.problem.reason


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("nutzer@beispiel.example", "nutzer@beispiel.example"),
        ("  nutzer@beispiel.example\t", "nutzer@beispiel.example"),
        ("\u00a0nutzer@beispiel.example\u3000", "nutzer@beispiel.example"),
        ("Nutzer.Name+liste@Beispiel.EXAMPLE", "Nutzer.Name+liste@beispiel.example"),
        ("!#$%&'*+-/=?^_`{|}~@beispiel.example", "!#$%&'*+-/=?^_`{|}~@beispiel.example"),
        ('"nutzer"@beispiel.example', "nutzer@beispiel.example"),
        ('"zwei worte"@beispiel.example', '"zwei worte"@beispiel.example'),
        ('"a@b"@beispiel.example', '"a@b"@beispiel.example'),
        ('"a\\"b\\\\c"@beispiel.example', '"a\\"b\\\\c"@beispiel.example'),
        ('"über uns"@beispiel.example', '"über uns"@beispiel.example'),
        ("müller@beispiel.example", "müller@beispiel.example"),
        ("mu\u0308ller@beispiel.example", "müller@beispiel.example"),
        ("n@faß.de", "n@xn--fa-hia.de"),
        ("n@MÜNCHEN.example", "n@xn--mnchen-3ya.example"),
        ("n@ｂｅｉｓｐｉｅｌ。example", "n@beispiel.example"),
        ("n@xn--mnchen-3ya.example", "n@xn--mnchen-3ya.example"),
        ("root@host", "root@host"),
        ("n@r3---ab.beispiel.example", "n@r3---ab.beispiel.example"),
    ],
)
@pytest.mark.case("H12", "H13")
def test_an_address_is_stored_in_one_spelling(text: str, stored: str) -> None:
    assert str(Address.parse(text)) == stored


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.ADDRESS_EMPTY),
        (" \t\u00a0", Reason.ADDRESS_EMPTY),
        ("\n", Reason.ADDRESS_EMPTY),
        ("nutzer", Reason.ADDRESS_NO_AT),
        ("nutzer.beispiel.example", Reason.ADDRESS_NO_AT),
        ("@beispiel.example", Reason.ADDRESS_NO_LOCAL),
        ("nutzer@", Reason.ADDRESS_NO_DOMAIN),
        ("@", Reason.ADDRESS_NO_LOCAL),
        ("zwei worte@beispiel.example", Reason.ADDRESS_SPACE),
        ("nutzer @beispiel.example", Reason.ADDRESS_SPACE),
        ("nutzer@ beispiel.example", Reason.ADDRESS_SPACE),
        ("nutzer@beispiel .example", Reason.ADDRESS_SPACE),
        ("nutzer\u2003name@beispiel.example", Reason.ADDRESS_SPACE),
        ("a@b@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        (".nutzer@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        ("nutzer.@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        ("nut..zer@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        ("nut,zer@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        ("<nutzer@beispiel.example", Reason.ADDRESS_BAD_LOCAL),
        ("nut\u037ezer@beispiel.example", Reason.ADDRESS_BAD_LOCAL),  # composes to a semicolon
        ('"nutzer@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ('""@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ('"a"b"@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ('"a\\"@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ('"zero\u200dwidth"@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ('"em\u2003space"@beispiel.example', Reason.ADDRESS_BAD_LOCAL),
        ("nutzer@beispiel.example.", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@.example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@beispiel..example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@-beispiel.example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@bei_spiel.example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@beispiel.example>", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@127.0.0.1", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@" + "a" * 64 + ".example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@xn--zzzzzz--.example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@💌\u200d.example", Reason.ADDRESS_BAD_DOMAIN),
        ("nutzer@[127.0.0.1]", Reason.ADDRESS_LITERAL),
        ("nutzer@[IPv6:::1]", Reason.ADDRESS_LITERAL),
    ],
)
@pytest.mark.case("H12")
def test_what_is_no_address_is_refused_with_its_reason(text: str, reason: Reason) -> None:
    assert reason_of(text) is reason


@pytest.mark.parametrize("char", [*LINE_BREAKS, *DISGUISES])
@pytest.mark.parametrize(
    "place", ["{}nutzer@b.example", "nut{}zer@b.example", "nutzer@b{}.example", '"nut{}zer"@b.example']
)
@pytest.mark.case("H1", "H11")
def test_controls_and_disguises_are_refused_everywhere(char: str, place: str) -> None:
    assert reason_of(place.format(char)) is Reason.ADDRESS_CONTROL


@pytest.mark.case("H12")
def test_a_local_part_may_have_64_octets_and_no_more() -> None:
    assert Address.parse("a" * 64 + "@beispiel.example").local == "a" * 64
    assert reason_of("a" * 65 + "@beispiel.example") is Reason.ADDRESS_LOCAL_TOO_LONG
    assert reason_of("ü" * 33 + "@beispiel.example") is Reason.ADDRESS_LOCAL_TOO_LONG


@pytest.mark.case("H12")
def test_an_address_may_have_254_octets_and_no_more() -> None:
    domain = ".".join(["a" * 60, "b" * 60, "c" * 60, "example"])
    local = "n" * (254 - 1 - len(domain))
    assert len(str(Address.parse(f"{local}@{domain}"))) == 254
    assert reason_of(f"{local}n@{domain}") is Reason.ADDRESS_TOO_LONG


@pytest.mark.case("H12")
def test_a_domain_longer_than_dns_allows_is_refused() -> None:
    assert reason_of("n@" + ".".join(["a" * 60] * 5)) is Reason.ADDRESS_BAD_DOMAIN


@pytest.mark.case("H12", "H13")
def test_addresses_agree_without_regard_to_case_and_script_of_the_domain() -> None:
    assert Address.parse("Nutzer@MÜNCHEN.example") == Address.parse("nutzer@xn--mnchen-3ya.example")
    assert len({Address.parse("A@b.example"), Address.parse("a@B.example")}) == 1
    assert Address.parse("a@b.example") != Address.parse("c@b.example")
    assert Address.parse("a@b.example") != "a@b.example"


def test_two_people_are_not_taken_for_one_because_of_sharp_s() -> None:
    assert Address.parse("straße@b.example") != Address.parse("strasse@b.example")
    assert Address.parse("n@faß.de") != Address.parse("n@fass.de")


def test_a_domain_that_only_ends_alike_is_another_one() -> None:
    assert Address.parse("n@beispiel.example").is_in(("beispiel.example",))
    assert not Address.parse("n@evil-beispiel.example").is_in(("beispiel.example",))
    assert not Address.parse("n@mail.beispiel.example").is_in(("beispiel.example",))


def test_only_the_local_part_can_need_smtputf8() -> None:
    assert Address.parse("n@münchen.example").is_ascii
    assert not Address.parse("ü@b.example").is_ascii


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("beispiel.example", "beispiel.example"),
        ("münchen.example", "münchen.example"),
        ("faß.de", "faß.de"),
        ("日本語とカナ.jp", "日本語とカナ.jp"),
        ("пример.рф", "пример.рф"),
        ("pаypal.example", "xn--pypal-4ve.example"),  # a Cyrillic а among Latin letters
        ("аррӏе.com", "xn--80ak6aa92e.com"),  # wholly Cyrillic, reads like a Latin name
        ("ɡoogle.com", "xn--oogle-qmc.com"),  # a Latin letter that looks like g
        ("münch৪n.example", "xn--mnchn-kva911n.example"),
        ("xn--a.example", "xn--a.example"),
    ],
)
@pytest.mark.case("H11")
def test_a_domain_that_could_pass_for_another_is_shown_as_its_a_label(domain: str, shown: str) -> None:
    ascii_domain = domain_to_ascii(domain) if domain != shown or not domain.isascii() else domain
    assert Address("n", ascii_domain).display == f"n@{shown}"


def test_a_stored_domain_that_cannot_be_decoded_is_shown_as_it_is() -> None:
    assert Address("n", "xn--\u0130.example").display == "n@xn--\u0130.example"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("n@b.example", "", "n@b.example"),
        ("<n@b.example>", "", "n@b.example"),
        ("N. Name <n@b.example>", "N. Name", "n@b.example"),
        ('"Name, N." <n@b.example>', "Name, N.", "n@b.example"),
        ('"N \\"x\\" \\\\" <n@b.example>', 'N "x" \\', "n@b.example"),
        ('"N" "M" <n@b.example>', '"N" "M"', "n@b.example"),
        ('N <"a<b"@b.example>', "N", '"a<b"@b.example'),
        ('"N <x@y.example>" <"a<b"@b.example>', "N <x@y.example>", '"a<b"@b.example'),
        ('"<x@y.example>" <n@b.example>', "<x@y.example>", "n@b.example"),
        ('" <n@b.example>', '"', "n@b.example"),
        ("=?utf-8?q?x?= <n@b.example>", "=?utf-8?q?x?=", "n@b.example"),
        ("Müller\u200d <n@b.example>", "Müller\u200d", "n@b.example"),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(text: str, name: str, address: str) -> None:
    assert Mailbox.parse(text) == Mailbox(Address.parse(address), name)


@pytest.mark.parametrize("char", [*LINE_BREAKS, *DISGUISES])
@pytest.mark.case("H11")
def test_a_mailbox_with_a_hidden_character_in_its_name_is_refused(char: str) -> None:
    with pytest.raises(AddressError) as caught:
        Mailbox.parse(f"N{char}N <n@b.example>")
    assert caught.value.problem.reason is Reason.ADDRESS_CONTROL


def test_a_mailbox_is_shown_with_its_name_where_it_has_one() -> None:
    assert Mailbox.parse("N <n@xn--mnchen-3ya.example>").display == "N <n@münchen.example>"
    assert Mailbox.parse("n@b.example").display == "n@b.example"


@pytest.mark.parametrize("name", ["N. Name", " Nutzer ", "", "   ", "Ñ 👩\u200d💻", "a@b.example", 'q"uo\\te'])
def test_a_name_may_be_nearly_anything(name: str) -> None:
    assert check_name(name) == name.strip()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        *((f"N{char}N", Reason.NAME_CONTROL) for char in (*LINE_BREAKS, *DISGUISES)),
        ("=?utf-8?b?DQpCY2M6IGVAeA==?=", Reason.NAME_ENCODED_WORD),
        ("N" * 321, Reason.NAME_TOO_LONG),
    ],
)
@pytest.mark.case("H1", "H2", "H11")
def test_a_name_that_could_break_or_disguise_a_header_is_refused(name: str, reason: Reason) -> None:
    with pytest.raises(AddressError) as caught:
        check_name(name)
    assert caught.value.problem.reason is reason


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("", False),
        ("N. Name", False),
        ("n@b.example", False),
        ("N@B.example.", False),
        ("N @ Büro", False),
        ("chef@bank.example", True),
        ("Chef (chef@bank.example)", True),
        ("“chef@bank.example”", True),
        ("chef＠bank.example", True),
        ("chef@bank", True),
        ("ch\\ef@bank.example", True),
    ],
)
@pytest.mark.case("H10")
def test_a_name_that_shows_another_address_is_noticed(name: str, forged: bool) -> None:
    assert name_contains_other_address(Mailbox(Address.parse("n@b.example"), name)) is forged


@pytest.mark.parametrize(
    ("text", "mailboxes"),
    [
        ("", []),
        (" , ;\n,", []),
        ("undisclosed-recipients:;", []),
        ("a@x.example", ["a@x.example"]),
        ("a@x.example,b@x.example;c@x.example\r\nd@x.example", [f"{n}@x.example" for n in "abcd"]),
        ("a@x.example b@x.example\tc@x.example", [f"{n}@x.example" for n in "abc"]),
        ("A <a@x.example> B C <b@x.example>", ["A <a@x.example>", "B C <b@x.example>"]),
        ('"Name, A." <a@x.example>, b@x.example', ['"Name, A." <a@x.example>', "b@x.example"]),
        ("Name, A. <a@x.example>; Name, B. <b@x.example>", ['"Name, A." <a@x.example>', '"Name, B." <b@x.example>']),
        ("Team: a@x.example, B <b@x.example>;", ["a@x.example", "B <b@x.example>"]),
        ('"Team; 1": a@x.example, b@x.example; c@x.example', [f"{n}@x.example" for n in "abc"]),
        ("mailto:a@x.example", ["a@x.example"]),
        ('"a;b,c"@x.example', ['"a;b,c"@x.example']),
        ("\u00a0a@x.example\u00a0;", ["a@x.example"]),
    ],
)
@pytest.mark.case("H8")
def test_a_list_of_recipients_is_taken_apart(text: str, mailboxes: list[str]) -> None:
    assert split_mailboxes(text) == [Mailbox.parse(each) for each in mailboxes]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Anna, a@x.example", ["Anna", "a@x.example"]),
        ('"offen, a@x.example', ['"offen', "a@x.example"]),
        ("a@x.example, b@@x.example", ["a@x.example", "b@@x.example"]),
        ("zwei Worte", ["zwei Worte"]),
        ("a\u202e@x.example, b@x.example", ["a\u202e@x.example", "b@x.example"]),
        ('"x" y z@x.example', ['"x" y z@x.example']),
        ("x <a@x.example> y", ["x <a@x.example> y"]),
    ],
)
def test_what_is_no_recipient_stays_as_it_was_typed(text: str, kept: list[str]) -> None:
    found = split_mailboxes(text)
    assert [each.text if isinstance(each, Unparsed) else str(each) for each in found] == kept
    assert any(isinstance(each, Unparsed) for each in found)


def test_no_hostile_paste_takes_long() -> None:
    for piece in ('"', '"a', '\\"', '"\\', "<@", "<>"):
        assert not any(isinstance(each, Mailbox) for each in split_mailboxes(piece * 20_000))
    for piece in ("x:", "a<", "a>"):  # minutes, were the time to grow with the square of the length
        assert not any(isinstance(each, Mailbox) for each in split_mailboxes(piece * 120_000))
    assert split_mailboxes(" " * 20_000) == split_mailboxes(";" * 40_000) == []
    assert len(split_mailboxes("a@x.example," * 20_000)) == 20_000


# Where what could go wrong is dense: specials, quotes, spaces, controls, other scripts.
WILD = st.text(st.sampled_from('ab.@"\\ ,;:<>()[]-_\r\n\t\0üßÅйあ\u037e\u0308\u200d\u202e\u00a0\u3000x1'), max_size=30)
ATOMS = st.text(st.sampled_from("abXYZ09!#$%&'*+-/=?^_`{|}~üßÅйあ"), min_size=1, max_size=8)
DOT_STRINGS = st.lists(ATOMS, min_size=1, max_size=3).map(".".join)
CONTENTS = st.text(st.sampled_from('ab.@"\\ ,;:<>()[]üßй'), min_size=1, max_size=12)
QUOTED = CONTENTS.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
DOMAINS = st.sampled_from(
    ["a.example", "MÜNCHEN.example", "faß.de", "xn--mnchen-3ya.example", "a-b.c.example", "日本語.jp"]
)
ADDRESSES = st.builds("{}@{}".format, st.one_of(DOT_STRINGS, QUOTED), DOMAINS)
NAMES = st.text(st.sampled_from('ab.@"\\ ,;:<>()[]üßй🦊'), max_size=12)


def check_round_trip(address: Address) -> None:
    assert Address.parse(str(address)) == address
    assert str(Address.parse(str(address))) == str(address)
    assert hash(Address.parse(str(address))) == hash(address)
    assert not has_hidden_characters(str(address))
    assert not has_hidden_characters(address.display)
    assert address.domain.isascii()
    assert len(address.local.encode()) <= 64
    assert len(str(address).encode()) <= 254


@given(ADDRESSES)
@example('"\\\\"@a.example')
def test_an_address_reads_back_as_itself(text: str) -> None:
    check_round_trip(Address.parse(text))


@given(st.one_of(WILD, st.text(), st.builds("{}@{}.example".format, WILD, WILD)))
@example("\u0958" * 11 + "@a.example")
@example("\u0958" * 20 + "@a.example")
@example("a\u212b@\u212b.example")
def test_whatever_is_typed_is_a_sound_address_or_refused(text: str) -> None:
    try:
        address = Address.parse(text)
    except AddressError:
        return
    check_round_trip(address)


@given(st.from_regex(r"\A[a-zA-Z0-9.+_'!-]{1,70}@[a-zA-Z0-9.-]{1,70}\Z"))
@example("a@xn--bcher-kva.example")
@example(f"{'a' * 65}@a.example")
@example("a@a.123")
@example("a@a-.example")
def test_a_plain_address_is_read_as_one_is_that_needs_a_closer_look(text: str) -> None:
    try:
        expected = address_module._parse_slowly(text)
    except AddressError:
        with pytest.raises(AddressError):
            Address.parse(text)
        return
    parsed = Address.parse(text)
    assert (parsed.local, parsed.domain) == (expected.local, expected.domain)


@given(ADDRESSES, NAMES)
@example("a@a.example", '"')
@example("a@a.example", "\\")
def test_a_mailbox_reads_back_as_itself(address: str, name: str) -> None:
    mailbox = Mailbox(Address.parse(address), check_name(name))
    assert Mailbox.parse(str(mailbox)) == mailbox
    assert split_mailboxes(str(mailbox)) == [mailbox]


@given(st.lists(st.builds(Mailbox, ADDRESSES.map(Address.parse), NAMES.map(check_name)), max_size=5))
def test_a_list_of_mailboxes_reads_back_as_itself(mailboxes: list[Mailbox]) -> None:
    assert split_mailboxes(", ".join(map(str, mailboxes))) == mailboxes
    assert split_mailboxes("; ".join(map(str, mailboxes))) == mailboxes
    assert split_mailboxes("\n".join(map(str, mailboxes))) == mailboxes


@given(st.one_of(WILD, st.text()))
def test_a_list_is_taken_apart_without_an_error(text: str) -> None:
    for found in split_mailboxes(text):
        if isinstance(found, Unparsed):
            assert found.text
            assert found.text in text
