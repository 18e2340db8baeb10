"""What the preview does in threads has nothing of Qt: widgets and pictures belong to the window's thread alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import ui.preview

ROOT = Path(ui.preview.__file__).parents[2]
SAVES_PICTURES = "partial(save_all, [(folder / name, data) for name, data in files])"
IN_THREADS = {
    "asyncio.to_thread": {"png", "folder.mkdir"},
    "call_with_limit": {"partial(read_file, file)", "partial(save_all, [(file, text.encode())])", SAVES_PICTURES},
}
"""All that is handed to a thread; only the second kind may meet a drive that does not answer."""


def test_only_these_are_done_in_threads() -> None:
    found: dict[str, set[str]] = {each: set() for each in IN_THREADS}
    for file in (ROOT / "ui" / "preview").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in found:
                found[ast.unparse(node.func)].add(ast.unparse(node.args[0]))
    assert found == IN_THREADS


def test_what_reads_and_what_makes_pictures_files_does_not_even_know_qt() -> None:
    code = "import sys, ui.preview.opening, ui.preview.png; print([each for each in sys.modules if 'PySide6' in each])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"
