"""The start: what is imported, and what importing does besides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

IDLE = """
import sys
import app.delivery.posting, app.delivery.postman, app.delivery.schedule

print(sorted({"email", "aiosmtplib", "app.message.mime", "app.message.gate"} & set(sys.modules)))
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


def test_what_msgspec_does_not_need_is_not_imported_for_it_and_still_can_be() -> None:
    assert _printed(ALONE, "spared") == "False"
    # Else there is nothing to spare any more.
    assert _printed(ALONE, "read") == "True"


def test_what_waits_for_mail_to_send_loads_nothing_that_writes_it() -> None:
    assert _printed(IDLE) == "[]"
