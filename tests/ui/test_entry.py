"""The start: what is imported, and what importing does besides."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.parser import build_parser

ROOT = Path(__file__).resolve().parents[2]

IMPORTED = """
import linecache, sys
from ui import entry

if sys.argv[1] == "spared":
    entry._import_qt()
import PySide6.QtCore
before = set(linecache.cache)
import ui.theme, asyncio.queues
print(len(set(linecache.cache) - before))
"""

IDLE = """
import sys
import app.delivery.posting, app.delivery.postman, app.delivery.schedule

print(sorted({"email", "aiosmtplib", "app.message.mime", "app.message.gate"} & set(sys.modules)))
"""

IN_TURNS = """
import sys
from importlib import import_module
from ui import desk

for name in desk._DELIVERS:
    import_module(name)
known = set(sys.modules)
import app.delivery.outbox, app.delivery.postman, app.delivery.schedule, app.delivery.finish
print(sorted(each for each in set(sys.modules) - known if each.startswith("app.")))
"""

PLAIN = """
import sys
from app.cli.main import _parsed

print([vars(_parsed(argv)) for argv in ([], ["compose"], ["compose", "mailto:a@b.example"], ["compose", ""])])
assert "argparse" not in sys.modules
"""

COMPOSER = """
import sys
from PySide6.QtWidgets import QApplication

application = QApplication([])
from tests.bench.home import profile_for
from app.policy.evaluate import own_policy
from app.routing import choose_route
from ui.composer.route_row import RouteRow

profile = profile_for()
RouteRow(None, None).show_route(choose_route(profile.primary.address, profile, own_policy()), profile)
print("ui.messages" in sys.modules)
"""

ALONE = """
import sys
from ui import entry

if sys.argv[1] == "spared":
    entry._import_msgspec_alone()
import ui.main, app.policy.document, msgspec
print("typing_extensions" in sys.modules)
if sys.argv[1] == "spared":
    import typing_extensions
    entry._import_msgspec_alone()
    assert "typing_extensions" in sys.modules
"""


def _printed(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    return done.stdout.strip()


def test_no_source_is_read_for_features_that_nobody_uses() -> None:
    assert _printed(IMPORTED, "spared") == "0"
    # Else there is nothing to spare any more, and the reach into PySide can go.
    assert int(_printed(IMPORTED, "read")) > 0


def test_what_msgspec_does_not_need_is_not_imported_for_it_and_still_can_be() -> None:
    assert _printed(ALONE, "spared") == "False"
    # Else there is nothing to spare any more.
    assert _printed(ALONE, "read") == "True"


def test_what_waits_for_mail_to_send_loads_nothing_that_writes_it() -> None:
    assert _printed(IDLE) == "[]"


def test_all_that_delivers_is_imported_in_turns() -> None:
    assert _printed(IN_TURNS) == "[]"


def test_what_a_desktop_starts_is_read_as_argparse_reads_it_but_without_it() -> None:
    plain = ast.literal_eval(_printed(PLAIN))
    whole = [
        vars(build_parser().parse_args(argv))
        for argv in ([], ["compose"], ["compose", "mailto:a@b.example"], ["compose", ""])
    ]
    assert plain == [{"mailto": ""} | each for each in whole]


def test_a_route_is_told_without_all_other_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert _printed(COMPOSER) == "False"
