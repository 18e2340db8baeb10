"""The German texts: all there, faithful to the English ones in what programs care about, and shown to people."""

from __future__ import annotations

import os
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from installers.environment import TRANSLATIONS, compile_translations
from installers.translate import unfinished, update
from ui.language import load_translators
from ui.texts import translate

GERMAN = TRANSLATIONS / "absender_de.ts"


@dataclass(frozen=True)
class Entry:
    """One string of a context, in both languages."""

    context: str
    source: str
    german: str


def entries(file: Path) -> list[Entry]:
    contexts = ET.parse(file).getroot().iter("context")
    return [
        Entry(context.findtext("name", ""), message.findtext("source", ""), message.findtext("translation", ""))
        for context in contexts
        for message in context.iter("message")
    ]


def mnemonics(text: str) -> list[str]:
    return re.findall(r"&(\w)", text.replace("&&", ""))


def fields(text: str) -> list[str]:
    return sorted(f"{name}!{conversion}:{spec}" for _, name, spec, conversion in Formatter().parse(text) if name)


def edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def end(text: str) -> str:
    """Return the mark a text ends with, an ellipsis or a colon, which tell what follows."""
    return text.rstrip()[-1:] if text.rstrip().endswith(("…", ":", "?")) else ""


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    assert compile_translations()
    load_translators(qapp, "de")
    yield
    load_translators(qapp, "en")
    QLocale.setDefault(QLocale("en_GB"))


def test_every_string_of_the_windows_is_in_the_file_and_translated(tmp_path: Path) -> None:
    today = Path(shutil.copy(GERMAN, tmp_path))
    update(today)
    assert unfinished(today) == []
    # What is gone from the code is gone from the file, too.
    assert {(each.context, each.source) for each in entries(GERMAN)} == {
        (each.context, each.source) for each in entries(today)
    }


def test_placeholders_are_the_same_in_both_languages() -> None:
    assert [each for each in entries(GERMAN) if set(fields(each.source)) != set(fields(each.german))] == []


def test_a_detail_that_may_be_missing_can_be_left_out_with_its_colon() -> None:
    wrong = [each for each in entries(GERMAN) if (": {detail}" in each.source) != (": {detail}" in each.german)]
    assert wrong == []


def test_spaces_at_both_ends_are_the_same() -> None:
    assert [each for each in entries(GERMAN) if edges(each.source) != edges(each.german)] == []


def test_what_has_a_mnemonic_in_english_has_one_in_german() -> None:
    wrong = [each for each in entries(GERMAN) if len(mnemonics(each.source)) != len(mnemonics(each.german))]
    assert wrong == []


def test_ellipses_colons_and_question_marks_stay_at_the_end() -> None:
    assert [each for each in entries(GERMAN) if end(each.source) != end(each.german)] == []


def test_quotation_marks_are_german() -> None:
    wrong = [
        each
        for each in entries(GERMAN)
        if '"' in each.german or "”" in each.german or each.german.count("„") != each.german.count("“")
    ]
    assert wrong == []


def test_people_are_addressed_formally() -> None:
    informal = re.compile(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b")
    assert [each for each in entries(GERMAN) if informal.search(each.german)] == []


def test_the_same_label_reads_the_same_in_every_window() -> None:
    seen: dict[str, set[str]] = {}
    for each in entries(GERMAN):
        if mnemonics(each.source):
            seen.setdefault(each.source, set()).add(each.german)
    assert {source: german for source, german in seen.items() if len(german) > 1} == {}


def test_a_german_locale_reads_german(german: None) -> None:
    assert translate("messages", "{sender} on behalf of {address}") == "{sender} im Namen von {address}"


def test_an_english_locale_reads_english(german: None, qapp: QApplication) -> None:
    load_translators(qapp, "en")
    assert translate("messages", "{sender} on behalf of {address}") == "{sender} on behalf of {address}"


def test_a_program_that_runs_keeps_its_words_while_the_file_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installers.environment.TRANSLATIONS", tmp_path)
    source = Path(shutil.copy(GERMAN, tmp_path))
    assert compile_translations()
    compiled = source.with_suffix(".qm")
    words = compiled.read_bytes()
    with compiled.open("rb") as running:
        source.write_text(source.read_text(encoding="utf-8").replace("Konten", "Adressen"), encoding="utf-8")
        os.utime(source, ns=(0, compiled.stat().st_mtime_ns + 1))
        assert compile_translations()
        assert running.read() == words
    assert compiled.read_bytes() != words
    assert sorted(tmp_path.iterdir()) == [compiled, source]
