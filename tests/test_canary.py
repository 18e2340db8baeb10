"""The search for passwords finds one in every encoding and place; else it would prove nothing."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary import FORMS, MARK, OWN, canary, found_in, hits_in_files, hits_in_processes, own_processes
from tests.servers.process import wait_until

SECRET = canary("planted")
ENCODED = {
    "plain": SECRET.encode(),
    "base64": base64.b64encode(SECRET.encode()),
    "base64 after one octet": base64.b64encode(b"x" + SECRET.encode()),
    "base64 of a sign-in": base64.b64encode(b"\0nutzer.name\0" + SECRET.encode()),
    "base64 of another": base64.b64encode(b"\0nutzer@b.example\0" + SECRET.encode()),
    "base64 for links": base64.urlsafe_b64encode(b"\0u\0" + SECRET.encode()),
    "hex": SECRET.encode().hex().encode(),
    "hex in capitals": SECRET.encode().hex().upper().encode(),
    "UTF-16 little endian": SECRET.encode("utf-16-le"),
    "UTF-16 big endian": SECRET.encode("utf-16-be"),
    "base64 of UTF-16": base64.b64encode(b"xy" + SECRET.encode("utf-16-le")),
}


@pytest.mark.case("L6")
@pytest.mark.parametrize("encoding", ENCODED)
def test_it_is_found_in_every_encoding(encoding: str) -> None:
    assert found_in(b"before " + ENCODED[encoding] + b" after")
    assert not found_in(b"before " + ENCODED[encoding].swapcase()[3:9] + b" after")


def test_every_form_is_long_enough_to_be_no_accident() -> None:
    assert all(len(form) >= 15 for forms in FORMS.values() for form in forms)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that the end of the run does not look into, because here is planted on purpose."""
    with tempfile.TemporaryDirectory(prefix="canary-") as folder:
        yield Path(folder)


def test_it_is_found_at_any_depth_across_chunks_and_in_names(elsewhere: Path) -> None:
    deep = elsewhere / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "large").write_bytes(b"x" * (3 * 16 * 1024 - 5) + SECRET.encode() + b"y" * 100)
    (elsewhere / MARK).touch()
    with (elsewhere / "sparse").open("wb") as sparse:
        sparse.truncate(1 << 40)
        sparse.seek(1 << 39)
        sparse.write(SECRET.encode())
    os.mkfifo(elsewhere / "pipe")
    (elsewhere / "link").symlink_to("/dev/zero")
    (elsewhere / OWN).mkdir()
    (elsewhere / OWN / "password").write_text(SECRET)
    hits = hits_in_files([elsewhere, elsewhere / "none"])
    assert sorted(hits) == [f"{elsewhere / name}: plain" for name in ("a/b/large", MARK, "sparse")]


def test_it_is_found_in_arguments_and_environment() -> None:
    hits: list[str] = []
    ways = (
        {"args": ["sleep", "30"], "env": {**os.environ, "TOLD": SECRET}},
        {"args": ["sh", "-c", "sleep 30", SECRET]},
    )
    for way in ways:
        with subprocess.Popen(**way) as process:
            assert process.pid in own_processes()
            wait_until(lambda: bool(hits_in_processes([process.pid])), "the sight of the secret")
            hits += hits_in_processes([process.pid])
            process.kill()
    assert [hit.partition(" of ")[0] for hit in hits] == ["environ", "cmdline"]


LEAKING = """
import logging, secrets
def test_file(tmp_path):
    (tmp_path / 'x').write_bytes(SECRET)
def test_output():
    print(SECRET.decode())
def test_log():
    logging.getLogger('x').warning(SECRET.decode())
def test_server(tmp_path):
    (tmp_path / 'y').write_text(secrets.token_urlsafe(12))
"""


@pytest.mark.case("L6")
@pytest.mark.parametrize(
    ("tests", "code", "beside"),
    [(LEAKING, 1, []), ("def test(): pass\n", 0, []), (LEAKING, 1, ["--dist=worksteal", "--tx=2*popen"])],
)
def test_a_run_that_leaves_one_behind_fails(elsewhere: Path, tests: str, code: int, beside: list[str]) -> None:
    (elsewhere / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\nfilterwarnings = ignore\n")
    (elsewhere / "test_it.py").write_text(f"SECRET = {SECRET!r}.encode()\n{tests}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.canary_watch", "-p", "no:cacheprovider", *beside]
    done = subprocess.run(
        [*command, "-c", elsewhere / "pytest.ini", "--basetemp", elsewhere / "temp", elsewhere / "test_it.py"],
        cwd=elsewhere,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert "failed" not in done.stdout
    told = ("test_file0/x: plain", "Captured stdout call: plain", "Captured log call: plain", "test_server0/y: plain")
    assert [text in done.stdout for text in told] == [bool(code)] * 4


def test_it_would_be_found_in_a_bundle_too(elsewhere: Path) -> None:
    with zipfile.ZipFile(elsewhere / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", SECRET)
    assert hits_in_files([elsewhere]) == [f"{elsewhere / 'b.zip'}: plain"]
