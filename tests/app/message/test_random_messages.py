"""Random drafts: what Python's own mail reader finds in the bytes is what was meant, and nothing else."""

import re
import unicodedata
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.address import Address, Mailbox
from app.message.attachments import file_name
from app.message.draft import Attachment, Draft
from app.message.headers import plain_line
from tests.app.message.letters import SENDER, assert_canonical, draft, names, read, text_of, written

HOSTILE = [
    "=?utf-8?b?DQpCY2M6IGVAeA==?=",
    "=?utf-8?q?x=0AX-Evil:_y?=",
    "\r\nBcc: e@x.example",
    "\nX-Evil: y",
    "\0",
    "\u2028",
    "\x85",
    "\u202e",
    '"',
    "\\",
    "<e@x.example>",
    "👨‍👩‍👧‍👦",
    "\ud83d",
    "--",
    ".",
    "\n.\r\n",
    "From ",
    "ü" * 90,
]
TEXT = st.lists(st.one_of(st.text(max_size=30), st.sampled_from(HOSTILE)), max_size=6).map("".join)
LOCAL = st.from_regex(r"\A[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\.[a-z0-9]{1,8})?\Z")
DOMAIN = st.sampled_from(["b.example", "bücher.example", "xn--bcher-kva.example", "a.b.c.example"])
QUOTED = st.text('abc "\\,@<>();:', min_size=1, max_size=8).map(lambda text: Address(text, "b.example"))
ADDRESS = st.one_of(st.builds(lambda local, domain: Address.parse(f"{local}@{domain}"), LOCAL, DOMAIN), QUOTED)
MAILBOXES = st.lists(st.builds(Mailbox, ADDRESS, TEXT), max_size=4).map(tuple)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("random") / "file"
    path.write_bytes(bytes(range(256)) * 40)
    return path


@st.composite
def drafts(pick: st.DrawFn) -> Draft:
    to, cc, bcc = pick(MAILBOXES), pick(MAILBOXES), pick(MAILBOXES)
    return draft(
        to=to or (() if cc or bcc else (Mailbox(Address.parse("a@b.example")),)),
        cc=cc,
        bcc=bcc,
        subject=pick(TEXT),
        text=pick(TEXT),
        html=pick(st.one_of(st.just(""), TEXT)),
        in_reply_to=pick(TEXT),
        references=tuple(pick(st.lists(TEXT, max_size=2))),
        attachments=tuple(
            Attachment("", name, 1, kind) for name, kind in pick(st.lists(st.tuples(TEXT, TEXT), max_size=2))
        ),
    )


def seen_names(data: bytes, field: str) -> list[tuple[str, str]]:
    """Return the names and addresses in a header field, decoded by RFC 2047."""
    message = message_from_bytes(data, policy=policy.compat32)
    pairs = getaddresses([re.sub(r"\r\n(?=[ \t])", "", text) for text in message.get_all(field, [])])
    return [(str(make_header(decode_header(name))), address) for name, address in pairs if address]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(letter=drafts(), name=TEXT)
@example(letter=draft(subject="x\n", to=(Mailbox(Address("a b", "c.example"), "\ud83d"),)), name=" ")
def test_a_random_draft_arrives_as_it_was_meant(file: Path, letter: Draft, name: str) -> None:
    attachments = tuple(Attachment(str(file), each.name, each.size, each.content_type) for each in letter.attachments)
    letter = draft(**{field: getattr(letter, field) for field in Draft.__slots__} | {"attachments": attachments})
    data = written(letter, sender=Mailbox(SENDER.address, name))

    assert_canonical(data)
    found = names(data)
    assert len(found) == len(set(found))
    assert set(found) <= {
        "Date", "From", "To", "Cc", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip
    message = read(data)
    assert str(message["subject"]) == plain_line(letter.subject)
    assert seen_names(data, "from") == [(plain_line(name), str(SENDER.address))]
    for field, mailboxes in (("to", letter.to), ("cc", letter.cc)):
        headers = message.get_all(field, [])
        assert [each.addr_spec for header in headers for each in header.addresses] == [
            str(mailbox.address) for mailbox in mailboxes
        ]
        if all(re.fullmatch(r"[^\"\\,@<>();: ]+", mailbox.address.local) for mailbox in mailboxes):
            assert [each for each, _ in seen_names(data, field)] == [plain_line(mailbox.name) for mailbox in mailboxes]
    files = list(message.iter_attachments()) if letter.attachments else []
    # get_filename() would take quotes and angle brackets off once more.
    assert [part["content-disposition"].params["filename"] for part in files] == [
        file_name(each.name) for each in letter.attachments
    ]
    assert all(part.get_payload(decode=True) == file.read_bytes() for part in files)
    body = message.get_body(("plain",))
    assert body is not None
    if letter.text.strip() or not letter.html:
        shown = re.sub("\r\n|\r", "\n", letter.text).replace("\0", "\ufffd")
        assert text_of(body).rstrip("\n") == without_surrogates(shown).rstrip("\n")


def without_surrogates(text: str) -> str:
    return "".join("\ufffd" if unicodedata.category(char) == "Cs" else char for char in text)
