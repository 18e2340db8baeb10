"""Authorities from a file: whatever is named, it is trusted or refused at once."""

import os
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from app.authorities import AUTHORITIES_MAX_BYTES, trust_file
from app.delivery.tls import tls_context
from app.errors import Reason, SetupError

PEM = trustme.CA().cert_pem.bytes()


@pytest.fixture
def context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.mark.parametrize(
    ("content", "count"),
    [(PEM, 1), (PEM + trustme.CA().cert_pem.bytes(), 2), ("# Größere\n".encode() + PEM + b"\nmore", 1)],
)
def test_the_certificates_in_a_file_are_trusted(
    context: ssl.SSLContext, tmp_path: Path, content: bytes, count: int
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(content)
    trust_file(context, str(file))
    assert len(context.get_ca_certs()) == count
    link = tmp_path / "link"
    link.symlink_to(file)
    trust_file(context, str(link))


def _zeros(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _large(file: Path) -> None:
    file.write_bytes(PEM)
    os.truncate(file, AUTHORITIES_MAX_BYTES + 1)


def _cut(file: Path) -> None:
    file.write_bytes(PEM + PEM[: len(PEM) // 2])


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _loop(file: Path) -> None:
    file.symlink_to(file.name)


def _nothing(file: Path) -> None:
    """Leave the name without a file."""


@pytest.mark.parametrize("make", [_nothing, _loop, _zeros, _large, _cut, _pipe, Path.mkdir, Path.touch])
def test_what_is_no_such_file_is_refused_and_not_waited_for(
    context: ssl.SSLContext, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    file = tmp_path / "ca.pem"
    make(file)
    with pytest.raises(OSError):  # noqa: PT011 - whichever the system's words are
        trust_file(context, str(file))
    with pytest.raises(SetupError) as caught:
        tls_context(str(file))
    assert caught.value.problem.reason is Reason.POLICY_CA_UNREADABLE


def test_a_name_that_can_be_none_is_refused(context: ssl.SSLContext) -> None:
    with pytest.raises(OSError, match="null"):
        trust_file(context, "/etc/a\0b")
