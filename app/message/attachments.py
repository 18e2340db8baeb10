"""Attached files: the name and type recipients see, and their bytes, read step by step."""

from __future__ import annotations

import errno
import mimetypes
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from app.errors import MessageError, Reason
from app.message.draft import Attachment
from app.message.enclosed import mail_without_blind, travels_as_mail
from app.message.transfer import BASE64_STEP, whole_characters

__all__ = ["check_attachment", "content_type", "enclosed_message", "fallback_name", "file_name", "read_steps"]

_NAME_LIMIT = 400
_FALLBACK_LIMIT = 60
_ENCLOSED_LIMIT = 1024 * 1024
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_UNKNOWN_TYPE = "application/octet-stream"


def file_name(name: str) -> str:
    """Return the name recipients may see: no folders, no control, bidi or other invisible characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    shown = whole_characters("".join(char for char in base if _is_visible(char)).strip())
    return _shorten(shown, _NAME_LIMIT) if shown.strip(". ") else "attachment"


def fallback_name(name: str) -> str:
    """Return `name` in plain ASCII, for programs that do not know RFC 2231."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return _shorten(re.sub(r"[^A-Za-z0-9 ._()+,@-]", "_", plain).strip() or "attachment", _FALLBACK_LIMIT)


def content_type(attachment: Attachment) -> str:
    """Return the media type to declare.

    A composite type would need its bytes unencoded (RFC 2046 section 5.2.1), so here it is plain octets.
    """
    declared = attachment.content_type.lower()
    if declared == _UNKNOWN_TYPE:
        declared = mimetypes.guess_type(file_name(attachment.name), strict=False)[0] or _UNKNOWN_TYPE
    composite = declared.startswith(("message/", "multipart/"))
    return declared if _TYPE.fullmatch(declared) and not composite else _UNKNOWN_TYPE


def check_attachment(attachment: Attachment) -> int:
    """Return the file's size in octets; raises MessageError when it is not there or cannot be read."""
    with _open(attachment) as file:
        return os.fstat(file.fileno()).st_size


def read_steps(attachment: Attachment) -> Iterator[bytes]:
    """Return the file's bytes in steps of `BASE64_STEP`; those of a mail without its blind recipients.

    Raises MessageError while they are taken when the file is not there, cannot be read, or changed meanwhile.
    """
    steps = _steps(attachment)
    return _mail_steps(steps) if _is_mail(attachment) else steps


def enclosed_message(attachment: Attachment) -> bytes | None:
    """Return an attached mail as CRLF lines when it may travel as message/rfc822, else nothing.

    It may when it is small and any program can read it. Raises MessageError as `read_steps` does.
    """
    if not _is_mail(attachment) or check_attachment(attachment) > _ENCLOSED_LIMIT:
        return None
    data = b"".join(read_steps(attachment)).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data if travels_as_mail(data) else None


def _is_mail(attachment: Attachment) -> bool:
    return attachment.name.lower().endswith(".eml")


def _steps(attachment: Attachment) -> Iterator[bytes]:
    with _open(attachment) as file:
        before = os.fstat(file.fileno())
        total = 0
        while step := _read(attachment, file):
            total += len(step)
            yield step
        after = os.fstat(file.fileno())
        if total != before.st_size or (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise MessageError.because(Reason.MESSAGE_ATTACHMENT_CHANGED, name=attachment.name)


def _mail_steps(steps: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in mail_without_blind(steps):
        rest += piece
        while len(rest) >= BASE64_STEP:
            yield rest[:BASE64_STEP]
            rest = rest[BASE64_STEP:]
    if rest:
        yield rest


def _open(attachment: Attachment) -> BinaryIO:
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for its other end.
        handle = os.open(attachment.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise _failure(attachment, error) from error
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        if stat.S_ISDIR(mode):
            raise MessageError.because(Reason.MESSAGE_ATTACHMENT_FOLDER, name=attachment.name)
        raise _failure(attachment, OSError(errno.EINVAL, "not a file"))
    return os.fdopen(handle, "rb", buffering=0)


def _read(attachment: Attachment, file: BinaryIO) -> bytes:
    try:
        step = file.read(BASE64_STEP)
        while 0 < len(step) < BASE64_STEP and (more := file.read(BASE64_STEP - len(step))):
            step += more
    except OSError as error:
        raise _failure(attachment, error) from error
    return step


def _failure(attachment: Attachment, error: OSError | ValueError) -> MessageError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return MessageError.because(Reason.MESSAGE_ATTACHMENT_MISSING, name=attachment.name)
    detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return MessageError.because(Reason.MESSAGE_ATTACHMENT_UNREADABLE, name=attachment.name, detail=detail)


def _is_visible(char: str) -> bool:
    category = unicodedata.category(char)
    return category not in {"Cc", "Zl", "Zp"} and (category != "Cf" or char in "\u200c\u200d")


def _shorten(name: str, limit: int) -> str:
    if len(name) <= limit:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > 16:
        return name[:limit]
    return stem[: limit - len(extension) - 1] + dot + extension
