"""The table for spreadsheets: read back as it was meant, and never calculated."""

import codecs
import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.directory import OrgUnit, User
from app.preview.comparison import Cause, Kind, compare
from app.preview.csv_text import CsvWords, Separator, csv_of, writing_units
from app.preview.pieces import whole
from tests.app.policy.documents import external_from_policy, names_policy, service_policy
from tests.app.preview.organisation import ADMINS, OFFICE, PARTNERS, ROOT, SALES, WORKS, directory, ticked

WORDS = CsvWords(
    address="Adresse",
    unit="Organisationseinheit",
    change="Änderung",
    causes="Grund",
    moved_from="Bisher in",
    gateway_before="Vorher",
    gateway_after="Nachher",
    decided_before="Entschieden von (vorher)",
    decided_after="Entschieden von (nachher)",
    mail_before="Gmail vorher",
    mail_after="Gmail nachher",
    names_before="Name änderbar vorher",
    names_after="Name änderbar nachher",
    required_before="Ausgangsgateway Pflicht vorher",
    required_after="Ausgangsgateway Pflicht nachher",
    kinds={kind: kind.value for kind in Kind},
    cause_words={cause: cause.value for cause in Cause},
    yes="ja",
    no="nein",
    default="Voreinstellung",
    admins="Alle Administratoren",
)


def read(text: str) -> list[list[str]]:
    """Read a table as strictly as RFC 4180 has it."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def test_the_table_is_read_back_as_it_was_written() -> None:
    before = ticked(directory(), ROOT)
    after = directory(service_policy("DISABLED"), names_policy(False), external_from_policy(True))
    header, *rows = read(csv_of(compare(before, after), WORDS))
    assert header[:6] == ["Adresse", "Organisationseinheit", "Änderung", "Grund", "Bisher in", "Vorher"]
    assert dict(zip(header, rows[1], strict=True)) == {
        "Adresse": "buero@beispiel.example",
        "Organisationseinheit": "/Büro",
        "Änderung": "loses",
        "Grund": "policy",
        "Bisher in": "",
        "Vorher": "ja",
        "Nachher": "nein",
        "Entschieden von (vorher)": "/",
        "Entschieden von (nachher)": "Voreinstellung",
        "Gmail vorher": "ja",
        "Gmail nachher": "nein",
        "Name änderbar vorher": "ja",
        "Name änderbar nachher": "nein",
        "Ausgangsgateway Pflicht vorher": "nein",
        "Ausgangsgateway Pflicht nachher": "ja",
    }
    assert len(rows) == 4


def test_who_is_not_there_before_or_after_has_empty_cells() -> None:
    before = directory()
    after = msgspec.structs.replace(
        before, users=(*before.users[1:], User(email="neu@beispiel.example", org_unit=OFFICE))
    )
    _, removed, added = read(csv_of(compare(before, after), WORDS))
    assert removed[:9] == ["leitung@beispiel.example", "/", "removed", "", "", "nein", "", "Voreinstellung", ""]
    assert added[:9] == ["neu@beispiel.example", "/Büro", "added", "", "", "", "nein", "", "Voreinstellung"]


def test_all_administrators_are_called_as_people_know_them() -> None:
    rows = read(csv_of(compare(directory(), ticked(directory(), ADMINS)), WORDS))
    assert [row[7:9] for row in rows[1:]] == [["Voreinstellung", "Alle Administratoren"]]


def test_who_moved_has_the_reason_and_the_former_unit() -> None:
    before = ticked(directory(), SALES)
    moved = User(email="leitung@beispiel.example", org_unit=SALES, groups=(WORKS,))
    _, row = read(csv_of(compare(before, msgspec.structs.replace(before, users=(moved, *before.users[1:]))), WORDS))
    assert row[:5] == ["leitung@beispiel.example", "/Vertrieb", "gains", "unit", "/"]


def test_units_have_a_table_of_their_own() -> None:
    unit = OrgUnit(id=OFFICE, path="=1", parent=ROOT)
    before = directory(units={**directory().units, OFFICE: unit})
    compared = compare(before, ticked(before, ROOT))
    rows = read(whole(writing_units(compared, WORDS, Separator.COMMA)))
    assert rows[0] == ["Organisationseinheit", *(kind.value for kind in Kind)]
    assert rows[1:] == [
        ["/", "1", "0", "0", "0", "0"],
        ["/Vertrieb", "1", "0", "0", "0", "0"],
        ["/Vertrieb/Nord", "1", "0", "0", "0", "0"],
        ["'=1", "1", "0", "0", "0", "0"],
    ]


def test_nothing_that_changes_is_a_header_alone() -> None:
    there = directory()
    assert len(read(csv_of(compare(there, there), WORDS))) == 1


def test_excel_knows_the_file_as_utf_8_and_lines_end_as_rfc_4180_has_it() -> None:
    text = csv_of(compare(directory(), ticked(directory(), ROOT)), WORDS)
    assert text.encode().startswith(codecs.BOM_UTF8)
    assert text.count("\ufeff") == 1
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("separator", Separator)
def test_the_cells_are_the_same_whatever_separates_them(separator: Separator) -> None:
    compared = compare(directory(), ticked(directory(), PARTNERS))
    text = csv_of(compared, WORDS, separator).removeprefix("\ufeff")
    again = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator.value, strict=True))
    assert again == read(csv_of(compared, WORDS))
    assert text.startswith(separator.join(("Adresse", "Organisationseinheit", "Änderung")))


@pytest.mark.parametrize("written", Separator)
@pytest.mark.parametrize("taken", [",", ";", "\t"])
@pytest.mark.parametrize("path", ["/a{}=1", '/a{}"=1"', "/a{} +1", "/a\n{}@1", "/a{}{}-1"])
def test_a_file_taken_to_be_separated_otherwise_has_no_formulas_either(
    written: Separator, taken: str, path: str
) -> None:
    unit = OrgUnit(id=ROOT, path=path.format(taken, taken))
    before = directory(units={ROOT: unit})
    text = csv_of(compare(before, ticked(before, ROOT)), WORDS, written)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=taken):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)


def cells_of(address: str, path: str) -> list[str]:
    """Return the cells of one person with this address in a unit of this path, for which the box is ticked."""
    unit = OrgUnit(id=ROOT, path=path)
    before = directory(units={ROOT: unit}, users=(User(email=address, org_unit=ROOT),))
    _, row = read(csv_of(compare(before, ticked(before, ROOT)), WORDS))
    return row


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u00a0+", "  \t@"]
)
def test_no_cell_begins_as_a_formula_does(first: str) -> None:
    address, path = f"{first}1+1@beispiel.example", f"{first}HYPERLINK(A1)"
    row = cells_of(address, path)
    for cell, meant in ((row[0], address), (row[1], path), (row[8], path)):
        assert cell.startswith("'")
        assert cell.replace("'", "") == meant


def test_the_callers_words_are_no_formulas_either() -> None:
    columns = dict.fromkeys(WORDS.__slots__, "=x") | {
        "kinds": dict.fromkeys(Kind, "@y"),
        "cause_words": dict.fromkeys(Cause, "+z"),
    }
    words = msgspec.convert(columns, CsvWords)
    for row in read(csv_of(compare(directory(), ticked(directory(), PARTNERS)), words)):
        assert not any(cell.startswith(("=", "@", "+")) for cell in row)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_stands_in_a_cell_is_one_cell_and_no_formula(address: str, path: str) -> None:
    row = cells_of(address, path)
    assert len(row) == 15
    assert row[0].replace("'", "") == address.replace("'", "")
    assert row[1].replace("'", "") == path.replace("'", "")
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)
