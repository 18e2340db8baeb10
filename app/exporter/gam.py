"""An organisation read from what GAM printed: CSV, as its `print` commands write it, or an object a line of `show`.

    gam redirect csv ./policies.csv print policies filter "setting.type.matches('gmail')" formatjson
    gam redirect csv ./orgs.csv print orgs
    gam redirect csv ./users.csv print users fields primaryemail,id,aliases,ou,admin,suspended,archived
    gam redirect csv ./groups.csv print groups fields email,id,name
    gam redirect csv ./members.csv print group-members
    gam redirect csv ./domains.csv print domains

Which command wrote a file, its columns say. With and without `formatjson` both are taken.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from app.errors import ExportError, Reason
from app.exporter.api import ApiDomain, ApiGroup, ApiMember, ApiOrgUnit, ApiUser
from app.exporter.collected import Collected
from app.policy.directory import DIRECTORY_MAX_BYTES
from app.policy.document import OrgPolicy

__all__ = ["add_gam_file"]

_FIELD_LIMIT = 16 * 1024 * 1024
_KINDS: tuple[tuple[str, frozenset[str]], ...] = (
    ("policies", frozenset({"name", "setting.type"})),
    ("users", frozenset({"primaryEmail"})),
    ("units", frozenset({"orgUnitPath", "orgUnitId"})),
    ("members", frozenset({"group", "email"})),
    ("domains", frozenset({"domainName"})),
    ("groups", frozenset({"email", "id"})),
)
"""What columns tell a kind of file; the first that has all of them."""
_NEEDED = {"users": ("orgUnitPath", "suspended")}
_BOOLEANS = {"True": True, "true": True, "False": False, "false": False}
_LISTS = ("aliases", "nonEditableAliases")
_Row = dict[str, Any]


def add_gam_file(found: Collected, data: bytes, *, file: str) -> None:
    """Add what is in a file; raises ExportError (EXPORT_INPUT_WRONG) with the line of what is wrong."""
    if len(data) > DIRECTORY_MAX_BYTES:
        raise _wrong(file, f"it is larger than {DIRECTORY_MAX_BYTES // 1024 // 1024} MiB")
    text = _text(data, file)
    start = text.lstrip()[:1]
    if start == "<":
        raise _wrong(file, "it is a web page")
    if start not in {"", "{"} and not text.endswith(("\n", "\r")):
        # What is left of a number would pass for one.
        raise _wrong(file, "it is cut off: its last line has no end")
    rows = _objects(text, file) if start == "{" else _rows(text, file)
    empty = True
    for line, row in rows:
        empty = False
        try:
            _add(found, row)
        except (msgspec.ValidationError, _UnknownKindError) as error:
            raise _wrong(file, f"line {line}: {error}") from error
    if empty:
        raise _wrong(file, "there is nothing in it but a heading" if start else "it is empty")


class _UnknownKindError(Exception):
    """Columns that no command of GAM's prints that is known here."""


def _text(data: bytes, file: str) -> str:
    """Return the file's text; shells of Windows write UTF-16 when they redirect."""
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding == "utf-8-sig" and (zero := data.find(b"\0")) >= 0:
        raise _wrong(file, f"it is not text in UTF-8: a zero at byte {zero}")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _wrong(file, f"it is not text in UTF-8: {error.reason} at byte {error.start}") from error
    if "\0" in text:
        raise _wrong(file, "there is a zero in it, as in no text")
    return text


def _objects(text: str, file: str) -> Iterator[tuple[int, _Row]]:
    """Yield the object of each line that is not empty."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield number, _object(line, number, file)


def _rows(text: str, file: str) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of CSV; of one with a column JSON that is the row, the others only repeat parts of it."""
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise _wrong(file, f"line {reader.line_num}: it has not as many columns as the heading")
            whole = row.pop("JSON", None)
            yield reader.line_num, row if whole is None else row | _object(whole, reader.line_num, file)
    except csv.Error as error:
        raise _wrong(file, f"line {reader.line_num}: {error}") from error


def _object(text: str, line: int, file: str) -> _Row:
    try:
        found = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, f"line {line}: not JSON: {error}") from error
    if not isinstance(found, dict):
        raise _wrong(file, f"line {line}: not an object")
    return found


def _without_twins(pairs: list[tuple[str, Any]]) -> _Row:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _add(found: Collected, row: _Row) -> None:
    """Add one row to what it is a part of; raises ValidationError and _UnknownKindError."""
    match _kind(row):
        case "policies":
            found.policies.append(_policy(row))
        case "users":
            found.users.append(_user(row))
        case "units":
            found.units.append(msgspec.convert(row, ApiOrgUnit))
        case "groups":
            found.groups.append(msgspec.convert(row, ApiGroup))
        case "members":
            found.members.setdefault(row["group"], []).append(msgspec.convert(row, ApiMember))
        case _:
            found.domains.append(_domain(row))


def _kind(row: _Row) -> str:
    columns = row.keys() | ({"setting.type"} if "setting" in row else set())
    for kind, needed in _KINDS:
        if needed <= columns:
            if missing := [name for name in _NEEDED.get(kind, ()) if name not in columns]:
                raise _UnknownKindError(f"of {kind} the column {missing[0]} is needed, too")
            return kind
    raise _UnknownKindError(f"no kind of list is known that has the columns {', '.join(sorted(row))[:200]}")


def _policy(row: _Row) -> OrgPolicy:
    """Return a policy; in plain columns GAM writes the path of each value, and booleans as Python does."""
    if "setting" in row:
        return msgspec.convert(row, OrgPolicy)
    value: _Row = {}
    query: _Row = {}
    for name, text in row.items():
        if not text:
            continue
        if name.startswith("setting.value."):
            value[name.removeprefix("setting.value.")] = _BOOLEANS.get(text, text)
        elif name.startswith("policyQuery."):
            query[name.removeprefix("policyQuery.")] = text
    whole = {
        "name": row["name"],
        "customer": row.get("customer", ""),
        "type": row.get("type") or "ADMIN",
        "policyQuery": query,
        "setting": {"type": row["setting.type"], "value": value},
    }
    return msgspec.convert(whole, OrgPolicy, strict=False)


def _user(row: _Row) -> ApiUser:
    """Return a user; lists stand in columns of their own, `aliases.0` and so on, or in one with spaces between."""
    plain = {name: value for name, value in row.items() if name not in _LISTS and value != ""}
    lists = {name: _list(row, name) for name in _LISTS}
    return msgspec.convert({**plain, **lists}, ApiUser, strict=False)


def _list(row: _Row, name: str) -> list[Any]:
    whole = row.get(name, "")
    if isinstance(whole, list):
        return whole
    parts = [text for text in str(whole).replace(",", " ").split() if "@" in text]
    return parts + [row[key] for key in row if key.startswith(f"{name}.") and row[key]]


def _domain(row: _Row) -> ApiDomain:
    """Return a domain; GAM lists each domain alias in a row of its own."""
    return ApiDomain(domain_name=row["domainName"], verified=str(row.get("verified", True)).lower() == "true")


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _wrong(file: str, detail: str) -> ExportError:
    return ExportError.because(Reason.EXPORT_INPUT_WRONG, file=file, detail=detail)
