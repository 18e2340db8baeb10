"""The house's own promises: budgets, version, licence, fonts, and a Qt that does not destroy None."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase, QGuiApplication

import app

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

# 6.12.0 drops one reference to None at each Qt call that returns None, on every Python below 3.12.
NONE_GUARD = """
import sys
from PySide6.QtWidgets import QApplication, QLabel

app = QApplication([])
label = QLabel()
before = sys.getrefcount(None)
for number in range(20_000):
    label.setText("x")
print(before - sys.getrefcount(None))
"""


def _sources() -> Iterator[Path]:
    yield ROOT / "run.py"
    for folder in ("app", "ui", "resources", "tests", "installers"):
        yield from (ROOT / folder).rglob("*.py")


def test_qt_calls_do_not_use_up_none() -> None:
    result = subprocess.run([sys.executable, "-c", NONE_GUARD], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) < 100


def test_fonts_are_there_or_text_would_be_invisible(qapp: QGuiApplication) -> None:
    assert QFontDatabase.families()


def test_the_changelog_begins_with_the_version_of_the_project() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [line for line in changelog.splitlines() if line.startswith("## [")]
    released = [heading for heading in headings if not heading.startswith("## [Unreleased]")]
    assert released[0].startswith(f"## [{PROJECT['version']}]")


def test_the_program_and_the_project_have_one_version() -> None:
    assert app.__version__ == PROJECT["version"]


def test_the_lock_file_names_no_package_index() -> None:
    lock = (ROOT / "installers" / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock


def test_every_dependency_is_in_the_lock_file() -> None:
    lock = (ROOT / "installers" / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")}
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    names = {entry.split(">")[0].split("<")[0].split("=")[0].lower() for entry in wanted}
    assert names <= locked


def test_the_pure_modules_are_those_covered_in_full() -> None:
    contracts = {contract["name"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]}
    pure = contracts["pure modules have no input or output"]["source_modules"]
    covered = set(PYPROJECT["tool"]["coverage"]["run"]["include"])
    assert {name.replace(".", "/") + ".py" for name in pure} | {"app/message/*.py"} == covered
    assert all(list(ROOT.glob(pattern)) for pattern in covered)


def test_run_py_installs_each_program_that_the_tests_start() -> None:
    installed = tomllib.loads((ROOT / "installers/linux/system.toml").read_text(encoding="utf-8"))["programs"]["tests"]
    started: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        started.update(re.findall(r"\bprogram\(\"([\w.-]+)\"\)", path.read_text(encoding="utf-8")))
    assert started - {"setpriv"} <= installed.keys()  # setpriv is part of every Linux


@pytest.mark.parametrize("path", sorted(_sources()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_and_functions_keep_to_the_budget(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400, "a file has at most 400 lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{node.name} has {length} lines, a function has at most 60"
