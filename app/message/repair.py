"""Somebody else's MIME parts made seven-bit, touching only what would not arrive as it is."""

from __future__ import annotations

import binascii
import quopri
import re
import secrets
from dataclasses import dataclass

from app.errors import MessageError, Reason
from app.message.enclosed import travels_as_mail, without_blind
from app.message.headers import content_field, text_field
from app.message.transfer import base64_lines, encode_body, is_seven_bit

__all__ = ["Field", "decode_octets", "repair_field", "repair_part", "split_header", "write_fields"]

_DEPTH_LIMIT = 20
_NAME = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
_CLEAN_FIELD = re.compile(rb"[!-9;-~]+: [ -~]*[!-~][ -~]*(?:\r\n[ \t][\t -~]*[!-~][\t -~]*)*")
_KIND = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}(?:/[A-Za-z0-9!#$&^_.+-]{1,127})?")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9!#$&^_.+*-]{1,76})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*)')
_ESCAPE = re.compile(r"\\(.)")
_BOUNDARY = re.compile(rb"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")  # RFC 2046 section 5.1.1
_TOKEN = re.compile(rb"[0-9A-Za-z'+_.-]+")
# Fields with parameters, and what to make of a value that is none.
_PARAMETRIC = {"content-type": "application/octet-stream", "content-disposition": "attachment"}
_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})


@dataclass(frozen=True, slots=True)
class Field:
    """A header field as it came."""

    name: str
    """In lower case."""
    raw: bytes
    """Name, colon and folded value, without the last line end."""

    @property
    def value(self) -> str:
        """The value on one line."""
        return decode_octets(self.raw.partition(b":")[2].replace(b"\r\n", b"")).replace("\0", "").strip(" \t")


def decode_octets(data: bytes) -> str:
    """Return `data` as text: UTF-8 where it is, else ISO-8859-1, which anything is."""
    return data.decode("utf-8" if _is_utf8(data) else "iso-8859-1")


def split_header(data: bytes) -> tuple[list[Field], bytes]:
    """Return the fields at the start of `data` (CRLF lines) and what follows their blank line.

    As sendmail does, a line that is no field begins the body.
    """
    fields: list[Field] = []
    at = 0
    while at < len(data):
        end = data.find(b"\r\n", at)
        end = len(data) if end < 0 else end
        line = data[at:end]
        if not line:
            return fields, data[at + 2 :]
        found = _NAME.match(line)
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1] = Field(fields[-1].name, fields[-1].raw + b"\r\n" + line)
        elif found:
            fields.append(Field(found[1].decode("ascii").lower(), line))
        else:
            break
        at = end + 2
    return fields, data[at:]


def write_fields(fields: list[Field]) -> bytes:
    """Return header lines for `fields`."""
    return b"".join(field.raw + b"\r\n" for field in fields)


def repair_field(field: Field) -> Field:
    """Return the field as it is when it may travel so, else written anew."""
    if _CLEAN_FIELD.fullmatch(field.raw) and is_seven_bit(field.raw):
        return field
    name = field.raw.partition(b":")[0].rstrip(b" \t").decode("ascii")
    if field.name in _PARAMETRIC:
        kind, parameters = _parameters(field)
        return _written(content_field(name, kind or _PARAMETRIC[field.name], parameters))
    return _written(text_field(name, field.value))


def repair_part(fields: list[Field], body: bytes, depth: int = 0) -> tuple[list[Field], bytes]:
    """Return a part's content fields and body (CRLF lines), repaired where they are not seven-bit.

    A part that is clean stays as it is, so that a signature over it stays valid.
    Raises MessageError (MESSAGE_UNREADABLE) for an encoding that nobody knows, or parts nested too deep.
    """
    if depth > _DEPTH_LIMIT:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail="its parts are nested too deep")
    came: dict[str, Field] = {}
    for field in fields:
        if field.name.startswith("content-") and field.name != "content-length":
            came.setdefault(field.name, field)
    kept = {name: repair_field(field) for name, field in came.items()}
    declared = came.get("content-type", Field("", b""))
    kind, parameters = _parameters(declared)
    if kind.startswith("multipart/"):
        boundary = dict(parameters).get("boundary", "").encode()
        parts = _split_parts(body, boundary) if boundary else []
        if parts:
            kept.pop("content-transfer-encoding", None)
            if not _is_usual_boundary(boundary, declared):
                boundary = f"=_{secrets.token_hex(16)}".encode("ascii")
                others = [each for each in parameters if each[0] != "boundary"]
                kept["content-type"] = _content_type(kind, [("boundary", boundary.decode("ascii")), *others])
            return list(kept.values()), _join_parts(parts, boundary, depth)
        kind, declared = "text/plain", _content_type("text/plain", [])
        kept["content-type"] = declared
    return _repair_leaf(kept, kind, declared, body)


def _repair_leaf(kept: dict[str, Field], kind: str, content_type: Field, body: bytes) -> tuple[list[Field], bytes]:
    declared = kept["content-transfer-encoding"].value.lower() if "content-transfer-encoding" in kept else ""
    if declared not in _AS_IT_IS | {"quoted-printable", "base64"}:
        raise MessageError.because(Reason.MESSAGE_UNREADABLE, detail=f"unknown encoding {declared}")
    is_mail = kind.startswith("message/")
    if is_mail and declared in _AS_IT_IS:
        body = without_blind(body)
    if _is_clean(kind, declared, body):
        encoding = "7bit" if declared in {"8bit", "binary"} else declared
    else:
        body = _decoded(body, declared)
        if is_mail:
            body = without_blind(body)
            kept["content-type"] = _content_type("application/octet-stream", [])
        if not kind or kind.startswith("text/"):
            kept["content-type"] = _with_charset(content_type, body)
            encoding, body = encode_body(body)
        else:
            encoding, body = "base64", base64_lines(body)
    if encoding != declared:
        kept["content-transfer-encoding"] = _written(content_field("Content-Transfer-Encoding", encoding))
    return list(kept.values()), body


def _is_clean(kind: str, encoding: str, body: bytes) -> bool:
    if kind.startswith("message/") and encoding not in _AS_IT_IS:
        return False
    return travels_as_mail(body) if kind == "message/rfc822" else is_seven_bit(body)


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding == "quoted-printable":
        return re.sub(rb"\r\n|\r|\n", b"\r\n", quopri.decodestring(body))
    if encoding == "base64":
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            return body
    return body


def _with_charset(field: Field, body: bytes) -> Field:
    """Return the content type with a character set that eight-bit text can be in."""
    kind, parameters = _parameters(field)
    charset = dict(parameters).get("charset", "us-ascii").lower()
    if charset == "us-ascii":
        charset = "utf-8" if _is_utf8(body) else "iso-8859-1"
    others = [(name, value) for name, value in parameters if name != "charset"]
    return _content_type(kind or "text/plain", [("charset", charset), *others])


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_usual_boundary(boundary: bytes, field: Field) -> bool:
    """Whether every program reads this boundary alike: between quotes where it needs them."""
    quoted = b'"' + boundary + b'"' in field.raw
    return bool(_BOUNDARY.fullmatch(boundary) and (quoted or _TOKEN.fullmatch(boundary)))


def _split_parts(body: bytes, boundary: bytes) -> list[bytes]:
    """Return what stands between the delimiters; the text before and after them is for nobody."""
    parts: list[list[bytes]] = []
    for line in body.split(b"\r\n"):
        if line.startswith(b"--" + boundary):
            rest = line[len(boundary) + 2 :].rstrip(b" \t")
            if rest == b"--":
                break
            if not rest:
                parts.append([])
                continue
        if parts:
            parts[-1].append(line)
    return [b"\r\n".join(lines) for lines in parts]


def _join_parts(parts: list[bytes], boundary: bytes, depth: int) -> bytes:
    out: list[bytes] = []
    for part in parts:
        fields, body = repair_part(*split_header(part), depth + 1)
        out.append(b"--" + boundary + b"\r\n" + write_fields(fields) + b"\r\n" + body + b"\r\n")
    return b"".join(out) + b"--" + boundary + b"--\r\n"


def _parameters(field: Field) -> tuple[str, list[tuple[str, str]]]:
    kind, _, _ = field.value.partition(";")
    parameters = [
        (name.lower(), _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value)
        for name, value in _PARAMETER.findall(field.value)
    ]
    kind = kind.strip().lower()
    return kind if _KIND.fullmatch(kind) else "", parameters


def _content_type(kind: str, parameters: list[tuple[str, str]]) -> Field:
    return _written(content_field("Content-Type", kind, parameters))


def _written(text: str) -> Field:
    raw = text.removesuffix("\r\n").encode("ascii")
    return Field(raw.partition(b":")[0].decode("ascii").lower(), raw)
