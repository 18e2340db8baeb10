"""What is a reply and what is none, and what of it is shown."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.delivery import replies
from app.delivery.replies import REPLY_LIMIT, TEXT_LIMIT, Reply, ReplyError, ReplyReader, clean_text, queue_id
from app.errors import Problem, Reason
from ui.messages import explain


def _read(data: bytes) -> Reply | None:
    reader = ReplyReader()
    reader.feed(data)
    return reader.take()


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"250 ok\r\n", Reply(250, ("ok",))),
        (b"250\r\n", Reply(250, ("",))),
        (b"200 \r\n", Reply(200, ("",))),
        (b"250-a\r\n250-\r\n250 c\r\n", Reply(250, ("a", "", "c"))),
        (b"250-a\r\n250\r\n", Reply(250, ("a", ""))),
        (b"554 5.7.1 \xc3\xa4\xff\r\n", Reply(554, ("5.7.1 \u00e4\ufffd",))),
    ],
)
def test_well_formed_replies(data: bytes, reply: Reply) -> None:
    assert _read(data) == reply


@pytest.mark.case("M5")
@pytest.mark.parametrize(
    "data",
    [
        b"250ok\r\n", b"299 ok\r\n", b"680 ok\r\n", b"150 ok\r\n", b"25\r\n", b"25 ok\r\n", b"+25 ok\r\n",
        b"2_5 ok\r\n", b" 250 ok\r\n", b"250 ok\n", b"250 a\rb\r\n", b"250-a\n250 b\r\n", b"\r\n", b"ok\r\n",
        b"550-no\r\n250 ok\r\n", b"250-ok\r\n550 no\r\n", "\u0662\u0665\u0660 ok\r\n".encode(), b"HTTP",
        b"\x15\x03\x01", b"2500 ok\r\n",
    ],
)  # fmt: skip
def test_m5_what_is_not_a_reply(data: bytes) -> None:
    with pytest.raises(ReplyError):
        _read(data)


@pytest.mark.parametrize("data", [b"", b"2", b"25", b"250", b"250 ok", b"250 ok\r", b"250-ok\r\n", b"250-ok\r\n2"])
def test_an_unfinished_reply_is_waited_for(data: bytes) -> None:
    assert _read(data) is None


def test_what_follows_a_reply_stays() -> None:
    reader = ReplyReader()
    reader.feed(b"250 one\r\n550 two\r\n")
    assert reader.take() == Reply(250, ("one",))
    assert not reader.is_empty
    assert reader.take() == Reply(550, ("two",))
    assert reader.is_empty


@pytest.mark.case("M1")
@pytest.mark.parametrize("data", [b"250 " + b"x" * (2 * REPLY_LIMIT), b"250-x\r\n" * REPLY_LIMIT])
def test_m1_an_endless_reply_is_cut_and_not_kept(data: bytes) -> None:
    reader = ReplyReader()
    for start in range(0, len(data), 1000):
        reader.feed(data[start : start + 1000])
    assert reader.is_overflowing
    assert len(reader._buffer) <= REPLY_LIMIT
    with pytest.raises(ReplyError):
        reader.take()


@pytest.mark.case("M1")
def test_m1_an_endless_reply_is_cut_though_each_line_is_read_as_it_comes() -> None:
    reader, line = ReplyReader(), b"250-x\r\n"
    for _ in range(32 * 1024 // len(line)):
        reader.feed(line)
        assert reader.take() is None
    reader.feed(line)
    assert reader.is_overflowing
    with pytest.raises(ReplyError):
        reader.take()


@given(st.binary(max_size=200), st.data())
def test_the_cuts_of_the_stream_do_not_change_a_reply(tail: bytes, data: st.DataObject) -> None:
    stream = b"250-a\r\n250 " + tail + b"\r\n"

    def outcome(cuts: list[int]) -> object:
        reader = ReplyReader()
        try:
            for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
                reader.feed(stream[start:end])
                if (reply := reader.take()) is not None:
                    return reply
        except ReplyError:
            return "no reply"
        return None

    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))))
    assert outcome(cuts) == outcome([])


@pytest.mark.parametrize(
    ("reply", "enhanced"),
    [
        (Reply(550, ("5.7.1 no",)), "5.7.1"),
        (Reply(550, ("5.7.1 no", "5.7.1 never")), "5.7.1"),
        (Reply(550, ("5.7.1",)), "5.7.1"),
        (Reply(550, ("5.7.1 no", "never")), ""),
        (Reply(550, ("5.7.1 no", "5.7.2 never")), ""),
        (Reply(550, ("4.7.1 class does not fit",)), ""),
        (Reply(550, ("5.7.1234 too long",)), ""),
        (Reply(550, ("5.7.1no",)), ""),
        (Reply(354, ("3.5.4 none has this class",)), ""),
        (Reply(250, ()), ""),
    ],
)
def test_enhanced_status_codes(reply: Reply, enhanced: str) -> None:
    assert reply.enhanced == enhanced


def test_the_text_names_each_code_once() -> None:
    reply = Reply(534, ("5.7.9 Application-specific password", "5.7.9  required"))
    assert reply.text == "534 5.7.9 Application-specific password required"
    assert Reply(250, ("",)).text == "250"


@pytest.mark.case("M3")
@pytest.mark.parametrize(
    "char", ["\0", "\x1b", "\x85", "\u202e", "\u2028", "\u200b", "\ufeff", "\ud800", "\r", "\n", "\x7f"]
)
def test_m3_controls_and_bidi_marks_are_not_shown(char: str) -> None:
    assert clean_text(f"a{char}b") == "a b"


@pytest.mark.case("M3")
def test_m3_a_long_text_is_shortened() -> None:
    assert len(Reply(550, ("x" * 8000,)).text) == TEXT_LIMIT


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2.0.0 Ok: queued as 4XQ1abc", "4XQ1abc"),
        ("OK id=1rA2bC-0003dE-4f", "1rA2bC-0003dE-4f"),
        ("2.0.0 OK  1700000000 a1b2-20020a17sm123.4 - gsmtp", "a1b2-20020a17sm123.4"),
        ("2.6.0 <x@y.example> [InternalId=123456, Hostname=h.example] Queued mail for delivery", "123456"),
        ("2.0.0 4BNC1234567 Message accepted for delivery", "4BNC1234567"),
        ("Ok", ""),
    ],
)
def test_the_queue_id_of_common_servers(line: str, found: str) -> None:
    assert queue_id(Reply(250, (line,))) == found


def test_what_is_wrong_with_a_reply_is_told_in_words_that_can_be_translated() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(replies.__file__).parent.glob("*.py")]
    details = {found for source in sources for found in re.findall(r'ReplyError\("([^"]+)"', source)}
    assert len(details) >= 6
    for detail in details | {"AUTH", "RSET", "connection lost", "too many challenges"}:
        sentence = explain(Problem.of(Reason.SERVER_PROTOCOL, host="mail.example", detail=detail)).sentence
        assert not sentence.endswith(f": {detail}."), detail
