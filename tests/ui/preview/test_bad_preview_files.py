"""Files for the preview, spoilt: each is refused with a reason, or is an organisation; none is a crash."""

import json
from pathlib import Path

import pytest

from app.errors import PolicyError, Problem
from tests.app.policy.signers import ORG
from tests.app.policy.spoilt import at, deep, retyped, spoilt, truncated, twins
from tests.end2end.bad_policy_files import DIRECTORY, DOCUMENT
from ui.preview.opening import read_file

SAMPLES = {
    "directory": json.dumps(DIRECTORY).encode(),
    "policy": json.dumps(DOCUMENT).encode(),
    "signed policy": ORG.signs(json.dumps(DOCUMENT).encode()),
}


def refusal(file: Path, content: bytes) -> Problem | None:
    file.write_bytes(content)
    try:
        read_file(file)
    except PolicyError as error:
        return error.problem
    return None


@pytest.mark.parametrize("name", SAMPLES)
def test_a_spoilt_file_is_refused(tmp_path: Path, name: str) -> None:
    file, good = tmp_path / "file", SAMPLES[name]
    assert refusal(file, good) is None
    for what, content in (*spoilt(good), *truncated(good), *deep()):
        problem = refusal(file, content)
        # Without a key to check it with, a signed policy may lose the end of its signature.
        assert problem is not None or (name == "signed policy" and content.count(b".") == 2), what


@pytest.mark.parametrize("sample", [DIRECTORY, DOCUMENT], ids=["directory", "policy"])
def test_a_wrong_type_or_a_name_twice_is_refused(tmp_path: Path, sample: dict[str, object]) -> None:
    file = tmp_path / "file"
    for way, other in retyped(sample):
        is_free = way[-3:-1] == ("setting", "value") or (way[-1:] == ("sortOrder",) and other == 7)
        assert (refusal(file, at(sample, way, other)) is None) is is_free, (way, other)
    for name, content in twins(sample):
        assert refusal(file, content) is not None, name
