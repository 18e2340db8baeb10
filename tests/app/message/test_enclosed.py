"""The blind recipients of a mail stay behind at any depth, and everything else goes on to the octet."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.message.attachments import read_steps
from app.message.draft import Attachment
from app.message.enclosed import mail_without_blind, without_blind

pytestmark = pytest.mark.case("H14")

BLIND = b"Bcc: geheim@extern.example,\n e@f.example\n"
INNER = b"From: a@b.example\n%sSubject: x\n\nBcc: stays\n"
NESTED = (
    b'From: a@b.example\n%sContent-Type: multipart/mixed;\n boundary="a b"\n\nBcc: stays\n'
    b"--a b\n\n%s"  # a part without a header
    b"--a b\nContent-Type: text/plain\nBcc: stays\n\nBcc: stays\n--no delimiter\n"
    b"x--a b\nContent-Type: message/rfc822\n\nA: b\nBcc: stays\n\n --a b\n"
    b"--a b\nContent-Type: message/rfc822\n\n" + INNER +
    b"--a b\nContent-Type: multipart/digest; boundary=c\n\n--c\n\n" + INNER +
    b"--c\nContent-Type: text/plain\n\nBcc: stays\n\n--c--\nBcc: stays\n"
    b"--a b\ncontent-type:\n Message/RFC822; name=x\nContent-Transfer-Encoding: 8bit\n\n"
    b"A: b\nContent-Type: multipart/mixed; boundary=d\n%s\n--d\nContent-Type: message/rfc822\n\n" + INNER +
    b"\xff\n--a b--\nContent-Type: message/rfc822\n\nBcc: stays"  # --d-- was forgotten
)  # fmt: skip


def filled(blind: bytes) -> bytes:
    return NESTED % (blind, b"Bcc: stays\n", blind, blind, blind, blind)


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"], ids=["crlf", "lf", "cr"])
def test_mails_within_a_mail_lose_their_blind_recipients_at_any_depth(end: bytes) -> None:
    with_blind, bare = (filled(blind).replace(b"\n", end) for blind in (BLIND, b""))
    assert without_blind(with_blind) == bare
    assert without_blind(bare) == bare
    for size in (1, 2, 7, 64):
        pieces = (with_blind[at : at + size] for at in range(0, len(with_blind), size))
        assert b"".join(mail_without_blind(pieces)) == bare


def test_an_attached_mail_is_read_so(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(filled(BLIND))
    attached = Attachment(str(tmp_path / "a.eml"), "a.eml", 1)
    assert b"".join(read_steps(attached)) == filled(b"")


@given(st.lists(st.sampled_from([b"\r", b"\n", b"-", b"--a b", b"--c--", BLIND, b"A: b", b"x", b" "])), st.data())
def test_where_it_is_cut_makes_no_difference(extra: list[bytes], data: st.DataObject) -> None:
    mail = filled(BLIND)
    at = data.draw(st.integers(0, len(mail)))
    mail = mail[:at] + b"".join(extra) + mail[at:]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(mail)), max_size=8)))
    pieces = [mail[start:end] for start, end in zip([0, *cuts], [*cuts, len(mail)], strict=True)]
    assert b"".join(mail_without_blind(pieces)) == without_blind(mail)


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nBcc: x\n\n",
        b"Content-Type: message/delivery-status\n\nBcc: x\n\n",
        b"Content-Type: application/octet-stream\n\nBcc: x\n\n",
        b"Content-Type: message/rfc822\n\nno field\nBcc: x\n\n",
        b"Content-Type: message/rfc822\n\n\nBcc: x\n\n",
    ],
)
def test_what_is_no_mail_or_encoded_stays(part: bytes) -> None:
    mail = b"A: b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n%s--c--\n" % part
    assert without_blind(mail) == mail


@pytest.mark.parametrize(
    "data",
    [
        b"-" * 3_000_000,
        b"\n" * 1_000_000,
        b"--" + b"c " * 1_000_000,
        b"\n--" * 100_000,
        b"\n--x\nContent-Type: multipart/mixed; boundary=y" * 50_000,
    ],
    ids=["dashes", "lines", "long", "short", "parts"],
)
def test_a_body_full_of_almost_delimiters_goes_through(data: bytes) -> None:
    mail = b"A: b\nContent-Type: multipart/mixed; boundary=x\n\n" + data
    pieces = [mail[at : at + 65536] for at in range(0, len(mail), 65536)]
    assert b"".join(mail_without_blind(pieces)) == mail
