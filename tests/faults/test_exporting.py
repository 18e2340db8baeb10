"""The short form of the proof that an export which is killed leaves every document whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.exporting import prove
from tests.faults.proof import Scale


def test_a_killed_export_leaves_every_document_whole(tmp_path: Path) -> None:
    proof = prove(Scale.SHORT, tmp_path)
    assert proof.broken == ()
    assert proof.figures["killed"] == 2
    assert int(str(proof.figures["killed amidst"])) > 0


def test_the_proof_sees_an_export_that_writes_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_place = """
import os, time
from app.exporter.folder import Folder
def write(self, name, data):
    descriptor = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for byte in range(0, len(data), 512):
        os.write(descriptor, data[byte:byte + 512])
        time.sleep(0.002)
    os.close(descriptor)
Folder.write = write
import sys; from ui.entry import main; sys.exit(main())
"""
    monkeypatch.setattr("tests.faults.exporting._RUN", in_place)
    monkeypatch.setattr("tests.faults.exporting._SIZES", {Scale.SHORT: (300, 1)})
    monkeypatch.setattr("tests.faults.exporting._written", lambda file: file.stat().st_mtime_ns)
    assert prove(Scale.SHORT, tmp_path).broken != ()
