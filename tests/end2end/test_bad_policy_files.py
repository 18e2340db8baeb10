"""Every file an administrator hands to the program, spoilt: the exact reason, exit code 1, and nothing is written.

Here through the command line, a few of each; all ways to spoil them in tests/app/policy/test_bad_files.py.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from app.errors import Reason
from tests.app.policy.spoilt import spoilt
from tests.end2end.bad_policy_files import KINDS, Kind, good_files
from tests.end2end.program import Outcome
from tests.end2end.shell import Shell, has_said, says

_LARGE = 100 * 1024 * 1024
_CONTENTS = ("empty", "binary", "UTF-16 without a mark", "a zero in front", "a broken letter")


@pytest.fixture(scope="module")
def stock() -> Iterator[Path]:
    """Good files of every kind, for everybody to read; each test leaves them as they were."""
    folder = Path(tempfile.mkdtemp(prefix="absender-"))
    folder.chmod(0o755)
    good_files(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def folder(stock: Path) -> Iterator[Path]:
    before = state(stock)
    yield stock
    for path in stock.iterdir():
        if path not in before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert state(stock) == before


def state(folder: Path) -> dict[Path, bytes | None]:
    """Return all files and folders with what is in them, as far as they are ordinary ones."""
    return {path: path.read_bytes() if path.is_file() and not path.is_symlink() else None for path in folder.rglob("*")}


@contextmanager
def spoiling(folder: Path, kind: Kind) -> Iterator[Path]:
    """Lend the kind's file for a while."""
    file, good = folder / kind.file, (folder / kind.file).read_bytes()
    try:
        yield file
    finally:
        shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink(missing_ok=True)
        file.write_bytes(good)
        file.chmod(0o644)


def works(shell: Shell, folder: Path, kind: Kind) -> None:
    outcome = shell.run(*kind.words(folder))
    assert (outcome.code, outcome.err) == (0, "")
    for path in folder.glob("out"):
        shutil.rmtree(path)


def refused(shell: Shell, folder: Path, kind: Kind, reasons: frozenset[Reason]) -> Outcome:
    """Run the kind's command; assert that it names one of the reasons, prints no result and leaves all as it was."""
    before = state(folder)
    outcome = shell.run(*kind.words(folder))
    found = [reason for reason in reasons if has_said(outcome, reason)]
    assert found, outcome.err or outcome.out
    says(outcome, found[0])
    assert outcome.out == ""
    assert len(outcome.err) < 1500
    assert state(folder) == before
    assert not shell.home.exists()
    return outcome


def each(name: str, what: object, check: Callable[[], object]) -> None:
    """Say of which file and what of it a failed check was."""
    try:
        check()
    except AssertionError as error:
        raise AssertionError(f"{name}: {what}: {error}") from error


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.works])
def test_the_good_file_is_taken_with_a_mark_in_front_or_by_a_link_too(shell: Shell, folder: Path, name: str) -> None:
    kind = KINDS[name]
    works(shell, folder, kind)
    with spoiling(folder, kind) as file:
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
        works(shell, folder, kind)
        file.rename(folder / "elsewhere")
        file.symlink_to("elsewhere")
        works(shell, folder, kind)


@pytest.mark.parametrize("name", KINDS)
def test_a_spoilt_file_is_refused_and_nothing_is_written(shell: Shell, folder: Path, name: str) -> None:
    kind = KINDS[name]
    with spoiling(folder, kind) as file:
        good = file.read_bytes()
        contents = {what: content for what, content in spoilt(good) if what in _CONTENTS}
        contents |= {f"cut off at {part}/9": good[: len(good) * part // 9] for part in (1, 4, 8)}
        contents["deep"] = b'{"a":' * 9_000 + b"1" + b"}" * 9_000
        for what, content in contents.items():
            if file.suffix == ".pem" and good.strip() in content:
                continue  # what stands around it does not count (RFC 7468 section 2)
            file.write_bytes(content)
            each(name, what, lambda: refused(shell, folder, kind, kind.reasons))


@pytest.mark.parametrize("name", KINDS)
def test_a_file_of_a_hundred_megabytes_is_refused(shell: Shell, folder: Path, name: str) -> None:
    kind = KINDS[name]
    before = {path.name for path in folder.iterdir()}
    with spoiling(folder, kind) as file:
        os.truncate(file, _LARGE)
        outcome = shell.run(*kind.words(folder))
        assert (outcome.code, outcome.out) == (1, "")
        assert any(has_said(outcome, reason) for reason in kind.reasons), outcome.err
        assert file.stat().st_size == _LARGE
    assert {path.name for path in folder.iterdir()} == before


def _gone(file: Path) -> None:
    """Leave the name without a file."""


def _device(file: Path) -> None:
    """All memory there is, for who reads it to the end."""
    file.symlink_to("/dev/zero")


def _dangling(file: Path) -> None:
    file.symlink_to("nowhere")


def _loop(file: Path) -> None:
    file.symlink_to(file.name)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_file_is_refused_and_not_waited_for(shell: Shell, folder: Path, name: str) -> None:
    kind = KINDS[name]
    for spoil in (_gone, Path.mkdir, os.mkfifo, _device, _dangling, _loop):
        with spoiling(folder, kind) as file:
            file.unlink()
            spoil(file)
            reason = kind.missing if spoil in {_gone, _dangling} else kind.place
            each(name, spoil.__name__, partial(refused, shell, folder, kind, frozenset({reason})))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while, where the tests run as root, to whom no file is closed."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_may_not_be_read_is_named(shell: Shell, folder: Path, name: str) -> None:
    kind = KINDS[name]
    if kind.works:  # whatever is imported late is there now
        works(shell, folder, kind)
    with spoiling(folder, kind) as file:
        file.chmod(0)
        with unprivileged():
            outcome = shell.run(*kind.words(folder))
    says(outcome, kind.place, kind.file)
    assert outcome.out == ""


def test_signing_over_the_key_is_refused(shell: Shell, folder: Path) -> None:
    key, document = folder / "key.pem", folder / "policy.json"
    says(shell.run("policy", "sign", "--key", key, document, "--out", key), Reason.EXPORT_EXISTS, "key.pem")
    link = folder / "link"
    link.symlink_to("key.pem")
    says(shell.run("policy", "sign", "--key", key, document, "--out", link), Reason.EXPORT_EXISTS, "link")
