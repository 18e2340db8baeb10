"""A comparison as a table for spreadsheets: RFC 4180, and no cell that one would take for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.policy.directory import ADMINS
from app.policy.evaluate import Effective
from app.preview.comparison import Cause, Comparison, Kind, UnitCount, UserChange
from app.preview.pieces import PIECE, Pieces, whole
from app.preview.rules import Settings

__all__ = ["BOM", "CsvWords", "Separator", "csv_of", "writing", "writing_units"]

BOM = "\ufeff"
"""By this mark at the beginning Excel knows that a CSV file is UTF-8."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a cell a formula (OWASP, CSV injection), in full width too."""
_LATER_FORMULA = re.compile(r"([,;\t\r\n])(?=[\"\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What would begin a cell for a spreadsheet that takes the file to be separated otherwise."""


class Separator(StrEnum):
    """What stands between two cells."""

    COMMA = ","
    """As RFC 4180 has it."""
    SEMICOLON = ";"
    """As Excel has it where the comma is the decimal mark."""


@dataclass(frozen=True, slots=True)
class CsvWords:
    """The header and what stands in the cells, in the reader's language."""

    address: str
    unit: str
    change: str
    causes: str
    moved_from: str
    gateway_before: str
    gateway_after: str
    decided_before: str
    decided_after: str
    mail_before: str
    mail_after: str
    names_before: str
    names_after: str
    required_before: str
    required_after: str
    kinds: Mapping[Kind, str]
    cause_words: Mapping[Cause, str]
    yes: str
    no: str
    default: str
    """Stands where no policy of the organisation decided."""
    admins: str
    """What people call Google's own group of all administrators."""


def csv_of(comparison: Comparison, words: CsvWords, separator: Separator = Separator.COMMA) -> str:
    """Return the table, a person a row, in the comparison's order; saved as UTF-8 it is what Excel expects."""
    return whole(writing(comparison, words, separator))


def writing(comparison: Comparison, words: CsvWords, separator: Separator) -> Pieces[str]:
    """Do as `csv_of` does, in pieces."""
    return _table(_header(words), (_row(change, words) for change in comparison.changes), separator)


def writing_units(comparison: Comparison, words: CsvWords, separator: Separator) -> Pieces[str]:
    """Return, in pieces, the table with a unit a row: how many of its people gain, lose, and so on."""
    header = (words.unit, *(words.kinds[kind] for kind in Kind))
    return _table(header, map(_unit_row, comparison.units), separator)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]], separator: Separator) -> Pieces[str]:
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=separator.value, lineterminator="\r\n")
    text.write(BOM)
    lines.writerow(map(_harmless, header))
    for number, row in enumerate(rows):
        lines.writerow(map(_harmless, row))
        if not number % PIECE:
            yield
    return text.getvalue()


def _unit_row(unit: UnitCount) -> Iterator[str]:
    yield unit.unit
    for kind in Kind:
        yield str(unit.counts[kind])


def _header(words: CsvWords) -> tuple[str, ...]:
    return (
        words.address,
        words.unit,
        words.change,
        words.causes,
        words.moved_from,
        words.gateway_before,
        words.gateway_after,
        words.decided_before,
        words.decided_after,
        words.mail_before,
        words.mail_after,
        words.names_before,
        words.names_after,
        words.required_before,
        words.required_after,
    )


def _row(change: UserChange, words: CsvWords) -> Iterator[str]:
    yield change.email
    yield change.unit
    yield words.kinds[change.kind]
    yield ", ".join(words.cause_words[cause] for cause in change.causes)
    yield change.moved_from
    pairs = zip(_cells(change.before, words), _cells(change.after, words), strict=True)
    for before, after in pairs:
        yield before
        yield after


def _cells(settings: Settings | None, words: CsvWords) -> tuple[str, ...]:
    """Return gateway, who decided, mail, names, gateway required; nothing for somebody who is not there."""
    if settings is None:
        return ("",) * 5

    def word(value: bool) -> str:
        return words.yes if value else words.no

    return (
        word(settings.gateways.value),
        _decider(settings.gateways, words),
        word(settings.mail.value),
        word(settings.names.value),
        word(settings.external_from.value),
    )


def _decider(effective: Effective, words: CsvWords) -> str:
    """Return the path of the unit, or the address of the group, for which it is set."""
    by = effective.decided_by
    if by is None or by.policy.type == "SYSTEM":
        return words.default
    return words.admins if by.target == ADMINS else by.target


def _harmless(cell: str) -> str:
    """Return the cell, with an apostrophe first where a spreadsheet would calculate."""
    first = "'" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else ""
    return first + _LATER_FORMULA.sub(r"\1'", cell)
