"""Every hostile case is proved by a test or its absence is explained, so that none is forgotten."""

import ast
import re
from pathlib import Path

import pytest

from tests.cases import CASES

TESTS = Path(__file__).parent
NOT_APPLICABLE = re.compile(r"^\s*([A-Z][\w-]*) does not apply: \S", re.MULTILINE)


def _modules() -> list[tuple[Path, str]]:
    return [(path, path.read_text(encoding="utf-8")) for path in sorted(TESTS.rglob("test_*.py"))]


def _literals(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


PROVED = {case for _, source in _modules() if "mark.case(" in source for case in _literals(source) & CASES.keys()}
EXPLAINED = {
    case: path
    for path, source in _modules()
    for case in NOT_APPLICABLE.findall(ast.get_docstring(ast.parse(source)) or "")
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_each_case_is_proved_or_explained(case: str) -> None:
    assert case in PROVED or case in EXPLAINED, f"no test is marked with {case}: {CASES[case]}"


def test_what_does_not_apply_is_a_case_and_is_not_proved() -> None:
    assert EXPLAINED.keys() <= CASES.keys()
    assert not EXPLAINED.keys() & PROVED
