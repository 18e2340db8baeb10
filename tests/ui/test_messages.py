"""Every reason has its sentence, whatever its facts are; and nothing foreign comes through as more than text."""

import re
import string
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from app.address import has_hidden_characters
from app.delivery.outbox import State
from app.errors import Problem, Reason
from ui.messages import WORDS, explain, harmless, state_name
from ui.wording.facts import date_and_time, filled, moment, size

pytestmark = pytest.mark.usefixtures("qapp")

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "x\r\n{0}{reply}\u202e\0\u2028\x1b[31m%s <b>&amp;"
# Sentences for which there is nothing left to do.
NO_NEXT_STEP = {Reason.CANCELLED_BY_USER}


def declared_facts() -> dict[str, set[str]]:
    """Return the facts each reason declares in `app/errors.py`, in its comment and in that of its group."""
    declared: dict[str, set[str]] = {}
    group: set[str] = set()
    source = (ROOT / "app" / "errors.py").read_text(encoding="utf-8")
    for line in source[source.index("class Reason") : source.index("class Problem")].splitlines():
        if line.startswith("    # "):
            group = set(re.findall(r"`(\w+)`", line))
        elif name := re.match(r"    ([A-Z0-9_]+) = ", line):
            declared[name[1]] = group | set(re.findall(r"\w+", line.partition("#")[2]))
    return declared


FACTS = declared_facts()


def fields_of(reason: Reason) -> set[str]:
    parts = [part for template in WORDS[reason]() for part in string.Formatter().parse(template)]
    assert all(not spec and not conversion for _, _, spec, conversion in parts)
    return {name for _, name, _, _ in parts if name is not None}


def facts_for(reason: Reason, value: str) -> Mapping[str, str]:
    return dict.fromkeys(fields_of(reason) | {"reply"}, value)


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
def test_a_sentence_uses_only_the_facts_its_reason_declares(reason: Reason) -> None:
    assert fields_of(reason) <= FACTS[reason.name]


@pytest.mark.parametrize("reason", Reason)
def test_each_says_what_happened_and_what_to_do_in_whole_sentences(reason: Reason) -> None:
    explained = explain(Problem(reason, facts_for(reason, "b.example")))
    assert explained.sentence.endswith(".")
    assert explained.next_step.endswith(".") or reason in NO_NEXT_STEP
    assert len(explained.sentence) <= 130
    assert len(explained.next_step) <= 100
    assert "b.example" in explained.sentence + explained.next_step or not fields_of(reason)
    assert explained.server_said == "b.example"


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("value", ["", HOSTILE, "A" * 100_000])
def test_no_fact_breaks_a_sentence(reason: Reason, value: str) -> None:
    explained = explain(Problem(reason, facts_for(reason, value)))
    for text in (explained.sentence, explained.next_step, explained.server_said):
        assert not has_hidden_characters(text)
        assert len(text) < 1200
        assert "{" not in text.replace("{0}{reply}", "")
    assert len(explained.server_said) <= 500


@pytest.mark.parametrize("reason", Reason)
def test_a_sentence_without_its_facts_still_reads(reason: Reason) -> None:
    explained = explain(Problem.of(reason))
    assert "{" not in explained.sentence + explained.next_step
    assert "  " not in explained.sentence
    assert ":." not in explained.sentence
    assert explained.server_said == ""


def test_a_missing_detail_is_left_out_with_its_colon() -> None:
    facts = {"host": "smtp.partner.example"}
    whole = explain(Problem.of(Reason.SERVER_TLS_FAILED, **facts, detail="handshake failure"))
    short = explain(Problem.of(Reason.SERVER_TLS_FAILED, **facts, detail=" "))
    assert whole.sentence == "No encrypted connection to smtp.partner.example could be made: handshake failure."
    assert short.sentence == "No encrypted connection to smtp.partner.example could be made."


def test_a_moment_among_the_facts_is_written_for_people() -> None:
    checked = datetime(2026, 11, 23, 10, 42, tzinfo=UTC)
    sentence = explain(Problem.of(Reason.ROUTE_POLICY_STALE, checked_at=checked.isoformat())).sentence
    assert date_and_time(checked) in sentence
    assert checked.isoformat() not in sentence
    assert "gestern" in explain(Problem.of(Reason.POLICY_EXPIRED, expires_at="gestern")).sentence


def test_octets_are_written_as_a_size_and_counts_as_they_are() -> None:
    too_large = Problem.of(Reason.MESSAGE_TOO_LARGE, size=25_400_000, limit=10_000_000, host="smtp.partner.example")
    assert "25.4 MB" in explain(too_large).sentence
    assert "10.0 MB" in explain(too_large).sentence
    assert "99 additional" in explain(Problem.of(Reason.PROFILE_TOO_MANY, limit=99)).sentence
    assert "viel" in filled("{size}", {"size": "viel"})


@pytest.mark.parametrize("stage", ["resolve", "connect", "greeting", "tls", "ehlo", "sign-in", "sender", "data"])
def test_the_stage_of_a_session_is_said_in_words(stage: str) -> None:
    sentence = explain(Problem.of(Reason.SERVER_TIMEOUT, host="smtp.partner.example", stage=stage)).sentence
    assert " while " in sentence
    assert f"in time {stage}." not in sentence


def test_an_unknown_stage_is_said_as_it_is() -> None:
    assert "at tea" in explain(Problem.of(Reason.SERVER_TIMEOUT, stage="at tea")).sentence


def test_wrong_old_and_used_codes_have_one_text() -> None:
    assert explain(Problem.of(Reason.SETUP_CODE_WRONG)) == explain(Problem.of(Reason.SETUP_CODE_WRONG, code="123"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("550 5.7.1 No\r\n550 way", "550 5.7.1 No 550 way"),
        ("a\tb\0c\x9bd", "a b c d"),
        ("\u202eevil\u2069 \u200bzero", "evil zero"),
        ("\ud800\ue000\U000e0041x", "x"),
        ("  ", ""),
        ("Größe 漢字 👩\u200d💻", "Größe 漢字 👩\u200d💻"),
    ],
)
def test_foreign_words_become_one_harmless_line(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_foreign_words_are_cut_at_their_limit() -> None:
    assert harmless("a" * 501) == "a" * 499 + "…"
    assert harmless("a" * 500) == "a" * 500
    assert harmless("ab cd", 4) == "ab…"
    assert harmless("a" + "\n" * 10_000 + "b") == "a…"


@given(st.text())
def test_whatever_a_server_says_is_one_harmless_line(text: str) -> None:
    shown = harmless(text)
    assert not has_hidden_characters(shown)
    assert len(shown) <= 500
    assert harmless(shown) == shown


def test_every_state_of_the_outbox_has_its_word() -> None:
    words = {state: state_name(state) for state in State}
    assert words[State.ATTEMPTING] == words[State.DATA_END]
    assert len(set(words.values())) == len(State) - 1
    assert words[State.UNCERTAIN] == "may have been sent"


def test_moments_and_sizes_follow_the_language_of_the_windows(qapp: QApplication) -> None:
    now = datetime(2026, 11, 25, 12, 0).astimezone()
    assert moment(now - timedelta(days=1), now) == "yesterday, 12:00"
    assert date_and_time(now) == "25/11/2026, 12:00"
    assert size(412_000) == "412 kB"


def test_sentences_are_to_be_had_without_qt() -> None:
    program = """
import sys
from datetime import datetime, timedelta
from app.errors import Problem, Reason
from ui.messages import WORDS, explain
from ui.wording.facts import date_and_time, moment, size
for reason in Reason:
    assert explain(Problem.of(reason, size=25_400_000, limit=300, checked_at="2026-11-23T10:42:00+00:00")).sentence
now = datetime(2026, 11, 25, 12, 0).astimezone()
print(moment(now, now), moment(now - timedelta(days=1), now), date_and_time(now), size(25_400_000), size(300), sep="|")
heavy = {"PySide6", "aiosmtplib", "asyncio", "httpx2", "keyring", "cryptography", "idna", "sqlite3"}
print(sorted(heavy & set(sys.modules)))
"""
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    written, heavy = result.stdout.splitlines()
    assert written == "12:00|2026-11-24 12:00|2026-11-25 12:00|25.4 MB|1 kB"
    assert heavy == "[]"


def test_an_explanation_is_a_value() -> None:
    explained = explain(Problem.of(Reason.KEYCHAIN_LOCKED))
    assert replace(explained, server_said="550 no").server_said == "550 no"
    assert explained == explain(Problem.of(Reason.KEYCHAIN_LOCKED))
